"""The App's side of the socket in the simulator's own tests: a JWT, a token, plain HTTP, and an ear for webhooks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import aiohttp
import jwt
from aiohttp import web

from bot.github.queries import document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator import Simulator

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, read whole."""

    status: int
    body: Any
    headers: Mapping[str, str]


class AppClient:
    """Calls a simulator as the App does."""

    def __init__(self, github: Simulator) -> None:
        self.github = github
        self.token = ""
        self.session = aiohttp.ClientSession()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()

    def jwt(self, **claims: object) -> str:
        now = int(self.github.now())
        usual = {"iat": now - 60, "exp": now + 540, "iss": str(self.github.app_id)}
        return jwt.encode({**usual, **claims}, self.github.private_key_pem, algorithm="RS256")

    async def call(
        self, method: str, path: str, body: object = None, *, bearer: str | None = None, **headers: str
    ) -> Reply:
        url = path if path.startswith("http") else self.github.url + path
        sent = {"Authorization": f"Bearer {bearer or self.token}", "X-GitHub-Api-Version": "2022-11-28", **headers}
        async with self.session.request(method, url, json=body, headers=sent, allow_redirects=False) as got:
            text = await got.text()
            return Reply(got.status, await got.json() if text else None, got.headers)

    async def app_call(self, method: str, path: str, body: object = None, **claims: object) -> Reply:
        return await self.call(method, path, body, bearer=self.jwt(**claims))

    async def mint(self, installation: int, **scope: object) -> Reply:
        reply = await self.app_call("POST", f"/app/installations/{installation}/access_tokens", scope or None)
        if reply.status == 201:
            self.token = reply.body["token"]
        return reply

    async def ask(self, query: str, **variables: object) -> Json:
        reply = await self.call("POST", "/graphql", {"query": query, "variables": variables})
        assert reply.status == 200
        body: Json = reply.body
        return body

    async def snapshot(self, number: int, owner: str = "octo", name: str = "shop") -> Json:
        body = await self.ask(document("pull_request"), owner=owner, name=name, number=number)
        assert "errors" not in body
        pull: Json = body["data"]["repository"]["pullRequest"]
        return pull


@dataclass(frozen=True, slots=True)
class Heard:
    """One delivery as it came in."""

    event: str
    action: str | None
    guid: str
    body: bytes
    payload: Any
    headers: dict[str, str]


@dataclass
class Ear:
    """A webhook that writes down what it hears; `status` is what it answers."""

    heard: list[Heard] = field(default_factory=list)
    status: int = 202
    url: str = ""
    answering: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.answering.set()

    def names(self) -> list[str]:
        return [f"{one.event}.{one.action}" if one.action else one.event for one in self.heard]

    def of(self, event: str, action: str | None = None) -> list[Heard]:
        return [one for one in self.heard if one.event == event and one.action == action]

    async def _hear(self, request: web.Request) -> web.Response:
        body, payload = await request.read(), await request.json()
        event, guid = request.headers["X-GitHub-Event"], request.headers["X-GitHub-Delivery"]
        self.heard.append(Heard(event, payload.get("action"), guid, body, payload, dict(request.headers)))
        await self.answering.wait()
        return web.Response(status=self.status)

    async def start(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_post("/webhook", self._hear)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/webhook"
        return runner
