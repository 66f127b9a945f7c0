"""GitHub's JSON about what a sweep sees of a pull request becomes typed values here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.github.nodes import nodes
from bot.github.read_protection import asked, methods, required_checks
from bot.glimpse import Glimpse, asks
from bot.snapshot import Mergeable, MergeStatus

Json = Any

_COUNTS = ("checkRunCountsByState", "statusContextCountsByState")


def glimpse(repo: Json, node: Json) -> Glimpse:
    """Read one pull request of the sweep's page."""
    base = node.get("baseRef")
    return Glimpse(
        number=node["number"],
        head=node["headRefOid"],
        base_branch=node["baseRefName"],
        updated_at=node["updatedAt"],
        mergeable=Mergeable(node["mergeable"]),
        status=MergeStatus(node.get("mergeStateStatus") or "UNKNOWN"),
        review_decision=node.get("reviewDecision") or "",
        rollup=rollup(node),
        asks=asks(required_checks(base), asked(base), methods(repo, base)),
        opinions=(node.get("latestOpinionatedReviews") or {}).get("totalCount", 0),
    )


def rollup(node: Json) -> str:
    """Sum up the checks of the head in GitHub's words, such as `PENDING IN_PROGRESS=1 SUCCESS=2`; empty without any."""
    commits = nodes(node.get("headCommit") or node.get("commits"))
    found = commits[-1]["commit"].get("statusCheckRollup") if commits else None
    return " ".join((found["state"], *_counts(found.get("contexts") or {}))) if found else ""


def _counts(contexts: Json) -> Iterator[str]:
    for kind in _COUNTS:
        yield from sorted(f"{one['state']}={one['count']}" for one in contexts.get(kind) or ())
