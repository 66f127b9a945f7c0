"""Shares schedules out among processes, tells how far they are, and sums up.

Schedules are drawn in searches of a few, each with a number of its own that follows from the seed: so a campaign that
was broken off goes on where it was (`--first`), and two of them add up.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from queue import Empty
from typing import Any

from tests.chaos.campaign import MANY, Campaign, Found, missing, quiet, table
from tests.chaos.forms import Form, FullStack
from tests.chaos.in_memory import InMemory

FORMS: dict[str, Callable[[], Form]] = {"memory": InMemory, "full": FullStack}
PROGRESS_SECONDS = 5.0
AT_ONCE = 25
"""Schedules of one search."""

PER_SEED = 1_000_000
"""Searches that one seed has room for."""


@dataclass(frozen=True, slots=True)
class Share:
    """The searches of one process, by their numbers; `breaches` is after how many it ends."""

    form: str
    numbers: range
    breaches: int


@dataclass(frozen=True, slots=True)
class Searched:
    """What came of one search; with a breach, it ended at that."""

    number: int
    tally: Counter[str]
    found: Found | None


@dataclass(slots=True)
class Sum:
    """What came of all searches so far."""

    tally: Counter[str] = field(default_factory=Counter)
    held: int = 0
    finished: set[int] = field(default_factory=set)
    found: list[Found] = field(default_factory=list)


def searched(asked: argparse.Namespace) -> int:
    """Share the searches out among processes, tell how far they are, and sum up; give the exit code."""
    context = multiprocessing.get_context("spawn")
    news: multiprocessing.Queue[Any] = context.Queue()
    numbers = _numbers(asked)
    shares = [Share(asked.form, numbers[share :: asked.processes], asked.breaches) for share in range(asked.processes)]
    workers = [context.Process(target=work, args=(news, share), daemon=True) for share in shares]
    for worker in workers:
        worker.start()
    come = gathered(news, len(workers), asked)
    for worker in workers:
        worker.terminate()
        worker.join()
    return told(asked, come)


def _numbers(asked: argparse.Namespace) -> range:
    """Number the searches that are asked for."""
    begin = asked.seed * PER_SEED + asked.first // AT_ONCE
    return range(begin, begin + (asked.schedules + AT_ONCE - 1) // AT_ONCE)


def work(news: multiprocessing.Queue[Any], share: Share) -> None:
    """Play one process's share."""
    quiet()
    left = share.breaches
    for number in share.numbers:
        campaign = Campaign(FORMS[share.form])
        found = campaign.search(number, AT_ONCE)
        news.put(Searched(number, campaign.tally, found))
        left -= found is not None
        if not left:
            break
    news.put(None)


def gathered(news: multiprocessing.Queue[Any], workers: int, asked: argparse.Namespace) -> Sum:
    """Listen to the processes until all have ended, or together have found as much as is asked for."""
    come, began, said = Sum(), time.monotonic(), 0.0
    for one in _heard(news, workers):
        if one is not None:
            come.tally += one.tally
            come.finished.add(one.number)
            come.held += AT_ONCE if one.found is None else 0
        if one is not None and one.found is not None:
            come.found.append(one.found)
            print(f"\nsearch {one.number}: {one.found.told}\n", flush=True)  # noqa: T201 - a command-line tool
        if len(come.found) >= asked.breaches:
            break
        if time.monotonic() - said > PROGRESS_SECONDS:
            said = time.monotonic()
            rate = come.held / max(said - began, 0.001)
            print(f"{come.held} of {asked.schedules} schedules, {rate:.1f} a second, seed {asked.seed}", flush=True)  # noqa: T201
    print(f"{come.held} schedules held in {time.monotonic() - began:.0f} s, seed {asked.seed}")  # noqa: T201 - as above
    return come


def _heard(news: multiprocessing.Queue[Any], workers: int) -> Iterator[Searched | None]:
    """Give what the processes say, and None now and then, until all have ended."""
    while workers:
        try:
            one = news.get(timeout=PROGRESS_SECONDS)
        except Empty:
            yield None
            continue
        if one is None:
            workers -= 1
        else:
            yield one


def told(asked: argparse.Namespace, come: Sum) -> int:
    """Print what came of it; give the exit code."""
    print(table(come.tally))  # noqa: T201 - as above
    if come.found:
        left = [number for number in _numbers(asked) if number not in come.finished]
        first = (left[0] - asked.seed * PER_SEED) * AT_ONCE if left else asked.first + asked.schedules
        print(f"\n{len(come.found)} laws broken; go on with --first {first}")  # noqa: T201 - as above
        return 1
    never = missing(come.tally) if asked.schedules >= MANY else []
    if never:
        print(f"\nnever occurred: {', '.join(never)}")  # noqa: T201 - as above
    return 1 if never else 0
