"""HTTP without a wire: requests of each side reach the other's own handlers in this process.

Left out are sockets, the parsing of HTTP, keep-alive, and the middlewares of the bot's server. Kept are the simulator's
whole server (authentication, limits, faults, log), the bot's webhook with its signature, and tasks of their own on
either side: who gives up waiting does not end what the other side does.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Never, cast

import aiohttp
from aiohttp import web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import HttpVersion11, RawRequestMessage
from aiohttp.streams import StreamReader
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bot.events import Hearing
from bot.settings import Settings
from bot.store.store import Store
from bot.web.webhook import Webhook
from simulator.github import Simulator
from simulator.webhooks import Delivery

LARGEST = 25 * 1024 * 1024
ON_THE_WAY = (0.002, 0.2)
"""The least and the most virtual seconds that a request travels; each one's own, so that they overtake one another."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What of a response is looked at."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    async def read(self) -> bytes:
        """Give the body."""
        return self.body


@dataclass(slots=True)
class Wire:
    """Carries requests to a handler, each after a time of its own, drawn from `luck`."""

    luck: random.Random
    _under_way: set[asyncio.Task[Reply]] = field(default_factory=set)

    async def carry(self, handler: Handler, request: web.Request) -> Reply:
        """Have a request answered. Raises ServerDisconnectedError where the other side cuts the connection."""
        task = asyncio.create_task(self._answered(handler, request))
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Reply]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # whoever asked may have given up waiting

    async def _answered(self, handler: Handler, request: web.Request) -> Reply:
        await asyncio.sleep(self.luck.uniform(*ON_THE_WAY))
        response = await handler(request)
        if request.protocol.is_cut:  # type: ignore[attr-defined] # the protocol of `request_of`
            raise aiohttp.ServerDisconnectedError
        body = response.body if isinstance(response, web.Response) else None
        return Reply(response.status, response.headers, body if isinstance(body, bytes) else b"")

    async def close(self) -> None:
        """End what is under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)


def request_of(method: str, url: str, headers: Mapping[str, str], body: bytes) -> web.Request:
    """Make the request that aiohttp's server would make of what a client sent."""
    fields = CIMultiDict(headers)
    fields.setdefault("Content-Length", str(len(body)))
    message = RawRequestMessage(
        method,
        url,
        HttpVersion11,
        CIMultiDictProxy(fields),
        (),
        False,  # noqa: FBT003 - aiohttp takes these by place: should_close
        None,
        False,  # noqa: FBT003 - upgrade
        False,  # noqa: FBT003 - chunked
        URL(url).relative(),
    )
    loop = asyncio.get_running_loop()
    content = StreamReader(BaseProtocol(loop), LARGEST, loop=loop)
    if body:
        content.feed_data(body)
    content.feed_eof()
    end = SimpleNamespace(ssl_context=None, peername=None, sockname=None, is_cut=False)
    end.transport = SimpleNamespace(abort=lambda: setattr(end, "is_cut", True))
    nothing = cast("Any", None)  # no handler here writes by itself or ends its task
    return web.Request(message, content, cast("Any", end), nothing, nothing, loop, client_max_size=LARGEST)


@dataclass(frozen=True, slots=True)
class Session:
    """What bot/github/connection.py asks of an `aiohttp.ClientSession`."""

    github: Simulator
    wire: Wire

    @asynccontextmanager
    async def request(self, method: str, url: str, *, headers: Mapping[str, str], **asked: Any) -> AsyncIterator[Reply]:
        """Send one request to the simulator, with `json` if any. Raises TimeoutError after its `timeout`."""
        fields, body = dict(headers), b""
        if "json" in asked:
            body = json.dumps(asked["json"]).encode()
            fields["Content-Type"] = "application/json"
        async with asyncio.timeout(asked["timeout"].total):
            reply = await self.wire.carry(self.github.server.serve, request_of(method, url, fields, body))
        yield reply

    def get(self, url: str, **_: object) -> Never:
        """Refuse: the storage behind GitHub stays on a socket."""
        raise aiohttp.ClientConnectionError(f"{url} is not in this process")


def join(github: Simulator, settings: Settings, store: Store, wire: Wire) -> aiohttp.ClientSession:
    """Let deliveries reach the bot's webhook; give the session that reaches GitHub."""
    webhook = Webhook(store, settings.webhook_secrets, Hearing(settings.app_id, settings.allowed_owners))

    async def deliver(delivery: Delivery) -> int:
        request = request_of("POST", github.webhook_url or "", delivery.headers, delivery.body)
        async with asyncio.timeout(github.delivery_deadline):
            return (await wire.carry(webhook.post, request)).status

    github.webhooks.carry = deliver
    return cast("aiohttp.ClientSession", Session(github, wire))
