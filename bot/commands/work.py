"""`andon work`: work on what `andon serve` took, in as many processes as there are."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import click
import structlog

from bot.commands.process import cannot_start, run, settings_of
from bot.service import Working
from bot.store.engine import is_sqlite
from bot.store.store import Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.wiring import Connected

log = structlog.get_logger(__name__)


@click.command()
def work() -> None:
    """Act on GitHub's deliveries beside `andon serve`, until SIGTERM or SIGINT. Needs PostgreSQL."""
    settings = settings_of(os.environ)
    if is_sqlite(settings.database_url):
        cannot_start(
            "`andon work` works beside `andon serve`, and a SQLite file is for one process alone: "
            "set DATABASE_URL to PostgreSQL, or let `andon serve` do it all."
        )
    run(settings, partial(_working, settings.looks_at_once))


@asynccontextmanager
async def _working(at_once: int, store: Store, connected: Connected) -> AsyncIterator[None]:
    working = Working(store, connected.look, connected.background, at_once=at_once)
    try:
        await working.start()
        log.info("working")
        yield
    finally:
        await working.stop()
