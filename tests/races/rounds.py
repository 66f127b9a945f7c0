"""Rounds of races: how many await points a scene has, and which of them are tried."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence

from tests.races.driver import Point, Race
from tests.races.intruders import INTRUDERS, Intruder
from tests.races.laws import Outcome, run
from tests.races.scene import Scene, Town

POINTS_EACH = 6
"""Await points at which `make test` tries each intruder; all intruders together reach them all."""


BEFORE_GITHUB = 3
"""The same, where GitHub merges by itself and in its own time: of the later half, after the last read for the most."""

_COUNTED: dict[Callable[[Town], Awaitable[Scene]], int] = {}


async def points_of(town: Town, intruder: Intruder) -> Sequence[Point]:
    """List the await points from the decision to the answer of the merge, when nobody comes between."""
    points: Sequence[Point] = ()
    for _ in range(2):  # what is read once and kept, such as the owner's policy, is known by the second time
        scene = await intruder.opens(town)
        race = Race()
        await scene.raced(race)
        points = race.points
    return points


def spread(count: int, chosen: int, shift: int = 0) -> Iterator[int]:
    """Choose so many of `count` points, evenly spread and the last among them; another `shift` gives others."""
    step = count / chosen
    yield from sorted({int(index * step + shift % max(1, int(step))) for index in range(chosen - 1)} | {count - 1})


async def chosen(town: Town, intruder: Intruder, each: int | None = None) -> AsyncIterator[Outcome]:
    """Race one intruder at all points, or at so many that are spread over all."""
    if intruder.opens not in _COUNTED:
        _COUNTED[intruder.opens] = len(await points_of(town, intruder))
    count = _COUNTED[intruder.opens]
    shift = INTRUDERS.index(intruder)
    begin = count // 2 if intruder.then else 0
    for at in range(count) if each is None else (begin + at for at in spread(count - begin, each, shift)):
        yield await run(town, intruder, at)
