"""Measures everything that has a target, beside its floors: `python -m benchmarks [--quick] [--only acks,calls]`."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import Figure, append, heading, kept, line
from benchmarks.running import HERE, Run

ALL = (
    "acks",
    "first_verdict",
    "calls",
    "decision_cpu",
    "killed",
    "growth",
    "scale_out",
    "check_time",
    "backtest",
    "size",
)


def main() -> None:
    """Print each figure as soon as it is there, then keep all of them as one line of the history."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="do little of everything: figures to look at, not to keep")
    parser.add_argument("--only", default=",".join(ALL), help="some of them, with commas between")
    parser.add_argument("--repository", type=Path, default=HERE, help="a repository with a history, for `backtest`")
    parser.add_argument("--no-history", action="store_true", help="print the figures, and do not keep them")
    asked = parser.parse_args()
    names = asked.only.split(",")
    if unknown := sorted(set(names) - set(ALL)):
        parser.error(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(ALL)}")
    figures = asyncio.run(_measured(Run(asked.quick, asked.repository.resolve()), names))
    if not asked.no_history:
        append(kept(figures, quick=asked.quick))
    missed = [one.what for one in figures if one.is_met is False]
    print(f"\n{len(figures)} figures, {len(missed)} targets not met")


async def _measured(run: Run, names: Sequence[str]) -> list[Figure]:
    print(heading())
    figures: list[Figure] = []
    for name in names:
        began = time.perf_counter()
        found = await importlib.import_module(f"benchmarks.{name}").measure(run)
        for figure in found:
            print(line(figure), flush=True)
        print(f"  {name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
        figures.extend(found)
    return figures


if __name__ == "__main__":
    main()
