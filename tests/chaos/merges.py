"""How many merges andon asks for at once: seen where its requests leave it and where their answers come back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import aiohttp


@dataclass(slots=True)
class Merges:
    """The paths of merges that are under way, and the most that ever were at once, written down as they overlapped."""

    under_way: list[str] = field(default_factory=list)
    overlaps: list[tuple[str, ...]] = field(default_factory=list)

    def seen(self, session: aiohttp.ClientSession) -> aiohttp.ClientSession:
        """Give a session that sends what it is given, and has every merge seen here."""
        return cast("aiohttp.ClientSession", _Seen(session, self))


@dataclass(frozen=True, slots=True)
class _Seen:
    session: aiohttp.ClientSession
    merges: Merges

    def request(self, method: str, url: str, **asked: Any) -> AbstractAsyncContextManager[Any]:
        """Send one request."""
        sent = self.session.request(method, url, **asked)
        return self._merging(url, sent) if method == "PUT" and url.endswith("/merge") else sent

    @asynccontextmanager
    async def _merging(self, url: str, sent: AbstractAsyncContextManager[Any]) -> AsyncIterator[Any]:
        under_way = self.merges.under_way
        under_way.append(url)
        if len(under_way) > 1:
            self.merges.overlaps.append(tuple(under_way))
        try:
            async with sent as answer:
                yield answer
        finally:
            under_way.remove(url)

    def __getattr__(self, name: str) -> Any:
        """Leave everything else to the session itself."""
        return getattr(self.session, name)
