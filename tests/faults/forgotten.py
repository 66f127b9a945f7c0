"""The database is gone: andon takes up again what it once wrote on GitHub, and writes none of it twice."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass

from tests.faults.figures import Figure, Place, at_most, exactly
from tests.faults.load import asked
from tests.faults.serving import Scene, scene, until, until_ready
from tests.postgresql import empty

SWEEP_SECONDS = 300.0
LOOK_AGAIN_SECONDS = 0.05
POLICY = "rules: {small-diff: {mode: hold, max-lines: 20}}\nmerge: {when: ready}\n"


@dataclass(frozen=True, slots=True)
class Size:
    """Of how many pull requests, and how often, everything is forgotten."""

    pulls: int
    times: int


FULL = Size(50, 5)
SMALL = Size(3, 1)


async def measured(size: Size, place: Place) -> list[Figure]:
    """Have pull requests judged, then delete the database and start again, so often."""
    seconds = []
    async with scene(place, size.pulls, POLICY) as town:
        async with town.served():
            await until(lambda: all(town.verdicts(pull) and town.comments(pull) for pull in town.pulls), 300)
        shown, written = _shown(town), _writes(town)
        for _ in range(size.times):
            _delete(place)
            began = time.monotonic()
            async with town.served():
                await until_ready(town.port)
                for pull in town.pulls:
                    await _known_again(town, pull.number)
                seconds.append(time.monotonic() - began)
        await town.github.settled()
    again = Counter(_shown(town).values()) + Counter(shown.values())
    return [
        exactly("pull requests with other than one verdict and comment", sum(one != (1, 1) for one in again), 0),
        exactly("writes on GitHub to take everything up again", _writes(town) - written, 0),
        at_most("slowest until all is known again", max(seconds), SWEEP_SECONDS, " s"),
    ]


def _shown(town: Scene) -> dict[int, tuple[int, int]]:
    """Count the verdicts and comments of each pull request."""
    return {pull.number: (town.verdicts(pull), town.comments(pull)) for pull in town.pulls}


def _writes(town: Scene) -> int:
    """Count what andon changed on GitHub; that it gets a token changes nothing."""
    reads = ("GET ", "query ")
    calls = [call for call in town.github.calls if not call.kind.startswith(reads)]
    return sum("access_tokens" not in call.kind for call in calls)


def _delete(place: Place) -> None:
    if not place.is_file:
        empty(place.database_url)
        return
    for file in place.directory.glob(f"{place.file.name}*"):
        file.unlink()


async def _known_again(town: Scene, number: int) -> None:
    """Wait until andon tells of a pull request again."""
    ends = time.monotonic() + SWEEP_SECONDS
    while await asked(town.port, f"/api/repos/octo/shop/pulls/{number}") != 200:
        if time.monotonic() > ends:
            return
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
