"""Deliveries of a release that are lost, doubled, out of order or an hour late: the end is the same."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping

import pytest

from simulator.pull_request import PullRequest
from simulator.webhooks import Delivery
from tests.end_to_end.release_steps import HOUR
from tests.end_to_end.release_town import Town, a_town

POLICY = """
rules: {small-diff: {max-lines: 20}}
merge: {when: ready}
deploy: {via: deployment, verify: {checks: [smoke], workflow: canary.yml, within: 30m, soak: 2m}}
"""
OF_RELEASES = ("deployment_status", "check_run", "workflow_run")
AT_THE_END = {
    "deployments": [1, 1, 1],
    "states": {"good": "live", "bad": "reverted", "revert": "live"},
    "reverts": 1,
    "issues": 1,
    "merged": ["good", "bad", "revert"],
    "line": "open",
    "parked": [],
}

Which = Callable[[Delivery], bool]


def lost(town: Town, which: Which) -> None:
    town.github.loses_deliveries(None, which)


def doubled(town: Town, which: Which) -> None:
    town.github.doubles_deliveries(None, which)


def out_of_order(town: Town, which: Which) -> None:
    """Deliver once a minute what has gathered, the newest first."""
    town.github.holds_deliveries(None, which)
    town.begin_beside(_let_go(town, 60.0, every=60.0))


def an_hour_late(town: Town, which: Which) -> None:
    town.github.holds_deliveries(None, which)
    town.begin_beside(_let_go(town, HOUR, every=15.0))


async def _let_go(town: Town, late: float, *, every: float) -> None:
    hooks = town.github.webhooks
    while True:
        await asyncio.sleep(every)
        due = [one for one in hooks.held if town.github.now() - one.at >= late]
        hooks.held, waiting = due, [one for one in hooks.held if one not in due]
        hooks.release(reverse=True)
        hooks.held = waiting


async def goes_well(town: Town, name: str, pull: PullRequest, smoke: str = "success") -> None:
    """Have CI, the deployer, the smoke test and the canary do their part, and wait for what becomes of it."""
    town.pulls[name] = pull
    await town.repository.ci.succeeds(pull.head, "ci")
    await town.until(f"{name} is deployed", lambda: bool(town.deployments(pull)))
    for state in ("in_progress", "success"):
        await town.deployments(pull)[0].status(state)
    sha = str(pull.merge_commit)
    await town.repository.ci.starts(sha, "smoke")
    run = await town.repository.actions.run(sha, event="push", file="canary.yml")
    await town.repository.actions.finish(run)
    await town.repository.ci.finishes(sha, "smoke", smoke)


async def becomes(town: Town, name: str, state: str) -> None:
    async def is_so() -> bool:
        release = await town.release(name)
        return release is not None and release.state.value == state

    await town.until(f"{name} is {state}", is_so)


async def story(town: Town, disturb: Callable[[Town], None]) -> None:
    """Ship one that is well and one that is not, and restore production; then wait for what is late."""
    disturb(town)
    await goes_well(town, "good", await town.opens("good"))
    await becomes(town, "good", "live")
    await goes_well(town, "bad", await town.opens("bad"), smoke="failure")
    await town.until("it is being taken back", lambda: bool(town.reverts()))
    await goes_well(town, "revert", town.reverts()[0])
    await becomes(town, "bad", "reverted")
    while town.github.webhooks.held:  # what is late arrives after the end
        await town.pass_time(60.0)
    await town.pass_time(320.0)


def ended(town: Town) -> Mapping[str, object]:
    states = {name: town.run(town.release(name)) for name in town.pulls}
    line = town.run(town.told("/api/repos/octo/shop/line?branch=main"))
    return {
        "deployments": list(Counter(one.sha for one in town.repository.deployments).values()),
        "states": {name: release.state.value if release else None for name, release in states.items()},
        "reverts": len(town.reverts()),
        "issues": len(town.repository.issues),
        "merged": [name for name, pull in town.pulls.items() if pull.merged],
        "line": line["state"],
        "parked": town.run(town.told("/status.json"))["parked"],
    }


@pytest.mark.parametrize("disturbed", [lost, doubled, out_of_order, an_hour_late])
@pytest.mark.parametrize("events", [*((one,) for one in OF_RELEASES), OF_RELEASES], ids="+".join)
def test_the_end_is_the_same(disturbed: Callable[[Town, Which], None], events: tuple[str, ...]) -> None:
    struck: list[Delivery] = []

    def which(delivery: Delivery) -> bool:
        if delivery.event in events:
            struck.append(delivery)
        return delivery.event in events

    with a_town(POLICY) as town:
        town.run(story(town, lambda town: disturbed(town, which)))

        assert ended(town) == AT_THE_END
        assert {one.event for one in struck} == set(events)


@pytest.mark.parametrize("disturbed", [lost, an_hour_late])
def test_the_end_is_the_same_where_it_strikes_every_delivery(disturbed: Callable[[Town, Which], None]) -> None:
    with a_town(POLICY) as town:
        town.run(story(town, lambda town: disturbed(town, lambda _: True)))

        assert ended(town) == AT_THE_END


def test_the_end_is_the_same_without_any_disturbance() -> None:
    with a_town(POLICY) as town:
        town.run(story(town, lambda _: None))

        assert ended(town) == AT_THE_END


@pytest.mark.parametrize("state", ["in_progress", "failure"])
def test_a_status_that_was_overtaken_changes_nothing(state: str) -> None:
    """The first status arrives an hour after the second: what counts is what GitHub says, not what arrives."""

    async def overtaken(town: Town) -> None:
        pull = await town.ships("good")
        town.github.holds_deliveries(1, lambda delivery: delivery.event == "deployment_status")
        deployment = town.deployments(pull)[0]
        await deployment.status(state)
        await deployment.status("success")
        await town.rest()
        await town.pass_time(HOUR)
        town.github.release_held()
        await town.rest()

    with a_town() as town:
        town.run(overtaken(town))

        release = town.run(town.release("good"))
        assert release is not None
        assert release.state.value == "live"
