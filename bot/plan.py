"""The difference between what GitHub shows and what it should show, as writes. Pure; the second run gives none."""

from __future__ import annotations

from collections.abc import Iterator

from bot.published import (
    Action,
    ArmAutoMerge,
    CreateCheckRun,
    CreateComment,
    Dequeue,
    DisarmAutoMerge,
    Enqueue,
    MergePullRequest,
    UpdateBranch,
    UpdateComment,
    Wanted,
)
from bot.requests.requests import Answer, Verb
from bot.snapshot import Snapshot
from bot.words.comment import same

CALM_SECONDS = 30.0
"""A comment that was just written is left alone for so long, whatever changes meanwhile."""


def plan(current: Snapshot, wanted: Wanted) -> tuple[Action, ...]:
    """Return the writes that are missing.

    A merge comes only once everything else already shows the verdict, and so after a read of its own: what the merge
    rests on was read immediately before. A verdict that changed is always a fresh check run, because annotations of an
    old one cannot be taken back; the comment is one for ever, and edited.
    """
    shown = (*_disarmed(current, wanted), *_check(current, wanted), *_comment(current, wanted))
    return shown or tuple(_onwards(current, wanted))


def _disarmed(current: Snapshot, wanted: Wanted) -> Iterator[Action]:
    """Take back what GitHub would merge by itself before anything else is shown: our check may be all it waits for."""
    way = current.merge_state.way
    if wanted.dequeue:
        yield Dequeue(current.repository, way.node_id)
    if wanted.withdraw and way.auto_merge is not None:
        yield DisarmAutoMerge(current.repository, way.node_id)


def _onwards(current: Snapshot, wanted: Wanted) -> Iterator[Action]:
    """Bring it a step further into its base: merge or enqueue it, else arm it, else bring its branch up to date."""
    number, way = current.pull_request.number, current.merge_state.way
    if number is None:
        return
    if wanted.merge is not None and wanted.merge.queue:
        yield Enqueue(current.repository, way.node_id, wanted.merge.head)
    elif wanted.merge is not None:
        yield MergePullRequest(current.repository, number, wanted.merge)
    elif wanted.update:
        yield UpdateBranch(current.repository, number, current.pull_request.head)
    elif wanted.arm is not None and way.auto_merge is None:
        yield ArmAutoMerge(current.repository, way.node_id, wanted.arm)


def _check(current: Snapshot, wanted: Wanted) -> Iterator[Action]:
    """Write the check run where none says so; without commits none would be seen again, and each look would write."""
    if not current.has_commits:
        return
    shown = current.published is not None and current.published.digest == wanted.check.digest
    if not shown or any(is_recheck(one) for one in current.answers):
        yield CreateCheckRun(current.repository, wanted.check)


def is_recheck(answer: Answer) -> bool:
    """Tell whether somebody who asked for a new check run still waits for it."""
    return answer.granted and not answer.told and answer.request.verb is Verb.RECHECK


def _comment(current: Snapshot, wanted: Wanted) -> Iterator[Action]:
    """Begin the comment where somebody must act; edit it when it says something else.

    One that was just written waits, unless the pull request merges now: afterwards nobody would look again.
    """
    if wanted.comment is None or current.pull_request.number is None:
        return
    if current.comment is None:
        if wanted.comment.begins:
            yield CreateComment(current.repository, current.pull_request.number, wanted.comment.body)
    elif not same(current.comment.body, wanted.comment.body) and (calm_in(current) <= 0 or wanted.merge is not None):
        yield UpdateComment(current.repository, current.comment.id, wanted.comment.body)


def calm_in(current: Snapshot) -> float:
    """Tell in how many seconds our comment may be edited again; nothing or less: now."""
    if current.comment is None:
        return 0.0
    return current.comment.written_at + CALM_SECONDS - current.pull_request.fetched_at.timestamp()
