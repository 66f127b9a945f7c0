"""Several processes on one database share what one installation is allowed: each keeps to its part."""

from __future__ import annotations

import asyncio
import uuid

import structlog

from bot.bench import Bench
from bot.store.engine import StoreUnavailable
from bot.store.processes_kept import BEAT_SECONDS

_log = structlog.get_logger()


async def share_for_ever(bench: Bench) -> None:
    """Say that this process is alive, count who else is, and ask GitHub for no more than a part of it all."""
    name = uuid.uuid4().hex
    while True:
        await share(bench, name)
        await asyncio.sleep(BEAT_SECONDS)


async def share(bench: Bench, name: str) -> None:
    """Do it once. Where the database does not answer, the part stays what it was."""
    try:
        bench.github.connection.share_with(await bench.store.processes.beat(name))
    except StoreUnavailable as error:
        _log.warning("cannot count the processes", why=str(error))
