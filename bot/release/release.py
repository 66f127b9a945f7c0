"""THE PATH for a landed commit: fetch, decide, apply, record, until it is live or has failed."""

from __future__ import annotations

from dataclasses import replace

from bot import incidents
from bot.address import CommitAt, PullRequestAt, Want
from bot.bench import Bench
from bot.evidence.evidence import Evidence
from bot.github.errors import Gone, Later, Refused
from bot.github.fence import Overtaken, prove
from bot.github.read_landed import LandedCommit
from bot.github.write import apply
from bot.published import CreateDeployment, RunWorkflow, SendDispatch
from bot.pull_request.turns import call
from bot.release import outside
from bot.release.deploying import Step, asks_for_run, deploy_of, next_step, with_run
from bot.release.restoring import bring_back, call_others, failed, held_back, may_be_well_again
from bot.release.telling import tell
from bot.release.verifying import look_at_production
from bot.snapshot import PullRequestState, Snapshot
from bot.store.ledger import UNWELL, Release, ReleaseState
from rules.engine.sections import Deploy

RECENT_SECONDS = 24 * 3600.0
"""A pull request merged longer ago than this, and only heard of now, is not deployed: production is past it."""


def landing(snapshot: Snapshot, now: float) -> Release | None:
    """Make a release of a pull request that was merged, where the policy says how to deploy; else None."""
    state, pull_request = snapshot.merge_state, snapshot.pull_request
    merged_at = state.merged_at.timestamp() if state.merged_at else 0.0
    deploy = deploy_of(snapshot.policy, pull_request.base_branch, snapshot.default_branch)
    if state.state is not PullRequestState.MERGED or state.merge_commit is None or deploy is None:
        return None
    if now - merged_at > RECENT_SECONDS:
        return None
    return Release(
        repository=snapshot.repository,
        sha=state.merge_commit,
        number=pull_request.number or 0,
        base_branch=pull_request.base_branch,
        state=ReleaseState.LANDED,
        environment=deploy.environment,
        via=deploy.via,
        deployment_id=None,
        detail="",
        since=merged_at,
        created_at=merged_at,
    )


async def follow(bench: Bench, address: CommitAt) -> float | None:
    """Bring one landed commit a step further; return when to look again.

    A commit that is no release is the head of pull requests: those are looked at instead.
    """
    release = await bench.store.release_of(address.repository, address.sha)
    if release is None:
        await _look_at_pull_requests(bench, address)
        return (await bring_back(bench, address, None, None)).again_at
    release = await outside.beside(bench, release)
    landed = await _landed(bench, release)
    seen, deploy = await _seen(bench, release, landed), _deploy(release, landed)
    step = replace(next_step(release, landed, bench.clock(), seen), deploy=deploy)
    if step.start is not None:
        return await _begin(bench, step)
    if _is_well_again(release, step.release) and not await may_be_well_again(bench, release):
        step = replace(step, release=release, again_at=None)
    if step.release != release:
        await _keep(bench, step.release, deploy)
    if _is_well_again(release, step.release):
        await call(bench, release.repository, release.base_branch, everybody=True)
    told_again_at = await tell(bench, step.release, deploy)
    back = await bring_back(bench, address, step.release, deploy)
    if back.release is not None and back.release.state is not step.release.state:
        told_again_at = await tell(bench, back.release, deploy)
    return _sooner(step.again_at, back.again_at, told_again_at, await outside.again_at(bench, step.release))


def _is_well_again(before: Release, now: Release) -> bool:
    """Tell whether a release that had failed is on its way again."""
    return before.state in UNWELL and now.state not in UNWELL


async def _landed(bench: Bench, release: Release) -> LandedCommit | None:
    """Read what GitHub knows of a landed commit, and of the run that deploys it where nothing else says."""
    address = CommitAt(release.repository, release.sha)
    landed = await bench.github.landed_commit(address)
    if landed is None or not asks_for_run(release, landed):
        return landed
    workflow = (_deploy(release, landed) or Deploy()).workflow
    return with_run(release, landed, await bench.github.evidence.workflow(address, workflow))


