"""`andon serve`: take deliveries and work on them until told to stop."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import threading
from typing import TYPE_CHECKING

import click
import structlog

from bot.log import start_logging
from bot.service import Service
from bot.settings import Settings, SettingsError, read_settings
from bot.store.engine import StoreUnavailable, is_sqlite
from bot.store.migrate import StoreBehind
from bot.store.store import Store
from bot.web.server import MOST_CONNECTIONS, SPARED_FILES
from rules.engine.known import broken_rules

if TYPE_CHECKING:
    from collections.abc import Mapping

log = structlog.get_logger(__name__)

CANNOT_START = 2
LONGEST_STOP_SECONDS = 19.0
# Platforms whose disk is empty after each restart, by a variable that each sets.
FORGETFUL = ("DYNO", "K_SERVICE")


@click.command()
@click.option("--host", default=None, help="Address to listen on, instead of HOST (127.0.0.1).")
@click.option("--port", default=None, type=click.IntRange(0, 65535), help="Port to listen on, instead of PORT (8400).")
def serve(host: str | None, port: int | None) -> None:
    """Take GitHub's deliveries and act on them, until SIGTERM or SIGINT."""
    given = {name: str(value) for name, value in (("HOST", host), ("PORT", port)) if value is not None}
    try:
        settings = read_settings({**os.environ, **given})
    except SettingsError as error:
        click.echo(str(error), err=True)
        raise SystemExit(CANNOT_START) from None
    start_logging(settings.secrets)
    _allow_many_connections()
    _warn_of_forgetful_disk(settings, os.environ)
    for why in broken_rules().values():
        log.warning("a rule is left out", why=why)
    try:
        asyncio.run(_serve(settings))
    except (StoreUnavailable, StoreBehind, OSError) as error:
        click.echo(f"andon cannot start: {error}", err=True)
        raise SystemExit(CANNOT_START) from None


def _warn_of_forgetful_disk(settings: Settings, env: Mapping[str, str]) -> None:
    if is_sqlite(settings.database_url) and any(name in env for name in FORGETFUL):
        log.warning(
            "history will be lost at each restart: this platform keeps no files; set DATABASE_URL to PostgreSQL"
        )


def _allow_many_connections() -> None:
    """Use as many open files as the system grants when asked: its default is fewer than one slow attacker opens."""
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + SPARED_FILES
    if most != resource.RLIM_INFINITY:
        wanted = min(wanted, most)
    if files != resource.RLIM_INFINITY and files < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _end_in_time() -> None:
    """End the process even if a thread hangs, before the platform kills it; the leases it held run out."""
    timer = threading.Timer(LONGEST_STOP_SECONDS, os._exit, [1])
    timer.daemon = True
    timer.start()


async def _serve(settings: Settings) -> None:
    from bot.wiring import connect  # noqa: PLC0415 - `--help` and bad settings answer without loading everything

    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):  # platforms may send either, several times
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    store = await Store.open(settings.database_url)
    connected = connect(settings, store)
    service = Service(settings, store, connected.look, connected.background)
    try:
        port = await service.start()
        log.info("listening", url=f"http://{settings.host}:{port}", webhook="/webhook")
        await stopping.wait()
        log.info("stopping")
        _end_in_time()
    finally:
        await service.stop()
        await connected.close()
        await store.close()
    log.info("stopped")
