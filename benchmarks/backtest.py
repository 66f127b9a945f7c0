"""How fast a history is judged: `andon backtest` beside `git log -p` on the same range."""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, at_least, at_most
from benchmarks.running import Run, folder

ANDON = str(Path(sys.executable).with_name("andon"))
PLAIN = "rules: {small-diff: {}, pairing: {}}\n"
"""What needs the diff alone: `required-tests` parses whole files as `flag-wrapped` does, so it is among the others."""

WITH_SYNTAX = "rules: {small-diff: {}, required-tests: {}, pairing: {}, flag-wrapped: {}}\n"
OF_GIT = 0.3
COMMITS = 5_000
_LANDED = ("--first-parent", "--diff-merges=first-parent")
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
        git = _spent("git", "-C", str(run.repository), "log", "-p", *_LANDED, f"-n{last}")
        plain = _judged(run.repository, place, PLAIN, last)
        syntax = _judged(run.repository, place, WITH_SYNTAX, last)
    what = f"backtest of {last:,} commits of {run.repository.name}"
    return (
        Figure(f"{what}, no syntax rules", last / plain.wall, "commits/s", at_least(OF_GIT), last / git.wall),
        Figure(f"{what}, no syntax rules, of processor time", last / plain.cpu, "commits/s", None, last / git.cpu),
        Figure(f"{what}, no syntax rules, in all", plain.wall, "s", at_most(PLAIN_SECONDS)),
        Figure(f"{what}, with syntax rules, in all", syntax.wall, "s", at_most(SYNTAX_SECONDS)),
        Figure(f"{what}, with syntax rules, processor time of all", syntax.cpu, "s"),
    )


def _judged(repository: Path, place: Path, policy: str, last: int) -> _Spent:
    file = place / "policy.yml"
    file.write_text(policy)
    asked = ("--repo", str(repository), "--last", str(last), "--policy", str(file), "--format", "json")
    return _spent(ANDON, "backtest", *asked)


@dataclass(frozen=True, slots=True)
class _Spent:
    """Seconds on the clock, and those of processors in a command and all that it started."""

    wall: float
    cpu: float


def _spent(*command: str) -> _Spent:
    began, before = time.perf_counter(), _of_children()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return _Spent(time.perf_counter() - began, _of_children() - before)


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _commits(repository: Path) -> int:
    counted = subprocess.run(
        ("git", "-C", str(repository), "rev-list", "--count", "--first-parent", "HEAD"), capture_output=True, check=True
    )
    return int(counted.stdout)
