"""A clock that is ten minutes wrong: andon signs by GitHub's clock, works, and says that its own is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from tests.faults.figures import Figure, Place, exactly
from tests.faults.load import asked, deliver_all, labelled
from tests.faults.serving import opened_in, scene, until, until_ready


@dataclass(frozen=True, slots=True)
class Size:
    """By how many seconds GitHub's clock is ahead of andon's, one after the other."""

    seconds: tuple[float, ...]


FULL = Size((-600.0, -61.0, -30.0, 0.0, 30.0, 61.0, 600.0, -600.0, 600.0))
SMALL = Size((-600.0, 600.0))
MOST_SKEW = 60.0
BETWEEN = 5.0
"""Seconds around a minute in which readiness may be either: GitHub tells whole seconds, and answers take time."""


async def measured(size: Size, place: Place) -> list[Figure]:
    """Start with each skew, then let the clock jump to the next while it works."""
    unlike: list[float] = []
    async with scene(place, 0) as town:
        for jumps in (False, True):
            clock = town.github.clock
            clock.offset = size.seconds[0]
            async with town.served():
                for skew in size.seconds if jumps else size.seconds[:1]:
                    clock.offset = skew
                    pull = await opened_in(town.shop, len(town.shop.pulls))
                    town.pulls.append(pull)
                    await deliver_all(town.port, iter([labelled(town.github, pull, f"skew-{pull.number}")]), 1)
                    await until(lambda: bool(town.verdicts(town.pulls[-1])))
                    if abs(abs(skew) - MOST_SKEW) > BETWEEN:
                        unlike += [skew] if await asked(town.port, "/readyz") != _expected(skew) else []
            clock.offset = 0.0
        async with town.served():
            await until_ready(town.port)
    return [
        exactly("pull requests with other than one verdict", sum(town.verdicts(one) != 1 for one in town.pulls), 0),
        exactly("skews of which readiness says the wrong", unlike, []),
    ]


def _expected(skew: float) -> int:
    return 503 if abs(skew) > MOST_SKEW else 200
