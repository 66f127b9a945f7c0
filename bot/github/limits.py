"""GitHub's rate limits: telling them from refusals in every form they take.

Figures: GitHub docs, "Rate limits for the REST API" and "Rate limits and query limits for the GraphQL API".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

SECONDARY_PAUSE = 60.0
"""Seconds to wait where GitHub limits without saying for how long (documented: at least a minute)."""


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


def is_of_the_hour(headers: Mapping[str, str]) -> bool:
    """Tell whether what ended is the hour's allowance of one resource, which stands in the headers with its end."""
    spent = headers.get("x-ratelimit-remaining") == "0" and headers.get("x-ratelimit-reset", "").isdecimal()
    return spent and "x-ratelimit-resource" in headers and "retry-after" not in headers


def _end_of_limit(headers: Mapping[str, str], now: float) -> float:
    retry_after = headers.get("retry-after", "")
    if retry_after.isdecimal():
        return now + int(retry_after)
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
        return float(reset)
    return now + SECONDARY_PAUSE
