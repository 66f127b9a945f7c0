"""THE PATH for a landed commit: fetch, decide, apply, record, until it is live or has failed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.address import CommitAt, PullRequestAt, Want
from bot.bench import Bench
from bot.decision import policy_of
from bot.github.errors import Gone, Later, Refused
from bot.github.read_landed import Deployment, LandedCommit
from bot.github.write import apply
from bot.published import CreateDeployment, RunWorkflow, SendDispatch
from bot.snapshot import PolicyFile, PullRequestState, Snapshot
from bot.store.ledger import Release, ReleaseState
from bot.turns import call
from rules.engine.policy import Deploy, PolicyError

POLL_SECONDS = 300.0
"""How often a deployment is looked at when no delivery tells of it."""

RECENT_SECONDS = 24 * 3600.0
"""A pull request merged longer ago than this, and only heard of now, is not deployed: production is past it."""

Start = CreateDeployment | SendDispatch | RunWorkflow


@dataclass(frozen=True, slots=True)
class Step:
    """Where a release stands after one look, what must be done for it, and when to look again (Unix time)."""

    release: Release
    start: Start | None = None
    again_at: float | None = None


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


def deploy_of(file: PolicyFile | None, branch: str, default_branch: str) -> Deploy | None:
    """Return how commits of a branch are deployed, or None: no policy, a wrong one, another branch, no `deploy:`."""
    if file is None:
        return None
    try:
        policy = policy_of(file)
    except PolicyError:
        return None
    return policy.deploy if policy.governs(branch, default_branch) else None


async def follow(bench: Bench, address: CommitAt) -> float | None:
    """Bring one landed commit a step further; return when to look again.

    A commit that is no release is the head of pull requests: those are looked at instead.
    """
    release = await bench.store.release_of(address.repository, address.sha)
    if release is None:
        await _look_at_pull_requests(bench, address)
        return None
    landed = await bench.github.landed_commit(address)
    step = next_step(release, landed, bench.clock())
    if step.start is None:
        if step.release != release:
            await _keep(bench, step.release)
        return step.again_at
    return await _begin(bench, step)


async def _keep(bench: Bench, release: Release) -> None:
    """Keep a release; where production is better or worse by it, look at all who wait for that."""
    await bench.store.save_release(release)
    if release.state in (ReleaseState.LIVE, ReleaseState.FAILED):
        await call(bench, release.repository, release.base_branch, everybody=True)


async def _look_at_pull_requests(bench: Bench, address: CommitAt) -> None:
    """Find whose head this is: those we know, else those GitHub knows (events of forks name no pull request)."""
    numbers = await bench.store.numbers_at(address.repository, address.sha)
    if not numbers:
        numbers = await bench.github.pull_requests_at(address)
    await bench.store.want(Want(PullRequestAt(address.repository, number)) for number in numbers)


def next_step(release: Release, landed: LandedCommit | None, now: float) -> Step:
    """Decide what a release needs next. Pure; what ended stays ended."""
    if release.state in (ReleaseState.LIVE, ReleaseState.FAILED):
        return Step(release)
    if landed is None:
        return Step(_to(release, ReleaseState.FAILED, now, "the commit is not in the repository any more"))
    deploy = deploy_of(landed.policy, release.base_branch, release.base_branch)
    deployment = _deployment(release, landed)
    if release.state is ReleaseState.LANDED and deployment is None:
        return _start(release, deploy, now)
    return _followed(release, deployment, now, (deploy or Deploy()).within)


def _deployment(release: Release, landed: LandedCommit) -> Deployment | None:
    """Find this release's deployment: ours by its mark; where a workflow deploys, its newest in the environment."""
    for deployment in landed.deployments:
        if deployment.environment != release.environment:
            continue
        if release.via != "deployment" or deployment.marker == release.sha:
            return deployment
    return None


def _start(release: Release, deploy: Deploy | None, now: float) -> Step:
    if deploy is None:
        return Step(_to(release, ReleaseState.FAILED, now, "the policy no longer says how to deploy"))
    payload = {
        "andon": release.sha,
        "sha": release.sha,
        "environment": release.environment,
        "pull_request": str(release.number),
    }
    where, deploying = release.repository, _to(release, ReleaseState.DEPLOYING, now, "")
    start: Start
    match release.via:
        case "deployment":
            start = CreateDeployment(where, release.sha, release.environment, payload)
        case "repository_dispatch":
            start = SendDispatch(where, deploy.event_type, payload)
        case _:
            ref = deploy.ref or release.base_branch
            start = RunWorkflow(
                where, deploy.workflow or "", ref, {"sha": release.sha, "environment": release.environment}
            )
    return Step(deploying, start, now + POLL_SECONDS)


def _followed(release: Release, deployment: Deployment | None, now: float, within: float) -> Step:
    """Follow the deployment's newest status. INACTIVE comes only after a success that a newer one replaced."""
    seen = replace(release, deployment_id=deployment.id) if deployment else release
    match deployment.state if deployment else None:
        case "SUCCESS" | "INACTIVE":
            return Step(_to(seen, ReleaseState.LIVE, now, ""))
        case "FAILURE" | "ERROR" as state:
            said = deployment.description if deployment else ""
            return Step(_to(seen, ReleaseState.FAILED, now, said or f"the deployment reported {state.lower()}"))
        case _:
            deploying = seen if seen.state is ReleaseState.DEPLOYING else _to(seen, ReleaseState.DEPLOYING, now, "")
            deadline = deploying.since + within
            if now >= deadline:
                detail = f"no deployment of it to {release.environment} succeeded within {within / 60:.0f} minutes"
                return Step(_to(seen, ReleaseState.FAILED, now, detail))
            return Step(deploying, again_at=min(deadline, now + POLL_SECONDS))


def _to(release: Release, state: ReleaseState, now: float, detail: str) -> Release:
    return replace(release, state=state, since=now, detail=detail)


async def _begin(bench: Bench, step: Step) -> float | None:
    """Start a deployment exactly once.

    A deployment can be found again by its mark, so it is kept as started only after GitHub took it. A dispatch leaves
    no trace: it is kept as started before it is sent, and taken back only when GitHub certainly did not carry it out.
    """
    start, release = step.start, step.release
    if start is None:
        return step.again_at
    if isinstance(start, CreateDeployment):
        try:
            answer = await apply(bench.github.connection, start)
        except Refused as refused:
            await _keep(bench, _to(release, ReleaseState.FAILED, bench.clock(), _refusal(refused)))
            return None
        await bench.store.save_release(replace(release, deployment_id=answer["id"]))
        return step.again_at
    return await _dispatch(bench, start, step)


async def _dispatch(bench: Bench, start: SendDispatch | RunWorkflow, step: Step) -> float | None:
    await bench.store.save_release(step.release)
    try:
        await apply(bench.github.connection, start)
    except Refused as refused:
        await _keep(bench, _to(step.release, ReleaseState.FAILED, bench.clock(), _refusal(refused)))
        return None
    except Later as later:
        if not later.uncertain:
            await bench.store.save_release(_to(step.release, ReleaseState.LANDED, bench.clock(), later.why))
            raise
    return step.again_at


def _refusal(refused: Refused) -> str:
    hint = " (is the workflow named in the policy there?)" if isinstance(refused, Gone) else ""
    return f"GitHub refused to start the deployment: {refused.message}{hint}"
