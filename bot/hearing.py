"""Hears what people ask of a pull request: reads who may, answers, keeps the answer, and shows it.

The comments themselves are read, not the deliveries that told of them: one that was lost is found by the next look. A
request is answered once, and the answer is kept before anything follows from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.authority import Moment, answer
from bot.bench import Bench
from bot.github.errors import Gone, Refused
from bot.github.write import apply
from bot.published import React
from bot.requests import Answer, Request, Verb, requests_in
from bot.snapshot import Snapshot
from bot.store.requests_kept import Answered, Kept
from bot.turns import call
from rules.engine.policy import Policy

GRANTED, REFUSED = "+1", "confused"
"""The reactions that answer a command (docs: "Create reaction for an issue comment")."""


async def hear(bench: Bench, snapshot: Snapshot, policy: Policy) -> Snapshot:
    """Answer what is new, and add all answers to the snapshot."""
    pull_request = snapshot.pull_request
    kept = await bench.store.requests(snapshot.repository, pull_request.number or 0, pull_request.head)
    snapshot = await bench.github.with_remarks(snapshot, kept.heard_until)
    given = [await _answer(bench, snapshot, request, policy) for request in _new(snapshot, kept)]
    heard = replace(snapshot, answers=tuple(sorted((*kept.answers, *given), key=lambda one: one.request.at)))
    return replace(heard, pull_request=replace(pull_request, confirmations=heard.asked.confirmations))


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
    return given


async def _moment(bench: Bench, snapshot: Snapshot) -> Moment:
    pull_request = snapshot.pull_request
    decided = await bench.store.judged_since(snapshot.repository, pull_request.number or 0, pull_request.head)
    shown = snapshot.published.written_at if snapshot.published else None
    first = min((at for at in (decided, shown) if at is not None), default=None)
    since = first if first is None or snapshot.forced_at is None else max(first, snapshot.forced_at)
    return Moment(pull_request.head, snapshot.tree, pull_request.author, since, bench.clock())


async def tell(bench: Bench, snapshot: Snapshot) -> None:
    """Show each answer that was not shown yet: a reaction to a command; a button has the new check run for it."""
    for one in snapshot.answers:
        if not one.told:
            await _react(bench, snapshot, one)
            await bench.store.tell(snapshot.repository, one.request.source)


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
