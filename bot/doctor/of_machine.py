"""Looks at what is on this machine: the clock, the disk, the database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import Connection, make_url

from bot.doctor.finding import Finding, Level
from bot.settings import FORGETFUL
from bot.store import ledger, migrate
from bot.store.engine import StoreUnavailable, is_sqlite, is_unavailable, open_engines

LARGEST_SKEW = 60.0
"""Seconds by which clocks may differ: a token that the App signs is dated back by as many."""

LITTLE, TOO_LITTLE = 500_000_000, 50_000_000
"""Bytes that should be free where the database is, and those below which writes soon fail."""


def of_clock(skew: float | None) -> Finding:
    """Judge by how many seconds GitHub's clock is ahead of this one's, as its last answer told."""
    if skew is None:
        return Finding("clock", Level.UNKNOWN, "GitHub told no time", "look again once GitHub can be reached")
    if abs(skew) <= LARGEST_SKEW:
        return Finding("clock", Level.OK, f"within {max(1.0, abs(skew)):.0f} s of GitHub's")
    side = "behind" if skew > 0 else "ahead of"
    cure = "set it by NTP (`timedatectl set-ntp true`, or chrony)"
    return Finding("clock", Level.WRONG, f"this machine is {abs(skew):.0f} seconds {side} GitHub", cure)


def of_disk(free: int, folder: str) -> Finding:
    """Judge the bytes that are free where the database is."""
    said = f"{free // 1_000_000} MB are free at {folder}"
    cure = "free some, or set DATABASE_URL to a file on a larger disk"
    if free < TOO_LITTLE:
        return Finding("disk", Level.WRONG, said, cure)
    return Finding("disk", Level.WARNING if free < LITTLE else Level.OK, said, cure if free < LITTLE else "")


def of_database(url: str, env: Mapping[str, str]) -> Iterator[Finding]:
    """Look at the database as it is: nothing is created, upgraded or kept."""
    if not is_sqlite(url):
        yield _opened(url)
        return
    file = Path(make_url(url).database or "")
    folder = file.absolute().parent
    if any(name in env for name in FORGETFUL):
        said = "this platform keeps no files: history is lost at each restart"
        yield Finding("database", Level.WARNING, said, "set DATABASE_URL to PostgreSQL")
    if not folder.is_dir():
        yield Finding("database", Level.WRONG, f"{folder} is no directory", "make it, or set DATABASE_URL anew")
        return
    yield of_disk(shutil.disk_usage(folder).free, str(folder))
    if file.exists():
        yield _opened(url)
    else:
        yield Finding("database", Level.OK, f"{file} is not there yet: `andon serve` makes it")


def _opened(url: str) -> Finding:
    """Look whether the tables are those that this version needs, and whether a write is taken; it is taken back."""
    try:
        engines = open_engines(url)
    except StoreUnavailable as error:
        return Finding("database", Level.WRONG, str(error), "install what it names")
    try:
        with engines.writer.connect() as connection, connection.begin() as transaction:
            found = _tried(connection)
            transaction.rollback()
            return found
    except Exception as error:
        if not is_unavailable(error):
            raise
        said = f"it takes no writes: {' '.join(str(getattr(error, 'orig', error)).split())}"
        cure = "is it running and reachable, may this user write it, is its disk full?"
        return Finding("database", Level.WRONG, said, cure)
    finally:
        engines.dispose()


def _tried(connection: Connection) -> Finding:
    present, newest = migrate.version(connection), migrate.newest_version()
    if migrate.is_newer(present):
        return Finding("database", Level.LOOK, f"newer code upgraded it to {present}", "update this andon when you can")
    if present != newest:
        said = f"it is at {present or 'nothing'}, this version needs {newest}"
        return Finding("database", Level.WRONG, said, "run `andon db upgrade`")
    ledger.set_marks(connection, [("doctor", "was here")])
    return Finding("database", Level.OK, f"it takes writes and is at {newest}")
