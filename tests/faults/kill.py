"""kill -9 under load, again and again: nothing that was acknowledged is lost, and nothing is done twice."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.faults.figures import Figure, Place, at_least, at_most, exactly
from tests.faults.kept import deliveries_kept
from tests.faults.load import Answers, Delivery, deliver_until, labelled
from tests.faults.serving import SHORT_LEASES, Scene, Start, scene, until, until_ready

READY_WITHIN_SECONDS = 2.0
LANES = 8
PULLS = 6


@dataclass(frozen=True, slots=True)
class Size:
    """How often andon is killed, how many seconds it lives at most once it is ready, and how it is started."""

    kills: int
    lives: float
    start: Start


FULL = Size(200, 1.5, Start())
SMALL = Size(2, 0.7, SHORT_LEASES)


@dataclass(slots=True)
class Load:
    """Deliveries about pull requests that move all the time; what was answered so far, and how long starts took."""

    town: Scene
    answers: Answers = field(default_factory=Answers)
    starts: list[float] = field(default_factory=list)
    heads: set[str] = field(default_factory=set)

    def deliveries(self, round_: int) -> Iterator[Delivery]:
        """Tell of each pull request in turn, for ever."""
        for number in itertools.count():
            pull = self.town.pulls[number % len(self.town.pulls)]
            yield labelled(self.town.github, pull, f"kill-{round_}-{number}")

    async def push(self, round_: int) -> None:
        """Move two pull requests on, which only the load will tell of."""
        with self.town.github.silence():
            for pull in (self.town.pulls[round_ % PULLS], self.town.pulls[(round_ + 1) % PULLS]):
                await pull.push({f"more_{round_}.py": f"more = {round_}\n"})
        self.heads.update(pull.head for pull in self.town.pulls)

    async def live(self, round_: int, seconds: float, start: Start) -> None:
        """Start andon, deliver for a while, and kill it in the midst of that."""
        began = time.perf_counter()
        async with self.town.served(start) as process:
            await until_ready(self.town.port)
            self.starts.append(time.perf_counter() - began)
            ends = time.perf_counter() + seconds
            loading = asyncio.create_task(
                deliver_until(
                    self.town.port,
                    self.deliveries(round_),
                    lambda: process.returncode is not None or time.perf_counter() > ends + 5,
                    self.answers,
                    LANES,
                )
            )
            await asyncio.sleep(seconds)
            process.kill()
            await process.wait()
            await loading


async def measured(size: Size, place: Place) -> list[Figure]:
    """Kill andon so often, then let it come to rest, and count."""
    drawn = random.Random(1)  # noqa: S311 - draws moments, guards nothing
    async with scene(place, PULLS) as town:
        load = Load(town)
        for round_ in range(size.kills):
            await load.push(round_)
            await load.live(round_, drawn.uniform(0.05, size.lives), size.start)
            if round_ % 2:
                town.much_later()
        async with town.served(size.start):
            await until_ready(town.port)
            await until(lambda: all(town.verdicts(pull) for pull in town.pulls))
        kept = deliveries_kept(place)
    lost = set(load.answers.acknowledged) - kept
    twice = sum(town.verdicts_at(head) > 1 for head in load.heads)
    many = sum(town.comments(pull) > 1 for pull in town.pulls)
    return [
        at_least("acknowledged under the kills", len(load.answers.acknowledged), size.kills),
        exactly("acknowledged and lost", len(lost), 0),
        at_least("commits that got a verdict", sum(town.verdicts_at(head) > 0 for head in load.heads), size.kills / 10),
        exactly(
            "pull requests without a verdict on their head", sum(not town.verdicts(pull) for pull in town.pulls), 0
        ),
        exactly("verdicts or comments given twice", twice + many, 0),
        at_most("slowest start until ready", max(load.starts), READY_WITHIN_SECONDS, " s"),
    ]
