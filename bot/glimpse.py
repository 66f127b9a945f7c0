"""What one sweep sees of a pull request, and whether that differs from what was last seen. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.snapshot import Asked, Mergeable, MergeStatus, RequiredCheck, Snapshot

UNDECIDED = "undecided"
"""What is remembered of a pull request that could not be decided: the next sweep looks at it again."""

SETTLED_SECONDS = 3.0
"""After so long a further change has a time of its own: GitHub tells whole seconds, and clocks differ a little."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What one sweep sees of one open pull request: enough to tell whether anything moved.

    `rollup` sums up the checks of its head, `asks` what its base asks for; `opinions` counts the reviewers who approved
    or objected and may write.
    """

    number: int
    head: str
    base_branch: str
    updated_at: str
    mergeable: Mergeable
    status: MergeStatus
    review_decision: str
    rollup: str
    asks: str
    opinions: int


def asks(required: Iterable[RequiredCheck], asked: Asked, methods: Iterable[str]) -> str:
    """Write in short what a base asks of a pull request; no event tells that it changed."""
    whole = repr((sorted(map(repr, required)), asked, sorted(methods)))
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def digest(snapshot: Snapshot, *, undecided: bool) -> str:
    """Write what a later glimpse is compared with. The base's tip is no part of it: each merge moves that.

    What changed just before it was read may have changed again in the same second: that is looked at once more.
    """
    return UNDECIDED if undecided or not _settled(snapshot) else as_seen(snapshot)


def as_seen(snapshot: Snapshot) -> str:
    """Write what was seen of a pull request, however shortly after it changed."""
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
        asks=asks(state.required, state.asked, state.methods),
        opinions=len(pull_request.reviews),
    )
    return json.dumps([snapshot.policy.oid if snapshot.policy else "", *_fields(seen)])


def _settled(snapshot: Snapshot) -> bool:
    read_at = snapshot.pull_request.fetched_at.timestamp()
    return read_at - datetime.fromisoformat(snapshot.updated_at).timestamp() >= SETTLED_SECONDS


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


def _fields(seen: Glimpse) -> Sequence[str | int]:
    return [
        seen.head,
        seen.base_branch,
        seen.updated_at,
        seen.mergeable,
        seen.status,
        seen.review_decision,
        seen.rollup,
        seen.asks,
        seen.opinions,
    ]
