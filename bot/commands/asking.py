"""How a command asks the service that runs: where it is, what lets us in, and what it refuses."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from bot.settings import LOOPBACK_HOSTS

FAILED: Final = 2
"""The exit code where there is no answer."""

SECONDS: Final = 30.0
"""Within which the service answers."""

HERE: Final = "http://127.0.0.1:8400"


class CannotTellError(Exception):
    """There is no answer; the text says why, and the cure."""


@dataclass(frozen=True, slots=True)
class Service:
    """Where the API is, and what lets us in."""

    url: str
    token: str

    async def ask(self, path: str) -> Mapping[str, Any]:
        """Ask the API. Raises CannotTellError."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        within = aiohttp.ClientTimeout(SECONDS)
        try:
            async with (
                aiohttp.ClientSession(trust_env=True, timeout=within) as session,
                session.get(f"{self.url}{path}", headers=headers, allow_redirects=False) as response,
            ):
                answer = await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            why_not = f"{self.url} does not answer as andon does ({type(error).__name__})"
            cure = "start `andon serve` there, or name where it runs by --server or ANDON_URL"
            raise CannotTellError(f"{why_not}: {cure}.") from None
        if not isinstance(answer, dict) or "error" in answer or response.status != 200:  # noqa: PLR2004 - HTTP's OK
            raise CannotTellError(_refusal(response.status, answer))
        return answer


def _refusal(status: int, answer: object) -> str:
    said = str(answer.get("error", "")) if isinstance(answer, dict) else ""
    cure = " Set API_TOKEN to it." if status == 401 else ""  # noqa: PLR2004 - HTTP's Unauthorized
    return (said or f"the service answered {status}") + cure


def service_at(server: str | None) -> Service:
    """Take the address as given, else that of the environment. Raises CannotTellError.

    A token goes to another machine only where nobody can listen.
    """
    url = (server or os.environ.get("ANDON_URL", "").strip() or HERE).rstrip("/")
    token = os.environ.get("API_TOKEN", "").strip()
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CannotTellError(f"{url[:100]!r} is no address of a service: write https://andon.example.com.")
    if token and parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        raise CannotTellError(f"{url[:100]} would send API_TOKEN for all to read: write https://.")
    return Service(url, token)
