"""Places for so many at once, which the most urgent get first."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from heapq import heappop, heappush

from bot.github.urgency import urgency_now


class Places:
    """Holds `most` at once; of those who wait, the most urgent come first, and among these who came first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._count = itertools.count()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Hold one place."""
        await self._take()
        try:
            yield
        finally:
            self._leave()

    def hold(self, most: int) -> None:
        """Hold so many from now on; who has a place keeps it."""
        self._most = most
        self._call()

    async def _take(self) -> None:
        if self._taken < self._most:
            self._taken += 1
            return
        turn = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (urgency_now(), next(self._count), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self._leave()  # it was given away to us in the same moment
            raise

    def _leave(self) -> None:
        self._taken -= 1
        self._call()

    def _call(self) -> None:
        while self._waiting and self._taken < self._most:
            turn = heappop(self._waiting)[-1]
            if not turn.done():
                self._taken += 1
                turn.set_result(None)
