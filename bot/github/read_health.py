"""Reads how the App, its webhook, its installations and its repositories are set up, for `andon doctor`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from bot.address import Repository
from bot.github.connection import Connection
from bot.github.errors import Gone, Later, Refused
from bot.github.owner_policy import OwnerPolicies
from bot.github.queries import document
from bot.github.read import policy_file
from bot.github.read_protection import asked, required_checks
from bot.github.tokens import Purpose, Scope
from bot.snapshot import Asked, PolicyFile, RequiredCheck

Json = Any
REPOSITORY_HEALTH = document("repository_health")
DELIVERIES_READ = 200
"""Attempts to deliver that are looked at: the last ones."""


@dataclass(frozen=True, slots=True)
class AppSeen:
    """The App as GitHub knows it: its page, its settings, and what it asks of who installs it."""

    id: int
    slug: str
    page: str
    permissions: Mapping[str, str]
    events: frozenset[str]


@dataclass(frozen=True, slots=True)
class HookSeen:
    """Where the App's webhook goes, and how."""

    url: str
    content_type: str
    has_secret: bool
    verifies: bool


@dataclass(frozen=True, slots=True)
class InstallationSeen:
    """One installation: whose, its page, and what its owner granted."""

    id: int
    account: str
    page: str
    suspended: bool
    permissions: Mapping[str, str]
    events: frozenset[str]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to deliver: `code` is the HTTP status that answered, 0 where nobody did, and `status` GitHub's words.

    A redelivery has the same `guid`; `at` is a Unix time.
    """

    guid: str
    arrived: bool
    code: int
    status: str
    at: float


@dataclass(frozen=True, slots=True)
class Protection:
    """What a classic protection shows of its required checks: which, from which App, and whether of admins too."""

    checks: tuple[RequiredCheck, ...] = ()
    admins: bool = True


@dataclass(frozen=True, slots=True)
class RepositorySeen:
    """One repository: its policy, and what its default branch asks. `ruled` are the checks that rulesets require."""

    place: Repository
    branch: str
    policy: PolicyFile | None
    auto_merge: bool
    ruled: tuple[RequiredCheck, ...]
    protection: Protection
    asked: Asked


async def app_seen(connection: Connection) -> AppSeen:
    """Read the App itself. Raises Later and Refused."""
    found = await connection.as_app("GET", "/app")
    events = frozenset(found.get("events") or ())
    return AppSeen(found["id"], found.get("slug") or "", found["html_url"], found["permissions"], events)


async def hook_seen(connection: Connection) -> HookSeen:
    """Read the settings of the App's webhook. Raises Later and Refused."""
    found = await connection.as_app("GET", "/app/hook/config")
    verifies = str(found.get("insecure_ssl") or "0") == "0"
    return HookSeen(found.get("url") or "", found.get("content_type") or "form", bool(found.get("secret")), verifies)


async def installations_seen(connection: Connection) -> AsyncIterator[InstallationSeen]:
    """Yield every installation, suspended ones too."""
    async for page in connection.app_pages("/app/installations?per_page=100"):
        for found in page:
            account = (found.get("account") or {}).get("login") or ""
            events = frozenset(found.get("events") or ())
            suspended = bool(found.get("suspended_at"))
            yield InstallationSeen(found["id"], account, found["html_url"], suspended, found["permissions"], events)


async def attempts(connection: Connection) -> tuple[Attempt, ...]:
    """List the last attempts to deliver, the newest first."""
    found: list[Attempt] = []
    async for page in connection.app_pages("/app/hook/deliveries?per_page=100"):
        found += [_attempt(one) for one in page]
        if len(found) >= DELIVERIES_READ:
            break
    return tuple(found)


def _attempt(one: Json) -> Attempt:
    at = datetime.fromisoformat(one["delivered_at"]).timestamp()
    return Attempt(one["guid"], one["status"] == "OK", one.get("status_code") or 0, one["status"], at)


async def repository_seen(connection: Connection, owners: OwnerPolicies, place: Repository) -> RepositorySeen | None:
    """Read one repository; None where it is archived or gone. Raises Later and Refused."""
    variables = {"owner": place.owner, "name": place.name}
    answer = await connection.graphql(Scope.of(place, Purpose.LOOK), REPOSITORY_HEALTH, variables)
    repo = answer.data.get("repository")
    if repo is None or repo.get("isArchived"):
        return None
    if "repository.policy" in answer.missing:
        raise Later(f"GitHub did not give the policy: {'; '.join(answer.errors)}")
    base = repo.get("defaultBranchRef") or {}
    branch = base.get("name") or ""
    policy = await owners.under(place, policy_file(repo.get("policy"), branch))
    return RepositorySeen(
        place=place,
        branch=branch,
        policy=policy,
        auto_merge=bool(repo.get("autoMergeAllowed")),
        ruled=tuple(one for one in required_checks(base) if not one.marked),
        protection=await _protection(connection, place, branch) if branch and policy else Protection(),
        asked=asked(base),
    )


async def _protection(connection: Connection, place: Repository, branch: str) -> Protection:
    path = f"/repos/{place.full_name}/branches/{quote(branch, safe='')}"
    try:
        found = await connection.get(Scope.of(place, Purpose.LOOK), path)
    except (Gone, Refused):
        return Protection()
    required = (found.get("protection") or {}).get("required_status_checks") or {}
    checks = tuple(RequiredCheck(one["context"], one.get("app_id")) for one in required.get("checks") or ())
    return Protection(checks, required.get("enforcement_level") != "non_admins")
