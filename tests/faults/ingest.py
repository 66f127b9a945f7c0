"""Ingest: deliveries of 20 KiB over 32 connections, each committed before its 202."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tests.faults.figures import Figure, Place, at_least, at_most, exactly, percentile
from tests.faults.kept import deliveries_kept
from tests.faults.load import deliver_all, labelled
from tests.faults.serving import scene, until_ready


@dataclass(frozen=True, slots=True)
class Size:
    """How many deliveries of how many pull requests."""

    deliveries: int
    pulls: int


FULL = Size(20_000, 50)
SMALL = Size(300, 4)


async def measured(size: Size, place: Place) -> list[Figure]:
    """Deliver as fast as andon takes it while it works on what was delivered."""
    async with scene(place, size.pulls) as town:
        deliveries = [
            labelled(town.github, town.pulls[number % size.pulls], f"ingest-{number}")
            for number in range(size.deliveries)
        ]
        async with town.served():
            await until_ready(town.port)
            began = time.perf_counter()
            answers = await deliver_all(town.port, iter(deliveries))
            seconds = time.perf_counter() - began
            kept = deliveries_kept(place)
    lost = set(answers.acknowledged) - kept
    return [
        exactly("acknowledged", len(answers.acknowledged), size.deliveries),
        exactly("acknowledged and not committed", len(lost), 0),
        at_least("deliveries a second", size.deliveries / seconds, 500),
        at_most("p99 of an answer", percentile(answers.seconds, 0.99) * 1000, 250, " ms"),
    ]
