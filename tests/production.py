"""A production on this machine, on a real socket: an address that answers as it is told, and a Prometheus beside it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Production:
    """What it answers: `statuses` one after the other, the last one for ever, and `value` as Prometheus would."""

    statuses: list[int] = field(default_factory=lambda: [200])
    body: bytes = b"ok"
    location: str = ""
    prometheus: Any = None
    value: str = "0.001"
    silent: bool = False
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def health(self, request: web.Request) -> web.Response:
        self._note(request)
        if self.silent:
            await asyncio.Event().wait()
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        moved = {"Location": self.location} if self.location else {}
        return web.Response(status=status, body=self.body, headers=moved)

    async def query(self, request: web.Request) -> web.Response:
        """Answer as Prometheus documents it under "HTTP API": an instant query."""
        self._note(request)
        if isinstance(self.prometheus, bytes):
            return web.Response(body=self.prometheus)
        sample = {"metric": {}, "value": [1_767_225_600.123, self.value]}
        data = {"resultType": "vector", "result": [sample]} if self.prometheus is None else self.prometheus
        return web.json_response({"status": "success", "data": data})

    def _note(self, request: web.Request) -> None:
        self.asked.append(request.query.get("query", request.path))
        self.headers.append(dict(request.headers))


@asynccontextmanager
async def production(encrypted: ssl.SSLContext | None = None) -> AsyncIterator[Production]:
    """Start a production; stop it at the end."""
    it = Production()
    app = web.Application()
    app.router.add_get("/healthz", it.health)
    app.router.add_get("/api/v1/query", it.query)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=encrypted)
    await site.start()
    it.port = runner.addresses[0][1]
    try:
        yield it
    finally:
        await runner.cleanup()


def targets_text(port: int, **changed: object) -> str:
    """Write targets that lead to a production on this machine."""
    probe = {"contains": '""', **{name.replace("_", "-"): value for name, value in changed.items()}}
    options = "".join(f"    {name}: {value}\n" for name, value in probe.items())
    return (
        "probes:\n  checkout:\n"
        f"    url: http://127.0.0.1:{port}/healthz\n"
        "    repositories: [octo/*]\n    allow-http: true\n    allow-private: true\n"
        f"{options}"
        "queries:\n  error-rate:\n"
        f"    url: http://127.0.0.1:{port}\n"
        "    repositories: [octo/shop]\n    allow-http: true\n    allow-private: true\n"
        '    query: errors{env="{environment}"}\n    below: 0.01\n'
    )
