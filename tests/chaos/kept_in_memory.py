"""Databases in memory: migrated once, emptied for each schedule, with the statements they have compiled."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Engine, create_engine
from sqlalchemy.pool import StaticPool

from bot.store.engine import Engines, StoreUnavailable, is_unavailable
from bot.store.migrate import upgrade
from bot.store.writer import Item, Kind, Writer


class AtOnce(Writer):
    """Writes without a thread: each item is one transaction, and whoever waits for it is suspended before and after."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def write(self, kind: Kind[Item, Any], item: Item) -> Any:
        """Carry out one item; returns after COMMIT."""
        thread = asyncio.get_running_loop().run_in_executor
        try:
            answers: Sequence[Any] = await thread(None, self._transact, kind, [item])
        except Exception as error:
            if is_unavailable(error):
                raise StoreUnavailable(f"{type(error).__name__}: {getattr(error, 'orig', error)}") from error
            raise
        await asyncio.sleep(0)
        return answers[0]

    async def close(self) -> None:
        """Leave nothing behind."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction on a connection that stays open: opening one anew takes longer than most statements."""

    raw: sqlite3.Connection
    connection: Connection

    def __enter__(self) -> Connection:
        """Begin."""
        self.raw.execute("BEGIN")
        return self.connection

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Commit, or take all back where something failed."""
        self.raw.execute("COMMIT" if kind is None else "ROLLBACK")


@dataclass(frozen=True, slots=True)
class AlwaysOpen:
    """What the store asks of an engine, on one connection: who reads has a transaction too, as on a file."""

    raw: sqlite3.Connection
    connection: Connection

    @property
    def dialect(self) -> Dialect:
        """Give the dialect of the connection."""
        return self.connection.dialect

    def begin(self) -> Transaction:
        """Write."""
        return Transaction(self.raw, self.connection)

    connect = begin


@dataclass(frozen=True, slots=True)
class Database:
    """One SQLite database in memory, on one connection: transactions never overlap, for nothing suspends inside one."""

    raw: sqlite3.Connection
    engines: Engines


@dataclass(slots=True)
class Databases:
    """Databases that are free; one that is taken is empty."""

    _free: list[Database] = field(default_factory=list)

    def take(self) -> Database:
        """Give a database with all tables and no row."""
        database = self._free.pop() if self._free else _made()
        _prepared().backup(database.raw)
        return database

    def give_back(self, database: Database) -> None:
        """Let another schedule have it."""
        self._free.append(database)


databases = Databases()


@cache
def _prepared() -> sqlite3.Connection:
    """Migrate a database once for this process."""
    with TemporaryDirectory(prefix="andon-") as directory:
        path = Path(directory) / "andon.db"
        upgrade(f"sqlite:///{path}")
        kept = sqlite3.connect(":memory:", check_same_thread=False)
        on_disk = sqlite3.connect(path)
        on_disk.backup(kept)
        on_disk.close()
    gc.collect()
    gc.freeze()  # what lives by now lives as long as the process, and need not be searched for rubbish
    return kept


def _made() -> Database:
    raw = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)  # one thread after the other
    raw.execute("PRAGMA foreign_keys=ON")
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool, isolation_level="AUTOCOMMIT")
    opened = cast("Engine", AlwaysOpen(raw, engine.connect()))
    return Database(raw, Engines(opened, opened))
