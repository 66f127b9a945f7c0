"""What a merge rested on that was otherwise when it landed. Pure.

The head cannot be another for a merge of andon's: GitHub compares it. All else may move between the last read and the
merge, and whoever merges by hand asks nobody. GitHub tells times in whole seconds: what began in the second of the
merge counts as before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.line.line import Lane, Line, closings
from bot.line.words import closed
from bot.merging.required_checks import Standing, judged, required
from bot.snapshot import Snapshot
from bot.text.oids import short
from rules.engine.policy import Policy

Record = Mapping[str, Any]


class Move(StrEnum):
    """What was another by then."""

    HEAD = "head"
    BASE = "base"
    POLICY = "policy"
    LINE = "line"
    PERMISSION = "permission"
    HOLD = "hold"
    CHECKS = "checks"


@dataclass(frozen=True, slots=True)
class Moved:
    """One thing that was otherwise when it landed, in a sentence."""

    what: Move
    said: str


@dataclass(frozen=True, slots=True)
class Then:
    """What was so when it landed, beside the snapshot.

    `policy` is the policy that governs there by now; `policy_moved` says that its text was another before it landed.
    `line` is the line as it is known now, `lost` who granted something and may not write any more, and `held_by` who
    asked to hold it and was not heard in time.
    """

    policy: Policy | None = None
    policy_moved: bool = False
    line: Line | None = None
    lost: tuple[str, ...] = ()
    held_by: tuple[str, ...] = ()


def moves(known: Record, snapshot: Snapshot, then: Then, our_app: int) -> tuple[Moved, ...]:
    """List what moved between the last decision and the landing."""
    return tuple(
        Moved(what, said)
        for what, said in (
            *_place(known, snapshot),
            *_policy(known, snapshot, then),
            *((Move.LINE, said) for said in _line(known, snapshot, then)),
            *((Move.PERMISSION, _lost(login)) for login in then.lost),
            *((Move.HOLD, said) for said in _holds(known, snapshot, then)),
            *((Move.CHECKS, said) for said in _red(snapshot, then, our_app)),
        )
    )


def _lost(login: str) -> str:
    return f"`{login}`, on whose request it rested, may not write any more"


def _place(known: Record, snapshot: Snapshot) -> Iterator[tuple[Move, str]]:
    pull_request = snapshot.pull_request
    if known["head"] != pull_request.head:
        yield Move.HEAD, f"`{short(pull_request.head)}` landed, and `{short(known['head'])}` was judged last"
    branch = known.get("base_branch")
    if branch is not None and branch != pull_request.base_branch:
        yield Move.BASE, f"it landed in `{pull_request.base_branch}`, and was judged for `{branch}`"


def _policy(known: Record, snapshot: Snapshot, then: Then) -> Iterator[tuple[Move, str]]:
    if then.policy_moved:
        was = _oid(known.get("policy_oid"))
        now = _oid(snapshot.policy.oid if snapshot.policy else None)
        yield Move.POLICY, f"the policy changed from {was} to {now} before it landed"


def _oid(oid: str | None) -> str:
    return f"`{short(oid)}`" if oid else "none"


def _line(known: Record, snapshot: Snapshot, then: Then) -> Iterator[str]:
    """Say what closed the line for it when it landed."""
    merged_at = snapshot.merge_state.merged_at
    if then.line is None or merged_at is None:
        return
    lane = _lane(known)
    for one in closings(then.line, merged_at.timestamp()):
        if one.holds(lane) and int(one.since) <= merged_at.timestamp() and one.number != snapshot.pull_request.number:
            yield f"the line was closed when it landed: {closed(one, then.line.branch)}"


def _lane(known: Record) -> Lane:
    place = known.get("line") or {}
    return Lane.FIX if place.get("lane") == Lane.FIX or known.get("kind") == "revert" else Lane.NORMAL


def _holds(known: Record, snapshot: Snapshot, then: Then) -> Iterator[str]:
    """Say what held it by then, and was not known when it was decided."""
    told = " ".join(str(wait.get("what")) for wait in known.get("waiting_for", ()))
    for login in then.held_by:
        if f"`{login}` holds it" not in told:
            yield f"`{login}` held it before it landed"
    merge = then.policy.merge if then.policy else None
    labels = {label.casefold() for label in snapshot.pull_request.labels}
    for label in merge.hold_labels if merge else ():
        if label.casefold() in labels and f"the label `{label}` holds it" not in told:
            yield f"the label `{label}`, which holds it, is set"


def _red(snapshot: Snapshot, then: Then, our_app: int) -> Iterator[str]:
    """Name the required checks that had failed at the head when it landed."""
    merge, merged_at = then.policy.merge if then.policy else None, snapshot.merge_state.merged_at
    if merge is None or merged_at is None:
        return
    checks = [one for one in snapshot.pull_request.checks if one.started_at is None or one.started_at <= merged_at]
    for wanted in required(snapshot.merge_state, merge, snapshot.pull_request.checks, our_app):
        if judged(wanted, checks).standing is Standing.FAILED:
            yield f"the required check `{wanted.name}` had failed at the head that landed"
