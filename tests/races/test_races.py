"""Whatever moves between a decision and its merge: never a wrong head, and every later move found after landing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.races.driver import Race, Stepped
from tests.races.intruders import (
    INTRUDERS,
    Intruder,
    arming,
    asked_for,
    ci_passes,
    overridden,
    queueing,
    updating,
)
from tests.races.rounds import BEFORE_GITHUB, POINTS_EACH, chosen, points_of, spread
from tests.races.scene import Scene, Town, opened, town

KINDS = ("store/", "github/tokens", "github/connection", "judge.run")
"""Where await points lie, at the least: the store, a token, the wire, the judge's thread."""


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    """Build the town; each race in it has a repository of its own."""
    async with town(tmp_path) as built:
        yield built


@pytest.mark.parametrize("intruder", INTRUDERS, ids=lambda one: one.name.replace(" ", "-"))
async def test_whoever_comes_between_the_decision_and_the_merge_breaks_no_law(place: Town, intruder: Intruder) -> None:
    each = BEFORE_GITHUB if intruder.then else POINTS_EACH

    outcomes = [one async for one in chosen(place, intruder, each)]

    assert [str(one) for one in outcomes if one.broken] == []
    assert len(outcomes) >= each - 1
    assert all(one.point is not None for one in outcomes)


@pytest.mark.parametrize("opens", [opened, overridden, asked_for, arming, queueing, updating])
async def test_undisturbed_it_lands_as_it_was_judged_and_nothing_is_found_to_have_moved(
    place: Town, opens: Callable[[Town], Awaitable[Scene]]
) -> None:
    scene = await opens(place)

    await scene.raced(Race())
    await ci_passes(scene)
    await scene.at_rest()

    landed = (await scene.record())["landed"]
    assert (scene.pull.merged, landed["content"], landed["moved"]) == (True, "same", [])


async def test_every_kind_of_await_point_is_reached_from_the_decision_to_the_answer_of_the_merge(place: Town) -> None:
    points = await points_of(place, INTRUDERS[0])

    places = [" ".join(point.path) for point in points]
    assert [kind for kind in KINDS if not any(kind in one for one in places)] == []
    assert any("line_kept.take_turn" in one for one in places)
    assert "write_way._merge" in places[-1]


async def test_at_one_point_of_its_choice_something_happens_and_the_rest_goes_on() -> None:
    said: list[str] = []

    async def counts() -> int:
        for step in range(3):
            await asyncio.sleep(0)
            said.append(f"step {step}")
        return 7

    async def between() -> None:
        await asyncio.sleep(0)
        said.append("between")

    race = Race(1, between, began=True)

    assert await Stepped(counts(), race) == 7
    assert said == ["step 0", "between", "step 1", "step 2"]
    assert [point.index for point in race.points] == [0, 1, 2]


async def test_what_a_future_fails_with_reaches_the_coroutine_that_waits_for_it() -> None:
    async def waits() -> str:
        failing: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        failing.set_exception(ConnectionResetError("gone"))
        await asyncio.sleep(0)
        try:
            await failing
        except ConnectionResetError as error:
            return f"told: {error}"
        return "not told"

    assert await Stepped(waits(), Race(began=True)) == "told: gone"


@pytest.mark.parametrize(("count", "each"), [(27, 6), (10, 6), (5, 6), (60, 6)])
def test_all_intruders_together_reach_points_from_the_first_to_the_last(count: int, each: int) -> None:
    reached = {at for shift in range(len(INTRUDERS)) for at in spread(count, each, shift)}

    assert {0, count - 1} <= reached <= set(range(count))
    assert len(reached) >= min(count, 6 * int(count / each) - int(count / each))
