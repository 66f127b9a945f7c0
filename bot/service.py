"""One process of andon: the worker and the background tasks, with the HTTP server or without, started and drained."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bot.settings import AT_ONCE
from bot.web.server import Server
from bot.worker import Pace, Worker

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.settings import Settings
    from bot.store.store import Store
    from bot.store.work import Claim

log = structlog.get_logger(__name__)

RESTART_SECONDS = 5.0


class Working:
    """Works until it is stopped. `background` tasks run for ever; one that fails is logged and started again."""

    def __init__(
        self,
        store: Store,
        look: Callable[[Claim], Awaitable[float | None]],
        background: tuple[Callable[[], Awaitable[None]], ...] = (),
        pace: Pace | None = None,
        at_once: int = AT_ONCE,
    ) -> None:
        self._store = store
        self._worker = Worker(store, look, at_once, pace=pace)
        self._background = background
        self._working: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Take the work up."""
        await self._store.resume()
        self._working = asyncio.create_task(self._worker.run(), name="worker")
        self._tasks = [asyncio.create_task(_for_ever(run)) for run in self._background]

    @property
    def idle(self) -> bool:
        """Tell whether nothing is looked at right now."""
        return self._worker.idle

    async def stop(self) -> None:
        """Take nothing new, end what runs or give it back."""
        for task in self._tasks:
            task.cancel()
        self._worker.stop()
        working = [self._working] if self._working else []
        await asyncio.gather(*working, *self._tasks, return_exceptions=True)


class Service:
    """Takes deliveries and works on them until it is stopped."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        look: Callable[[Claim], Awaitable[float | None]],
        background: tuple[Callable[[], Awaitable[None]], ...] = (),
        pace: Pace | None = None,
    ) -> None:
        self._server = Server(settings, store)
        self._working = Working(store, look, background, pace, settings.looks_at_once)

    async def start(self) -> int:
        """Start everything; gives the port it listens on."""
        port = await self._server.start()
        await self._working.start()
        return port

    @property
    def idle(self) -> bool:
        """Tell whether nothing is looked at right now."""
        return self._working.idle

    async def stop(self) -> None:
        """Take nothing new, end what runs or give it back; ends within 17 seconds."""
        await asyncio.gather(self._working.stop(), self._server.stop(), return_exceptions=True)


async def _for_ever(run: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await run()
        except Exception:
            log.exception("background task failed", task=getattr(run, "__qualname__", repr(run)))
        await asyncio.sleep(RESTART_SECONDS)
