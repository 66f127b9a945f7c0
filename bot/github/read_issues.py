"""What GitHub says of the issues that this App opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from bot.address import Repository
from bot.github.connection import Connection
from bot.github.errors import Gone, Redirected
from bot.github.read import is_by
from bot.github.tokens import Purpose, Scope
from bot.postmortem.issue import NUDGE, is_about


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue as it is now."""

    number: int
    body: str
    is_open: bool


async def issue_of(connection: Connection, repository: Repository, number: int) -> Issue | None:
    """Read an issue; None where it was deleted or moved to another repository."""
    path = f"/repos/{repository.full_name}/issues/{number}"
    try:
        found = await connection.get(Scope.of(repository, Purpose.ISSUES), path)
    except (Gone, Redirected):
        return None
    return Issue(found["number"], found.get("body") or "", found["state"] == "open")


async def issue_about(connection: Connection, repository: Repository, sha: str, since: float) -> int | None:
    """Find the issue of an incident among those that this App opened since a Unix time."""
    bot = quote(f"{(await connection.as_app('GET', '/app'))['slug']}[bot]", safe="")
    path = f"/repos/{repository.full_name}/issues?creator={bot}&state=all&per_page=100&since={_moment(since)}"
    async for page in connection.pages(Scope.of(repository, Purpose.ISSUES), path):
        for one in page:
            if "pull_request" not in one and is_about(sha, one.get("body") or ""):
                number: int = one["number"]
                return number
    return None


async def is_nudged(connection: Connection, repository: Repository, number: int) -> bool:
    """Tell whether this App wrote below an issue what is missing."""
    path = f"/repos/{repository.full_name}/issues/{number}/comments?per_page=100"
    async for page in connection.pages(Scope.of(repository, Purpose.ISSUES), path):
        if any(is_by(one, connection.app_id) and (one.get("body") or "").startswith(NUDGE) for one in page):
            return True
    return False


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
