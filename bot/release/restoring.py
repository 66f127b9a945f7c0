"""Takes back what failed in production, or what a person asked to take back: looks, decides, opens, keeps.

Everything is read anew at each look. A revert that was opened is found again by its mark, so a process that dies
between GitHub's answer and the store's neither loses nor repeats it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

from bot import incidents
from bot.address import CommitAt, PullRequestAt, Want
from bot.bench import Bench
from bot.decision import flags_in
from bot.github.errors import Refused
from bot.github.push_revert import tree_before
from bot.github.read_taking_back import TakingBack
from bot.github.write import apply
from bot.published import RevertPullRequest
from bot.pull_request.turns import call
from bot.release.restore_pushed import pushed_back
from bot.release.restore_scene import Standing, revert_of, scene_of
from bot.restore.restore import (
    PUSHED,
    CannotRevert,
    Nothing,
    NotYet,
    OnFailure,
    OpenRevert,
    Outcome,
    Restored,
    Restoring,
    Scene,
    Stage,
    TakenBack,
    WaitFor,
    decide,
    named,
)
from bot.restore.reverting import PushRevert
from bot.restore.words import Told, body, not_by_github, title
from bot.snapshot import Snapshot
from bot.store.ledger import UNWELL, Release, ReleaseState
from bot.text.oids import short
from bot.waiting import Actor
from rules.engine.sections import Deploy

LOOK_SECONDS = 60.0
"""How often a revert under way is looked at when nothing tells of it."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Back:
    """How a landed commit stands that may be taken back: its release, if it has one, and when to look again."""

    release: Release | None
    again_at: float | None = None


async def failed(bench: Bench, release: Release, deploy: Deploy | None) -> None:
    """Keep that a release is to be taken back, before it is kept that it failed: the line asks what it closes by."""
    closes = deploy is None or OnFailure(deploy.on_failure) is not OnFailure.NOTHING
    taken = TakenBack(release.sha, release.base_branch, release.number, release.since, closes=closes)
    await bench.store.reverts.want(release.repository, taken)


async def restoring(bench: Bench, snapshot: Snapshot) -> Snapshot:
    """Add what a pull request is there to take back, if anything."""
    taken = await bench.store.reverts.by(snapshot.repository, snapshot.pull_request.number or 0)
    if taken is None:
        return snapshot
    by_others = await bench.store.reverts.landed_for(snapshot.repository, taken.sha) is not None
    unwell = bool(taken.login) or await _is_unwell(bench, snapshot, taken)
    due = not taken.over and not by_others and unwell
    return replace(snapshot, restoring=Restoring(taken.sha, taken.number, taken.head, due=due))


async def _is_unwell(bench: Bench, snapshot: Snapshot, taken: TakenBack) -> bool:
    """Tell whether production is not well with what is to be taken back: a deployment may have succeeded after all."""
    release = await bench.store.release_of(snapshot.repository, taken.sha)
    return release is None or release.state in UNWELL


async def may_be_well_again(bench: Bench, release: Release) -> bool:
    """Tell whether nothing has taken a release back yet that failed, nor mended what it broke."""
    taken = await bench.store.reverts.of(release.repository, release.sha)
    if taken is None:
        return True
    revert = await revert_of(bench.store, release.repository, taken)
    return not (taken.over and taken.closes) and (revert is None or revert.stage in (Stage.OPEN, Stage.CLOSED))


async def call_others(bench: Bench, release: Release) -> None:
    """Look at all of the same branch that may be well by this release, or wait for it to be taken back."""
    beside = await bench.store.reverts.beside(release)
    waiting = (one for one, taken in beside if one.state in UNWELL or (taken is not None and not taken.over))
    held = (one for one, _ in beside if one.state is ReleaseState.LANDED)
    await bench.store.want(Want(CommitAt(one.repository, one.sha)) for one in (*waiting, *held))


async def held_back(bench: Bench, release: Release) -> float | None:
    """Keep a release from beginning that would bring again what is being taken back; gives when to look again."""
    if (first := await _in_the_way(bench, release)) is None:
        return None
    detail = f"it waits until {named(first.number)}, which it holds, is taken back"
    since = release.created_at
    await bench.store.save_release(replace(release, state=ReleaseState.LANDED, detail=detail, since=since))
    return bench.clock() + LOOK_SECONDS


