"""How fast a history is judged: `andon backtest` beside `git log -p` on the same range."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import Figure, at_least, at_most
from benchmarks.running import Run, folder

ANDON = str(Path(sys.executable).with_name("andon"))
PLAIN = "rules: {small-diff: {}, required-tests: {}, pairing: {}}\n"
WITH_SYNTAX = "rules: {small-diff: {}, required-tests: {}, pairing: {}, flag-wrapped: {}}\n"
OF_GIT = 0.3
COMMITS = 5_000
PLAIN_SECONDS, SYNTAX_SECONDS = 15, 60
"""For so many commits of a repository of middle size, on two cores."""


async def measure(run: Run) -> Sequence[Figure]:
    """Judge the last commits of a repository, if this andon knows how to."""
    return await asyncio.to_thread(_measured, run)


def _measured(run: Run) -> Sequence[Figure]:
    if subprocess.run((ANDON, "backtest", "--help"), capture_output=True, check=False).returncode:
        return (Figure("backtest: this andon has no such command", 0, ""),)
    last = min(run.times(COMMITS, 100), _commits(run.repository))
    with folder() as place:
        git = _seconds("git", "-C", str(run.repository), "log", "-p", "--no-merges", f"-n{last}")
        plain = _judged(run.repository, place, PLAIN, last)
        syntax = _judged(run.repository, place, WITH_SYNTAX, last)
    what = f"backtest of {last:,} commits of {run.repository.name}"
    return (
        Figure(f"{what}, no syntax rules", last / plain, "commits/s", at_least(OF_GIT), last / git),
        Figure(f"{what}, no syntax rules, in all", plain, "s", at_most(PLAIN_SECONDS)),
        Figure(f"{what}, with syntax rules, in all", syntax, "s", at_most(SYNTAX_SECONDS)),
    )


def _judged(repository: Path, place: Path, policy: str, last: int) -> float:
    file = place / "policy.yml"
    file.write_text(policy)
    asked = ("--repo", str(repository), "--last", str(last), "--policy", str(file), "--format", "json")
    return _seconds(ANDON, "backtest", *asked)


def _seconds(*command: str) -> float:
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def _commits(repository: Path) -> int:
    counted = subprocess.run(
        ("git", "-C", str(repository), "rev-list", "--count", "--no-merges", "HEAD"), capture_output=True, check=True
    )
    return int(counted.stdout)
