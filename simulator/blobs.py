"""The storage behind GitHub, on a host of its own: whoever has an address may read, for one minute, without a token."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable

LIFE = 60.0  # seconds that an address works (OpenAPI, download an artifact)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One read of the storage: whether a token came with it, and what was answered."""

    authorization: str | None
    status: int


class Blobs:
    """Serves bytes under addresses that cannot be guessed. `fetched` lists every read."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._kept: dict[str, tuple[bytes, float]] = {}
        self._runner: web.AppRunner | None = None
        self._url = ""
        self.fetched: list[Fetched] = []
        self.moved_to: str | None = None

    async def address(self, content: bytes) -> str:
        """Give the address of some bytes; it works for one minute."""
        if self._runner is None:
            await self._start()
        key = secrets.token_urlsafe(24)
        self._kept[key] = (content, self._now() + LIFE)
        return f"{self._url}/signed/{key}?sig={secrets.token_urlsafe(8)}"

    async def _start(self) -> None:
        application = web.Application()
        application.router.add_get("/signed/{key}", self._serve)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self._url = f"http://{host}:{port}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization")
        content, until = self._kept.get(request.match_info["key"], (b"", 0.0))
        answer = self._answer(token, content, is_fresh=self._now() < until)
        self.fetched.append(Fetched(token, answer.status))
        return answer

    def _answer(self, token: str | None, content: bytes, *, is_fresh: bool) -> web.Response:
        """Answer as blob storage does: a token that is not its own is refused, and so is an old address."""
        if self.moved_to is not None:
            return web.Response(status=302, headers={"Location": self.moved_to})
        if token is not None:
            return web.Response(status=401, text="InvalidAuthenticationInfo")
        if not is_fresh:
            return web.Response(status=403, text="AuthenticationFailed")
        return web.Response(body=content, content_type="application/zip")
