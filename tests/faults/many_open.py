"""A thousand open pull requests and a push to their base: few reads, no write, and no limit of GitHub's is met.

In virtual time; the simulated GitHub keeps its limits.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from math import ceil

from tests.chaos.campaign import quietly
from tests.chaos.many_open import OVERVIEW, SNAPSHOT, Asked, play
from tests.faults.figures import Figure, Place, at_most, exactly

DONE_WITHIN_SECONDS = 600.0
PAGE = 50


@dataclass(frozen=True, slots=True)
class Size:
    """How many pull requests are open."""

    pulls: int


FULL = Size(1000)
SMALL = Size(10)


async def measured(size: Size, place: Place) -> list[Figure]:
    """Have them judged, then push to the base, then change the policy."""
    del place
    with quietly():
        acts: dict[str, Asked] = await asyncio.to_thread(lambda: dict(play(size.pulls)))
    pushed = acts["push to the base"]
    return [
        exactly("limits that were met", sorted({name for act in acts.values() for name in act.overstepped}), []),
        exactly("calls that were refused", sum(act.refused for act in acts.values()), 0),
        exactly("reads of all after a push to the base", pushed.calls[OVERVIEW], ceil(size.pulls / PAGE)),
        exactly("reads of one after a push to the base", pushed.calls[SNAPSHOT], 0),
        exactly("writes after a push to the base", pushed.writes, 0),
        *(at_most(f"{name}: done within", act.seconds, DONE_WITHIN_SECONDS, " s") for name, act in acts.items()),
    ]
