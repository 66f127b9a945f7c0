"""What brings production back after a release that failed, and what a person asked to take back. Pure.

Times are Unix seconds. The same facts give the same outcome, however often they are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.text.oids import short
from bot.waiting import Actor

PUSHED = 0
"""Stands for the number of a pull request where a commit was pushed without one."""

LATE_SECONDS = 3600.0
"""A wait in which nobody has to act is said to take too long after this: a person should look."""


class OnFailure(StrEnum):
    """What the policy has follow from a release that failed."""

    REVERT = "revert"
    CLOSE_LINE = "close-line"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """One landed commit that is to be taken back: it is `sha`, of the pull request `number`, in `branch`.

    `login` is who asked for it and `reason` why; without a login it is because its release failed. `closes` says that
    its failure closes the line. `revert` is the pull request that takes it back, opened at `head` where andon opened
    it. `said` is what is missing or why it cannot be, `who` who must act; `over` says that nothing remains to be done.
    """

    sha: str
    branch: str
    number: int
    wanted_at: float
    login: str = ""
    reason: str = ""
    closes: bool = True
    revert: int | None = None
    head: str = ""
    said: str = ""
    who: str = ""
    over: bool = False


class Stage(StrEnum):
    """How far the pull request is that takes something back."""

    OPEN = "open"
    CLOSED = "closed"
    LANDED = "landed"
    LIVE = "live"
    FAILED = "failed"


def named(number: int, sha: str = "") -> str:
    """Name what landed: by its pull request, or by its commit where that was pushed without one ."""
    if number != PUSHED:
        return f"#{number}"
    return f"`{short(sha)}`, pushed without a pull request," if sha else "a commit pushed without a pull request"


@dataclass(frozen=True, slots=True)
class Revert:
    """The pull request that takes a commit back: how far it is, what it waits for, and who must act.

    Where somebody pushed what takes it back, `number` is PUSHED and `sha` the commit.
    """

    number: int
    stage: Stage
    missing: str = ""
    who: Actor = Actor.NOBODY
    sha: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """All else that the decision rests on.

    `failed` says that a release of it failed, `verifying` that production is looked at with it now, `deploys` that what
    takes it back is deployed too; `on_failure` is None where no policy says. `is_revert`: it takes something back
    itself. `good_before`: something earlier is known to have been well in production. `first` is a pull request whose
    release failed before it and that is taken back first, `mended_by` one that landed later and is live. `outside` is
    what somebody else has deployed since.
    """

    now: float
    failed: bool = True
    verifying: bool = False
    deploys: bool = True
    on_failure: OnFailure | None = OnFailure.REVERT
    is_revert: bool = False
    good_before: bool = True
    first: int | None = None
    mended_by: int | None = None
    revert: Revert | None = None
    outside: str = ""


@dataclass(frozen=True, slots=True)
class OpenRevert:
    """Nothing takes it back yet, and something should."""


@dataclass(frozen=True, slots=True)
class WaitFor:
    """A pull request brings production back: what is missing until then, and who must act."""

    number: int
    missing: str
    who: Actor


@dataclass(frozen=True, slots=True)
class Restored:
    """It is taken back, by a pull request or, where `number` is PUSHED, by a commit."""

    number: int
    sha: str = ""


@dataclass(frozen=True, slots=True)
class CannotRevert:
    """andon does not bring production back by itself: why, and a person must."""

    why: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing is to be done."""

    why: str


@dataclass(frozen=True, slots=True)
class NotYet:
    """Whether anything is to be done will be seen."""

    why: str


Outcome = OpenRevert | WaitFor | Restored | CannotRevert | Nothing | NotYet


def decide(taken: TakenBack, scene: Scene) -> Outcome:
    """Decide what comes next. What a person asked for is done where andon by itself would not."""
    revert = scene.revert
    if revert is not None and (revert.stage is Stage.LIVE or (revert.stage is Stage.LANDED and not scene.deploys)):
        return Restored(revert.number, revert.sha)
    if scene.failed and scene.mended_by is not None and not taken.login:
        return Nothing(f"{named(scene.mended_by)} landed later and is live, so production is well again")
    if not scene.failed and not taken.login:
        return _well_again(scene)
    if revert is not None:
        return _under_way(taken, revert, scene)
    return OpenRevert() if taken.login else _by_itself(scene)


def _well_again(scene: Scene) -> Outcome:
    """Give up what a failure asked for, once evidence says that production is well with it."""
    if scene.verifying:
        return NotYet("its deployment succeeded after all, and production is looked at again")
    return Nothing("its deployment succeeded after all, so nothing is to be taken back")


def _by_itself(scene: Scene) -> Outcome:
    """Decide what andon does without being asked."""
    outside = f"; {scene.outside}" if scene.outside else ""
    match scene.on_failure:
        case OnFailure.NOTHING:
            return Nothing("the policy has nothing follow from it (`on-failure: nothing`)")
        case OnFailure.CLOSE_LINE:
            return CannotRevert(f"the policy leaves it to a person (`on-failure: close-line`){outside}")
        case None:
            said = "the policy cannot be read, or no longer says how to deploy: a person must act"
            return CannotRevert(f"{said}{outside}")
        case OnFailure.REVERT:
            return _as_asked(scene, outside)


def _as_asked(scene: Scene, outside: str) -> Outcome:
    """Decide where the policy asks for a revert."""
    if scene.is_revert:
        return CannotRevert(f"it takes something back itself, and a revert is not reverted: a person must act{outside}")
    if scene.first is not None:
        return WaitFor(scene.first, "it failed before, and is taken back first", Actor.NOBODY)
    if not scene.good_before:
        return CannotRevert(
            "there is nothing to go back to: no earlier release is known to have been live. "
            f"`/andon revert <reason>` takes it back even so{outside}"
        )
    return OpenRevert()


def _under_way(taken: TakenBack, revert: Revert, scene: Scene) -> Outcome:
    """Say what is missing until it is taken back."""
    missing = f"{revert.missing}; {scene.outside}" if scene.outside else revert.missing
    if revert.number == PUSHED:
        missing = f"{named(PUSHED, revert.sha)} takes it back: {missing}"
    match revert.stage:
        case Stage.FAILED:
            by = named(revert.number, revert.sha)
            return CannotRevert(
                f"{by} takes it back, and its release failed too ({revert.missing}); a revert is not reverted: "
                "a person must act"
            )
        case Stage.CLOSED:
            return CannotRevert(f"#{revert.number} would take it back and was closed; reopen it, or mend production")
        case Stage.OPEN | Stage.LANDED | Stage.LIVE:
            if revert.who is Actor.NOBODY and scene.now - taken.wanted_at >= LATE_SECONDS:
                late = f"after more than {LATE_SECONDS / 60:.0f} minutes still: {missing}"
                return WaitFor(revert.number, late, Actor.MAINTAINER)
            return WaitFor(revert.number, missing, revert.who)


@dataclass(frozen=True, slots=True)
class Restoring:
    """What a pull request is opened to take back: which commit, at which head it was opened, and whether that is due.

    `head` is empty where somebody else opened it.
    """

    sha: str
    number: int
    head: str
    due: bool


def marker(sha: str) -> str:
    """Write the mark in a pull request of ours that names what it takes back."""
    return f"<!-- andon:reverts {sha} -->"
