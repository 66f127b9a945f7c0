"""Reads GitHub's answers: what they refuse, where they send us to, and which of their words name a limit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp

from bot.github.errors import Gone, Later, Redirected, Refused

_WORDS = 4096
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

RawAnswer = tuple[int, Mapping[str, str], bytes]
"""Status, headers (case-insensitive) and body, as sansio takes them."""

Json = Any
"""JSON as GitHub sends it. It goes no further than this package: the readers make typed values of it."""


def check_redirect(answer: RawAnswer) -> None:
    """Say where GitHub sends us to, and go nowhere: the token is for this host alone."""
    status, headers, _ = answer
    if status in _REDIRECTS and (location := headers.get("Location")):
        raise Redirected(status, location)


def check_storage(status: int) -> None:
    """Raise what an answer of GitHub's storage means, where it is not the file: Later or Refused."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Later(f"GitHub's storage answered {status}")
    if status != HTTPStatus.OK:
        raise Refused(status, "GitHub's storage says no")


async def bounded(content: aiohttp.StreamReader, largest: int) -> bytes:
    """Read to the end, or until it is too much."""
    pieces = bytearray()
    async for piece in content.iter_any():
        pieces += piece
        if len(pieces) > largest:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {largest} bytes")
    return bytes(pieces)


def words_of(status: int, body: bytes) -> str:
    """Return what may name a rate limit: the body of a refusal, or the head of a GraphQL answer that lists errors."""
    if status >= HTTPStatus.BAD_REQUEST:
        return body[:_WORDS].decode(errors="replace")
    if status == HTTPStatus.OK and b'"errors"' in body and b"rate" in body.lower():
        answer = json.loads(body)
        return " ".join(errors_of(answer)) if isinstance(answer, Mapping) else ""
    return ""


def errors_of(answer: Mapping[str, Json]) -> tuple[str, ...]:
    """Write every error of a GraphQL answer as its type and its words."""
    errors = answer.get("errors") or ()
    return tuple(f"{error.get('type', '')} {error.get('message', '')}".strip() for error in errors)


def missing_in(answer: Mapping[str, Json]) -> frozenset[str]:
    """Name what errors stand for, such as `repository.policy`."""
    return frozenset(".".join(map(str, error.get("path") or ())) for error in answer.get("errors") or ())


def refusal(method: str, status: int, words: str) -> Exception:
    """Make of a refused request what the callers know: Later, Gone or Refused."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Later(f"GitHub answered {status}: {words}", uncertain=method != "GET", status=status)
    return Gone(status, words) if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE) else Refused(status, words)
