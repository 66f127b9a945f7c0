"""GitHub's JSON about what takes a landed pull request back becomes typed values here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.github.nodes import nodes
from bot.restore.restore import marker

Json = Any

GOOD = frozenset({"SUCCESS", "INACTIVE"})
"""GitHub GraphQL, DeploymentStatusState: it went well, or did until a newer one replaced it."""

BAD = frozenset({"FAILURE", "ERROR"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pull request that may take something back. `marked` says that it is ours, and says that it does."""

    number: int
    is_open: bool
    head: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Deployed:
    """A commit that was deployed: when its deployment was made (Unix time), whether by andon, and whether well."""

    sha: str
    at: float
    ours: bool
    well: bool = True


@dataclass(frozen=True, slots=True)
class TakingBack:
    """A landed pull request, the candidates for its revert and what was deployed, both the newest first."""

    node_id: str
    title: str
    candidates: tuple[Candidate, ...]
    deployed: tuple[Deployed, ...]


def taking_back(data: Json, sha: str) -> TakingBack | None:
    """Read the answer to TakingBack for a landed commit; None where its pull request is gone."""
    repo = data.get("repository")
    node = repo and repo.get("pullRequest")
    if not node:
        return None
    viewer = (data.get("viewer") or {}).get("databaseId")
    others = (one for one in nodes(repo.get("pullRequests")) if one["number"] != node["number"])
    return TakingBack(
        node_id=node["id"],
        title=node["title"],
        candidates=tuple(_candidate(one, viewer, sha) for one in others),
        deployed=tuple(_deployed(one) for one in nodes(repo.get("deployments")) if _is_good(one)),
    )


def _candidate(node: Json, viewer: int | None, sha: str) -> Candidate:
    author = (node.get("author") or {}).get("databaseId")
    marked = viewer is not None and author == viewer and marker(sha) in (node.get("body") or "")
    return Candidate(node["number"], node["state"] == "OPEN", node["headRefOid"], marked)


def deployed(data: Json) -> tuple[Deployed, ...]:
    """Read the answer to Deployed: what was deployed well or failed to be, the newest first."""
    listed = nodes((data.get("repository") or {}).get("deployments"))
    return tuple(_deployed(one) for one in listed if _state(one) in GOOD | BAD)


def _state(node: Json) -> str | None:
    state: str | None = (node.get("latestStatus") or {}).get("state")
    return state


def _is_good(node: Json) -> bool:
    return _state(node) in GOOD


def _deployed(node: Json) -> Deployed:
    made = datetime.fromisoformat(node["createdAt"]).timestamp()
    ours = '"andon"' in (node.get("payload") or "").replace("\\", "")
    return Deployed(node["commitOid"], made, ours, _is_good(node))
