"""What follows for a release that failed, by what GitHub says of its deployments afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.evidence.evidence import Evidence, Kind, State, Watch
from bot.release.deploying import next_step
from bot.restore.restore import Nothing, NotYet, OpenRevert, Scene, TakenBack, decide
from bot.store.ledger import ReleaseState
from tests.release.test_release import NOW, SHA, deployment, landed, release

FAILED = release(state=ReleaseState.FAILED, detail="no pod became ready", since=NOW - 60)
TAKEN = TakenBack(SHA, "main", 12, NOW - 60)


def seen(kind: Kind) -> Watch:
    """Give what was seen where this failed first."""
    return Watch(first_failing=Evidence("it", kind, State.FAILED), looked_at=NOW - 60)


@pytest.mark.parametrize("state", [ReleaseState.FAILED, ReleaseState.REVERTING])
def test_a_deployment_that_succeeds_after_all_makes_its_release_live_with_no_word_of_the_failure(
    state: ReleaseState,
) -> None:
    step = next_step(replace(FAILED, state=state), landed(deployment("SUCCESS")), NOW)

    assert (step.release.state, step.release.detail, step.release.since) == (ReleaseState.LIVE, "", NOW)


@pytest.mark.parametrize("state", ["FAILURE", "ERROR", "IN_PROGRESS", "QUEUED", "INACTIVE", None])
def test_nothing_but_a_success_that_still_holds_counts(state: str | None) -> None:
    assert next_step(FAILED, landed(deployment(state)), NOW).release == FAILED


def test_the_newest_deployment_counts_whoever_made_it_and_an_older_one_of_others_does_not() -> None:
    foreign = deployment("SUCCESS", marker="", id=6)

    newer = next_step(FAILED, landed(foreign, deployment("FAILURE")), NOW)
    older = next_step(FAILED, landed(deployment("FAILURE"), foreign), NOW)
    elsewhere = next_step(FAILED, landed(replace(foreign, environment="staging"), deployment("FAILURE")), NOW)

    assert newer.release.state is ReleaseState.LIVE
    assert (older.release, elsewhere.release) == (FAILED, FAILED)


def test_only_what_failed_by_its_deployment_is_made_good_by_it() -> None:
    by_deployment = replace(FAILED, watch=seen(Kind.DEPLOYMENT))
    by_check = replace(FAILED, watch=seen(Kind.CHECK))

    good, bad = (next_step(one, landed(deployment("SUCCESS")), NOW).release for one in (by_deployment, by_check))

    assert (good.state, good.watch) == (ReleaseState.LIVE, Watch())
    assert bad == by_check


@pytest.mark.parametrize("state", [ReleaseState.LIVE, ReleaseState.REVERTED, ReleaseState.SUPERSEDED])
def test_nothing_that_ended_well_or_was_taken_back_begins_again(state: ReleaseState) -> None:
    ended = replace(FAILED, state=state)

    assert next_step(ended, landed(deployment("SUCCESS")), NOW).release == ended


def test_what_did_not_fail_is_not_taken_back_unless_a_person_asks() -> None:
    live = Scene(NOW, failed=False)

    assert isinstance(decide(TAKEN, live), Nothing)
    assert isinstance(decide(TAKEN, replace(live, verifying=True)), NotYet)
    assert decide(replace(TAKEN, login="bob"), live) == OpenRevert()
