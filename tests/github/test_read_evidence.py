"""What GitHub says of a landed commit, as evidence of production."""

from __future__ import annotations

import pytest

from bot.address import CommitAt
from bot.evidence.evidence import Evidence, Kind, State
from bot.github.errors import Later
from bot.github.read_evidence import LandedEvidence
from simulator.repository import Repository
from tests.github.conftest import Line


def shop(line: Line) -> Repository:
    return line.github.repositories["octo/shop"]


async def check(line: Line, name: str = "smoke") -> Evidence:
    evidence = LandedEvidence(line.connection, line.github.now)
    return await evidence.check(CommitAt(line.place, shop(line).head), name)


async def workflow(line: Line, file: str = "canary.yml") -> Evidence:
    evidence = LandedEvidence(line.connection, line.github.now)
    return await evidence.workflow(CommitAt(line.place, shop(line).head), file)


async def test_what_has_not_begun_or_still_runs_is_waited_for(line: Line) -> None:
    absent = await check(line)
    await shop(line).ci.starts(shop(line).head, "smoke")
    running = await check(line)

    assert (absent.state, absent.said) == (State.PENDING, "it has not begun")
    assert (running.state, running.said) == (State.PENDING, "it is in progress")


@pytest.mark.parametrize(
    ("conclusion", "state"),
    [
        ("success", State.PASSED),
        ("failure", State.FAILED),
        ("timed_out", State.FAILED),
        ("action_required", State.FAILED),
        ("neutral", State.UNKNOWN),
        ("skipped", State.UNKNOWN),
        ("cancelled", State.UNKNOWN),
    ],
)
async def test_only_success_is_evidence_of_health(line: Line, conclusion: str, state: State) -> None:
    await shop(line).ci.finishes(shop(line).head, "smoke", conclusion)
    run = await shop(line).actions.run(shop(line).head, file="canary.yml")
    await shop(line).actions.finish(run, conclusion)

    of_check, of_workflow = await check(line), await workflow(line)

    assert (of_check.kind, of_check.state, of_check.value) == (Kind.CHECK, state, conclusion)
    assert (of_workflow.kind, of_workflow.state, of_workflow.value) == (Kind.WORKFLOW, state, conclusion)


async def test_the_run_that_began_last_counts(line: Line) -> None:
    for conclusion in ("failure", "success"):
        await shop(line).ci.finishes(shop(line).head, "smoke", conclusion)
        run = await shop(line).actions.run(shop(line).head, file="canary.yml")
        await shop(line).actions.finish(run, conclusion)

    of_check, of_workflow = await check(line), await workflow(line)

    assert (of_check.state, of_workflow.state) == (State.PASSED, State.PASSED)


async def test_a_run_that_was_begun_anew_is_waited_for(line: Line) -> None:
    await shop(line).ci.succeeds(shop(line).head, "smoke")
    await shop(line).ci.starts(shop(line).head, "smoke")

    seen = await check(line)

    assert seen.state is State.PENDING


@pytest.mark.parametrize("name", ["e2e / smoke (eu, 2)", "50 % load", "a&check_name=b", "{ref}", "räuchern"])
async def test_a_check_of_any_name_is_found_and_no_other(line: Line, name: str) -> None:
    await shop(line).ci.succeeds(shop(line).head, "other")
    before = await check(line, name)
    await shop(line).ci.succeeds(shop(line).head, name)

    after = await check(line, name)

    assert (before.state, after.state) == (State.PENDING, State.PASSED)


@pytest.mark.parametrize("file", ["canary.yml", ".github/workflows/canary.yml"])
async def test_a_workflow_is_known_by_its_file(line: Line, file: str) -> None:
    other = await shop(line).actions.run(shop(line).head, file="not-canary.yml")
    await shop(line).actions.finish(other)
    before = await workflow(line, file)
    run = await shop(line).actions.run(shop(line).head, file="canary.yml")
    await shop(line).actions.finish(run)

    after = await workflow(line, file)

    assert (before.state, after.state) == (State.PENDING, State.PASSED)


async def test_what_github_does_not_show_is_unknown_and_says_so(line: Line) -> None:
    line.github.fails_next(1, lambda asked: asked.kind.endswith("/actions/runs"), status=404)

    seen = await workflow(line)

    assert seen.state is State.UNKNOWN
    assert seen.said.startswith("GitHub does not show it: ")


async def test_a_github_that_is_away_is_asked_again(line: Line) -> None:
    line.github.fails_next(1, lambda asked: asked.kind.endswith("/check-runs"), status=502)

    with pytest.raises(Later):
        await check(line)
