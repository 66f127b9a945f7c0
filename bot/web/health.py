"""Whether this process is alive, and whether it can do its work; neither asks GitHub."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.store.engine import StoreUnavailable
from bot.web.replies import reply

if TYPE_CHECKING:
    from aiohttp import web

    from bot.settings import Settings
    from bot.store.store import Store


LARGEST_SKEW = 60.0
"""Seconds between GitHub's clock and this one's; a token that the App signs is dated back by as many."""

WRITES_WITHIN = 5.0
"""Seconds within which the database must take a write."""


class Health:
    """Answers the questions of a platform. `is_stopping` makes it unready first, so that traffic goes elsewhere."""

    def __init__(self, settings: Settings, store: Store, is_stopping: Callable[[], bool]) -> None:
        self._settings = settings
        self._store = store
        self._is_stopping = is_stopping

    async def livez(self, _: web.Request) -> web.Response:
        """Say that the loop turns: that this is answered at all is the proof."""
        return reply(200, {"alive": True})

    async def readyz(self, _: web.Request) -> web.Response:
        """Say whether the database takes writes, the private key loads and the clock is right."""
        found = (self._stopping(), self._key(), self._clock(), await self._database())
        problems = [problem for problem in found if problem]
        return reply(503 if problems else 200, {"ready": not problems, "problems": problems})

    def _stopping(self) -> str:
        return "it is stopping" if self._is_stopping() else ""

    def _key(self) -> str:
        try:
            load_pem_private_key(self._settings.private_key.encode(), password=None)
        except (ValueError, TypeError):
            return "the private key does not load"
        return ""

    def _clock(self) -> str:
        """Hold this machine's clock against the one of GitHub, as its last answer told; GitHub is not asked."""
        skew = self._store.metrics.clock_skew
        if skew is None or abs(skew) <= LARGEST_SKEW:
            return ""
        side = "behind" if skew > 0 else "ahead of"
        return f"the clock of this machine is {abs(skew):.0f} seconds {side} GitHub's: set it by NTP"

    async def _database(self) -> str:
        """Write something new: SQLite takes what stands there already for written, even where the disk is full."""
        try:
            async with asyncio.timeout(WRITES_WITHIN):
                await self._store.set_mark("ready", str(time.time_ns()))
        except (StoreUnavailable, TimeoutError):
            return "the database takes no writes"
        return ""
