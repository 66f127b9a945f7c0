"""THE PATH for a pull request: fetch, decide, apply, record. Level-triggered: the truth is read, never remembered."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from bot.address import CommitAt, Hint, PullRequestAt, Want
from bot.bench import LOOK_AGAIN, Bench
from bot.decision import Decision, decide, flags_in, governing, needs, needs_diff
from bot.evaluation.evaluation import Became, Carried, Result, Spent, acted, ended, evaluation, says, seen
from bot.evaluation.sizing import sized
from bot.github.errors import Later, Refused
from bot.github.write import apply
from bot.glimpse import digest
from bot.merging.readiness import Wait
from bot.published import Action, ArmAutoMerge, Enqueue, MergePullRequest
from bot.pull_request import patience, refusals, turns
from bot.pull_request.after_landing import looked_after
from bot.pull_request.hearing import hear, hear_landed, lost, tell
from bot.pull_request.tidying import leftover, tidied
from bot.release.release import landing
from bot.release.restoring import restoring
from bot.snapshot import PullRequestState, Snapshot
from bot.store.decisions_kept import Again
from bot.store.flags_kept import Landed
from bot.store.ledger import Remembered, Sighting
from bot.store.work import Claim
from rules.flag_wrapped import listed_in

PASSES = 3
"""Reads within one look: one to judge, one immediately before a merge, one after it."""

IN_TURN = (MergePullRequest, Enqueue)
"""What happens one at a time, in the order of the line."""

SECOND_LOOK = 30.0
"""Seconds after a delivery: GitHub's API can lag behind its own webhooks."""


async def reconcile(bench: Bench, claim: Claim, address: PullRequestAt) -> float | None:
    """Bring one pull request in line with its policy; return when to look again (Unix time), or None."""
    for _ in range(PASSES):
        began = bench.stopwatch()
        snapshot = await bench.github.snapshot(address, claim.hint.head if claim.hint else None)
        if snapshot is None:
            await bench.store.remember(Sighting(address.repository, address.number, Remembered("", ""), is_open=False))
            await turns.leave(bench, address.repository, address.number)
            return None
        if _is_older(snapshot, claim.hint) and claim.looks < len(LOOK_AGAIN):
            return bench.clock() + LOOK_AGAIN[claim.looks]
        snapshot = await patience.recalled(bench, await whole(bench, snapshot))
        if snapshot.is_torn and claim.looks < len(LOOK_AGAIN):
            continue  # somebody pushed meanwhile: nothing can be said of either head, and the new one is there
        read_at = bench.stopwatch()
        decision = tidied(
            await bench.judge.run(
                decide, snapshot, our_app=bench.github.app_id, public_url=bench.public_url, judge=bench.judge
            )
        )
        await patience.keep(bench, decision)
        await turns.stand(bench, decision)
        refusal = await _carry_out(bench, decision, began, read_at)
        await _remember(bench, decision)
        await turns.settle(bench, decision, refused=_is_over(claim, refusal))
        if refusal or not decision.goes_on:
            return _sooner(_again(bench, claim, decision, refusal), decision)
    return bench.clock() + LOOK_AGAIN[0]


async def whole(bench: Bench, snapshot: Snapshot) -> Snapshot:
    """Read the rest of what a decision rests on: what people asked for, the diff, and what rules need beyond it."""
    snapshot = await restoring(bench, snapshot)
    if (policy := governing(snapshot)) is not None:
        snapshot = await hear(bench, snapshot, policy)
    if snapshot.merge_state.state is PullRequestState.MERGED:
        snapshot = await hear_landed(bench, snapshot)
    if needs_diff(snapshot):
        snapshot = await bench.github.with_diff(snapshot)
        snapshot = await bench.github.with_needs(snapshot, await bench.judge.run(needs, snapshot, bench.judge))
    if (branch := leftover(snapshot)) is not None:
        snapshot = await bench.github.with_branch(snapshot, branch)
    return snapshot if policy is None else await turns.lined(bench, snapshot, policy)


async def _carry_out(bench: Bench, decision: Decision, began: float, read_at: float) -> Wait | None:
    """Do what was decided and keep a record of it, also where GitHub breaks off; gives why a merge was refused."""
    judged_at, became = bench.stopwatch(), list[Became]()
    refusal: Wait | None = None
    broken: Refused | Later | None = None
    try:
        refusal = await _act(bench, decision, became)
        await tell(bench, decision.snapshot)
    except (Refused, Later) as error:
        broken = error
    spent = Spent.between(began, read_at, judged_at, bench.stopwatch())
    await _record(bench, Carried(decision, became, spent, refusal, broke_off=broken is not None))
    if broken is not None:
        raise broken
    return refusal


def _is_older(snapshot: Snapshot, hint: Hint | None) -> bool:
    """Tell whether GitHub answered with a state from before the delivery that brought us here."""
    if hint is None or snapshot.pull_request.head == hint.head:
        return False
    return snapshot.updated_at < hint.updated_at


