"""Gathers what the store knows of a commit that is to be taken back, and of what takes it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.address import CommitAt, PullRequestAt, Repository, Want
from bot.bench import Bench
from bot.evaluation.why import next_step
from bot.restore.restore import PUSHED, OnFailure, Revert, Scene, Stage, TakenBack
from bot.store.ledger import UNWELL, Release, ReleaseState
from bot.waiting import Actor


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


async def scene_of(bench: Bench, at: Standing, taken: TakenBack) -> Scene:
    """Gather what the store knows."""
    release, revert = at.release, await revert_of(bench, at.repository, taken)
    if release is None:
        return Scene(bench.clock(), failed=False, deploys=False, revert=revert)
    beside = await bench.store.reverts.beside(release)
    if revert is not None and revert.stage is Stage.LANDED:
        revert = _held(revert, await bench.store.reverts.landed_for(at.repository, taken.sha), beside)
    return Scene(
        now=bench.clock(),
        failed=release.state in UNWELL,
        verifying=release.state is ReleaseState.VERIFYING,
        on_failure=at.on_failure,
        is_revert=await bench.store.reverts.undoes(at.repository, release.sha)
        or await bench.store.reverts.by(at.repository, release.number) is not None,
        good_before=await bench.store.reverts.was_live_before(release),
        first=_first(release, beside),
        mended_by=_mended_by(release, beside),
        revert=revert,
    )


def _held(revert: Revert, landed: Release | None, beside: Sequence[tuple[Release, TakenBack | None]]) -> Revert:
    """Tell that a revert is live where a release that landed after it is: that one holds it."""
    after = (one for one, _ in beside if landed is not None and one.created_at > landed.created_at)
    return replace(revert, stage=Stage.LIVE) if any(one.state is ReleaseState.LIVE for one in after) else revert


def _first(release: Release, beside: Sequence[tuple[Release, TakenBack | None]]) -> int | None:
    """Find the first failed release before this one that is taken back, or on which nothing was decided yet."""
    for one, taken in beside:
        undecided = one.state is ReleaseState.FAILED and taken is not None and taken.closes and not taken.said
        if one.created_at < release.created_at and (one.state is ReleaseState.REVERTING or undecided):
            return one.number
    return None


def _mended_by(release: Release, beside: Iterable[tuple[Release, TakenBack | None]]) -> int | None:
    live = (one for one, _ in beside if one.state is ReleaseState.LIVE and one.created_at > release.created_at)
    return next((one.number for one in live), None)


async def revert_of(bench: Bench, place: Repository, taken: TakenBack) -> Revert | None:
    """Tell how far the pull request is that takes it back: one that has landed goes before one that has not."""
    landed = await bench.store.reverts.landed_for(place, taken.sha)
    number = landed.number if landed else taken.revert
    if number is None:
        return None
    release = landed or await bench.store.release_of_pull_request(place.owner, place.name, number)
    if release is not None:
        missing = release.detail or f"it landed, and its release is {release.state}"
        return Revert(number, _stage(release), missing, sha=release.sha if number == PUSHED else "")
    record = await bench.store.decision(place.owner, place.name, number)
    if record is None:
        await bench.store.want([Want(PullRequestAt(place, number))])
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
