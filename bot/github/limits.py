"""GitHub's rate limits: telling them from refusals in every form they take, and keeping below them.

Figures: GitHub docs, "Rate limits for the REST API" and "Rate limits and query limits for the GraphQL API".
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

from bot.github.errors import Later

SECONDARY_PAUSE = 60.0
"""Seconds to wait where GitHub limits without saying for how long (documented: at least a minute)."""

PATIENCE = 2.0
"""A limit that ends within these seconds is waited for; a longer one goes back to the work table."""

WRITES_AT_ONCE = 30.0
"""Writes that may go out in a burst. A write costs 5 points and its list of files 1; 900 a minute are allowed."""

WRITES_PER_SECOND = 2.0
"""How fast the burst fills again: in the busiest minute 150 writes go out, and 900 points with their reads."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What of a response tells about limits: the status, lower-case headers, and GitHub's message or error types."""

    status: int
    headers: Mapping[str, str]
    message: str = ""


def limited_until(answer: Answer, now: float) -> float | None:
    """Say until when (Unix time) GitHub limits us, or None where this answer is about something else.

    Primary limits come as 403 or 429 with `x-ratelimit-remaining: 0`; secondary ones as 403 or 429 with or without
    `retry-after`; GraphQL sends both as 200 with an error of type RATE_LIMITED.
    """
    words = answer.message.lower()
    named = "rate limit" in words or "rate_limited" in words or "abuse detection" in words
    spent = answer.headers.get("x-ratelimit-remaining") == "0"
    waits = "retry-after" in answer.headers
    match answer.status:
        case HTTPStatus.TOO_MANY_REQUESTS:
            limited = True
        case HTTPStatus.FORBIDDEN:
            limited = named or spent or waits
        case _:
            limited = answer.status == HTTPStatus.OK and named
    return max(now, _end_of_limit(answer.headers, now)) if limited else None


def _end_of_limit(headers: Mapping[str, str], now: float) -> float:
    retry_after = headers.get("retry-after", "")
    if retry_after.isdecimal():
        return now + int(retry_after)
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
        return float(reset)
    return now + SECONDARY_PAUSE


@dataclass(slots=True)
class Lane:
    """The traffic of one installation: closed while GitHub limits it, with writes one at a time and paced."""

    clock: Callable[[], float]
    closed_until: float = 0.0
    _tokens: float = WRITES_AT_ONCE
    _filled_at: float = 0.0
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def close_until(self, moment: float) -> None:
        """Let nothing pass before this Unix time."""
        self.closed_until = max(self.closed_until, moment)

    async def enter(self) -> None:
        """Wait for a short limit to end; raise Later for a long one."""
        rest = self.closed_until - self.clock()
        if rest > PATIENCE:
            raise Later("GitHub's rate limit is used up", self.closed_until)
        if rest > 0:
            await asyncio.sleep(rest)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Hold the one place for a write, after the pace allows it."""
        async with self._writing:
            await asyncio.sleep(self._take())
            yield

    def _take(self) -> float:
        """Take one write from the burst and return how many seconds to wait for it."""
        now = self.clock()
        gained = max(0.0, now - self._filled_at) * WRITES_PER_SECOND if self._filled_at else 0.0
        self._tokens = min(WRITES_AT_ONCE, self._tokens + gained) - 1
        self._filled_at = now
        return max(0.0, -self._tokens / WRITES_PER_SECOND)
