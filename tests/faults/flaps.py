"""Production that flaps: the line stops in time, and there is one incident, one issue and at most one revert of it.

In virtual time, by the same release code, store and simulated GitHub: an hour of flapping costs a second.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field

from bot.evidence.evidence import LOOK_SECONDS, RETRY_SECONDS, TRIES
from tests.end_to_end.release_town import Town, a_town
from tests.faults.figures import Figure, Place, at_least, at_most, exactly

POLICY = (
    "rules: {small-diff: {max-lines: 20}}\nmerge: {when: ready}\n"
    "deploy: {via: deployment, verify: {probes: [checkout], within: 10m, soak: 2m}}\n"
)
NOTICED_WITHIN_SECONDS = LOOK_SECONDS + (TRIES - 1) * RETRY_SECONDS
"""One interval until the next look, and the second tries that tell a failure from a flap."""

FLAPPING_SECONDS = 1800.0
LONGEST_SPELL = 60.0
SLACK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Size:
    """How many histories are drawn."""

    histories: int


FULL = Size(200)
SMALL = Size(3)


@dataclass(slots=True)
class Told:
    """What came of all histories: how often each thing, and how long each stop of the line took."""

    counts: Counter[str] = field(default_factory=Counter)
    stops: list[float] = field(default_factory=list)


async def measured(size: Size, place: Place) -> list[Figure]:
    """Draw histories, and hold each to its laws."""
    del place
    told = await asyncio.to_thread(_told, size.histories)
    return [
        at_most("slowest stop of the line, after it failed for good", max(told.stops), _limit(), " s"),
        at_least("histories with a revert", told.counts["taken back"], 1),
        exactly("histories with more than one revert", told.counts["reverts"], 0),
        exactly("histories with more than one issue", told.counts["issues"], 0),
        exactly("commits deployed twice", told.counts["deployed twice"], 0),
    ]


def _limit() -> float:
    return NOTICED_WITHIN_SECONDS + SLACK_SECONDS


def _told(histories: int) -> Told:
    told = Told()
    for seed in range(histories):
        with a_town(POLICY, seed) as town:
            told.stops.append(town.run(_stops(town)))
        with a_town(POLICY, seed) as town:
            town.run(_flaps(town, random.Random(seed)))  # noqa: S311 - draws a history, guards nothing
            _count(town, told.counts)
    return told


async def _two_released(town: Town) -> None:
    """Have one release live, and another deployed that is not verified yet."""
    first = await town.ships("first")
    await town.deployments(first)[0].status("success")
    await town.pass_time(200.0)
    await town.rest()
    second = await town.ships("second")
    await town.deployments(second)[0].status("success")


async def _stops(town: Town) -> float:
    """Have production fail for good; give the seconds until the line is closed."""
    await _two_released(town)
    await town.pass_time(random.uniform(1.0, 60.0))  # noqa: S311 - as above
    began, town.street.status = town.github.now(), 503

    async def is_closed() -> bool:
        return bool((await town.told("/api/repos/octo/shop/line?branch=main"))["state"] == "closed")

    await town.until("the line is closed", is_closed)
    return town.github.now() - began


async def _flaps(town: Town, drawn: random.Random) -> None:
    """Have production come and go for half an hour, while a revert lands and is deployed as soon as there is one."""
    await _two_released(town)
    ends = town.github.now() + FLAPPING_SECONDS
    while town.github.now() < ends:
        town.street.status = 503 if town.street.status == 200 else 200
        await town.pass_time(drawn.uniform(1.0, LONGEST_SPELL))
        await _others_do_their_part(town)
    town.street.status = 200
    await town.pass_time(900.0)
    await _others_do_their_part(town)
    await town.pass_time(900.0)


async def _others_do_their_part(town: Town) -> None:
    for revert in town.reverts():
        if not revert.merged and revert.check_run("ci") is None:
            await town.repository.ci.succeeds(revert.head, "ci")
    for deployment in town.repository.deployments:
        if deployment.state is None:
            await deployment.status("success")


def _count(town: Town, counts: Counter[str]) -> None:
    reverts = town.reverts()
    counts["reverts"] += len(reverts) > 1
    counts["taken back"] += len(reverts)
    counts["issues"] += len(town.repository.issues) > 1
    deployed = Counter(one.sha for one in town.repository.deployments)
    counts["deployed twice"] += sum(times > 1 for times in deployed.values())
