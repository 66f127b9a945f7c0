"""Hears what people ask of a pull request: reads who may, answers, keeps the answer, and shows it.

The comments themselves are read, not the deliveries that told of them: one that was lost is found by the next look. A
request is answered once, and the answer is kept before anything follows from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.address import CommitAt, Repository, Want
from bot.bench import Bench
from bot.decision import policy_of
from bot.github.errors import Gone, Refused
from bot.github.write import apply
from bot.published import CreateComment, React, UpdateComment
from bot.pull_request.turns import call, try_anew
from bot.requests.authority import Moment, answer, answer_landed, grantors, rests_on
from bot.requests.requests import Answer, Request, Verb, requests_in
from bot.restore.restore import TakenBack
from bot.snapshot import PullRequestState, Snapshot
from bot.store.ledger import ReleaseState
from bot.store.requests_kept import Answered, Kept
from bot.waiting import Actor, Wait
from bot.words.comment import refused_landed, same
from rules.engine.policy import Policy, PolicyError

GRANTED, REFUSED = "+1", "confused"
"""The reactions that answer a command (docs: "Create reaction for an issue comment")."""

LOST = "whoever asked for it may not write to this repository any more"


async def hear(bench: Bench, snapshot: Snapshot, policy: Policy) -> Snapshot:
    """Answer what is new, and add all answers to the snapshot."""
    pull_request = snapshot.pull_request
    kept = await bench.store.requests(snapshot.repository, pull_request.number or 0, pull_request.head)
    snapshot = await bench.github.with_remarks(snapshot, kept.heard_until)
    given = [await _answer(bench, snapshot, request, policy) for request in _new(snapshot, kept)]
    heard = replace(snapshot, answers=tuple(sorted((*kept.answers, *given), key=lambda one: one.request.at)))
    return replace(heard, pull_request=replace(pull_request, confirmations=heard.asked.confirmations))


async def hear_landed(bench: Bench, snapshot: Snapshot) -> Snapshot:
    """Answer who asks to take back what has landed; nothing else is heard of a merged pull request."""
    found = [one for remark in snapshot.remarks for one in requests_in(remark) if one.verb is Verb.REVERT]
    if not found or snapshot.merge_state.merge_commit is None or not _governs(snapshot):
        return snapshot
    pull_request = snapshot.pull_request
    kept = await bench.store.requests(snapshot.repository, pull_request.number or 0, pull_request.head)
    known = {one.request.source for one in kept.answers}
    untold = [one for one in kept.answers if one.request.verb is Verb.REVERT and not one.told]
    merged_at = snapshot.merge_state.merged_at
    since = merged_at.timestamp() if merged_at else 0.0
    new = [one for one in found if one.source not in known and one.at >= int(since)]
    return replace(snapshot, answers=(*untold, *[await _answer_landed(bench, snapshot, one) for one in new]))


def _governs(snapshot: Snapshot) -> bool:
    """Tell whether a policy that can be read governs the base branch: elsewhere andon is silent."""
    try:
        policy = policy_of(snapshot.policy) if snapshot.policy else None
    except PolicyError:
        return False
    return policy is not None and policy.governs(snapshot.pull_request.base_branch, snapshot.default_branch)


async def _answer_landed(bench: Bench, snapshot: Snapshot, request: Request) -> Answer:
    """Answer one request; what is granted is kept first, which a second time changes nothing, and then the answer."""
    place, pull_request, sha = snapshot.repository, snapshot.pull_request, snapshot.merge_state.merge_commit or ""
    taken = await bench.store.reverts.of(place, sha)
    may_write = not request.fault and await bench.github.may_write(place, request.by)
    moment = Moment(pull_request.head, snapshot.tree, pull_request.author, None, bench.clock())
    by = taken.revert if taken is not None and taken.login != request.by.login else None
    if taken is not None and taken.over and await _is_live(bench, place, sha):
        by = None
    given = answer_landed(request, may_write=may_write, moment=moment, taken_back_by=by)
    number, branch = pull_request.number or 0, pull_request.base_branch
    if given.granted:
        wanted = TakenBack(sha, branch, number, bench.clock(), request.by.login, request.reason)
        await bench.store.reverts.want(place, wanted)
        await bench.store.want([Want(CommitAt(place, sha))])
    await bench.store.answer(Answered(place, number, given, branch))
    return given


async def _is_live(bench: Bench, place: Repository, sha: str) -> bool:
    """Tell whether production is well with a commit; what was to take it back then waits for a person."""
    release = await bench.store.release_of(place, sha)
    return release is not None and release.state is ReleaseState.LIVE


def _new(snapshot: Snapshot, kept: Kept) -> Iterator[Request]:
    """List what nobody has answered: commands in the comments that were read, and buttons that were kept."""
    answered = {one.request.source for one in kept.answers}
    yield from kept.open
    for remark in snapshot.remarks:
        yield from (request for request in requests_in(remark) if request.source not in answered)


async def _answer(bench: Bench, snapshot: Snapshot, request: Request, policy: Policy) -> Answer:
    """Answer one request by what holds at this moment, and keep that before anything follows from it."""
    may_write = not request.fault and await bench.github.may_write(snapshot.repository, request.by)
    given = answer(request, may_write=may_write, moment=await _moment(bench, snapshot), policy=policy)
    branch = snapshot.pull_request.base_branch
    await bench.store.answer(Answered(snapshot.repository, snapshot.pull_request.number or 0, given, branch))
    if given.granted and request.verb in (Verb.FREEZE, Verb.UNFREEZE):
        await call(bench, snapshot.repository, branch, everybody=True)
    if request.verb is Verb.RECHECK and may_write:
        await try_anew(bench, snapshot.repository, branch)
    return given


async def _moment(bench: Bench, snapshot: Snapshot) -> Moment:
    pull_request = snapshot.pull_request
    decided = await bench.store.judged_since(snapshot.repository, pull_request.number or 0, pull_request.head)
    shown = snapshot.published.written_at if snapshot.published else None
    first = min((at for at in (decided, shown) if at is not None), default=None)
    since = first if first is None or snapshot.forced_at is None else max(first, snapshot.forced_at)
    return Moment(pull_request.head, snapshot.tree, pull_request.author, since, bench.clock())


async def lost(bench: Bench, snapshot: Snapshot) -> Wait | None:
    """Ask anew whether all who let a merge pass may still write; what others asked for counts no more, and says so."""
    pull_request = snapshot.pull_request
    resting = rests_on(snapshot.answers, head=pull_request.head, tree=snapshot.tree)
    gone = [by for by in grantors(resting) if not await bench.github.may_write(snapshot.repository, by)]
    for one in resting:
        if one.request.by in gone:
            await bench.store.tell(snapshot.repository, one.request.source, LOST)
    if not gone:
        return None
    names = ", ".join(f"`{by.login}`" for by in gone)
    return Wait(f"{names} let it pass and may not write here any more; it is judged again", Actor.NOBODY, soon=True)


async def tell(bench: Bench, snapshot: Snapshot) -> None:
    """Show each answer that was not shown yet: a reaction to a command; a button has the new check run for it.

    What was refused after the merge is said in words as well: no check run says it any more.
    """
    refused = [one for one in snapshot.answers if one.refusal and not one.told]
    if refused and snapshot.merge_state.state is PullRequestState.MERGED:
        await _say(bench, snapshot, refused[-1])
    for one in snapshot.answers:
        if not one.told:
            await _react(bench, snapshot, one)
            await bench.store.tell(snapshot.repository, one.request.source)


async def _say(bench: Bench, snapshot: Snapshot, refused: Answer) -> None:
    """Say in our one comment why a command was refused where no check run is written any more."""
    snapshot = await bench.github.with_comment(snapshot)
    body, number = refused_landed(refused, snapshot), snapshot.pull_request.number or 0
    if snapshot.comment is None:
        action: CreateComment | UpdateComment = CreateComment(snapshot.repository, number, body)
    elif same(snapshot.comment.body, body):
        return
    else:
        action = UpdateComment(snapshot.repository, snapshot.comment.id, body)
    try:
        await apply(bench.github.connection, action)
    except (Gone, Refused):
        return  # the conversation is locked: nobody is there to be told


async def _react(bench: Bench, snapshot: Snapshot, answered: Answer) -> None:
    comment = answered.request.comment
    if comment is None:
        return
    try:
        await apply(
            bench.github.connection, React(snapshot.repository, comment, GRANTED if answered.granted else REFUSED)
        )
    except (Gone, Refused):
        return  # the comment is gone, or its conversation is locked: nobody is there to be told
