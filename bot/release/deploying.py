"""What a landed commit needs next on its way to live, by what GitHub says and what was seen of production. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.decision import policy_of
from bot.evidence.evidence import (
    LOOK_SECONDS,
    Evidence,
    Failed,
    Healthy,
    Kind,
    State,
    Terms,
    TimedOut,
    Waiting,
    Watch,
    in_words,
    verdict,
    watched,
)
from bot.github.read_evidence import NOT_BEGUN
from bot.github.read_landed import Deployment, LandedCommit
from bot.published import CreateDeployment, RunWorkflow, SendDispatch
from bot.snapshot import PolicyFile
from bot.store.ledger import UNWELL, Release, ReleaseState
from rules.engine.policy import POLICY_PATH, PolicyError
from rules.engine.sections import Deploy, Verify

POLL_SECONDS = 300.0
"""How often a deployment is looked at when no delivery tells of it."""

SUCCEEDED = frozenset({"SUCCESS", "INACTIVE"})
FAILING = frozenset({"FAILURE", "ERROR"})
"""GitHub GraphQL, DeploymentStatusState. INACTIVE comes only after a success that a newer one replaced."""

OF_RUN = {State.PASSED: "SUCCESS", State.FAILED: "FAILURE", State.PENDING: "IN_PROGRESS", State.UNKNOWN: None}
"""How far a deployment is by the run of a workflow; one that was cancelled, or cannot be read, says nothing."""

ON_ITS_WAY = frozenset({ReleaseState.LANDED, ReleaseState.DEPLOYING, ReleaseState.VERIFYING})
"""States out of which a release is brought by its deployment and by what is seen of production."""

Start = CreateDeployment | SendDispatch | RunWorkflow


@dataclass(frozen=True, slots=True)
class Step:
    """Where a release stands after one look, what must be done for it, and when to look again (Unix time).

    `deploy` is what the policy said of it at that look.
    """

    release: Release
    start: Start | None = None
    again_at: float | None = None
    deploy: Deploy | None = None


def deploy_of(file: PolicyFile | None, branch: str, default_branch: str) -> Deploy | None:
    """Return how commits of a branch are deployed, or None: no policy, a wrong one, another branch, no `deploy:`."""
    if file is None:
        return None
    try:
        policy = policy_of(file)
    except PolicyError:
        return None
    return policy.deploy if policy.governs(branch, default_branch) else None


def next_step(release: Release, landed: LandedCommit | None, now: float, seen: tuple[Evidence, ...] = ()) -> Step:
    """Decide what a release needs next, by what GitHub says of it and what was `seen` of production. Pure.

    What ended stays ended, but for a deployment that failed and succeeded after all.
    """
    if release.state in UNWELL and landed is not None:
        return _after_all(release, landed, now)
    if release.state not in ON_ITS_WAY:
        return Step(release)
    if landed is None:
        return Step(_to(release, ReleaseState.FAILED, now, "the commit is not in the repository any more"))
    deploy = deploy_of(landed.policy, release.base_branch, release.base_branch)
    deployment = _deployment(release, landed)
    if release.state is ReleaseState.LANDED and deployment is None:
        return _awaited(release, deploy or Deploy(), now) if release.via == "push" else _start(release, deploy, now)
    if release.state is ReleaseState.VERIFYING and (deploy is None or deploy.verify is not None):
        return _verified(release, deploy, (*_told(release, deploy, deployment, now), *seen), now)
    return _followed(release, deployment, now, deploy or Deploy())


def with_run(release: Release, landed: LandedCommit, run: Evidence) -> LandedCommit:
    """Add the run of the workflow that a push started, which stands for a deployment where nobody creates one."""
    if run.state is State.PENDING and run.said == NOT_BEGUN:
        return landed
    said = "" if run.state is State.PASSED else f"the workflow `{run.name}`: {run.said or run.value}"
    deployment = Deployment(None, release.environment, "", OF_RUN[run.state], said)
    return replace(landed, deployments=(*landed.deployments, deployment))


def asks_for_run(release: Release, landed: LandedCommit) -> bool:
    """Tell whether only the run of a workflow can say how far a deployment is: a push started it, and none is made."""
    followed = release.state in ON_ITS_WAY | UNWELL
    return release.via == "push" and followed and _newest(release, landed) is None


def _after_all(release: Release, landed: LandedCommit, now: float) -> Step:
    """Go by what GitHub says where a deployment failed and then succeeded: somebody ran it again, or it was late.

    What failed in production by anything else stays so: its deployment had succeeded all the time.
    """
    first = release.watch.first_failing
    by_deployment = release.watch == Watch() or (first is not None and first.kind is Kind.DEPLOYMENT)
    known = [one for one in (_deployment(release, landed), _newest(release, landed)) if one is not None]
    good = next((one for one in known if one.state == "SUCCESS"), None)
    if not by_deployment or good is None:
        return Step(release)
    deploy = deploy_of(landed.policy, release.base_branch, release.base_branch)
    return _followed(replace(release, watch=Watch()), good, now, deploy or Deploy())


def _newest(release: Release, landed: LandedCommit) -> Deployment | None:
    """Find the newest deployment in the environment, whoever made it."""
    return next((one for one in landed.deployments if one.environment == release.environment), None)


def _deployment(release: Release, landed: LandedCommit) -> Deployment | None:
    """Find this release's deployment: ours by its mark; where a workflow deploys, its newest in the environment."""
    if release.via != "deployment":
        return _newest(release, landed)
    there = (one for one in landed.deployments if one.environment == release.environment)
    return next((one for one in there if one.marker == release.sha), None)


