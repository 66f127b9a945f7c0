"""The socket: every call is matched, authenticated, limited, answered and written down here."""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from aiohttp import web

from simulator import (
    graphql,
    rest_actions,
    rest_app,
    rest_branches,
    rest_checks,
    rest_comments,
    rest_commits,
    rest_deployments,
    rest_git,
    rest_issues,
    rest_people,
    rest_pulls,
    rest_setup,
)
from simulator.authentication import Principal, principal_of
from simulator.calls import Asked, Call, Exchange
from simulator.knobs import Failure, Fault
from simulator.routing import Answer, Ask, Refusal, Route

if TYPE_CHECKING:
    import re

    from simulator.github import Simulator
    from simulator.limits import Bucket

LONGER_THAN_ANYBODY_WAITS = 60.0
MAX_BODY = 25 * 1024 * 1024
ROUTES: tuple[Route, ...] = (
    *rest_app.ROUTES,
    *rest_setup.ROUTES,
    *rest_pulls.ROUTES,
    *rest_branches.ROUTES,
    *rest_git.ROUTES,
    *rest_checks.ROUTES,
    *rest_comments.ROUTES,
    *rest_issues.ROUTES,
    *rest_commits.ROUTES,
    *rest_deployments.ROUTES,
    *rest_people.ROUTES,
    *rest_actions.ROUTES,
    Route("POST", "/graphql", graphql.answer, anyone=True),
)
UNSUPPORTED = Route("*", "*", rest_app.nothing)
VERSIONS = {"2022-11-28", "2026-03-10"}


@dataclass(frozen=True, slots=True)
class Incoming:
    """One call as it came in: its route, its words, and the body, parsed."""

    request: web.Request
    route: Route
    parameters: dict[str, str]
    asked: Asked
    body: Any


