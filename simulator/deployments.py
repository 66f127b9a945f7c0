"""Deployments, and the statuses a deployer reports on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator import emit
from simulator.records import DeploymentStatus, User

if TYPE_CHECKING:
    from simulator.repository import Repository


class Deployment:
    """One deployment of one commit; the newest status is the last of `statuses`."""

    def __init__(self, repo: Repository, sha: str, asked: dict[str, Any], creator: User) -> None:
        self.repo = repo
        self.id = repo.github.next_id()
        self.sha = sha
        self.ref: str = asked["ref"]
        self.task: str = asked.get("task", "deploy")
        self.environment: str = asked.get("environment", "production")
        self.description: str | None = asked.get("description", "")
        self.payload: object = asked.get("payload", {})
        self.creator = creator
        self.created_at = repo.github.now()
        self.statuses: list[DeploymentStatus] = []

    @property
    def state(self) -> str | None:
        """The newest state reported, None where none was."""
        return self.statuses[-1].state if self.statuses else None

    async def status(  # noqa: PLR0913 - the fields of a report, all by name
        self,
        state: str,
        *,
        creator: str = "deployer",
        description: str = "",
        log_url: str = "",
        environment_url: str = "",
        tell: bool = True,
    ) -> DeploymentStatus:
        """Report a state: queued, in_progress, success, failure, error, inactive or pending."""
        github = self.repo.github
        links = (log_url, environment_url)
        status = DeploymentStatus(github.next_id(), state, description, github.user(creator), github.now(), *links)
        self.statuses.append(status)
        github.changed()
        if tell and state != "inactive":  # no event for `inactive` (OpenAPI webhooks, deployment_status)
            await emit.deployment_status(self, status)
        return status
