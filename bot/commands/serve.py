"""`andon serve`: take deliveries and work on them until told to stop."""

from __future__ import annotations

import os
import resource
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import click
import structlog

from bot.commands.process import run, settings_of
from bot.service import Service
from bot.settings import Settings
from bot.store.store import Store
from bot.web.server import MOST_CONNECTIONS, SPARED_FILES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.wiring import Connected

log = structlog.get_logger(__name__)


@click.command()
@click.option("--host", default=None, help="Address to listen on, instead of HOST (127.0.0.1).")
@click.option("--port", default=None, type=click.IntRange(0, 65535), help="Port to listen on, instead of PORT (8400).")
def serve(host: str | None, port: int | None) -> None:
    """Take GitHub's deliveries and act on them, until SIGTERM or SIGINT."""
    given = {name: str(value) for name, value in (("HOST", host), ("PORT", port)) if value is not None}
    settings = settings_of({**os.environ, **given})
    _allow_many_connections()
    run(settings, partial(_serving, settings))


def _allow_many_connections() -> None:
    """Use as many open files as the system grants when asked: its default is fewer than one slow attacker opens."""
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + SPARED_FILES
    if most != resource.RLIM_INFINITY:
        wanted = min(wanted, most)
    if files != resource.RLIM_INFINITY and files < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


@asynccontextmanager
async def _serving(settings: Settings, store: Store, connected: Connected) -> AsyncIterator[None]:
    service = Service(settings, store, connected.look, connected.background)
    try:
        port = await service.start()
        log.info("listening", url=f"http://{settings.host}:{port}", webhook="/webhook")
        yield
    finally:
        await service.stop()
