"""Installations of the App, what they grant, and the tokens minted from them."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator import emit, shapes
from simulator.clock import iso

if TYPE_CHECKING:
    from simulator.github import Simulator
    from simulator.records import Json, User
    from simulator.repository import Repository

EVERYTHING = {
    "actions": "write",
    "administration": "read",
    "checks": "write",
    "contents": "write",
    "deployments": "write",
    "issues": "write",
    "merge_queues": "read",
    "metadata": "read",
    "pull_requests": "write",
    "statuses": "write",
    "workflows": "write",
}
EVENTS = (
    "check_run",
    "check_suite",
    "deployment_status",
    "issue_comment",
    "issues",
    "merge_group",
    "pull_request",
    "pull_request_review",
    "pull_request_review_thread",
    "push",
    "status",
    "workflow_run",
)
LEVELS = {"read": 1, "write": 2, "admin": 3}
TOKEN_LIFE = 3600.0  # seconds (docs, generating an installation access token)


def covers(granted: dict[str, str], permission: str, level: str) -> bool:
    """Say whether granted permissions include one at a level. Metadata can always be read."""
    if permission == "metadata":
        return True
    return LEVELS.get(granted.get(permission, ""), 0) >= LEVELS[level]


@dataclass(frozen=True, slots=True)
class Token:
    """An installation token. `repositories` is None for every repository of the installation."""

    text: str
    installation: Installation
    permissions: dict[str, str]
    repositories: frozenset[int] | None
    expires_at: float

    @property
    def viewer(self) -> User:
        """Whose token it is."""
        return self.installation.github.app.bot

    def may(self, permission: str, level: str) -> bool:
        """Say whether the token carries a permission, and the installation still grants it."""
        granted = self.installation.permissions
        return covers(self.permissions, permission, level) and covers(granted, permission, level)

    def sees(self, repo: Repository) -> bool:
        """Say whether the repository is within the token's reach."""
        return repo.installation is self.installation and (self.repositories is None or repo.id in self.repositories)


@dataclass(slots=True, eq=False)
class Installation:
    """The App on one account. `selected` lists repository names, None for all of the account's."""

    github: Simulator
    id: int
    account: User
    permissions: dict[str, str] = field(default_factory=lambda: dict(EVERYTHING))
    selected: frozenset[str] | None = None
    suspended: bool = False
    events: list[str] = field(default_factory=lambda: list(EVENTS))

    def covers(self, repo: Repository) -> bool:
        """Say whether the App is installed on a repository."""
        return repo.owner is self.account and (self.selected is None or repo.name in self.selected)

    def repositories(self) -> list[Repository]:
        """List the repositories the App is installed on."""
        return [repo for repo in self.github.repositories.values() if self.covers(repo)]

    def select(self, *names: str) -> None:
        """Narrow or widen the installation to these repositories, and tell what was added."""
        before = set(self.repositories())
        self.selected = frozenset(names)
        added = [repo for repo in self.repositories() if repo not in before]
        if added:
            self.tell_added(added)

    def tell_added(self, added: list[Repository]) -> None:
        """Tell that the installation covers more repositories now."""
        payload: Json = {
            "action": "added",
            "repository_selection": self.selection,
            "repositories_added": [shapes.small_repository(repo) for repo in added],
            "repositories_removed": [],
            "requester": None,
        }
        emit.installation(self, "installation_repositories", payload)

    def tell_created(self) -> None:
        """Tell that the App was installed."""
        repositories = [shapes.small_repository(repo) for repo in self.repositories()]
        emit.installation(self, "installation", {"action": "created", "repositories": repositories})

    @property
    def selection(self) -> str:
        """Whether the owner chose all repositories or some, in GitHub's words."""
        return "all" if self.selected is None else "selected"

    def mint(self, permissions: dict[str, str], repositories: frozenset[int] | None) -> Token:
        """Make a token that lives one hour. Its text is as long as GitHub's are now, about 520 characters."""
        random = base64.urlsafe_b64encode(secrets.token_bytes(381)).decode().rstrip("=")
        text = f"ghs_{self.github.app_id}_{random}"
        return Token(text, self, permissions, repositories, self.github.now() + TOKEN_LIFE)

    def shape(self) -> Json:
        """Write the installation as JSON."""
        github = self.github
        account = shapes.user(github.url, self.account)
        at = iso(github.started_at)
        return {
            "id": self.id,
            "app_id": github.app_id,
            "app_slug": github.app.slug,
            "target_id": self.account.id,
            "target_type": self.account.kind,
            "account": account,
            "single_file_name": None,
            "repository_selection": self.selection,
            "access_tokens_url": f"{github.url}/app/installations/{self.id}/access_tokens",
            "repositories_url": f"{github.url}/installation/repositories",
            "html_url": f"{shapes.SITE}/organizations/{self.account.login}/settings/installations/{self.id}",
            "permissions": self.permissions,
            "events": self.events,
            "created_at": at,
            "updated_at": at,
            "suspended_by": None,
            "suspended_at": at if self.suspended else None,
        }