def _deploy(release: Release, landed: LandedCommit | None) -> Deploy | None:
    return deploy_of(landed.policy, release.base_branch, release.base_branch) if landed else None


def _sooner(*times: float | None) -> float | None:
    return min((at for at in times if at is not None), default=None)


async def _seen(bench: Bench, release: Release, landed: LandedCommit | None) -> tuple[Evidence, ...]:
    """Look at production, where the policy asks for evidence of it and the time for that has come."""
    if release.state is not ReleaseState.VERIFYING or landed is None:
        return ()
    deploy = deploy_of(landed.policy, release.base_branch, release.base_branch)
    verify = deploy.verify if deploy else None
    return () if verify is None else await look_at_production(bench, release, verify)


async def _keep(bench: Bench, release: Release, deploy: Deploy | None) -> None:
    """Keep a release; where production is better or worse by it, look at all who wait for that."""
    if release.state is ReleaseState.FAILED:
        await failed(bench, release, deploy)
    await bench.store.save_release(release)
    await incidents.note(bench, release)
    if release.state in (ReleaseState.LIVE, ReleaseState.FAILED):
        await call(bench, release.repository, release.base_branch, everybody=True)
        await call_others(bench, release)


async def _look_at_pull_requests(bench: Bench, address: CommitAt) -> None:
    """Find whose head this is: those we know, else those GitHub knows (events of forks name no pull request)."""
    numbers = await bench.store.numbers_at(address.repository, address.sha)
    if not numbers:
        numbers = await bench.github.pull_requests_at(address)
    await bench.store.want(Want(PullRequestAt(address.repository, number)) for number in numbers)


async def _begin(bench: Bench, step: Step) -> float | None:
    """Start a deployment exactly once.

    A deployment can be found again by its mark, so it is kept as started only after GitHub took it. A dispatch leaves
    no trace: it is kept as started before it is sent, and taken back only when GitHub certainly did not carry it out,
    or it was not sent, for another process has taken over.
    """
    start, release = step.start, step.release
    if start is None:
        return step.again_at
    if (later := await held_back(bench, release)) is not None:
        return later
    if await _is_needless(bench, release):
        return None
    if isinstance(start, CreateDeployment):
        try:
            answer = await apply(bench.github.connection, start)
        except Refused as refused:
            await _keep(bench, _failed(bench, release, refused), step.deploy)
            return bench.clock()
        await bench.store.save_release(replace(release, deployment_id=answer["id"]))
        return step.again_at
    return await _dispatch(bench, start, step)


async def _is_needless(bench: Bench, release: Release) -> bool:
    """Tell whether a later release that holds it came to be live since this look began."""
    now = await bench.store.release_of(release.repository, release.sha)
    return now is not None and now.state is ReleaseState.SUPERSEDED


async def _dispatch(bench: Bench, start: SendDispatch | RunWorkflow, step: Step) -> float | None:
    await prove()
    await bench.store.save_release(step.release)
    try:
        await apply(bench.github.connection, start)
    except Refused as refused:
        await _keep(bench, _failed(bench, step.release, refused), step.deploy)
        return bench.clock()
    except Overtaken:
        await _not_begun(bench, step.release, "andon stood still before it was deployed")
        await bench.store.want([Want(CommitAt(step.release.repository, step.release.sha))])
        raise
    except Later as later:
        if not later.uncertain:
            await _not_begun(bench, step.release, later.why)
            raise
    return step.again_at


async def _not_begun(bench: Bench, begun: Release, why: str) -> None:
    """Take back that a release is being deployed, unless somebody has gone on with it."""
    if await bench.store.release_of(begun.repository, begun.sha) != begun:
        return
    await bench.store.save_release(replace(begun, state=ReleaseState.LANDED, since=bench.clock(), detail=why))


def _failed(bench: Bench, release: Release, refused: Refused) -> Release:
    return replace(release, state=ReleaseState.FAILED, since=bench.clock(), detail=_refusal(refused))


def _refusal(refused: Refused) -> str:
    hint = " (is the workflow named in the policy there?)" if isinstance(refused, Gone) else ""
    return f"GitHub refused to start the deployment: {refused.message}{hint}"
