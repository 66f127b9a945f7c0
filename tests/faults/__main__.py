"""`python -m tests.faults`: load and faults at full size, and the figures beside their targets."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from bot.store import migrate
from tests.faults import flaps, forgotten, full_disk, hostile, ingest, kill, paused, skew, soak, strangers, told_to_stop
from tests.faults.figures import Figure, Place
from tests.postgresql import fresh_database, own_server

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its module, and the databases on which it says something."""

    module: ModuleType
    databases: tuple[str, ...] = (SQLITE, POSTGRESQL)


ROWS = {
    "ingest": Row(ingest),
    "kill": Row(kill),
    "strangers": Row(strangers, (SQLITE,)),
    "full-disk": Row(full_disk),
    "forgotten": Row(forgotten),
    "stop": Row(told_to_stop),
    "skew": Row(skew, (SQLITE,)),
    "hostile": Row(hostile, (SQLITE,)),
    "flaps": Row(flaps, (SQLITE,)),
    "soak": Row(soak, (SQLITE,)),
    "paused": Row(paused, (POSTGRESQL,)),
}


def main() -> int:
    """Run what is asked for; exit 1 where a target is not met."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--only", action="append", choices=ROWS, metavar="ROW", help=f"one of {', '.join(ROWS)}")
    parser.add_argument("--small", action="store_true", help="as short as in `make test`")
    parser.add_argument("--database", action="append", choices=(SQLITE, POSTGRESQL), help="on this alone")
    asked = parser.parse_args()
    _say("row", "database", Figure("what", "figure", "target", met=True), "met")
    missed = 0
    for name in asked.only or ROWS:
        for database in ROWS[name].databases:
            if database in (asked.database or (database,)):
                missed += _run(name, database, small=asked.small)
    return 1 if missed else 0


def _run(name: str, database: str, *, small: bool) -> int:
    """Run one row on one database; give how many of its targets are missed."""
    module = ROWS[name].module
    measured: Callable[[object, Place], Awaitable[list[Figure]]] = module.measured
    began = time.monotonic()
    with _place(database) as place:
        figures = asyncio.run(_awaited(measured(module.SMALL if small else module.FULL, place)))
    for figure in figures:
        _say(name, database, figure, "yes" if figure.met else "NO")
    print(f"{name:<10} {database:<10} took {time.monotonic() - began:.0f} s", flush=True)  # noqa: T201 - a tool
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