async def _act(bench: Bench, decision: Decision, became: list[Became]) -> Wait | None:
    """Carry out the actions; a refused merge comes back as the reason to wait."""
    for action in decision.actions:
        if (known := await refusals.standing_refusal(bench, decision, action)) is not None:
            return known
        if (closed := await _in_the_way(bench, decision, action)) is not None:
            return closed
        try:
            await _apply(bench, action, became)
        except (Refused, Later) as error:
            refusal = await refusals.refusal(bench, decision, action, error)
            await turns.refused(bench, decision, refusal)
            if not refusal.soon or error.status == HTTPStatus.CONFLICT:
                await turns.give_back(bench, decision.snapshot)
            return refusal
        await refusals.done(bench, decision, action)
    return None


async def _in_the_way(bench: Bench, decision: Decision, action: Action) -> Wait | None:
    """Ask once more, immediately before GitHub is to merge, who may let it pass, and then the line itself."""
    if not isinstance(action, (*IN_TURN, ArmAutoMerge)):
        return None
    if (left := await lost(bench, decision.snapshot)) is not None or isinstance(action, ArmAutoMerge):
        return left
    return await turns.take(bench, decision)


async def _apply(bench: Bench, action: Action, became: list[Became]) -> None:
    """Carry out one action, and note what became of it."""
    try:
        await apply(bench.github.connection, action)
    except Refused as refused:
        became.append(Became(action, Result.REFUSED, refused.message))
        raise
    except Later as later:
        became.append(Became(action, Result.FAILED, later.why))
        raise
    became.append(Became(action, Result.DONE))


async def _record(bench: Bench, carried: Carried) -> None:
    """Keep the evaluation, where GitHub shows anything of it or showed something before."""
    decision, snapshot = carried.decision, carried.decision.snapshot
    repository, number, head = snapshot.repository, snapshot.pull_request.number or 0, snapshot.pull_request.head
    known = None
    if decision.wanted is None:
        known = await bench.store.decision(repository.owner, repository.name, number)
        if known is None:
            return
    is_open = snapshot.merge_state.state is PullRequestState.OPEN
    if known is None or is_open:
        unsized = await bench.judge.run(evaluation, carried)
        written = await bench.judge.run(sized, decision, unsized, bench.judge)
    else:
        written = await bench.judge.run(ended, await looked_after(bench, snapshot, known), carried)
    again = Again(says(written), acted(written), carried.broke_off, seen(written))
    await bench.store.record_decision(repository, number, head, written, again)
    if known is not None:
        await _note_flags(bench, snapshot, known)


async def _remember(bench: Bench, decision: Decision) -> None:
    """Keep what was seen, and where a landed commit is to be followed."""
    snapshot = decision.snapshot
    repository, number, head = snapshot.repository, snapshot.pull_request.number or 0, snapshot.pull_request.head
    if decision.policy is not None:
        await bench.store.keep_stale_after(repository, listed_in(decision.policy).stale_after)
    is_open = snapshot.merge_state.state is PullRequestState.OPEN
    remembered = Remembered(head, digest(snapshot, undecided=decision.undecided))
    heard_until = max((remark.at for remark in snapshot.remarks), default=None)
    await bench.store.remember(Sighting(repository, number, remembered, is_open=is_open, heard_until=heard_until))
    if (release := landing(snapshot, bench.clock())) is not None and await bench.store.land(release):
        await turns.landed(bench, repository, release.base_branch)
    await refusals.merged_for_good(bench, snapshot)
    if snapshot.restoring is not None and snapshot.restoring.due:
        await bench.store.want([Want(CommitAt(repository, snapshot.restoring.sha))])


async def _note_flags(bench: Bench, snapshot: Snapshot, known: Mapping[str, Any]) -> None:
    """Keep which flags a landed pull request brought and took away, as it was judged last."""
    merged_at, number = snapshot.merge_state.merged_at, snapshot.pull_request.number
    added, removed = flags_in(known)
    if merged_at is not None and number is not None and (added or removed):
        await bench.store.note_flags(Landed(snapshot.repository, number, merged_at.timestamp(), added, removed))


def _is_over(claim: Claim, refusal: Wait | None) -> bool:
    """Tell whether a merge that was refused is not tried again soon; the line itself refuses nobody for good."""
    if refusal is None or turns.is_of_line(refusal):
        return False
    return not refusal.soon or claim.looks >= len(LOOK_AGAIN)


def _sooner(at: float | None, decision: Decision) -> float | None:
    """Look again no later than when something changes by itself: a freeze ends, a wait takes too long."""
    changes = decision.standing.again_at if decision.standing and not decision.standing.may_merge else None
    opens = decision.wanted.again_at if decision.wanted else None
    late = (wait.late_at for wait in decision.waits)
    return min((one for one in (at, changes, opens, *late) if one is not None), default=None)


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
    if refusal is not None:
        return now + refusals.STANDS_SECONDS
    return now + SECOND_LOOK if claim.by_event else None
