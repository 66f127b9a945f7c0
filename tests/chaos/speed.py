"""How long one short schedule takes in memory, and which part takes it: `python -m tests.chaos.speed`."""

from __future__ import annotations

import cProfile
import logging
import pstats
import re
import sys
import time
from collections import Counter

import structlog

from tests.chaos.in_memory import InMemory
from tests.chaos.sample import played

ROUNDS = 20
PARTS = ("bot/store", "bot", "rules", "simulator", "tests/chaos", "sqlalchemy", "graphql", "asyncio", "json", "aiohttp")
PART = re.compile("|".join(rf"(?:^|/)(?:site-packages/)?({part})/" for part in PARTS))


def play_once() -> int:
    """Play the sample on a form of its own; give how many calls the bot made."""
    form = InMemory()
    try:
        played(form)
        return len(form.github.calls)
    finally:
        form.close()


def milliseconds(rounds: int) -> float:
    """Measure what one schedule takes of this process."""
    began = time.process_time()
    for _ in range(rounds):
        play_once()
    return (time.process_time() - began) / rounds * 1000


def shares(rounds: int) -> dict[str, float]:
    """Measure which share of the time each part takes by itself."""
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(rounds):
        play_once()
    profile.disable()
    spent: Counter[str] = Counter()
    for (file, _, name), row in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined] # typeshed leaves it out
        spent[_part_of(file, name)] += row[2]
    return {part: seconds / spent.total() for part, seconds in spent.most_common()}


def _part_of(file: str, name: str) -> str:
    found = PART.search(file)
    if found is not None:
        return str(next(filter(None, found.groups())))
    if "sqlite3" in name:
        return "sqlite3"
    return "builtins" if file == "~" else "other libraries"


def main() -> None:
    """Print the figures."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    calls, rounds = play_once(), int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    whole = milliseconds(rounds)
    print(f"{whole:.0f} ms for one schedule of {calls} calls")  # noqa: T201 - it prints what it measured
    for part, share in shares(max(rounds // 4, 1)).items():
        print(f"{share * whole:6.1f} ms  {part}")  # noqa: T201 - as above


if __name__ == "__main__":
    main()