def _awaited(release: Release, deploy: Deploy, now: float) -> Step:
    """Wait until a deployment is seen that the push began; nothing is started."""
    if deploy.verify is not None and not deploy.verify.deployment:
        return _followed(release, None, now, deploy)
    deadline = release.since + deploy.within
    if now >= deadline:
        return Step(_to(release, ReleaseState.FAILED, now, _too_late(release, None, deploy)))
    return Step(release, again_at=min(deadline, now + POLL_SECONDS))


def _start(release: Release, deploy: Deploy | None, now: float) -> Step:
    if deploy is None:
        return Step(_to(release, ReleaseState.FAILED, now, "the policy no longer says how to deploy"))
    payload = {
        "andon": release.sha,
        "sha": release.sha,
        "environment": release.environment,
        "pull_request": str(release.number or ""),
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
    waits = deploy.verify is None or deploy.verify.deployment
    return Step(deploying, start, now + min(POLL_SECONDS if waits else LOOK_SECONDS, float(deploy.within)))


def _followed(release: Release, deployment: Deployment | None, now: float, deploy: Deploy) -> Step:
    """Follow the deployment's newest status. INACTIVE comes only after a success that a newer one replaced."""
    seen = replace(release, deployment_id=deployment.id) if deployment else release
    state = deployment.state if deployment else None
    if deploy.verify is not None and state not in FAILING and (state in SUCCEEDED or not deploy.verify.deployment):
        return Step(_to(seen, ReleaseState.VERIFYING, now, ""), again_at=now)
    match state:
        case "SUCCESS" | "INACTIVE":
            return Step(_to(seen, ReleaseState.LIVE, now, ""))
        case "FAILURE" | "ERROR":
            said = deployment.description if deployment else ""
            return Step(_to(seen, ReleaseState.FAILED, now, said or f"the deployment reported {state.lower()}"))
        case _:
            deploying = seen if seen.state is ReleaseState.DEPLOYING else _to(seen, ReleaseState.DEPLOYING, now, "")
            deadline = deploying.since + deploy.within
            if now >= deadline:
                return Step(_to(seen, ReleaseState.FAILED, now, _too_late(seen, deployment, deploy)))
            return Step(deploying, again_at=min(deadline, now + POLL_SECONDS))


def _too_late(release: Release, deployment: Deployment | None, deploy: Deploy) -> str:
    said = f": {deployment.description}" if deployment and deployment.id is None and deployment.description else ""
    return f"no deployment of it to {release.environment} succeeded within {deploy.within / 60:.0f} minutes{said}"


def _told(release: Release, deploy: Deploy | None, deployment: Deployment | None, now: float) -> tuple[Evidence, ...]:
    """Give what the policy and the deployment are evidence of; a deployment's failure counts in any case."""
    if deploy is None:
        said = "it no longer says how to deploy, or cannot be read"
        return (Evidence(POLICY_PATH, Kind.POLICY, State.UNKNOWN, at=now, said=said),)
    state = deployment.state if deployment else None
    if state not in FAILING and deploy.verify is not None and not deploy.verify.deployment:
        return ()
    passed = State.PASSED if state in SUCCEEDED else State.FAILED if state in FAILING else State.PENDING
    said = deployment.description if deployment and passed is State.FAILED else ""
    return (Evidence(release.environment, Kind.DEPLOYMENT, passed, (state or "").lower(), "success", now, said),)


def _verified(release: Release, deploy: Deploy | None, seen: tuple[Evidence, ...], now: float) -> Step:
    """Judge what was seen of production so far."""
    verify = (deploy and deploy.verify) or Verify()
    terms = Terms(verify.within, verify.soak)
    looked = replace(release, watch=watched(release.watch, seen, now))
    match production := verdict(looked.watch, terms, release.since, now):
        case Waiting(until):
            return Step(looked, again_at=until)
        case Healthy():
            return Step(_to(looked, ReleaseState.LIVE, now, ""))
        case Failed() | TimedOut():
            return Step(_to(looked, ReleaseState.FAILED, now, in_words(production, terms)))


def _to(release: Release, state: ReleaseState, now: float, detail: str) -> Release:
    return replace(release, state=state, since=now, detail=detail)
