"""`andon why`: what andon decided on a pull request, then or now, and why."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import click

from bot.commands.reasons import history, plain_line, reasons
from bot.moments import moment
from bot.settings import LOOPBACK_HOSTS

FAILED: Final = 2
SECONDS: Final = 30.0
"""Within which the service answers."""

HERE: Final = "http://127.0.0.1:8400"

_PLACE: Final = re.compile(r"([A-Za-z0-9_-]{1,100})/(?!\.{1,2}#)([A-Za-z0-9_.-]{1,100})#([1-9][0-9]{0,8})")


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


@click.command(epilog="Example: andon why octo/shop#12 --at 2h")
@click.argument("place", metavar="OWNER/REPO#NUMBER")
@click.option("--at", help="A moment: 2026-11-22T10:00Z, or how long ago: 30m, 2h, 3d. [now]")
@click.option("--history", "whole", is_flag=True, help="List all evaluations, and what changed between them.")
@click.option("--exit-code", "speaks", is_flag=True, help="Exit by what was decided, for a step of CI.")
@click.option("--server", help=f"Where andon runs. [ANDON_URL, else {HERE}]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def why(*, place: str, at: str | None, whole: bool, form: str, **given: Any) -> None:  # noqa: ANN401 - click passes options by name
    """Say what andon decided on a pull request, why, and who must do what next.

    Exits 0, or 2 where there is no answer. With --exit-code: 0 where it merges or is merged, 1 where it is stopped (a
    rule found something, the policy is wrong, or it was closed), 3 where it only waits. The service asks for the
    API_TOKEN that it was started with; this machine needs none where none is set.
    """
    try:
        path = _path(place)
        service = _service(given["server"])
        answer = asyncio.run(_listed(service, path) if whole else service.ask(f"{path}/why{_query(at)}"))
    except CannotTellError as error:
        click.echo(f"andon: {plain_line(str(error))}", err=True)
        sys.exit(FAILED)
    if form == "json":
        click.echo(json.dumps(answer, indent=2))
    else:
        click.echo(history(place, answer["decisions"]) if whole else reasons(answer))
    if given["speaks"]:
        sys.exit(answer["decisions"][0]["exit_code"] if whole else answer["exit_code"])


def _path(place: str) -> str:
    found = _PLACE.fullmatch(place)
    if found is None:
        raise CannotTellError(f"{place[:100]!r} is no pull request: write owner/repo#12.")
    owner, name, number = found.groups()
    return f"/api/repos/{owner}/{name}/pulls/{number}"


def _query(at: str | None) -> str:
    if at is None:
        return ""
    try:
        return f"?at={moment(at, time.time())!r}"
    except ValueError as error:
        raise CannotTellError(f"--at: {error}.") from None


def _service(server: str | None) -> Service:
    """Take the address as given. A token goes to another machine only where nobody can listen."""
    url = (server or os.environ.get("ANDON_URL", "").strip() or HERE).rstrip("/")
    token = os.environ.get("API_TOKEN", "").strip()
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CannotTellError(f"{url[:100]!r} is no address of a service: write https://andon.example.com.")
    if token and parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        raise CannotTellError(f"{url[:100]} would send API_TOKEN for all to read: write https://.")
    return Service(url, token)


async def _listed(service: Service, path: str) -> Mapping[str, Any]:
    """Read all pages."""
    listed: list[Any] = []
    before = ""
    while True:
        page = await service.ask(f"{path}/decisions{before}")
        listed += page["decisions"]
        if page["before"] is None:
            return {"decisions": listed}
        before = f"?before={page['before']}"
