"""THE PATH for a pull request: fetch, decide, apply, record. Level-triggered: the truth is read, never remembered."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from bot.address import Hint, PullRequestAt
from bot.bench import LOOK_AGAIN, Bench
from bot.decision import Decision, decide, ending, flags_in, governing, needs, needs_diff, record
from bot.github.errors import Refused
from bot.github.write import apply
from bot.glimpse import digest
from bot.hearing import hear, tell
from bot.published import MergePullRequest
from bot.readiness import Actor, Wait
from bot.release import landing
from bot.snapshot import PullRequestState, Snapshot
from bot.store.flags_kept import Landed
from bot.store.ledger import Remembered, Sighting
from bot.store.work import Claim

PASSES = 3
"""Reads within one look: one to judge, one immediately before a merge, one after it."""

SECOND_LOOK = 30.0
"""Seconds after a delivery: GitHub's API can lag behind its own webhooks."""


async def reconcile(bench: Bench, claim: Claim, address: PullRequestAt) -> float | None:
    """Bring one pull request in line with its policy; return when to look again (Unix time), or None."""
    for _ in range(PASSES):
        snapshot = await bench.github.snapshot(address)
        if snapshot is None:
            await bench.store.remember(Sighting(address.repository, address.number, Remembered("", ""), is_open=False))
            return None
        if _is_older(snapshot, claim.hint) and claim.looks < len(LOOK_AGAIN):
            return bench.clock() + LOOK_AGAIN[claim.looks]
        if (policy := governing(snapshot)) is not None:
            snapshot = await hear(bench, snapshot, policy)
        if needs_diff(snapshot):
            snapshot = await bench.github.with_diff(snapshot)
            snapshot = await bench.github.with_needs(snapshot, await bench.judge.run(needs, snapshot, bench.judge))
        decision = await bench.judge.run(
            decide, snapshot, our_app=bench.github.app_id, public_url=bench.public_url, judge=bench.judge
        )
        refusal = await _act(bench, decision)
        await tell(bench, decision.snapshot)
        await _remember(bench, decision, refusal)
        if refusal or not (decision.wanted and decision.wanted.merge):
            return _again(bench, claim, decision, refusal)
    return bench.clock() + LOOK_AGAIN[0]


def _is_older(snapshot: Snapshot, hint: Hint | None) -> bool:
    """Tell whether GitHub answered with a state from before the delivery that brought us here."""
    if hint is None or snapshot.pull_request.head == hint.head:
        return False
    return snapshot.updated_at < hint.updated_at


async def _act(bench: Bench, decision: Decision) -> Wait | None:
    """Carry out the actions; a refused merge comes back as the reason to wait."""
    for action in decision.actions:
        try:
            await apply(bench.github.connection, action)
        except Refused as refused:
            if not isinstance(action, MergePullRequest):
                raise
            return _why_refused(refused)
    return None


def _why_refused(refused: Refused) -> Wait:
    """Say what a refused merge means: 409, the head moved; 405, GitHub sees something that we did not."""
    if refused.status == HTTPStatus.CONFLICT:
        return Wait("the head moved while it was being merged; it is judged again", Actor.NOBODY, soon=True)
    soon = refused.status == HTTPStatus.METHOD_NOT_ALLOWED
    return Wait(f"GitHub refused to merge: {refused.message}", Actor.MAINTAINER, soon=soon)


async def _remember(bench: Bench, decision: Decision, refusal: Wait | None) -> None:
    """Keep what was decided, and where a landed commit is to be followed."""
    snapshot = decision.snapshot
    repository, number, head = snapshot.repository, snapshot.pull_request.number or 0, snapshot.pull_request.head
    if decision.wanted is not None:
        written = {**record(decision), "refused": refusal.what if refusal else None}
        await bench.store.record_decision(repository, number, head, written)
    elif (known := await bench.store.decision(repository.owner, repository.name, number)) is not None:
        await bench.store.record_decision(repository, number, head, {**known, **ending(snapshot)})
        await _note_flags(bench, snapshot, known)
    is_open = snapshot.merge_state.state is PullRequestState.OPEN
    seen = Remembered(head, digest(snapshot, undecided=decision.undecided))
    heard_until = max((remark.at for remark in snapshot.remarks), default=None)
    await bench.store.remember(Sighting(repository, number, seen, is_open=is_open, heard_until=heard_until))
    if (release := landing(snapshot, bench.clock())) is not None:
        await bench.store.land(release)


async def _note_flags(bench: Bench, snapshot: Snapshot, known: Mapping[str, Any]) -> None:
    """Keep which flags a landed pull request brought and took away, as it was judged last."""
    merged_at, number = snapshot.merge_state.merged_at, snapshot.pull_request.number
    added, removed = flags_in(known)
    if merged_at is not None and number is not None and (added or removed):
        await bench.store.note_flags(Landed(snapshot.repository, number, merged_at.timestamp(), added, removed))


def _again(bench: Bench, claim: Claim, decision: Decision, refusal: Wait | None) -> float | None:
    """Say when to look again: soon where GitHub computes or lags, once more after a delivery, else not."""
    if decision.snapshot.merge_state.state is not PullRequestState.OPEN:
        return None
    now = bench.clock()
    if decision.calm_in:
        return now + decision.calm_in
    waits = decision.waits if refusal is None else (refusal,)
    soon = decision.undecided or (bool(waits) and all(wait.soon for wait in waits))
    if soon and claim.looks < len(LOOK_AGAIN):
        return now + LOOK_AGAIN[claim.looks]
    return now + SECOND_LOOK if claim.by_event else None
