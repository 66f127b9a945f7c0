"""The HTTP server: routes, and the limits that keep strangers from tying it up."""

from __future__ import annotations

import asyncio
import resource
from typing import TYPE_CHECKING

from aiohttp import web, web_response

from bot.events import Hearing
from bot.web.api import Api
from bot.web.dora import Dora
from bot.web.evaluations import Evaluations
from bot.web.health import Health
from bot.web.incidents import Incidents
from bot.web.replies import put_headers, speak_json
from bot.web.status import Status
from bot.web.webhook import Webhook

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.settings import Settings
    from bot.store.store import Store

# aiohttp answers malformed HTTP by itself, before any hook of ours, with a banner that names its version.
web_response.SERVER_SOFTWARE = "andon"  # type: ignore[attr-defined] # no other way to it is offered

MOST_CONNECTIONS = 4000
SPARED_FILES = 128  # for the database, GitHub, and what else a process opens
HEADERS_WITHIN_SECONDS = 10.0  # aiohttp itself waits for the first request of a connection without end
KEEPALIVE_SECONDS = 30.0
LINGERING_SECONDS = 2.0
SHUTDOWN_SECONDS = 4.0


class Server:
    """Serves the webhook, the API and the health checks on one socket."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._is_stopping = False
        self._listener: asyncio.Server | None = None
        self._silent: set[web.RequestHandler] = set()
        self._runner = web.AppRunner(
            self._application(store),
            handle_signals=False,
            access_log=None,
            keepalive_timeout=KEEPALIVE_SECONDS,
            lingering_time=LINGERING_SECONDS,
            shutdown_timeout=SHUTDOWN_SECONDS,
            auto_decompress=False,  # nothing is taken compressed, so no bomb is ever unpacked
        )

    def _application(self, store: Store) -> web.Application:
        settings = self._settings
        hearing = Hearing(settings.app_id, settings.allowed_owners)
        webhook = Webhook(store, settings.webhook_secrets, hearing)
        api = Api(store, settings.api_token)
        evaluations = Evaluations(store, api.refusal)
        status = Status(store, api.refusal)
        health = Health(settings, store, lambda: self._is_stopping)
        application = web.Application(middlewares=[self._hear, speak_json])
        application.on_response_prepare.append(put_headers)
        application.router.add_post("/webhook", webhook.post)
        application.router.add_get("/livez", health.livez)
        application.router.add_get("/readyz", health.readyz)
        application.router.add_get("/status.json", status.show)
        application.router.add_get("/metrics", status.metrics)
        application.router.add_get(r"/api/repos/{owner}/{repo}/pulls/{number:\d{1,9}}", api.pull_request)
        application.router.add_get(r"/api/repos/{owner}/{repo}/pulls/{number:\d{1,9}}/why", evaluations.why)
        application.router.add_get(r"/api/repos/{owner}/{repo}/pulls/{number:\d{1,9}}/decisions", evaluations.decisions)
        application.router.add_get("/api/dora", Dora(store, api.refusal).metrics)
        application.router.add_get("/api/repos/{owner}/{repo}/audit", api.audit)
        application.router.add_get("/api/repos/{owner}/{repo}/flags", api.flags)
        incidents = Incidents(store, api.refusal)
        application.router.add_get("/api/repos/{owner}/{repo}/incidents", incidents.listed)
        application.router.add_get("/api/repos/{owner}/{repo}/line", api.line)
        application.router.add_get(r"/api/repos/{owner}/{repo}/releases/{sha:[0-9a-f]{40,64}}", api.release)
        return application

    async def start(self) -> int:
        """Listen; gives the port, which the system chose where settings say 0. Raises OSError if it is taken."""
        await self._runner.setup()
        host, port = self._settings.host, self._settings.port
        self._listener = await asyncio.get_running_loop().create_server(self._connect, host, port, backlog=1024)
        bound: int = self._listener.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Become unready, listen no more, and let running requests end for a bounded time."""
        self._is_stopping = True
        if self._listener is not None:
            self._listener.close()
        await self._runner.cleanup()
        await asyncio.sleep(0)  # what was accepted meanwhile has its transport only now
        for connection in tuple(self._silent):
            self._close_if_silent(connection)

    def _connect(self) -> asyncio.Protocol:
        server = self._runner.server
        if self._is_stopping or server is None or len(server.connections) >= most_connections():
            return _Full()
        connection = server()
        self._silent.add(connection)
        asyncio.get_running_loop().call_later(HEADERS_WITHIN_SECONDS, self._close_if_silent, connection)
        return connection

    def _close_if_silent(self, connection: web.RequestHandler) -> None:
        """Close a connection that has not yet sent the headers of one whole request."""
        if connection in self._silent:
            self._silent.discard(connection)
            if connection.transport is not None:
                connection.transport.abort()

    @web.middleware
    async def _hear(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        self._silent.discard(request.protocol)
        return await handler(request)


def most_connections() -> int:
    """Give how many connections may be open at once: bounded by us, and by the files that the system lets us open."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(MOST_CONNECTIONS, max(1, files - SPARED_FILES)) if files != resource.RLIM_INFINITY else MOST_CONNECTIONS


class _Full(asyncio.Protocol):
    """Ends a connection above the limit at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()