async def _in_the_way(bench: Bench, release: Release) -> TakenBack | None:
    """Tell what is being taken back of which a release would bring the content again; what mends it may go."""
    beside = await bench.store.reverts.beside(release)
    before = (
        taken
        for one, taken in beside
        if one.state is ReleaseState.REVERTING and one.created_at <= release.created_at and taken is not None
    )
    found = next(before, None)
    if found is None or found.revert == release.number:
        return None
    return None if await bench.store.reverts.is_fix(release.repository, release.sha) else found


async def bring_back(bench: Bench, commit: CommitAt, release: Release | None, deploy: Deploy | None) -> Back:
    """Bring one commit that is to be taken back a step further."""
    taken = await bench.store.reverts.of(commit.repository, commit.sha)
    if taken is None or taken.over:
        return Back(release)
    at = Standing(commit, release, OnFailure(deploy.on_failure) if deploy else None)
    scene = await scene_of(bench.store, at, taken)
    outcome = decide(taken, scene)
    if not isinstance(outcome, Restored):
        taken, outcome = await _looked(bench, at, taken, scene)
    return await _kept(bench, at, taken, outcome)


async def _looked(bench: Bench, at: Standing, taken: TakenBack, scene: Scene) -> tuple[TakenBack, Outcome]:
    """Look at GitHub for what takes it back already, and what is deployed; open a revert where there is none."""
    if scene.revert is None or scene.revert.stage in (Stage.OPEN, Stage.CLOSED):
        pushed = await pushed_back(bench, at, taken)
        if pushed is not None:
            return taken, decide(taken, replace(scene, revert=pushed))
    if taken.number == PUSHED:
        return taken, decide(taken, scene)
    environment = at.release.environment if at.release else None
    found = await bench.github.taking_back(at.commit, taken.number, environment)
    if found is None:
        return taken, CannotRevert(f"#{taken.number} is not there any more, so GitHub can take nothing back")
    if scene.revert is None:
        taken = await _adopted(bench, at, taken, found)
        scene = replace(scene, revert=await revert_of(bench.store, at.repository, taken))
    good_before = scene.good_before or any(one.sha != taken.sha for one in found.deployed)
    scene = replace(scene, good_before=good_before, outside=await _outside(bench, at, taken, found))
    outcome = decide(taken, scene)
    return await _opened(bench, at, taken, found) if isinstance(outcome, OpenRevert) else (taken, outcome)


async def _outside(bench: Bench, at: Standing, taken: TakenBack, found: TakingBack) -> str:
    """Say what somebody else has deployed last, since it failed; what landed since, we or our workflows deploy."""
    newest = next(iter(found.deployed), None)
    if newest is None or newest.ours or newest.at <= taken.wanted_at or at.release is None:
        return ""
    known = await bench.store.release_of(at.repository, newest.sha)
    if known is not None and known.created_at >= at.release.created_at:
        return ""
    return f"`{short(newest.sha)}` is deployed since, and not by andon"


async def _adopted(bench: Bench, at: Standing, taken: TakenBack, found: TakingBack) -> TakenBack:
    """Find what takes it back already: ours by its mark, a person's where the rules proved that it does."""
    for one in found.candidates:
        if one.marked:
            return replace(taken, revert=one.number, head=one.head)
    for one in found.candidates:
        if one.is_open:
            record = await bench.store.decision(at.repository.owner, at.repository.name, one.number)
            if record is not None and record.get("undoes") == taken.sha:
                return replace(taken, revert=one.number)
    return taken


async def _opened(bench: Bench, at: Standing, taken: TakenBack, found: TakingBack) -> tuple[TakenBack, Outcome]:
    """Have GitHub open the revert."""
    told = await _told(bench, at, taken, found)
    action = RevertPullRequest(at.repository, found.node_id, title(taken, told), body(taken, told))
    try:
        answer = await apply(bench.github.connection, action)
    except Refused as refused:
        return await _pushed(bench, at, taken, action, refused)
    made = answer["revertPullRequest"]["revertPullRequest"]
    return _open_by_now(taken, made["number"], made["headRefOid"])


