"""One connection to GitHub for the whole process, with time-outs, limits and tokens around each request.

gidgethub writes the headers and reads the answers. Its own client is not used: it has no time-out and no API version,
takes a 429 and a secondary limit for plain errors, and its GraphQL call ignores the base URL and drops partial data.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp
import gidgethub
import structlog
from cachetools import LRUCache
from gidgethub import sansio

from bot.github.answers import (
    Json,
    RawAnswer,
    bounded,
    check_redirect,
    check_storage,
    errors_of,
    missing_in,
    refusal,
    words_of,
)
from bot.github.budget import Allowance, Budget, graphql_cost
from bot.github.counted import Counted
from bot.github.errors import Later, Refused
from bot.github.fence import prove
from bot.github.lanes import Lane, Request
from bot.github.limits import Answer, is_of_the_hour, limited_until
from bot.github.places import Places
from bot.github.tokens import Scope, TokenBroker
from bot.text.redaction import KNOWN

API_VERSION = "2022-11-28"
"""Pinned: the first breaking version, 2026-03-10, is not on every Enterprise Server."""

_log = structlog.get_logger()

TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=5)
LANES_KEPT = 4096
_ACCEPT = "application/vnd.github+json"

_NO_WORDS = frozenset({"base", "content", "head", "ref", "sha", "tree"})
"""What of a write names something of git and is said to nobody."""


@dataclass(frozen=True, slots=True)
class GraphQLAnswer:
    """Data as far as GitHub gave it, and what it said about the rest: in words, and by the paths of what is missing."""

    data: Json
    errors: tuple[str, ...] = ()
    missing: frozenset[str] = frozenset()

    @property
    def failed(self) -> bool:
        """Tell whether something is missing for another reason than that it is not there, or not for us."""
        return not all(error.startswith(("NOT_FOUND", "FORBIDDEN")) for error in self.errors)


Credentials = Mapping[str, str]
"""Either `{"jwt": …}` for the App itself or `{"oauth_token": …}` for an installation."""


class Connection:
    """Requests to GitHub as the App or as one of its installations.

    Every method raises Later (unavailable, limited, timed out), Gone (404, 410) or Refused (any other no); those that
    change something, Overtaken as well.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        api_url: str,
        graphql_url: str,
        app: tuple[int, str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._session = session
        self._api_url = api_url
        self._whole = self.allowance = Allowance()
        self._places = Places(self.allowance.at_once)
        self._graphql_url = graphql_url
        self._clock = clock
        self.counted = Counted(clock)
        self._tokens = TokenBroker(app[0], app[1], self._mint, self.counted.now)
        self._lanes: LRUCache[int, Lane] = LRUCache(LANES_KEPT)
        self.app_id = app[0]

    def allow(self, allowance: Allowance) -> None:
        """Take this for what each installation is allowed, over all processes."""
        self._whole = allowance
        self.share_with(1)

    def share_with(self, processes: int) -> None:
        """Keep to the part of one of so many processes."""
        self.allowance = self._whole.shared_by(processes)
        self._places.hold(self.allowance.at_once)

    async def _mint(self, installation: int, body: Mapping[str, object]) -> Mapping[str, str]:
        answer: Mapping[str, str] = await self.as_app("POST", f"/app/installations/{installation}/access_tokens", body)
        return answer

    async def as_app(self, method: str, path: str, body: Json = b"") -> Json:
        """Make one request as the App itself."""
        answer, _ = await self._as_app(Request.rest(method, path, body))
        return answer

    async def _as_app(self, asked: Request) -> tuple[Json, str | None]:
        """Send one request as the App; where its token is not taken, once more: the answer told GitHub's time."""
        token = await self._tokens.app_token()
        try:
            return await self._attempt(self._lane(0), asked, {"jwt": token})
        except Refused as refused:
            if refused.status != HTTPStatus.UNAUTHORIZED:
                raise
        self._tokens.forget_app_token(token)
        return await self._attempt(self._lane(0), asked, {"jwt": await self._tokens.app_token()})

    async def app_pages(self, path: str) -> AsyncIterator[Json]:
        """Yield page after page of a list that only the App itself may read."""
        following: str | None = path
        while following:
            page, following = await self._as_app(Request.rest("GET", following))
            yield page

    async def get(self, scope: Scope, path: str) -> Json:
        """Read one thing as an installation."""
        answer, _ = await self._as_installation(scope, Request.rest("GET", path))
        return answer

    async def pages(self, scope: Scope, path: str) -> AsyncIterator[Json]:
        """Yield page after page of a list."""
        following: str | None = path
        while following:
            page, following = await self._as_installation(scope, Request.rest("GET", following))
            yield page

    async def write(self, scope: Scope, method: str, path: str, body: Mapping[str, object]) -> Json:
        """Change one thing as an installation; writes of one installation go out one at a time."""
        async with self._lane(scope.installation).writing.one():
            answer, _ = await self._as_installation(
                scope, Request.rest(method, path, _without_secrets(body), changes=True)
            )
        return answer

    async def mutate(self, scope: Scope, mutation: str, variables: Mapping[str, object]) -> GraphQLAnswer:
        """Change one thing by GraphQL; writes of one installation go out one at a time."""
        async with self._lane(scope.installation).writing.one():
            return await self._ask(scope, mutation, _without_secrets(variables), changes=True)

    async def graphql(self, scope: Scope, query: str, variables: Mapping[str, object]) -> GraphQLAnswer:
        """Run one query. Data that came is kept even where errors came with it; no data at all raises Refused."""
        return await self._ask(scope, query, variables, changes=False)

    async def _ask(self, scope: Scope, query: str, variables: Mapping[str, object], *, changes: bool) -> GraphQLAnswer:
        payload = {"query": query, "variables": variables}
        asked = Request("POST", self._graphql_url, payload, graphql_cost(query), changes)
        answer, _ = await self._as_installation(scope, asked)
        if not isinstance(answer, Mapping) or "data" not in answer:
            raise Later("GitHub's GraphQL answer holds no data")
        errors = errors_of(answer)
        if answer["data"] is None:
            raise Refused(HTTPStatus.OK, "; ".join(errors))
        return GraphQLAnswer(answer["data"], errors, missing_in(answer))

    async def elsewhere(self, url: str, largest: int) -> bytes:
        """Read what GitHub keeps on another host: without any token, no further than there, up to so many bytes."""
        if self._api_url.startswith("https:") and not url.startswith("https:"):
            raise Refused(HTTPStatus.FOUND, "GitHub points to an address that is not encrypted")
        headers = {"User-Agent": "andon", "Accept-Encoding": "identity"}
        try:
            async with (
                self._places.one(),
                self._session.get(url, headers=headers, timeout=TIMEOUT, allow_redirects=False) as response,
            ):
                check_storage(response.status)
                return await bounded(response.content, largest)
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            raise Later(f"GitHub's storage broke off: {error!r}") from error

    async def _as_installation(self, scope: Scope, asked: Request) -> tuple[Json, str | None]:
        lane = self._lane(scope.installation)
        token = await self._tokens.token(scope)
        try:
            return await self._attempt(lane, asked, {"oauth_token": token})
        except Refused as refused:
            if refused.status != HTTPStatus.UNAUTHORIZED:
                raise
        self._tokens.forget(scope, token)
        return await self._attempt(lane, asked, {"oauth_token": await self._tokens.token(scope)})

    async def _attempt(self, lane: Lane, asked: Request, credentials: Credentials) -> tuple[Json, str | None]:
        """Send one request and return GitHub's JSON with the address of the next page."""
        url = sansio.format_url(asked.path, {}, base_url=self._api_url)
        headers = sansio.create_headers("andon", accept=_ACCEPT, **credentials)
        headers["x-github-api-version"] = API_VERSION
        try:
            answer = await self._send(lane.budget, asked, url, headers)
            self.counted.heard(lane.installation, answer[1])
            self._check_limits(lane.budget, answer)
            check_redirect(answer)
            data, _, following = sansio.decipher_response(*answer)
            self._check_host(following)
        except gidgethub.HTTPException as error:
            raise refusal(asked.method, int(error.status_code), str(error)) from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Later(f"cannot reach GitHub: {error}") from error
        except (TimeoutError, aiohttp.ClientError, ValueError, LookupError) as error:
            raise Later(f"GitHub's answer broke off: {error!r}", uncertain=asked.method != "GET") from error
        return data, following

    async def _send(self, budget: Budget, asked: Request, url: str, headers: Mapping[str, str]) -> RawAnswer:
        content: dict[str, Json] = {} if asked.body == b"" else {"json": asked.body}
        await budget.admit(asked.cost)
        async with self._places.one():
            if asked.changes:
                await prove()
            async with (
                self.counted.call(asked.path, asked.cost) as call,
                self._session.request(
                    asked.method, url, headers=headers, timeout=TIMEOUT, allow_redirects=False, **content
                ) as response,
            ):
                call.status = str(response.status)
                return response.status, response.headers, await response.read()

    def _check_limits(self, budget: Budget, answer: RawAnswer) -> None:
        """Learn what is left; raise Later where this answer is a rate limit, in whichever form."""
        status, headers, body = answer
        budget.learn(headers)
        until = limited_until(Answer(status, headers, words_of(status, body)), self._clock())
        if until is not None:
            if not is_of_the_hour(headers):
                budget.close_until(until)
            _log.warning("GitHub limits our requests", until=until, resource=headers.get("x-ratelimit-resource"))
            raise Later("GitHub limits our requests", budget.promised(until, "limited"))

    def _check_host(self, following: str | None) -> None:
        """Never carry a token to another host, wherever an answer's next page points."""
        if following is not None and not following.startswith(f"{self._api_url}/"):
            raise ValueError(f"the next page is on another host: {following}")

    def _lane(self, installation: int) -> Lane:
        lane = self._lanes.get(installation)
        if lane is None:
            lane = self._lanes[installation] = Lane(installation, self._clock, lambda: self.allowance)
        return lane


def _without_secrets(body: Mapping[str, object]) -> dict[str, object]:
    """Take the secrets out of what a write says to people."""
    return {name: value if name in _NO_WORDS else KNOWN.value(value) for name, value in body.items()}
