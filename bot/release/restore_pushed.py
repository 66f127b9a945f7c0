"""Finds what a person pushed straight to a branch to take a commit back, and has it followed as any other release."""

from __future__ import annotations

from bot.address import PullRequestAt, Want
from bot.bench import Bench
from bot.github.read_pushed import Later
from bot.pull_request import turns
from bot.release.restore_scene import Standing
from bot.restore.restore import PUSHED, Revert, Stage, TakenBack
from bot.store.ledger import Release, ReleaseState
from bot.store.line_kept import At
from bot.waiting import Actor

LANDED = "it was pushed, and its release begins"


async def pushed_back(bench: Bench, at: Standing, taken: TakenBack) -> Revert | None:
    """Find a commit whose content takes another one back and that came by no pull request; it is deployed next.

    Where it came by one that nobody told of, that is looked at.
    Raises Later where GitHub does not answer.
    """
    later = await bench.github.pushed.since(at.commit, taken.branch)
    unknown = [one for one in later if await bench.store.release_of(at.repository, one.sha) is None]
    found = await bench.github.pushed.proven(at.commit, taken.branch, unknown) if unknown else None
    if found is None or found.pulls:
        numbers = found.pulls if found else ()
        await bench.store.want(Want(PullRequestAt(at.repository, number)) for number in numbers)
        return None
    if at.release is not None:
        await bench.store.reverts.land(_release(at.release, found, bench.clock()), taken.sha)
        await turns.landed(bench, at.repository, taken.branch)
    line = At.of(at.repository, taken.branch)
    if await bench.store.line.undo(line, taken.sha, bench.clock()):
        await turns.call(bench, at.repository, taken.branch, everybody=True)
    return Revert(PUSHED, Stage.LANDED, LANDED, Actor.NOBODY, found.sha)


def _release(bad: Release, found: Later, now: float) -> Release:
    """Make a release of it, to where the other one went. Who committed it may have claimed any time for it."""
    landed_at = min(max(found.at, bad.created_at), now)
    return Release(
        repository=bad.repository,
        sha=found.sha,
        number=PUSHED,
        base_branch=bad.base_branch,
        state=ReleaseState.LANDED,
        environment=bad.environment,
        via=bad.via,
        deployment_id=None,
        detail="",
        since=landed_at,
        created_at=landed_at,
    )
