"""Days on which almost a third of all calls to GitHub fail, in every way: never a wrong green, and it goes on soon.

In virtual time; how the days go bad stands in tests/chaos/test_bad_days.py.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from simulator.knobs import RateLimit
from tests.chaos.campaign import quietly
from tests.chaos.in_memory import InMemory
from tests.chaos.test_bad_days import DAY, OFTEN, ON_THE_WAY, RETRY_AFTER, SOON, ever_shown, opened, shown, spoil
from tests.faults.figures import Figure, Place, at_least, at_most, exactly

WELL = frozenset({200, 201, 204})
PULLS = 6


@dataclass(frozen=True, slots=True)
class Size:
    """How many days."""

    days: int


FULL = Size(100)
SMALL = Size(1)


@dataclass(slots=True)
class Told:
    """What came of all days: how often each thing, and the seconds from a refusal until GitHub was asked again."""

    counts: Counter[str] = field(default_factory=Counter)
    soonest: list[float] = field(default_factory=list)


async def measured(size: Size, place: Place) -> list[Figure]:
    """Play the days, each with another seed."""
    del place
    with quietly():
        told = await asyncio.to_thread(_told, size.days)
    counts = told.counts
    return [
        at_least("share of calls that failed", counts["failed"] / counts["calls"], 0.1),
        exactly("large pull requests ever shown as passing", counts["wrong"], 0),
        exactly("pull requests without their verdict in the end", counts["left"], 0),
        exactly("addresses looked at twice at once", counts["doubled"], 0),
        exactly("limits that were met", counts["met"], 0),
        at_least("soonest asked again after Retry-After: 20", min(told.soonest), RETRY_AFTER, " s"),
        at_most("latest asked again after Retry-After: 20", max(told.soonest), RETRY_AFTER + SOON, " s"),
    ]


def _told(days: int) -> Told:
    told = Told()
    for seed in range(days):
        _bad_day(seed, told.counts)
        told.soonest.append(_refused(seed))
    return told


def _bad_day(seed: int, counts: Counter[str]) -> None:
    """Let three calls in ten fail for a while, then none, and count what was shown."""
    form = InMemory(seed, most_looks=OFTEN)
    try:
        spoil(form, seed)
        shop = form.run(opened(form, PULLS))
        form.run(form.pass_time(DAY))
        counts["calls"] += len(form.github.calls)
        counts["failed"] += sum(call.status not in WELL for call in form.github.calls)
        form.github.faults.clear()
        form.run(form.sweep())
        counts["wrong"] += sum("success" in ever_shown(pull) for pull in shop.large)
        counts["left"] += sum(shown(pull) is None for pull in shop.pulls)
        counts["left"] += sum(shown(pull) != "success" for pull in shop.pulls[::2])
        counts["doubled"] += len(form.looking.doubled)
        counts["met"] += len(form.github.limits.overstepped)
    finally:
        form.close()


def _refused(seed: int) -> float:
    """Refuse one read by a secondary limit; give the seconds until GitHub was asked for anything again."""
    form = InMemory(seed, most_looks=OFTEN)
    try:
        form.run(opened(form, PULLS))
        github, before = form.github, len(form.github.calls)
        limit = RateLimit(retry_after=RETRY_AFTER)
        github.limits_next(1, lambda asked: asked.operation == "PullRequestSnapshot", limit)
        form.run(form.rest())
        calls = [call for call in github.calls[before:] if "/app/" not in call.path]
        refused = next(call.at for call in calls if call.status == 403)
        return min(call.at - refused for call in calls if call.at > refused + ON_THE_WAY)
    finally:
        form.close()