class Server:
    """An aiohttp server on a free port of 127.0.0.1."""

    def __init__(self, github: Simulator) -> None:
        self.github = github
        self.busiest = 0
        self.busy = 0
        self._runner: web.AppRunner | None = None
        self._patterns: list[tuple[re.Pattern[str], Route]] = [(route.pattern, route) for route in ROUTES]

    async def start(self) -> str:
        """Begin to listen; give the base address."""
        application = web.Application(client_max_size=MAX_BODY)
        application.router.add_route("*", "/{tail:.*}", self.serve)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one call; where no answer is to come, the connection is cut."""
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            incoming = await self._read(request)
            if self.github.latency:
                await asyncio.sleep(self.github.latency)
            answer, principal = await self._answer(incoming)
        finally:
            self.busy -= 1
        self._write_down(incoming, answer, principal)
        if answer is None:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        return _response(answer, self.github.now())

    async def _read(self, request: web.Request) -> Incoming:
        route, parameters = self._match(request)
        raw = await request.read()
        try:
            body = json.loads(raw) if raw else {}
        except ValueError:
            body = None
        operation = graphql.operation_name(body) if route.template == "/graphql" else None
        return Incoming(
            request, route, parameters, Asked(request.method, route.template, request.path, operation), body
        )

    def _match(self, request: web.Request) -> tuple[Route, dict[str, str]]:
        for pattern, route in self._patterns:
            found = pattern.match(request.path)
            if found is not None and route.method == request.method:
                return route, found.groupdict()
        self.github.unknown_routes.append(f"{request.method} {request.path}")
        return UNSUPPORTED, {}

    async def _answer(self, incoming: Incoming) -> tuple[Answer | None, Principal | None]:
        """Answer a call; no answer at all is a connection that breaks."""
        principal: Principal | None = None
        try:
            principal = self._principal(incoming)
            bucket = self.github.limits.bucket(principal.whose, _resource(incoming.route))
            answer = await self._within_limits(incoming, principal, bucket)
            if answer is not None:
                answer = replace(answer, headers=bucket.headers() | answer.headers)
        except Refusal as refusal:
            answer = refusal.answer()
        return answer, principal

    def _principal(self, incoming: Incoming) -> Principal:
        if incoming.route.open:
            return Principal(None)
        return principal_of(self.github, incoming.request.headers.get("Authorization", ""))

    async def _within_limits(self, incoming: Incoming, principal: Principal, bucket: Bucket) -> Answer | None:
        fault = self.github.fault_for(incoming.asked)
        if fault is not None and not fault.after:
            return self._failed(fault, bucket)
        if incoming.route.template != "/rate_limit":
            if (refused := self._refused(incoming, principal, bucket)) is not None:
                return refused
            bucket.used += bucket.resource == "core"
        answer = await self._carried_out(incoming, principal)
        if bucket.resource == "graphql":
            bucket.used += int(answer.headers.pop("x-cost", "1"))
        if fault is not None and fault.failure is Failure.SILENCE:
            await asyncio.sleep(LONGER_THAN_ANYBODY_WAITS)
        return answer if fault is None else self._failed(fault, bucket, answer)

    def _refused(self, incoming: Incoming, principal: Principal, bucket: Bucket) -> Answer | None:
        if bucket.remaining == 0:
            return self.github.limits.exhausted(bucket)
        query = str(incoming.body.get("query", "")) if isinstance(incoming.body, dict) else ""
        return self.github.limits.secondary(principal.whose, incoming.asked, query, bucket)

    def _failed(self, fault: Fault, bucket: Bucket, answer: Answer | None = None) -> Answer | None:
        match fault.failure:
            case Failure.RESET | Failure.SILENCE:
                return None
            case Failure.CUT:
                return answer and replace(answer, is_cut=True)
            case Failure.SHORT:
                return answer and _ends_early(answer)
            case Failure.STATUS:
                return Answer(fault.status, {"message": "Server Error"})
            case Failure.PRIMARY | Failure.SECONDARY:
                return self.github.limits.refusal(fault, bucket)

    async def _carried_out(self, incoming: Incoming, principal: Principal) -> Answer:
        route, request = incoming.route, incoming.request
        version = request.headers.get("X-GitHub-Api-Version")
        if version is not None and version not in VERSIONS:
            raise Refusal(400, f'"{version}" is not a supported version.')
        if not isinstance(incoming.body, dict):
            raise Refusal(400, "Problems parsing JSON")
        principal.demand(route)
        url = f"{self.github.url}{request.path}"
        query, headers = dict(request.query), request.headers
        return await route.handler(
            Ask(self.github, incoming.parameters, query, incoming.body, headers, principal.token, url)
        )

    def _write_down(self, incoming: Incoming, answer: Answer | None, principal: Principal | None) -> None:
        token = None if principal is None else principal.token
        status = 0 if answer is None else answer.status
        permissions = None if token is None else dict(token.permissions)
        self.github.calls.append(Call(incoming.asked, incoming.body, status, permissions, self.github.now()))
        if answer is None or incoming.route.template in {"*", "/graphql"}:
            return
        query, headers = dict(incoming.request.query), dict(incoming.request.headers)
        exchange = Exchange(incoming.asked, query, headers, incoming.body, status, answer.body)
        for observer in self.github.observers:
            observer.on_exchange(exchange)


def _ends_early(answer: Answer) -> Answer:
    """Give the first half of a list as if it were all."""
    if not isinstance(answer.body, list):
        return answer
    rest = {name: value for name, value in answer.headers.items() if name != "Link"}
    return replace(answer, body=answer.body[: len(answer.body) // 2], headers=rest)


def _resource(route: Route) -> str:
    return "graphql" if route.template == "/graphql" else "core"


def _response(answer: Answer, now: float) -> web.Response:
    headers = {
        "Date": formatdate(now, usegmt=True),
        "X-GitHub-Request-Id": uuid.uuid4().hex[:24].upper(),
        "X-GitHub-Media-Type": "github.v3; format=json",
    }
    headers |= answer.headers
    if answer.body is None:
        return web.Response(status=answer.status, headers=headers)
    text = json.dumps(answer.body, ensure_ascii=False)
    text = text[: len(text) // 2] if answer.is_cut else text
    return web.Response(status=answer.status, text=text, content_type="application/json", headers=headers)
