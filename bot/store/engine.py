"""How SQLite and PostgreSQL are opened: once for the writer, once for readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, InterfaceError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.settings import CONNECTIONS

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

BUSY_SECONDS = 5  # half of the ten seconds that GitHub waits for an answer
READERS = 4
BESIDE_THE_POOL = 2
"""Connections of a process that write and read nothing: one listens, one says who does a task for all."""
LONGEST_STATEMENT = 60
PATIENCE = {
    "connect_timeout": BUSY_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""How soon a server that is gone without a word is noticed; DATABASE_URL may say otherwise."""
_SESSION = {
    "lock_timeout": f"{BUSY_SECONDS}s",
    "statement_timeout": f"{LONGEST_STATEMENT}s",
    "idle_in_transaction_session_timeout": f"{LONGEST_STATEMENT}s",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
}
"""What each connection to PostgreSQL asks for itself. Starting other workers, or a compiler, takes ten milliseconds."""

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
    readers: int = READERS

    def dispose(self) -> None:
        """Close every connection."""
        self.writer.dispose()
        self.reader.dispose()


def open_engines(url: str, connections: int = CONNECTIONS) -> Engines:
    """Open a database for use. Nothing is connected before the first transaction.

    `connections` is how many one process may have to PostgreSQL in all; it waits for a free one no longer than for a
    lock.
    """
    if not is_sqlite(url):
        return _postgresql(url, connections - BESIDE_THE_POOL)
    writer = _sqlite(url, begin="BEGIN IMMEDIATE", pragmas=("journal_mode=WAL", "synchronous=FULL"))
    return Engines(writer, _sqlite(url, begin="BEGIN", pragmas=("query_only=ON",)))


def is_sqlite(url: str) -> bool:
    """Tell whether an address names a SQLite file."""
    return make_url(url).get_backend_name() == "sqlite"


def _postgresql(url: str, pool: int) -> Engines:
    """Open PostgreSQL: a write sees what others committed meanwhile, all that one question reads is of one moment."""
    patience = {name: value for name, value in PATIENCE.items() if name not in make_url(url).query}
    try:
        engine = create_engine(
            url,
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            pool_size=pool,
            max_overflow=0,
            pool_timeout=BUSY_SECONDS,
            connect_args=patience,
        )
    except ModuleNotFoundError as error:
        raise StoreUnavailable("the driver for PostgreSQL is not installed: install andon[postgresql]") from error
    event.listen(engine, "connect", _set_up)
    return Engines(engine, engine.execution_options(isolation_level="REPEATABLE READ"), readers=pool - 1)


def _set_up(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Let nothing wait for ever: GitHub's delivery is answered in time, and a stuck process holds nobody up.

    Nor prepare for much work: the planner takes a third of all addresses for wanted, where hardly one is.
    """
    cursor = connection.cursor()
    for name, value in _SESSION.items():
        cursor.execute(f"SET {name} = '{value}'")
    cursor.close()
    connection.commit()


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


def insert(connection: Connection, table: Table) -> Insert:
    """Start an INSERT that knows ON CONFLICT, in the dialect of the connection."""
    return insert_into(connection.dialect.name, table)


def insert_into(dialect: str, table: Table) -> Insert:
    """Start an INSERT as above, for a statement that is made once."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def is_unavailable(error: Exception) -> bool:
    """Tell whether the database failed, rather than what it was asked."""
    failed = isinstance(error, (DatabaseError, InterfaceError, PoolTimeout, OSError))
    return failed and not isinstance(error, OUR_FAULT)


def is_transient(error: Exception) -> bool:
    """Tell whether the same transaction may succeed at once, as after a deadlock on PostgreSQL."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) in TRANSIENT
