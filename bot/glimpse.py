"""What one sweep sees of a pull request, and whether that differs from what was last seen. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.snapshot import Mergeable, MergeStatus, Snapshot

UNDECIDED = "undecided"
"""What is remembered of a pull request that could not be decided: the next sweep looks at it again."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What one sweep sees of one open pull request: enough to tell whether anything moved."""

    number: int
    head: str
    base_branch: str
    updated_at: str
    mergeable: Mergeable
    status: MergeStatus
    review_decision: str
    rollup: str


def digest(snapshot: Snapshot, *, undecided: bool) -> str:
    """Write what a later glimpse is compared with. The base's tip is no part of it: each merge moves that."""
    if undecided:
        return UNDECIDED
    pull_request, state = snapshot.pull_request, snapshot.merge_state
    seen = Glimpse(
        number=pull_request.number or 0,
        head=pull_request.head,
        base_branch=pull_request.base_branch,
        updated_at=snapshot.updated_at,
        mergeable=state.mergeable,
        status=state.status,
        review_decision=state.review_decision or "",
        rollup=snapshot.rollup,
    )
    return json.dumps([snapshot.policy.oid if snapshot.policy else "", *_fields(seen)])


def moved(remembered: str, policy: str, seen: Glimpse) -> bool:
    """Tell whether a pull request needs a full look. What GitHub has not computed (UNKNOWN) counts as unchanged."""
    try:
        before = json.loads(remembered)
    except ValueError:
        return True
    now = [policy, *_fields(seen)]
    return len(before) != len(now) or any(
        was != is_now for was, is_now in zip(before, now, strict=True) if is_now != Mergeable.UNKNOWN
    )


def _fields(seen: Glimpse) -> Sequence[str]:
    return [
        seen.head,
        seen.base_branch,
        seen.updated_at,
        seen.mergeable,
        seen.status,
        seen.review_decision,
        seen.rollup,
    ]
