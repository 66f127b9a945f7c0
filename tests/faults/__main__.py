"""`python -m tests.faults`: load and faults at full size, and the figures beside their targets.

Rows that tell how fast something is run alone, one after the other; the others then side by side, for they mostly wait.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from bot.store import migrate
from tests.faults import (
    bad_days,
    flaps,
    forgotten,
    full_disk,
    hostile,
    ingest,
    kill,
    many_open,
    paused,
    skew,
    soak,
    strangers,
    taken_over,
    told_to_stop,
    unheard,
)
from tests.faults.beside import Job, play
from tests.faults.figures import Figure, Place
from tests.postgresql import fresh_database, own_server

SQLITE, POSTGRESQL = "sqlite", "postgresql"
BOTH = (SQLITE, POSTGRESQL)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its module, the databases on which it says something, and about how many seconds it takes on each."""

    module: ModuleType
    databases: tuple[str, ...]
    seconds: int
    alone: bool = False


ROWS = {
    "ingest": Row(ingest, BOTH, 40, alone=True),
    "kill": Row(kill, BOTH, 400, alone=True),
    "strangers": Row(strangers, (SQLITE,), 30, alone=True),
    "hostile": Row(hostile, (SQLITE,), 30, alone=True),
    "paused": Row(paused, (POSTGRESQL,), 420),
    "stop": Row(told_to_stop, BOTH, 360),
    "flaps": Row(flaps, (SQLITE,), 200),
    "soak": Row(soak, (SQLITE,), 180),
    "taken-over": Row(taken_over, (POSTGRESQL,), 210),
    "forgotten": Row(forgotten, BOTH, 120),
    "full-disk": Row(full_disk, BOTH, 60),
    "bad-days": Row(bad_days, (SQLITE,), 60),
    "unheard": Row(unheard, (SQLITE,), 70),
    "many-open": Row(many_open, (SQLITE,), 60),
    "skew": Row(skew, (SQLITE,), 30),
}


def main() -> int:
    """Run what is asked for; exit 1 where a target is not met."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description=__doc__,
        epilog="\n".join(f"{name:<10} {(row.module.__doc__ or '').splitlines()[0]}" for name, row in ROWS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", action="append", choices=ROWS, metavar="ROW", help="one of those below")
    parser.add_argument("--small", action="store_true", help="as short as in `make test`")
    parser.add_argument("--database", action="append", choices=BOTH, help="on this alone")
    parser.add_argument("--beside", type=int, default=3, help="how many that mostly wait run at once; 1: each alone")
    asked = parser.parse_args()
    jobs = [
        Job(name, database, row.seconds, row.alone)
        for name, row in ROWS.items()
        if name in (asked.only or ROWS)
        for database in row.databases
        if database in (asked.database or BOTH)
    ]
    _say("row", "database", Figure("what", "figure", "target", met=True), "met")
    if len(jobs) == 1:
        return 1 if _run(jobs[0], small=asked.small) else 0
    return asyncio.run(_all_of(jobs, asked.beside, small=asked.small))


async def _all_of(jobs: Sequence[Job], beside: int, *, small: bool) -> int:
    """Run each in a process of its own; exit 1 where any did."""
    more = ("--small",) if small else ()
    return await play(jobs, beside, ("-m", "tests.faults", *more))


def _run(job: Job, *, small: bool) -> int:
    """Run one row on one database; give how many of its targets are missed."""
    module = ROWS[job.row].module
    measured: Callable[[object, Place], Awaitable[list[Figure]]] = module.measured
    began = time.monotonic()
    with _place(job.database) as place:
        figures = asyncio.run(_awaited(measured(module.SMALL if small else module.FULL, place)))
    for figure in figures:
        _say(job.row, job.database, figure, "yes" if figure.met else "NO")
    print(f"{job.row:<10} {job.database:<10} took {time.monotonic() - began:.0f} s", flush=True)  # noqa: T201 - a tool
    return sum(not figure.met for figure in figures)


async def _awaited(figures: Awaitable[list[Figure]]) -> list[Figure]:
    return await figures


@contextlib.contextmanager
def _place(database: str) -> Iterator[Place]:
    """Give an empty directory, and a database of one kind."""
    with tempfile.TemporaryDirectory(prefix="andon-", dir="/tmp") as name:  # a socket's path must be short
        Path(name).chmod(0o755)  # the server runs as another user where we are root
        directory = Path(name) / "row"
        directory.mkdir()
        if database == SQLITE:
            yield Place(directory, f"sqlite:///{directory}/andon.db")
            return
        with own_server(Path(name) / "server") as server, fresh_database(server.url, template="template0") as url:
            migrate.upgrade(url)
            yield Place(directory, url)


def _say(name: str, database: str, figure: Figure, met: str) -> None:
    words = f"{name:<10} {database:<10} {figure.what:<52} {figure.figure:>12} {figure.target:>12}  {met}"
    print(words, flush=True)  # noqa: T201 - a command-line tool


if __name__ == "__main__":
    sys.exit(main())
