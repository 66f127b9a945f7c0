"""What GitHub says of the issues that this App opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from bot.address import Repository
from bot.github.answers import Json
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
    return _issue(found)


async def issues_about(connection: Connection, repository: Repository, sha: str, since: float) -> tuple[Issue, ...]:
    """Find the issue of an incident among those that this App opened since a Unix time, the oldest first.

    There is more than one only where two processes opened one at the same moment.
    """
    bot = quote(f"{(await connection.as_app('GET', '/app'))['slug']}[bot]", safe="")
    path = f"/repos/{repository.full_name}/issues?creator={bot}&state=all&per_page=100&since={_moment(since)}"
    found = []
    async for page in connection.pages(Scope.of(repository, Purpose.ISSUES), path):
        opened = (one for one in page if "pull_request" not in one and one["created_at"] >= _moment(since))
        found += [_issue(one) for one in opened if is_about(sha, one.get("body") or "")]
    return tuple(sorted(found, key=lambda one: one.number))


def _issue(found: Json) -> Issue:
    return Issue(found["number"], found.get("body") or "", found["state"] == "open")


async def is_nudged(connection: Connection, repository: Repository, number: int) -> bool:
    """Tell whether this App wrote below an issue what is missing."""
    path = f"/repos/{repository.full_name}/issues/{number}/comments?per_page=100"
    async for page in connection.pages(Scope.of(repository, Purpose.ISSUES), path):
        if any(is_by(one, connection.app_id) and (one.get("body") or "").startswith(NUDGE) for one in page):
            return True
    return False


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
