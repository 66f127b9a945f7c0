"""One connection to GitHub for the whole process, with time-outs, limits and tokens around each request.

gidgethub writes the headers and reads the answers. Its own client is not used: it has no time-out and no API version,
takes a 429 and a secondary limit for plain errors, and its GraphQL call ignores the base URL and drops partial data.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp
import gidgethub
from cachetools import LRUCache
from gidgethub import sansio

from bot.github.errors import Gone, Later, Redirected, Refused
from bot.github.limits import Answer, Lane, limited_until
from bot.github.tokens import Scope, TokenBroker

API_VERSION = "2022-11-28"
"""Pinned: the first breaking version, 2026-03-10, is not on every Enterprise Server."""

AT_ONCE = 48
"""Requests in flight over all installations; GitHub allows one hundred, REST and GraphQL together."""

TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=5)
LANES_KEPT = 4096
_ACCEPT = "application/vnd.github+json"
_WORDS = 4096
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

RawAnswer = tuple[int, Mapping[str, str], bytes]
"""Status, headers (case-insensitive) and body, as sansio takes them."""

Json = Any
"""JSON as GitHub sends it. It goes no further than this package: the readers make typed values of it."""


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

    Every method raises Later (unavailable, limited, timed out), Gone (404, 410) or Refused (any other no).
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
        self._places = asyncio.Semaphore(AT_ONCE)
        self._graphql_url = graphql_url
        self._clock = clock
        self._tokens = TokenBroker(app[0], app[1], self._mint, clock)
        self._lanes: LRUCache[int, Lane] = LRUCache(LANES_KEPT)
        self.app_id = app[0]

    async def _mint(self, installation: int, body: Mapping[str, object]) -> Mapping[str, str]:
        answer: Mapping[str, str] = await self.as_app("POST", f"/app/installations/{installation}/access_tokens", body)
        return answer

    async def as_app(self, method: str, path: str, body: Json = b"") -> Json:
        """Make one request as the App itself."""
        answer, _ = await self._attempt(self._lane(0), method, path, body, {"jwt": await self._tokens.app_token()})
        return answer

    async def app_pages(self, path: str) -> AsyncIterator[Json]:
        """Yield page after page of a list that only the App itself may read."""
        following: str | None = path
        while following:
            credentials = {"jwt": await self._tokens.app_token()}
            page, following = await self._attempt(self._lane(0), "GET", following, b"", credentials)
            yield page

    async def get(self, scope: Scope, path: str) -> Json:
        """Read one thing as an installation."""
        answer, _ = await self._as_installation(scope, "GET", path, b"")
        return answer

    async def pages(self, scope: Scope, path: str) -> AsyncIterator[Json]:
        """Yield page after page of a list."""
        following: str | None = path
        while following:
            page, following = await self._as_installation(scope, "GET", following, b"")
            yield page

    async def write(self, scope: Scope, method: str, path: str, body: Mapping[str, object]) -> Json:
        """Change one thing as an installation; writes of one installation go out one at a time."""
        async with self._lane(scope.installation).writing():
            answer, _ = await self._as_installation(scope, method, path, body)
        return answer

    async def mutate(self, scope: Scope, mutation: str, variables: Mapping[str, object]) -> GraphQLAnswer:
        """Change one thing by GraphQL; writes of one installation go out one at a time."""
        async with self._lane(scope.installation).writing():
            return await self.graphql(scope, mutation, variables)

    async def graphql(self, scope: Scope, query: str, variables: Mapping[str, object]) -> GraphQLAnswer:
        """Run one query. Data that came is kept even where errors came with it; no data at all raises Refused."""
        payload = {"query": query, "variables": variables}
        answer, _ = await self._as_installation(scope, "POST", self._graphql_url, payload)
        if not isinstance(answer, Mapping) or "data" not in answer:
            raise Later("GitHub's GraphQL answer holds no data")
        errors = _errors_of(answer)
        if answer["data"] is None:
            raise Refused(HTTPStatus.OK, "; ".join(errors))
        return GraphQLAnswer(answer["data"], errors, _missing_in(answer))

    async def elsewhere(self, url: str, largest: int) -> bytes:
        """Read what GitHub keeps on another host: without any token, no further than there, up to so many bytes."""
        if self._api_url.startswith("https:") and not url.startswith("https:"):
            raise Refused(HTTPStatus.FOUND, "GitHub points to an address that is not encrypted")
        headers = {"User-Agent": "andon", "Accept-Encoding": "identity"}
        try:
            async with (
                self._places,
                self._session.get(url, headers=headers, timeout=TIMEOUT, allow_redirects=False) as response,
            ):
                _check_storage(response.status)
                return await _bounded(response.content, largest)
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            raise Later(f"GitHub's storage broke off: {error!r}") from error

    async def _as_installation(self, scope: Scope, method: str, path: str, body: Json) -> tuple[Json, str | None]:
        lane = self._lane(scope.installation)
        token = await self._tokens.token(scope)
        try:
            return await self._attempt(lane, method, path, body, {"oauth_token": token})
        except Refused as refused:
            if refused.status != HTTPStatus.UNAUTHORIZED:
                raise
        self._tokens.forget(scope, token)
        return await self._attempt(lane, method, path, body, {"oauth_token": await self._tokens.token(scope)})

    async def _attempt(
        self, lane: Lane, method: str, path: str, body: Json, credentials: Credentials
    ) -> tuple[Json, str | None]:
        """Send one request and return GitHub's JSON with the address of the next page."""
        await lane.enter()
        url = sansio.format_url(path, {}, base_url=self._api_url)
        headers = sansio.create_headers("andon", accept=_ACCEPT, **credentials)
        headers["x-github-api-version"] = API_VERSION
        try:
            answer = await self._send(method, url, headers, body)
            self._check_limits(lane, answer)
            _check_redirect(answer)
            data, _, following = sansio.decipher_response(*answer)
            self._check_host(following)
        except gidgethub.HTTPException as error:
            raise _refusal(method, int(error.status_code), str(error)) from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Later(f"cannot reach GitHub: {error}") from error
        except (TimeoutError, aiohttp.ClientError, ValueError, LookupError) as error:
            raise Later(f"GitHub's answer broke off: {error!r}", uncertain=method != "GET") from error
        return data, following

    async def _send(self, method: str, url: str, headers: Mapping[str, str], body: Json) -> RawAnswer:
        content: dict[str, Json] = {} if body == b"" else {"json": body}
        async with (
            self._places,
            self._session.request(
                method, url, headers=headers, timeout=TIMEOUT, allow_redirects=False, **content
            ) as response,
        ):
            return response.status, response.headers, await response.read()

    def _check_limits(self, lane: Lane, answer: RawAnswer) -> None:
        """Close the lane and raise Later where this answer is a rate limit, in whichever form."""
        status, headers, body = answer
        until = limited_until(Answer(status, headers, _words_of(status, body)), self._clock())
        if until is not None:
            lane.close_until(until)
            raise Later("GitHub limits our requests", until)

    def _check_host(self, following: str | None) -> None:
        """Never carry a token to another host, wherever an answer's next page points."""
        if following is not None and not following.startswith(f"{self._api_url}/"):
            raise ValueError(f"the next page is on another host: {following}")

    def _lane(self, installation: int) -> Lane:
        lane = self._lanes.get(installation)
        if lane is None:
            lane = self._lanes[installation] = Lane(self._clock)
        return lane


