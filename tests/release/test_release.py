from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.github.read_landed import Deployment, LandedCommit
from bot.published import CreateDeployment, RunWorkflow, SendDispatch
from bot.release.deploying import POLL_SECONDS, next_step
from bot.release.release import RECENT_SECONDS, landing
from bot.snapshot import PolicyFile, PullRequestState
from bot.store.ledger import Release, ReleaseState
from tests.snapshots import NOON, SHOP, merge_state, snapshot
from tests.store.given import just_landed

NOW = NOON.timestamp()
SHA = "d" * 40
DEPLOY = "rules: {small-diff: {}}\ndeploy: {via: VIA, environment: production, within: 30m}\n"


def policy(via: str = "deployment") -> PolicyFile:
    return PolicyFile("main:.github/andon.yml@2345678", via, DEPLOY.replace("VIA", via))


def release(**fields: Any) -> Release:
    return just_landed(NOW, **{"sha": SHA, "number": 12, **fields})


def deployment(state: str | None, **fields: Any) -> Deployment:
    return replace(Deployment(5, "production", SHA, state), **fields)


def landed(*deployments: Deployment, via: str = "deployment") -> LandedCommit:
    return LandedCommit(SHA, deployments, policy(via))


@pytest.mark.parametrize(
    ("via", "start"),
    [("deployment", CreateDeployment), ("repository_dispatch", SendDispatch), ("workflow_dispatch", RunWorkflow)],
)
def test_a_landed_commit_is_deployed_as_the_policy_says(via: str, start: type) -> None:
    step = next_step(release(via=via), landed(via=via), NOW)

    assert isinstance(step.start, start)
    assert step.release.state is ReleaseState.DEPLOYING


def test_a_deployment_of_ours_that_is_there_already_is_taken_over_and_not_asked_for_again() -> None:
    step = next_step(release(), landed(deployment(None)), NOW)

    assert step.start is None
    assert (step.release.state, step.release.deployment_id) == (ReleaseState.DEPLOYING, 5)


def test_somebody_elses_deployment_or_another_environment_is_not_taken_for_ours() -> None:
    foreign = (deployment("SUCCESS", marker=""), deployment("SUCCESS", environment="staging"))

    step = next_step(release(), landed(*foreign), NOW)

    assert isinstance(step.start, CreateDeployment)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("SUCCESS", ReleaseState.LIVE),
        ("INACTIVE", ReleaseState.LIVE),
        ("FAILURE", ReleaseState.FAILED),
        ("ERROR", ReleaseState.FAILED),
        ("IN_PROGRESS", ReleaseState.DEPLOYING),
        ("QUEUED", ReleaseState.DEPLOYING),
        ("PENDING", ReleaseState.DEPLOYING),
        (None, ReleaseState.DEPLOYING),
    ],
)
def test_the_newest_status_of_the_deployment_decides(state: str | None, expected: ReleaseState) -> None:
    step = next_step(release(state=ReleaseState.DEPLOYING), landed(deployment(state)), NOW + 60)

    assert step.release.state is expected


def test_a_deployment_that_never_ends_fails_at_its_bound_with_the_minutes_in_words() -> None:
    deploying = release(state=ReleaseState.DEPLOYING)

    before = next_step(deploying, landed(deployment("IN_PROGRESS")), NOW + 30 * 60 - 1)
    after = next_step(deploying, landed(deployment("IN_PROGRESS")), NOW + 30 * 60)

    assert (before.release.state, before.again_at) == (ReleaseState.DEPLOYING, NOW + 30 * 60)
    assert after.release.state is ReleaseState.FAILED
    assert after.release.detail == "no deployment of it to production succeeded within 30 minutes"


def test_a_running_deployment_is_looked_at_again_even_if_no_delivery_comes() -> None:
    step = next_step(release(state=ReleaseState.DEPLOYING), landed(deployment("IN_PROGRESS")), NOW)

    assert step.again_at == NOW + POLL_SECONDS


@pytest.mark.parametrize("state", [ReleaseState.LIVE, ReleaseState.FAILED])
def test_what_ended_stays_ended(state: ReleaseState) -> None:
    ended = release(state=state, detail="as it was")

    step = next_step(ended, landed(deployment("FAILURE"), deployment("SUCCESS")), NOW + 9)

    assert (step.release, step.start, step.again_at) == (ended, None, None)


def test_a_commit_that_is_gone_fails_its_release() -> None:
    step = next_step(release(), None, NOW)

    assert (step.release.state, step.release.detail) == (
        ReleaseState.FAILED,
        "the commit is not in the repository any more",
    )


def merged(**fields: Any) -> Any:
    state = merge_state(state=PullRequestState.MERGED, merge_commit=SHA, merged_at=NOON, **fields)
    return snapshot(merge_state=state, policy=policy())


def test_a_merged_pull_request_becomes_a_release() -> None:
    made = landing(merged(), NOW + 5)

    assert made == release()
    assert made is not None
    assert made.repository == SHOP


def test_a_merge_of_long_ago_that_only_now_is_heard_of_is_not_deployed() -> None:
    old = replace(merged(), merge_state=replace(merged().merge_state, merged_at=NOON - timedelta(days=300)))

    assert landing(merged(), NOW + RECENT_SECONDS) is not None
    assert landing(old, NOW) is None


@pytest.mark.parametrize(
    "other",
    [
        snapshot(policy=policy()),
        replace(merged(), policy=None),
        replace(merged(), policy=PolicyFile("main", "1", "rules: {small-diff: {}}\n")),
        replace(merged(), policy=PolicyFile("main", "2", "rules: [\n")),
        replace(merged(), default_branch="trunk"),
    ],
    ids=["still open", "no policy", "no deploy section", "a wrong policy", "into another branch"],
)
def test_nothing_else_becomes_a_release(other: Any) -> None:
    assert landing(other, NOW) is None
