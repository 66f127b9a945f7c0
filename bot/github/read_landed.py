"""GitHub's JSON about a landed commit and its deployments becomes typed values here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bot.github.nodes import nodes
from bot.github.read import policy_file
from bot.snapshot import PolicyFile

Json = Any


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment of a landed commit with its newest status (None before the first one).

    One without an id is the run of a workflow that a push started.
    """

    id: int | None
    environment: str
    marker: str
    state: str | None
    description: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class LandedCommit:
    """What GitHub knows of a commit on its way to live, newest deployment first."""

    sha: str
    deployments: tuple[Deployment, ...]
    policy: PolicyFile | None


def landed_commit(data: Json) -> LandedCommit | None:
    """Read the answer to LandedCommit; None where there is no such commit."""
    repo = data.get("repository")
    commit = repo and repo.get("object")
    if not commit or "oid" not in commit:
        return None
    default = repo.get("defaultBranchRef") or {}
    return LandedCommit(
        sha=commit["oid"],
        deployments=tuple(_deployment(node) for node in nodes(commit.get("deployments"))),
        policy=policy_file(repo.get("policy"), default.get("name", "")),
    )


def _deployment(node: Json) -> Deployment:
    latest = node.get("latestStatus") or {}
    return Deployment(
        id=node["databaseId"],
        environment=node.get("environment") or "",
        marker=_marker(node.get("payload")),
        state=latest.get("state"),
        description=latest.get("description") or "",
        url=latest.get("environmentUrl") or latest.get("logUrl") or "",
    )


def _marker(payload: str | None) -> str:
    """Read who made a deployment: GraphQL gives the payload as JSON text, sometimes as JSON text within JSON text."""
    found: Json = payload
    for _ in range(2):
        try:
            found = json.loads(found) if isinstance(found, str) else found
        except ValueError:
            return ""
    return str(found.get("andon", "")) if isinstance(found, dict) else ""
