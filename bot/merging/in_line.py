"""Where a judged pull request stands in the line, and what it waits for there. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.line.line import ClosedBy, Entry, Lane, Standing, joined, kept_place, standing
from bot.line.words import held_by
from bot.snapshot import Snapshot
from bot.waiting import Actor, Wait
from rules.engine.result import Conclusion, Kind, Verdict

LINE_KEY = "line:"
"""How the waits begin that are the line's own."""

REFUSED_KEY = f"{LINE_KEY}{ClosedBy.REFUSED}"
"""The wait that GitHub's refusal of every merge into a branch is."""


def standing_of(snapshot: Snapshot, verdict: Verdict, waits: Sequence[Wait]) -> Standing | None:
    """Tell where it stands in the line: once it could be merged, and then as long as nobody has to act for that."""
    line, pull_request = snapshot.line, snapshot.pull_request
    if line is None or pull_request.number is None:
        return None
    known, now = line.entry(pull_request.number), pull_request.fetched_at.timestamp()
    passing = all(wait.who is Actor.NOBODY or wait.soon for wait in waits) or verdict.conclusion is Conclusion.UNDECIDED
    if waits and (known is None or not passing):
        return None
    entry = Entry(
        number=pull_request.number,
        head=pull_request.head,
        since=now,
        lane=lane_of(snapshot, verdict),
        stacked_on=snapshot.stacked_on,
        unready_since=_unready_since(snapshot, now) if waits else None,
    )
    entry = kept_place(known, entry) if known else entry
    return standing(joined(line, entry), entry.number, now)


def lane_of(snapshot: Snapshot, verdict: Verdict) -> Lane:
    """Tell which lane it takes: a proven revert is a fix, and so is what a person let through as one."""
    fixes = verdict.kind is Kind.REVERT or snapshot.restores or snapshot.asked.fix is not None
    return Lane.FIX if fixes else Lane.NORMAL


def _unready_since(snapshot: Snapshot, now: float) -> float:
    """Tell since when it is not ready: in GitHub's own queue for ever, so that it keeps nobody from following there."""
    return 0.0 if snapshot.merge_state.way.queued else now


def in_line(stands: Standing | None, snapshot: Snapshot) -> tuple[Wait, ...]:
    """List what the line has against a pull request that could be merged; what could not has other waits."""
    if stands is None or stands.entry.unready_since is not None:
        return ()
    return line_waits(stands, snapshot.pull_request.base_branch)


def line_waits(stands: Standing, branch: str) -> tuple[Wait, ...]:
    """List why the line does not let a pull request be merged now; none means that it does."""
    people = (ClosedBy.FREEZE, ClosedBy.REFUSED, ClosedBy.PRODUCTION, ClosedBy.LANDED)
    return tuple(
        Wait(words, Actor.MAINTAINER if by in people else Actor.NOBODY, key=f"{LINE_KEY}{by or 'place'}", shown=True)
        for words, by in held_by(stands, branch)
    )
