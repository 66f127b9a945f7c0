"""A long time in short: memory does not grow with what was delivered, and the database keeps no more than a month."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from bot.address import PullRequestAt, Repository, Want
from bot.store.store import Store
from bot.sweep import RETENTION
from tests.faults.figures import Figure, Place, at_most, exactly
from tests.faults.kept import rows_in
from tests.faults.load import Delivery, deliver_all, labelled
from tests.faults.serving import Scene, memory_of, scene, until_ready

DAY_SECONDS = 24 * 3600.0
PERIOD = 5 * DAY_SECONDS
PERIODS = 18
MEASURES = 10
GROWTH_MIB = 16.0
"""What a process may grow by once it has warmed up: its caches are bounded, and are not full by then."""

SHOP = Repository(7, "octo", "shop")
BEGINNING = 1_780_000_000.0


@dataclass(frozen=True, slots=True)
class Size:
    """How many deliveries a process takes, and how many a store in ninety days, with how many sweeps in each five."""

    served: int
    kept: int
    sweeps: int


FULL = Size(200_000, 200_000, 48)
"""Of the sweeps of five days these are three in a hundred."""

SMALL = Size(1_000, 360, 1)


async def measured(size: Size, place: Place) -> list[Figure]:
    """Deliver to a process and look at its memory, then let ninety days pass in a store and look at that."""
    grown, lost = await _grown(size.served, place)
    each = size.kept // PERIODS
    counts = await _days(each, size.sweeps, place)
    month = (RETENTION / PERIOD + 1) * each
    return [
        exactly("deliveries not acknowledged", lost, 0),
        at_most("growth of memory, the first fifth aside", grown, GROWTH_MIB, " MiB"),
        at_most("most deliveries kept at once", max(counts.deliveries), month),
        at_most("most addresses kept at once", max(counts.work), month),
        at_most("growth of the file from day 45 to day 90", counts.growth, 2.0, " MiB"),
    ]


async def _grown(number: int, place: Place) -> tuple[float, int]:
    """Deliver so often; give by how many MiB the process grew, and how many deliveries were not taken."""
    taken, memory = 0, list[float]()
    async with scene(place, 4) as town, town.served() as process:
        await until_ready(town.port)
        deliveries = _deliveries(town, number)
        for _ in range(MEASURES):
            some = await deliver_all(town.port, islice(deliveries, number // MEASURES), 8)
            taken += len(some.acknowledged)
            memory.append(memory_of(process, "VmRSS"))
    return max(memory[MEASURES // 5 :]) - memory[MEASURES // 5 - 1], number - taken


def _deliveries(town: Scene, number: int) -> Iterator[Delivery]:
    for index in range(number):
        yield labelled(town.github, town.pulls[index % len(town.pulls)], f"soak-{index}", 2048)


@dataclass(slots=True)
class Counts:
    """How many rows stood at the end of each period, and how large the file was."""

    deliveries: list[int] = field(default_factory=list)
    work: list[int] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)

    @property
    def growth(self) -> float:
        """Tell by how many MiB the file is larger at the end than in the middle."""
        return (self.bytes[-1] - self.bytes[len(self.bytes) // 2]) / 2**20


async def _days(each: int, sweeps: int, place: Place) -> Counts:
    """Let ninety days pass: so many deliveries each five days, each about another pull request, all looked at."""
    now, counts = [BEGINNING], Counts()
    aside = Place(place.directory, f"sqlite:///{place.directory}/days.db")
    store = await Store.open(aside.database_url, lambda: now[0])
    for period in range(PERIODS):
        numbers = range(period * each + 1, (period + 1) * each + 1)
        await asyncio.gather(
            *(store.accept(f"day-{number}", "pull_request", [Want(PullRequestAt(SHOP, number))]) for number in numbers)
        )
        now[0] += PERIOD / 2
        while claims := await store.claim(500):
            await asyncio.gather(*(store.finish(claim) for claim in claims))
        now[0] += PERIOD / 2
        for _ in range(sweeps):
            await store.prune(now[0] - RETENTION)
        counts.deliveries.append(rows_in(aside, "deliveries"))
        counts.work.append(rows_in(aside, "work"))
        counts.bytes.append(aside.file.stat().st_size)
    await store.close()
    return counts
