"""Races every intruder at every await point from a decision to its merge: `python -m tests.races`, in `make chaos`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import structlog

from tests.races.intruders import INTRUDERS
from tests.races.laws import Outcome
from tests.races.rounds import chosen
from tests.races.scene import town


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all races, or those of one intruder, and print how each went. 1 where a law was broken."""
    parser = argparse.ArgumentParser(description='Example: python -m tests.races --only "a push"')
    parser.add_argument("--only", action="append", default=[], help="the name of an intruder; may be repeated")
    parser.add_argument("--each", type=int, help="points tried for each intruder, spread over all (all of them)")
    asked = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    began = time.monotonic()
    outcomes = asyncio.run(_races(asked.only, asked.each))
    broken = [one for one in outcomes if one.broken]
    seconds = time.monotonic() - began
    _say(
        f"{len(outcomes)} races in {seconds:.0f} s: {sum(one.landed for one in outcomes)} landed, {len(broken)} broken"
    )
    return 1 if broken or not outcomes else 0


def _say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


async def _races(only: Sequence[str], each: int | None) -> list[Outcome]:
    found: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="andon-races-") as directory:
        async with town(Path(directory)) as place:
            for intruder in INTRUDERS:
                if only and intruder.name not in only:
                    continue
                here = [outcome async for outcome in chosen(place, intruder, each)]
                landed, late = sum(one.landed for one in here), sum(bool(one.found) for one in here)
                _say(f"{intruder.name}: {len(here)} points, {landed} landed, {late} found after landing")
                for one in here:
                    if one.broken:
                        _say(f"  {one}")
                found += here
    return found


if __name__ == "__main__":
    sys.exit(main())
