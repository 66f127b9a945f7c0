"""A release between its deployment and live: what each look decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.evidence.evidence import LOOK_SECONDS, Evidence, Kind, State, Watch, watched
from bot.github.read_landed import Deployment, LandedCommit
from bot.release.deploying import POLL_SECONDS, next_step
from bot.snapshot import PolicyFile
from bot.store.ledger import Release, ReleaseState
from tests.release.test_release import NOW, SHA, deployment, release

VERIFIED = "deploy: {verify: {probes: [checkout], within: 15m, soak: 1m}}\n"
UNWATCHED = "deploy: {verify: {deployment: false, probes: [checkout], within: 15m, soak: 1m}}\n"
PLAIN = "deploy: {via: deployment}\n"


def landed(text: str, *deployments: Deployment) -> LandedCommit:
    return LandedCommit(SHA, deployments, PolicyFile("main:.github/andon.yml@1", text, text))


def probe(state: State, at: float = NOW) -> Evidence:
    return Evidence("checkout", Kind.PROBE, state, "HTTP 200", "HTTP 200", at)


def verifying(**fields: Any) -> Release:
    return release(state=ReleaseState.VERIFYING, deployment_id=5, **fields)


def deploying(**fields: Any) -> Release:
    return release(state=ReleaseState.DEPLOYING, **fields)


def test_a_deployment_that_succeeded_is_looked_at_in_production_at_once() -> None:
    step = next_step(deploying(), landed(VERIFIED, deployment("SUCCESS")), NOW + 60)

    assert (step.release.state, step.release.since, step.release.deployment_id) == (
        ReleaseState.VERIFYING,
        NOW + 60,
        5,
    )
    assert step.again_at == NOW + 60


def test_nothing_is_verified_before_the_deployment_succeeded() -> None:
    step = next_step(deploying(), landed(VERIFIED, deployment("IN_PROGRESS")), NOW + 60)

    assert step.release.state is ReleaseState.DEPLOYING


def test_what_passed_for_the_soak_is_live() -> None:
    release = verifying(watch=watch_of_passing(45))

    before = next_step(release, landed(VERIFIED, deployment("SUCCESS")), NOW + 59, (probe(State.PASSED, NOW + 59),))
    after = next_step(release, landed(VERIFIED, deployment("SUCCESS")), NOW + 60, (probe(State.PASSED, NOW + 60),))

    assert (before.release.state, before.again_at) == (ReleaseState.VERIFYING, NOW + 60)
    assert (after.release.state, after.release.detail) == (ReleaseState.LIVE, "")


def watch_of_passing(seconds: int) -> Watch:
    """Pass at noon and every fifteen seconds from then on."""
    so_far = Watch()
    for at in range(0, seconds + 1, 15):
        seen = (
            Evidence("production", Kind.DEPLOYMENT, State.PASSED, "success", "success", NOW + at),
            probe(State.PASSED, NOW + at),
        )
        so_far = watched(so_far, seen, NOW + at)
    return so_far


@pytest.mark.parametrize("text", [VERIFIED, UNWATCHED])
@pytest.mark.parametrize("state", ["FAILURE", "ERROR"])
def test_a_deployment_that_fails_after_all_fails_the_release(text: str, state: str) -> None:
    failed = deployment(state, description="rolled back by hand")

    step = next_step(verifying(), landed(text, failed), NOW + 15, (probe(State.PASSED),))

    assert step.release.state is ReleaseState.FAILED
    assert step.release.detail == (f"the deployment gave {state.lower()}, and should be success: rolled back by hand")


def test_a_deployment_that_a_newer_one_replaced_had_succeeded() -> None:
    step = next_step(verifying(), landed(VERIFIED, deployment("INACTIVE")), NOW, (probe(State.PASSED),))

    assert step.release.watch.healthy_since == NOW


def test_where_no_deployment_is_waited_for_production_is_looked_at_as_soon_as_it_was_asked_for() -> None:
    start = next_step(release(), landed(UNWATCHED), NOW)
    then = next_step(deploying(), landed(UNWATCHED), NOW + LOOK_SECONDS)
    failed = next_step(deploying(), landed(UNWATCHED, deployment("FAILURE")), NOW + LOOK_SECONDS)

    assert start.again_at == NOW + LOOK_SECONDS
    assert then.release.state is ReleaseState.VERIFYING
    assert failed.release.state is ReleaseState.FAILED


def test_where_a_deployment_is_waited_for_it_is_looked_for_as_ever() -> None:
    start = next_step(release(), landed(VERIFIED), NOW)

    assert start.again_at == NOW + POLL_SECONDS


def test_a_policy_that_no_longer_asks_for_evidence_is_content_with_the_deployment() -> None:
    step = next_step(verifying(), landed(PLAIN, deployment("SUCCESS")), NOW + 15)

    assert step.release.state is ReleaseState.LIVE


def test_a_policy_that_cannot_be_read_is_no_evidence() -> None:
    waiting = next_step(verifying(), landed("deploy: [", deployment("SUCCESS")), NOW + 899)
    over = next_step(verifying(), landed("deploy: [", deployment("SUCCESS")), NOW + 900)

    assert waiting.release.state is ReleaseState.VERIFYING
    assert over.release.state is ReleaseState.FAILED
    assert over.release.detail == (
        "production did not show within 15 minutes that it is well; missing: the policy `.github/andon.yml` "
        "(it no longer says how to deploy, or cannot be read)"
    )


def test_a_failure_is_kept_with_all_that_was_seen() -> None:
    healthy = verifying(watch=watch_of_passing(15))
    bad = replace(probe(State.FAILED, NOW + 30), kind=Kind.QUERY, name="errors", value="0.5", threshold="below 0.1")

    step = next_step(healthy, landed(VERIFIED, deployment("SUCCESS")), NOW + 30, (bad,))

    assert step.release.state is ReleaseState.FAILED
    assert step.release.watch.first_failing == bad
    assert step.release.watch.healthy_since == NOW
