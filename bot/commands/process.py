"""What `andon serve` and `andon work` share: how a process starts, is told to stop, and ends in time."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import os
import signal
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
import structlog
from sqlalchemy import make_url

from bot.commands.loading import loading
from bot.commands.supervised import supervised
from bot.log import log_what_nobody_catches, start_logging
from bot.settings import FORGETFUL, Settings, SettingsError, read_settings
from bot.store.engine import StoreUnavailable, is_sqlite
from bot.store.migrate import StoreBehind
from bot.store.store import Store
from bot.text.redaction import hide
from rules.engine.known import broken_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractAsyncContextManager

    from bot.wiring import Connected

log = structlog.get_logger(__name__)

CANNOT_START = 2
LONGEST_STOP_SECONDS = 19.0


def settings_of(env: Mapping[str, str]) -> Settings:
    """Read the settings and begin to log; where they are wrong, say how and end."""
    try:
        settings = read_settings(env)
    except SettingsError as error:
        cannot_start(str(error))
    start_logging(settings.secrets, level=settings.log_level, form=settings.log_format)
    log_what_nobody_catches()
    _warn_of_forgetful_disk(settings, env)
    for why in broken_rules().values():
        log.warning("a rule is left out", why=why)
    return settings


def cannot_start(why: str) -> NoReturn:
    """Say why, and end."""
    click.echo(hide(why), err=True)
    raise SystemExit(CANNOT_START) from None


def run(settings: Settings, working: Callable[[Store, Connected], AbstractAsyncContextManager[None]]) -> None:
    """Work until SIGTERM or SIGINT; what cannot start says why and ends."""
    try:
        with only_process(settings.database_url):
            asyncio.run(_run(settings, working))
    except (StoreUnavailable, StoreBehind, OSError) as error:
        cannot_start(f"andon cannot start: {error}")


async def _run(settings: Settings, working: Callable[[Store, Connected], AbstractAsyncContextManager[None]]) -> None:
    with loading():
        from bot.wiring import connect  # noqa: PLC0415 - `--help` and bad settings answer without loading everything
    gc.freeze()  # what is loaded stays: it need not be looked through again and again

    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):  # platforms may send either, several times
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    store = await Store.open(settings.database_url, connections=settings.database_connections)
    connected = connect(settings, store)
    try:
        async with working(store, connected), supervised(os.environ):
            await stopping.wait()
            log.info("stopping")
            _end_in_time()
    finally:
        await connected.close()
        await store.close()
    log.info("stopped")


@contextmanager
def only_process(url: str) -> Iterator[None]:
    """Keep a SQLite file for this process: a second one would take the leases of the first for those of a dead one.

    The lock is the system's, on a file beside it, and ends with the process. Raises StoreUnavailable.
    """
    if not is_sqlite(url):
        yield
        return
    path = Path(f"{make_url(url).database}.lock")
    try:
        file = path.open("w", encoding="ascii")
    except OSError:  # where no file can be, the database says so better
        yield
        return
    with file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            raise StoreUnavailable(
                f"another process works on {path.with_suffix('')}: stop that one first, "
                "or set DATABASE_URL to PostgreSQL, where several may work"
            ) from None
        except OSError as error:
            log.warning("cannot tell whether another process works on the same file", error=str(error))
        yield


def _warn_of_forgetful_disk(settings: Settings, env: Mapping[str, str]) -> None:
    if is_sqlite(settings.database_url) and any(name in env for name in FORGETFUL):
        log.warning(
            "history will be lost at each restart: this platform keeps no files; set DATABASE_URL to PostgreSQL"
        )


def _end_in_time() -> None:
    """End the process even if a thread hangs, before the platform kills it; the leases it held run out."""
    timer = threading.Timer(LONGEST_STOP_SECONDS, os._exit, [1])
    timer.daemon = True
    timer.start()