def _check_redirect(answer: RawAnswer) -> None:
    """Say where GitHub sends us to, and go nowhere: the token is for this host alone."""
    status, headers, _ = answer
    if status in _REDIRECTS and (location := headers.get("Location")):
        raise Redirected(status, location)


def _check_storage(status: int) -> None:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Later(f"GitHub's storage answered {status}")
    if status != HTTPStatus.OK:
        raise Refused(status, "GitHub's storage says no")


async def _bounded(content: aiohttp.StreamReader, largest: int) -> bytes:
    """Read to the end, or until it is too much."""
    pieces = bytearray()
    async for piece in content.iter_any():
        pieces += piece
        if len(pieces) > largest:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {largest} bytes")
    return bytes(pieces)


def _words_of(status: int, body: bytes) -> str:
    """Return what may name a rate limit: the body of a refusal, or the head of a GraphQL answer that lists errors."""
    if status >= HTTPStatus.BAD_REQUEST:
        return body[:_WORDS].decode(errors="replace")
    if status == HTTPStatus.OK and b'"errors"' in body and b"rate" in body.lower():
        answer = json.loads(body)
        return " ".join(_errors_of(answer)) if isinstance(answer, Mapping) else ""
    return ""


def _errors_of(answer: Mapping[str, Json]) -> tuple[str, ...]:
    errors = answer.get("errors") or ()
    return tuple(f"{error.get('type', '')} {error.get('message', '')}".strip() for error in errors)


def _missing_in(answer: Mapping[str, Json]) -> frozenset[str]:
    """Name what errors stand for, such as `repository.policy`."""
    return frozenset(".".join(map(str, error.get("path") or ())) for error in answer.get("errors") or ())


def _refusal(method: str, status: int, words: str) -> Exception:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Later(f"GitHub answered {status}: {words}", uncertain=method != "GET", status=status)
    return Gone(status, words) if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE) else Refused(status, words)