async def _pushed(
    bench: Bench, at: Standing, taken: TakenBack, action: RevertPullRequest, refused: Refused
) -> tuple[TakenBack, Outcome]:
    """Open the revert as a commit of ours where GitHub does not, and nothing has landed since."""
    connection, place = bench.github.connection, at.repository
    try:
        tree = await tree_before(connection, at.commit, taken.number, taken.branch)
        if tree is not None:
            pushed = PushRevert(place, taken.branch, taken.sha, tree, action.title, action.body)
            made = await apply(connection, pushed)
            return _open_by_now(taken, made["number"], made["head"]["sha"])
    except Refused as again:
        refused = Refused(again.status, f"{refused.message}; {again.message}")
    paths = await bench.github.changed_again(at.commit, taken.branch)
    return taken, CannotRevert(not_by_github(taken, refused.message, paths))


def _open_by_now(taken: TakenBack, number: int, head: str) -> tuple[TakenBack, Outcome]:
    opened = replace(taken, revert=number, head=head)
    _log.info("opened a revert", of=taken.number, revert=opened.revert, sha=taken.sha)
    return opened, WaitFor(number, "andon has not looked at it yet", Actor.NOBODY)


async def _told(bench: Bench, at: Standing, taken: TakenBack, found: TakingBack) -> Told:
    place = at.repository
    record = await bench.store.decision(place.owner, place.name, taken.number)
    failed = at.release.detail if at.release is not None and at.release.state in UNWELL else ""
    url = f"{bench.public_url}/api/repos/{place.full_name}/releases/{taken.sha}" if bench.public_url else ""
    return Told(found.title, failed, flags_in(record)[0] if record else (), url)


async def _kept(bench: Bench, at: Standing, taken: TakenBack, outcome: Outcome) -> Back:
    """Keep what was decided, and look at all for whom something changed by it."""
    before, release = await bench.store.reverts.of(at.repository, taken.sha), at.release
    now = _as_told(taken, outcome)
    after = _stands(release, now, outcome, bench.clock())
    if isinstance(outcome, Restored):
        await _over(bench, release)
    if after is not None and after != release:
        await bench.store.save_release(after)
    if now != before:  # at the very end: what is over is looked at no more
        await bench.store.reverts.save(at.repository, now)
    if after != release or now != before:
        await incidents.look(bench, at.repository, taken.branch)
    if after != release or before is None or (before.revert, before.over) != (now.revert, now.over):
        await call(bench, at.repository, taken.branch, everybody=True)
        if now.revert is not None:
            await bench.store.want([Want(PullRequestAt(at.repository, now.revert))])
        if after is not None:
            await call_others(bench, after)
    return Back(after, bench.clock() + LOOK_SECONDS if isinstance(outcome, WaitFor) else None)


async def _over(bench: Bench, release: Release | None) -> None:
    """End what landed between a commit and its revert: the revert's release holds it."""
    by = None if release is None else await bench.store.reverts.landed_for(release.repository, release.sha)
    if release is not None and by is not None:
        await bench.store.reverts.supersede(release, by, bench.clock())


def _as_told(taken: TakenBack, outcome: Outcome) -> TakenBack:
    """Give what is kept of an outcome."""
    match outcome:
        case WaitFor(_, missing, who):
            return replace(taken, said=missing, who=who.value)
        case CannotRevert(why):
            return replace(taken, said=why, who=Actor.MAINTAINER.value)
        case Restored(number, sha):
            return replace(taken, said=f"{named(number, sha)} took it back", who=Actor.NOBODY.value, over=True)
        case Nothing(why):
            return replace(taken, said=why, who=Actor.NOBODY.value, over=taken.closes)
        case NotYet(why):
            return replace(taken, said=why, who=Actor.NOBODY.value)
        case OpenRevert():
            return taken


def _stands(release: Release | None, taken: TakenBack, outcome: Outcome, now: float) -> Release | None:
    """Give the release as it stands by an outcome. What did not fail goes its own way until it is taken back."""
    if release is None:
        return None
    if isinstance(outcome, Restored):
        return replace(release, state=ReleaseState.REVERTED, since=now)
    if release.state not in UNWELL:
        return release
    reverting = isinstance(outcome, WaitFor) and outcome.number in (taken.revert, PUSHED)
    state = ReleaseState.REVERTING if reverting else ReleaseState.FAILED
    since = taken.wanted_at if state is ReleaseState.FAILED and not taken.login else now
    return release if state is release.state else replace(release, state=state, since=since)
