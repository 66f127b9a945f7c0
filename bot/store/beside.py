"""What processes on one PostgreSQL tell each other beside its tables: that something is wanted, and who does a task.

A SQLite file has one process, which needs neither.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import zlib
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import text

from bot.store.engine import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from psycopg import AsyncConnection
    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import Dialect

log = structlog.get_logger(__name__)

CHANNEL = "andon_wanted"
OURS = 0x616E646F
"""The first of the two numbers of our advisory locks; the second is made of the name of what is locked."""

ALIVE_SECONDS = 20
"""How often a connection that only waits is asked whether it is still there."""

TRY_SECONDS = 10.0
"""How often a process tries to take over a task that another one does."""

HUNG_SECONDS = 60
"""A process that does a task and says nothing for so long loses it: the server hangs up on it."""

FIRST_BACKOFF, LONGEST_BACKOFF = 0.5, 30.0

_NOTIFY = text(f"NOTIFY {CHANNEL}")
_LOCK = text("SELECT pg_advisory_xact_lock(:ours, :name)")


def tell(connection: Connection) -> None:
    """Wake the workers of every process, once this transaction is committed."""
    if is_postgresql(connection.dialect):
        connection.execute(_NOTIFY)


def wait_for(connection: Connection, name: str) -> None:
    """Let no other process be at the same until this transaction ends; wait for one that is."""
    if is_postgresql(connection.dialect):
        connection.execute(_LOCK, {"ours": OURS, "name": _number_of(name)})


def is_postgresql(dialect: Dialect) -> bool:
    """Tell whether several processes may share the database."""
    return dialect.name == "postgresql"


async def listen(engine: Engine, wanted: asyncio.Event) -> None:
    """Set an event, for ever, whenever any process wants something; while the database is away, try to hear again."""
    pause = FIRST_BACKOFF
    while True:
        try:
            async with await _connected(engine) as connection:
                await connection.execute(f"LISTEN {CHANNEL}".encode())
                pause = FIRST_BACKOFF
                await _hear(connection, wanted)
        except Exception as error:
            if not _is_cut_off(error):
                raise
            log.warning("not told of new work, looking for it instead", error=str(error).strip())
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads retries, guards nothing
        pause = min(pause * 2, LONGEST_BACKOFF)


async def _hear(connection: AsyncConnection, wanted: asyncio.Event) -> None:
    while True:
        wanted.set()  # something may have been told between two connections, or two questions
        async for _ in connection.notifies(timeout=ALIVE_SECONDS):
            wanted.set()
        await connection.execute("SELECT 1")


async def run_alone(engine: Engine, task: str, run: Callable[[], Awaitable[None]]) -> None:
    """Wait until no other process does a task, then do it. Ends as the task does, or where the database is away.

    The right to it is a lock in a transaction that stays open: it ends with this process, whatever becomes of that.
    """
    if not is_postgresql(engine.dialect):
        await run()
        return
    try:
        async with await _connected(engine) as connection:
            while not await _is_done_alone(connection, task, run):  # noqa: ASYNC110 - nothing tells of a free lock
                await asyncio.sleep(TRY_SECONDS)
    except Exception as error:
        if not _is_cut_off(error):
            raise
        log.warning("task stopped, nobody vouches that no other process does it", task=task, error=str(error).strip())


async def _is_done_alone(connection: AsyncConnection, task: str, run: Callable[[], Awaitable[None]]) -> bool:
    async with connection.transaction():
        await connection.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{HUNG_SECONDS}s'".encode())
        locked = await connection.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", (OURS, _number_of(task)))
        if await locked.fetchone() != (True,):
            return False
        log.info("doing this for all processes", task=task)
        await _run_watched(connection, run)
        return True


async def _run_watched(connection: AsyncConnection, run: Callable[[], Awaitable[None]]) -> None:
    """Run something as long as a connection lasts."""
    running = asyncio.ensure_future(run())
    try:
        while not running.done():
            await asyncio.wait({running}, timeout=ALIVE_SECONDS)
            await connection.execute("SELECT 1")
        running.result()
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await running


async def _connected(engine: Engine) -> AsyncConnection:
    """Open a connection of its own, outside the pool."""
    from psycopg import AsyncConnection  # noqa: PLC0415 - the driver is an extra

    _, options = engine.dialect.create_connect_args(engine.url)
    return await AsyncConnection.connect(**{**PATIENCE, **options}, autocommit=True)


def _is_cut_off(error: Exception) -> bool:
    from psycopg import InterfaceError, OperationalError  # noqa: PLC0415 - as above

    return isinstance(error, (OperationalError, InterfaceError, OSError))


def _number_of(name: str) -> int:
    return zlib.crc32(name.encode()) & 0x7FFFFFFF
