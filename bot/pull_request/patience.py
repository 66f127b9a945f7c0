"""Remembers since when pull requests wait, and learns from the waits that end how long such a wait takes."""

from __future__ import annotations

from dataclasses import replace

from bot.bench import Bench
from bot.decision import Decision
from bot.snapshot import PullRequestState, Snapshot
from bot.waiting import Changed, changed, dropped


async def recalled(bench: Bench, snapshot: Snapshot) -> Snapshot:
    """Add since when it waits for what, and how long that usually takes in its repository."""
    known = await bench.store.waits.known(snapshot.repository, snapshot.pull_request.number or 0)
    return replace(snapshot, known=known)


async def keep(bench: Bench, decision: Decision) -> None:
    """Keep what it waits for now, before anything is shown: what is shown must not change when it is tried again."""
    snapshot, found = decision.snapshot, _changed(decision)
    if found != Changed():
        at = snapshot.pull_request.fetched_at.timestamp()
        await bench.store.waits.change(snapshot.repository, snapshot.pull_request.number or 0, found, at)


def _changed(decision: Decision) -> Changed:
    snapshot, pull_request = decision.snapshot, decision.snapshot.pull_request
    merges = decision.policy is not None and decision.policy.merge is not None
    if snapshot.merge_state.state is not PullRequestState.OPEN or not merges:
        return dropped(snapshot.known)
    now = pull_request.fetched_at.timestamp()
    return changed(snapshot.known, decision.waits, head=pull_request.head, now=now)
