"""Looks once at each pull request that landed, whoever merged it: whether it is what was judged, and what moved.

A proven difference closes the line until the commit is taken back, or a maintainer has looked and opens it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import structlog

from bot.address import PullRequestAt, Want
from bot.bench import Bench
from bot.decision import policy_of
from bot.github.errors import Later, Refused
from bot.github.read_quads import Landing, UnreadableError
from bot.landed.landed import Content, Landed, compare, unread
from bot.merging.moved import Moved, Then, moves
from bot.pull_request.turns import call
from bot.requests.authority import grantors, rests_on
from bot.requests.requests import Verb, requests_in
from bot.snapshot import PullRequestState, Snapshot
from bot.store.line_kept import At
from bot.store.strays_kept import Stray
from rules.engine.companions import is_same
from rules.engine.policy import POLICY_PATH, Policy, PolicyError

AGAIN_SECONDS = 60.0
"""After which GitHub is asked again for what it did not give."""

LATEST_SECONDS = 24 * 3600.0
"""A pull request that landed longer ago than this is compared no more: what was so then cannot be told any longer."""

UNCERTAIN = "it differs, and where its branch left the base is not certain: merges lie between"

TOLD = 3
"""Paths that a closed line names."""

_log = structlog.get_logger()

Record = Mapping[str, Any]


async def looked_after(bench: Bench, snapshot: Snapshot, known: Record) -> Record:
    """Add to the record of a pull request that landed how it did, once; where GitHub does not tell yet, ask again."""
    merged_at = snapshot.merge_state.merged_at
    if "landed" in known or snapshot.merge_state.state is not PullRequestState.MERGED or merged_at is None:
        return known
    if bench.clock() - merged_at.timestamp() > LATEST_SECONDS:
        return {**known, "landed": _json(unread("it landed more than a day before it was looked at"), ())}
    try:
        found, landing = await _compared(bench, snapshot)
        moved = await _moved(bench, snapshot, known)
    except Later as later:
        _log.warning("what landed is not compared yet", pull_request=snapshot.pull_request.number, why=later.why)
        address = PullRequestAt(snapshot.repository, snapshot.pull_request.number or 0)
        await bench.store.want([Want(address)], at=bench.clock() + AGAIN_SECONDS)
        return known
    except Refused as refused:
        found, landing, moved = unread(f"GitHub does not let andon read it: {refused.message}"), None, ()
    await _close_or_open(bench, snapshot, known, found, landing)
    told = _json(found, moved)
    if moved or found.content is not Content.SAME:
        _log.warning("landed otherwise than judged", pull_request=str(snapshot.pull_request.number), **told)
    return {**known, "landed": told}


def _json(found: Landed, moved: tuple[Moved, ...]) -> dict[str, Any]:
    return {
        "content": found.content.value,
        "differences": [asdict(one) for one in found.differences],
        "not_compared": [asdict(one) for one in found.not_compared],
        "moved": [{"what": one.what.value, "said": one.said} for one in moved],
    }


async def _compared(bench: Bench, snapshot: Snapshot) -> tuple[Landed, Landing | None]:
    """Compare what landed with what was judged."""
    try:
        landing = await bench.github.quads.of(snapshot)
        texts = await bench.github.quads.texts(snapshot.repository, landing)
        found = await bench.judge.run(compare, landing.quads, texts, series=landing.commits > 1)
        if found.content is Content.DIFFERENT and not await bench.github.quads.is_certain(snapshot.repository, landing):
            return unread(UNCERTAIN), None
    except UnreadableError as unreadable:
        return unread(str(unreadable)), None
    return found, landing


async def _close_or_open(
    bench: Bench, snapshot: Snapshot, known: Record, found: Landed, landing: Landing | None
) -> None:
    """Close the line by a proven difference; open what this pull request took back, unless it landed wrongly itself."""
    at, state = At.of(snapshot.repository, snapshot.pull_request.base_branch), snapshot.merge_state
    if found.content is Content.DIFFERENT and landing is not None:
        number, sha = snapshot.pull_request.number or 0, state.merge_commit or ""
        stray = Stray(number, sha, bench.clock(), _detail(found), landing.commits)
        await bench.store.line.stray(at, stray)
        await call(bench, snapshot.repository, at.branch, everybody=True)
    elif (undone := known.get("undoes")) and await bench.store.line.undo(at, undone, bench.clock()):
        await call(bench, snapshot.repository, at.branch, everybody=True)


def _detail(found: Landed) -> str:
    """Name the first paths that differ, and how."""
    named = [f"{one.path}: {one.how}" for one in found.differences[:TOLD]]
    more = len(found.differences) - len(named)
    return "; ".join([*named, *([f"and {more} more" if more > 1 else "and one more"] if more else [])])


async def _moved(bench: Bench, snapshot: Snapshot, known: Record) -> tuple[Moved, ...]:
    """Compare what the merge rested on with what is so now."""
    place, pull_request = snapshot.repository, snapshot.pull_request
    kept = await bench.store.requests(place, pull_request.number or 0, pull_request.head)
    policy = _policy(snapshot)
    then = Then(
        policy=policy,
        policy_moved=await _policy_moved(bench, snapshot, known),
        line=await bench.store.line.read(At.of(place, pull_request.base_branch)) if policy and policy.merge else None,
        lost=tuple(
            [
                person.login
                for person in grantors(rests_on(kept.answers, head=pull_request.head, tree=snapshot.tree))
                if not await bench.github.may_write(place, person)
            ]
        ),
        held_by=await _held_by(bench, replace(snapshot, answers=kept.answers)),
    )
    return moves(known, snapshot, then, bench.github.app_id)


def _policy(snapshot: Snapshot) -> Policy | None:
    """Read the policy that governs the base branch by now; None where there is none that can be read."""
    try:
        policy = policy_of(snapshot.policy) if snapshot.policy else None
    except PolicyError:
        return None
    branch = snapshot.pull_request.base_branch
    return policy if policy and policy.governs(branch, snapshot.default_branch) else None


async def _policy_moved(bench: Bench, snapshot: Snapshot, known: Record) -> bool:
    """Tell whether the policy was another before it landed; its own change of it is none, nor a later one."""
    now = snapshot.policy.oid if snapshot.policy else None
    if "policy_oid" not in known or known["policy_oid"] == now:
        return False
    landed = snapshot.merge_state.landed_as
    if landed is None or not landed.parents or snapshot.pull_request.base_branch != snapshot.default_branch:
        return True
    before = await bench.github.quads.blob_of(snapshot.repository, f"{landed.parents[0]}:{POLICY_PATH}")
    return before != (known["policy_oid"] or "").partition("+")[0]


async def _held_by(bench: Bench, snapshot: Snapshot) -> tuple[str, ...]:
    """List who holds it by the answers so far, and who asked to hold it before it landed and has no answer."""
    held, merged_at = snapshot.asked.held, snapshot.merge_state.merged_at
    found = [held.request.by.login] if held is not None else []
    answered = {one.request.source for one in snapshot.answers}
    for request in (one for remark in snapshot.remarks for one in requests_in(remark)):
        if request.verb is not Verb.HOLD or request.fault or request.source in answered:
            continue
        may = is_same(request.by, snapshot.pull_request.author) or await bench.github.may_write(
            snapshot.repository, request.by
        )
        if may and merged_at is not None and request.at <= merged_at.timestamp():
            found.append(request.by.login)
    return tuple(found)
