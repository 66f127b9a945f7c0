"""A process is killed in the midst of its work: another takes all of it over once the leases have run out, and once."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bot.store.work import LEASE_SECONDS
from tests.faults.figures import Figure, Place, at_most, exactly
from tests.faults.kept import leases
from tests.faults.load import deliver_all, labelled
from tests.faults.serving import SHORT_LEASES, Scene, Start, free_port, scene, until, until_ready
from tests.faults.short_leases import SHORT_LEASE_SECONDS

PULLS = 4
SILENT_SECONDS = 600.0
SLACK_SECONDS = 10.0
"""Until the other looks for what lapsed, and what the looks then take."""


@dataclass(frozen=True, slots=True)
class Size:
    """How often it is killed, and with leases of how many seconds."""

    times: int
    start: Start
    lease: float


FULL = Size(3, Start(), LEASE_SECONDS)
SMALL = Size(1, SHORT_LEASES, SHORT_LEASE_SECONDS)


async def measured(size: Size, place: Place) -> list[Figure]:
    """Kill one of two so often, and tell how long its work lay."""
    seconds = list[float]()
    async with scene(place, PULLS) as town:
        for round_ in range(size.times):
            with town.github.silence():
                for pull in town.pulls:
                    await pull.push({f"more_{round_}.py": f"more = {round_}\n"})
            seconds.append(await _taken_over(town, size.start, f"over-{round_}"))
            town.much_later()
    return [
        at_most("slowest until all is taken over", max(seconds), size.lease + SLACK_SECONDS, " s"),
        exactly("pull requests with other than one verdict", sum(town.verdicts(one) != 1 for one in town.pulls), 0),
        exactly("pull requests with other than one comment", sum(town.comments(one) != 1 for one in town.pulls), 0),
    ]


async def _taken_over(town: Scene, start: Start, name: str) -> float:
    """Kill a process that holds all pull requests while GitHub is silent; give the seconds until others judged."""
    town.github.latency = SILENT_SECONDS
    async with town.served(start) as first:
        await until_ready(town.port)
        deliveries = (labelled(town.github, pull, f"{name}-{pull.number}", 2048) for pull in town.pulls)
        await deliver_all(town.port, deliveries, 1)
        await until(lambda: leases(town.place) >= PULLS)
        beside = free_port()
        async with town.served(start, beside):
            await until_ready(beside)
            town.github.latency = 0.0
            first.kill()
            began = time.monotonic()
            await until(lambda: all(town.verdicts(pull) and town.comments(pull) for pull in town.pulls), 180)
            return time.monotonic() - began
