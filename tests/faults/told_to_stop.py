"""SIGTERM in the midst of work, again and again: it ends in time, gives its leases back, and loses no effect.

Now and then GitHub answers nothing meanwhile: then no look can end, and each lease has to be given back.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import signal
import time
from dataclasses import dataclass

from tests.faults.figures import Figure, Place, at_least, at_most, exactly
from tests.faults.kept import deliveries_kept, leases
from tests.faults.load import Answers, deliver_until, labelled
from tests.faults.serving import SHORT_LEASES, Scene, Start, scene, until, until_ready

EXIT_WITHIN_SECONDS = 20.0
PULLS = 8
LATENCY_SECONDS = 0.15
SILENT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Size:
    """How often it is told to stop, at which of these times GitHub is silent, and how it is started."""

    times: int
    silent_every: int
    start: Start

    def is_silent(self, round_: int) -> bool:
        """Tell whether GitHub answers nothing in a round."""
        return round_ % self.silent_every == self.silent_every - 1


FULL = Size(100, 10, Start())
SMALL = Size(2, 2, SHORT_LEASES)


@dataclass(frozen=True, slots=True)
class Stopped:
    """How one stop went: its exit code, how many seconds it took, and how many leases were left."""

    code: int | None
    seconds: float
    leases: int


async def measured(size: Size, place: Place) -> list[Figure]:
    """Tell it to stop so often while it works, then let it come to rest."""
    drawn = random.Random(1)  # noqa: S311 - draws moments, guards nothing
    answers, stops, heads = Answers(), list[Stopped](), set[str]()
    async with scene(place, PULLS) as town:
        for round_ in range(size.times):
            with town.github.silence():
                for pull in town.pulls[round_ % 2 :: 2]:
                    await pull.push({f"more_{round_}.py": f"more = {round_}\n"})
            heads.update(pull.head for pull in town.pulls)
            town.github.latency = SILENT_SECONDS if size.is_silent(round_) else LATENCY_SECONDS
            stops.append(await _stopped(town, size.start, f"stop-{round_}", drawn.uniform(0.05, 1.0), answers))
            town.much_later()
        town.github.latency = 0.0
        async with town.served(size.start):
            await until_ready(town.port)
            await until(lambda: all(town.verdicts(pull) for pull in town.pulls))
        lost = set(answers.acknowledged) - deliveries_kept(place)
    return [
        exactly("exit codes", sorted({stop.code for stop in stops}, key=str), [0]),
        at_most("longest stop", max(stop.seconds for stop in stops), EXIT_WITHIN_SECONDS, " s"),
        exactly("leases not given back", sum(stop.leases for stop in stops), 0),
        at_least("acknowledged", len(answers.acknowledged), size.times),
        exactly("acknowledged and lost", len(lost), 0),
        exactly(
            "pull requests without a verdict on their head", sum(not town.verdicts(pull) for pull in town.pulls), 0
        ),
        at_least("commits that got a verdict", sum(town.verdicts_at(head) > 0 for head in heads), size.times),
        exactly("verdicts given twice", sum(town.verdicts_at(head) > 1 for head in heads), 0),
    ]


async def _stopped(town: Scene, start: Start, name: str, after: float, answers: Answers) -> Stopped:
    """Start it, let it work for a while, and tell it to stop twice, as platforms do."""
    deliveries = (
        labelled(town.github, town.pulls[number % PULLS], f"{name}-{number}", 2048) for number in itertools.count()
    )
    async with town.served(start) as process:
        await until_ready(town.port)
        ended = asyncio.Event()
        loading = asyncio.create_task(deliver_until(town.port, deliveries, ended.is_set, answers, 4))
        await asyncio.sleep(after)
        began = time.monotonic()
        for _ in range(2):
            process.send_signal(signal.SIGTERM)
        code = await process.wait()
        seconds = time.monotonic() - began
        ended.set()
        await loading
    return Stopped(code, seconds, leases(town.place))
