"""Gathers what the store knows of a commit that is to be taken back, and of what takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.address import CommitAt, PullRequestAt, Repository, Want
from bot.evaluation.why import next_step
from bot.restore.restore import PUSHED, OnFailure, Revert, Scene, Stage, TakenBack
from bot.store.ledger import UNWELL, Release, ReleaseState
from bot.store.store import Store
from bot.waiting import Actor

Beside = Sequence[tuple[Release, TakenBack | None]]
"""The other releases of a branch, the oldest first, each with what is known of taking it back."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One landed commit, its release if it has one, and the policy's word on a failure."""

    commit: CommitAt
    release: Release | None
    on_failure: OnFailure | None

    @property
    def repository(self) -> Repository:
        """The repository."""
        return self.commit.repository


async def scene_of(store: Store, at: Standing, taken: TakenBack) -> Scene:
    """Gather what the store knows.

    What takes it back is read last: read before the others, it could go live between, and be taken for another release
    that mended production meanwhile.
    """
    release = at.release
    if release is None:
        return Scene(store.clock(), failed=False, deploys=False, revert=await revert_of(store, at.repository, taken))
    beside = await store.reverts.beside(release)
    is_revert = (
        await store.reverts.undoes(at.repository, release.sha)
        or await store.reverts.by(at.repository, release.number) is not None
    )
    good_before = await store.reverts.was_live_before(release)
    return Scene(
        now=store.clock(),
        failed=release.state in UNWELL,
        verifying=release.state is ReleaseState.VERIFYING,
        on_failure=at.on_failure,
        is_revert=is_revert,
        good_before=good_before,
        first=_first(release, beside),
        mended_by=_mended_by(release, beside),
        revert=await _revert_beside(store, at, taken, beside),
    )


async def _revert_beside(store: Store, at: Standing, taken: TakenBack, beside: Beside) -> Revert | None:
    revert = await revert_of(store, at.repository, taken)
    if revert is None or revert.stage is not Stage.LANDED:
        return revert
    return _held(revert, await store.reverts.landed_for(at.repository, taken.sha), beside)


def _held(revert: Revert, landed: Release | None, beside: Beside) -> Revert:
    """Tell that a revert is live where a release that landed after it is: that one holds it."""
    after = (one for one, _ in beside if landed is not None and one.created_at > landed.created_at)
    return replace(revert, stage=Stage.LIVE) if any(one.state is ReleaseState.LIVE for one in after) else revert


def _first(release: Release, beside: Beside) -> int | None:
    """Find the first failed release before this one that is taken back, or on which nothing was decided yet."""
    for one, taken in beside:
        undecided = one.state is ReleaseState.FAILED and taken is not None and taken.closes and not taken.said
        if one.created_at < release.created_at and (one.state is ReleaseState.REVERTING or undecided):
            return one.number
    return None


def _mended_by(release: Release, beside: Beside) -> int | None:
    live = (one for one, _ in beside if one.state is ReleaseState.LIVE and one.created_at > release.created_at)
    return next((one.number for one in live), None)


async def revert_of(store: Store, place: Repository, taken: TakenBack) -> Revert | None:
    """Tell how far the pull request is that takes it back: one that has landed goes before one that has not."""
    landed = await store.reverts.landed_for(place, taken.sha)
    number = landed.number if landed else taken.revert
    if number is None:
        return None
    release = landed or await store.release_of_pull_request(place.owner, place.name, number)
    if release is not None:
        missing = release.detail or f"it landed, and its release is {release.state}"
        return Revert(number, _stage(release), missing, sha=release.sha if number == PUSHED else "")
    record = await store.decision(place.owner, place.name, number)
    if record is None:
        await store.want([Want(PullRequestAt(place, number))])
        return Revert(number, Stage.OPEN, "andon has not looked at it yet")
    match record.get("state"):
        case "merged":
            return Revert(number, Stage.LANDED, "it landed, and its release begins")
        case "closed":
            return Revert(number, Stage.CLOSED)
        case _:
            step = next_step(record)
            return Revert(number, Stage.OPEN, step.what, Actor(step.who))


def _stage(release: Release) -> Stage:
    match release.state:
        case ReleaseState.LIVE | ReleaseState.SUPERSEDED:
            return Stage.LIVE
        case ReleaseState.FAILED | ReleaseState.REVERTING | ReleaseState.REVERTED:
            return Stage.FAILED
        case ReleaseState.LANDED | ReleaseState.DEPLOYING | ReleaseState.VERIFYING:
            return Stage.LANDED
