"""The difference between what GitHub shows and what it should show, as writes. Pure; the second run gives none."""

from __future__ import annotations

from bot.published import Action, CreateCheckRun, MergePullRequest, Wanted
from bot.snapshot import Snapshot


def plan(current: Snapshot, wanted: Wanted) -> tuple[Action, ...]:
    """Return the writes that are missing.

    A merge comes only once the check already shows the verdict, and so after a read of its own: what the merge rests on
    was read immediately before. A verdict that changed is always a fresh check run, because annotations of an old one
    cannot be taken back.
    """
    if current.published is None or current.published.digest != wanted.check.digest:
        return (CreateCheckRun(current.repository, wanted.check),)
    if wanted.merge is None or current.pull_request.number is None:
        return ()
    return (MergePullRequest(current.repository, current.pull_request.number, wanted.merge),)
