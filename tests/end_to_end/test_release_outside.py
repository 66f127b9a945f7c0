"""E10: production is what somebody else deployed past andon, while a release of ours is recorded as live."""

from __future__ import annotations

import pytest

from simulator.deployments import Deployment
from tests.end_to_end.release_steps import HOUR, Step, deploys, edits, ships, somebody_deploys, waits
from tests.end_to_end.release_town import Town, a_town

LIVE = (ships("a"), deploys("a", "success"))
ANOTHER = edits("other.py", 3)


def tip_is_deployed(state: str, environment: str = "production") -> Step:
    """Have somebody deploy what main ends with, which no pull request brought."""

    async def step(town: Town) -> None:
        sha, asked = town.repository.branches["main"], {"ref": "main", "environment": environment}
        town.repository.deployments.append(made := Deployment(town.repository, sha, asked, town.github.user("bob")))
        await made.status(state)

    return step


def loses_all() -> Step:
    async def step(town: Town) -> None:
        town.github.loses_deliveries(None)

    return step


async def played(town: Town, steps: tuple[Step, ...]) -> tuple[str, str, str]:
    """Give the state of the release `a`, its detail, and what `andon why` says is next."""
    for step in steps:
        await step(town)
        await town.rest()
    place = f"/api/repos/octo/shop/pulls/{town.pulls['a'].number}"
    release, why = (await town.told(place))["release"], await town.told(f"{place}/why")
    return release["state"], release["detail"], why["next"]["what"]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        pytest.param((ANOTHER, tip_is_deployed("success")), "cannot say whether production is well", id="it is there"),
        pytest.param((ANOTHER, tip_is_deployed("failure")), "production may not be well", id="it failed"),
        pytest.param(
            (ANOTHER, loses_all(), tip_is_deployed("failure"), waits(HOUR)),
            "(not by andon) to production failed",
            id="no delivery tells of it",
        ),
        pytest.param((somebody_deploys("first", "success"),), "the earlier release of #1", id="an earlier one"),
    ],
)
def test_the_record_and_why_say_what_is_there_now(steps: tuple[Step, ...], said: str) -> None:
    with a_town() as town:
        began = (ships("first"), deploys("first", "success"), *LIVE)

        state, detail, next_step = town.run(played(town, (*began, *steps)))

    assert state == "live"
    assert said in detail
    assert next_step == f"look at production: {detail}"


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param((ANOTHER, tip_is_deployed("success", "staging")), id="another environment"),
        pytest.param((ANOTHER, tip_is_deployed("in_progress")), id="nothing is there yet"),
        pytest.param((ANOTHER, tip_is_deployed("success"), somebody_deploys("a", "success")), id="it is there again"),
        pytest.param((ANOTHER, tip_is_deployed("success"), ships("b"), deploys("b", "success")), id="the next one is"),
    ],
)
def test_nothing_is_said_where_nothing_took_its_place(steps: tuple[Step, ...]) -> None:
    with a_town() as town:
        state, detail, next_step = town.run(played(town, (*LIVE, *steps)))

    assert (state, detail, next_step) == ("live", "", "it is merged")
