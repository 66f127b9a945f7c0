"""No delivery arrives at all: the sweep finds each change within its interval, and writes nothing where nothing is new.

In virtual time, by the same sweep, store and simulated GitHub.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field

from bot.bench import SWEEP_SECONDS
from simulator.pull_request import PullRequest
from tests.end_to_end.release_town import Town, a_town
from tests.faults.figures import Figure, Place, at_least, at_most, exactly

POLICY = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: ready}\n"
SLACK_SECONDS = 15.0
"""What the sweep itself, and the looks that follow from it, take."""

STILL_SECONDS = 3600.0
READS = ("GET ", "query ")


@dataclass(frozen=True, slots=True)
class Size:
    """How many histories are drawn, of how many changes each."""

    histories: int
    changes: int


FULL = Size(50, 20)
SMALL = Size(1, 4)


@dataclass(slots=True)
class Told:
    """What came of all histories: how long each change stayed unseen, and what was asked for while nothing changed."""

    seconds: list[float] = field(default_factory=list)
    merged: int = 0
    writes: int = 0
    reads: list[int] = field(default_factory=list)


async def measured(size: Size, place: Place) -> list[Figure]:
    """Draw histories of which nothing is delivered."""
    del place
    told = await asyncio.to_thread(_told, size)
    sweeps = STILL_SECONDS / SWEEP_SECONDS
    return [
        at_most("slowest until a change is seen", max(told.seconds), SWEEP_SECONDS + SLACK_SECONDS, " s"),
        at_least("pull requests merged unheard", told.merged, size.histories),
        exactly("writes while nothing changes", told.writes, 0),
        at_most("reads for each sweep of one repository", max(told.reads) / sweeps, 2.0),
    ]


def _told(size: Size) -> Told:
    told = Told()
    for seed in range(size.histories):
        with a_town(POLICY, seed) as town:
            town.run(_goes_on(town, random.Random(seed), size.changes, told))  # noqa: S311 - draws, guards nothing
    return told


async def _goes_on(town: Town, drawn: random.Random, changes: int, told: Told) -> None:
    """Let one change follow another, each some time after andon saw the one before; then let nothing change."""
    town.github.loses_deliveries()
    for number in range(changes):
        await town.pass_time(drawn.uniform(0.0, 2 * SWEEP_SECONDS))
        is_merge = number % 4 == 3
        told.seconds.append(await (_merged(town) if is_merge else _judged(town, drawn, number)))
        told.merged += is_merge
    await town.pass_time(STILL_SECONDS)  # what was seen last is looked at once more
    before = len(town.github.calls)
    await town.pass_time(STILL_SECONDS)
    kinds = [call.kind for call in town.github.calls[before:] if "/app" not in call.path]
    reads = sum(kind.startswith(READS) for kind in kinds)
    told.reads.append(reads)
    told.writes += len(kinds) - reads


async def _judged(town: Town, drawn: random.Random, number: int) -> float:
    """Open a pull request, or push to one; give the seconds until the verdict on its head."""
    pulls, began = _open(town), town.github.now()
    if number % 4 == 0 or drawn.random() < 0.5:
        pull = await town.opens(f"part_{number}")
    else:
        pull = drawn.choice(pulls)
        await pull.push({f"more_{number}.py": f"more = {number}\n"})
    await town.until("a verdict", lambda: pull.check_run("andon") is not None)
    return town.github.now() - began


async def _merged(town: Town) -> float:
    """Let the CI of a pull request pass; give the seconds until it is merged."""
    pull, began = _open(town)[0], town.github.now()
    await town.repository.ci.succeeds(pull.head, "ci")
    await town.until("a merge", lambda: pull.merged)
    return town.github.now() - began


def _open(town: Town) -> list[PullRequest]:
    return [pull for pull in town.pulls.values() if not pull.merged]
