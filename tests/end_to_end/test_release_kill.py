"""kill -9 at every step of a release that fails and is taken back: one deployment each, one revert, one issue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from simulator.pull_request import PullRequest
from tests.end_to_end.release_town import Town, a_town

SHARES = 12
"""Tests among which the boundaries are dealt out."""

OFTEN = 6
"""One share in so many is played with every change, all of them by `make chaos`."""

DEALT = [pytest.param(share, marks=[pytest.mark.chaos] if share % OFTEN else []) for share in range(SHARES)]

STEPS = {
    "PUT /repos/octo/shop/pulls/N/merge": 2,
    "POST /repos/octo/shop/deployments": 2,
    "mutation RevertPullRequest": 1,
    "POST /repos/octo/shop/issues": 1,
}
"""What must not happen more often: a story that does not pass by these proves nothing."""


@contextmanager
def a_town_that_is_well() -> Iterator[Town]:
    """Give a town in which one release is live."""
    with a_town() as town:
        town.run(ship_the_first(town))
        yield town


async def ship_the_first(town: Town) -> None:
    first = await town.ships("first")
    await town.deployments(first)[0].status("success")
    await town.rest()


async def fail_and_be_restored(town: Town) -> PullRequest:
    """Have a release fail, and everybody but the bot do their part as soon as they can; give the revert."""
    bad = await town.opens("bad")
    await town.repository.ci.succeeds(bad.head, "ci")
    await town.until("it is deployed", lambda: bool(town.deployments(bad)))
    await town.deployments(bad)[0].status("failure", description="readiness probe never answered")
    await town.until("it is being taken back", lambda: bool(town.reverts()))
    revert = town.reverts()[0]
    await town.repository.ci.succeeds(revert.head, "ci")
    await town.until("the revert is deployed", lambda: bool(town.deployments(revert)))
    await town.deployments(revert)[0].status("success")

    async def is_over() -> bool:
        release = await town.release("bad")
        issues = [one for one in town.repository.issues.values() if "was restored" in one.body]
        return release is not None and release.state == "reverted" and bool(issues)

    await town.until("production is restored, and the issue says so", is_over)
    await town.pass_time(320.0)
    await town.rest()
    return revert


def at_the_end(town: Town, revert: PullRequest) -> dict[str, object]:
    """Tell what may be there only once, and how everything stands."""
    bad, first = town.pulls["bad"], town.pulls["first"]
    line = town.run(town.told("/api/repos/octo/shop/line?branch=main"))
    states = {one.number: town.run(town.release_of(one)) for one in (first, bad, revert)}
    return {
        "deployments": Counter(one.sha for one in town.repository.deployments),
        "reverts": [one.number for one in town.reverts()],
        "issues": len(town.repository.issues),
        "comments": sum(len(one.comments) for one in town.repository.issues.values()),
        "states": {number: one.state.value for number, one in states.items() if one is not None},
        "line": (line["state"], line["entries"]),
        "parked": town.run(town.told("/status.json"))["parked"],
    }


def once(town: Town, revert: PullRequest) -> dict[str, object]:
    """Say how it should end."""
    bad, first = town.pulls["bad"], town.pulls["first"]
    return {
        "deployments": dict.fromkeys((str(one.merge_commit) for one in (first, bad, revert)), 1),
        "reverts": [revert.number],
        "issues": 1,
        "comments": 0,
        "states": {first.number: "live", bad.number: "reverted", revert.number: "live"},
        "line": ("open", []),
        "parked": [],
    }


def test_the_story_passes_every_step_that_must_not_be_repeated() -> None:
    with a_town_that_is_well() as town:
        town.lives[-1].arm(None)

        revert = town.run(fail_and_be_restored(town))

        passed = Counter(town.lives[-1].passed)
        assert at_the_end(town, revert) == once(town, revert)
        assert {step: passed[f"after {step}"] for step in STEPS} == STEPS


@pytest.mark.parametrize("share", DEALT)
def test_a_bot_that_is_killed_at_any_boundary_does_nothing_twice_and_forgets_nothing(share: int) -> None:
    boundary, killed = share + 1, 0

    while True:
        with a_town_that_is_well() as town:
            town.lives[-1].arm(boundary)
            revert = town.run(fail_and_be_restored(town))
            if len(town.lives) == 1:
                break
            assert at_the_end(town, revert) == once(town, revert), f"killed {town.lives[0].passed[-1]}"
        killed, boundary = killed + 1, boundary + SHARES

    assert killed > len(STEPS)
