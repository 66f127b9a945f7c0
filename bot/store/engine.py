"""How SQLite and PostgreSQL are opened: once for the writer, once for readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, InterfaceError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

BUSY_SECONDS = 5  # half of the ten seconds that GitHub waits for an answer
READERS = 4
# PostgreSQL's codes for "you lost a race, try again": serialization failure and deadlock.
TRANSIENT = frozenset({"40001", "40P01"})
OUR_FAULT = (IntegrityError, ProgrammingError, DataError, NotSupportedError)

Insert = sqlite.Insert | postgresql.Insert


class StoreUnavailable(Exception):  # noqa: N818 - a state of the database, not an error of the caller
    """The database cannot be written or read now: full, read-only, locked out, unreachable or broken."""


@dataclass(frozen=True, slots=True)
class Engines:
    """One database, opened for the one writer and for readers."""

    writer: Engine
    reader: Engine

    def dispose(self) -> None:
        """Close every connection."""
        self.writer.dispose()
        self.reader.dispose()


def open_engines(url: str) -> Engines:
    """Open a database for use. Nothing is connected before the first transaction."""
    if not is_sqlite(url):
        return _postgresql(url)
    writer = _sqlite(url, begin="BEGIN IMMEDIATE", pragmas=("journal_mode=WAL", "synchronous=FULL"))
    return Engines(writer, _sqlite(url, begin="BEGIN", pragmas=("query_only=ON",)))


def is_sqlite(url: str) -> bool:
    """Tell whether an address names a SQLite file."""
    return make_url(url).get_backend_name() == "sqlite"


def _postgresql(url: str) -> Engines:
    try:
        engine = create_engine(url, pool_pre_ping=True, pool_size=READERS + 1, pool_timeout=BUSY_SECONDS)
    except ModuleNotFoundError as error:
        raise StoreUnavailable("the driver for PostgreSQL is not installed: install andon[postgresql]") from error
    return Engines(engine, engine)


def _sqlite(url: str, *, begin: str, pragmas: tuple[str, ...]) -> Engine:
    """Open SQLite with transactions that begin where we say: its driver would begin them late and read stale rows."""
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    def connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={BUSY_SECONDS * 1000}", "foreign_keys=ON", *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def began(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", began)
    return engine


def insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Start an INSERT that knows ON CONFLICT, in the dialect of the connection."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def is_unavailable(error: Exception) -> bool:
    """Tell whether the database failed, rather than what it was asked."""
    failed = isinstance(error, (DatabaseError, InterfaceError, PoolTimeout, OSError))
    return failed and not isinstance(error, OUR_FAULT)


def is_transient(error: Exception) -> bool:
    """Tell whether the same transaction may succeed at once, as after a deadlock on PostgreSQL."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) in TRANSIENT
