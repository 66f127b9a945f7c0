"""How long `andon check` takes on a typical branch, start included; the floor is git alone, from a bare Python."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import flag_wrapped
from benchmarks.figures import Figure, at_most
from benchmarks.running import Run, folder, median

MILLISECONDS = 1000
LONGEST = 500
BARE = (
    "import subprocess; subprocess.run(['git', 'diff', '--stat', 'main...HEAD'], stdout=subprocess.DEVNULL, check=True)"
)
AUTHOR = {"GIT_AUTHOR_NAME": "Alice", "GIT_COMMITTER_NAME": "Alice", "EMAIL": "alice@example.org"}


async def measure(run: Run) -> Sequence[Figure]:
    """Check a branch of 30 files and 300 lines, in a repository of 300."""
    return await asyncio.to_thread(_measured, run)


def _measured(run: Run) -> Sequence[Figure]:
    with folder() as place:
        _branch(place)
        rounds = run.times(15, 3)
        bare = _seconds(place, (sys.executable, "-c", BARE), rounds)
        ours = _seconds(place, (str(Path(sys.executable).with_name("andon")), "check", "--base", "main"), rounds)
    least = Figure("git diff started by a bare Python (a floor)", bare * MILLISECONDS, "ms")
    figure = Figure(
        "andon check, a branch of 30 files and 300 lines",
        ours * MILLISECONDS,
        "ms",
        at_most(LONGEST),
        least.value,
        of_ratio=False,
    )
    return (least, figure)


def _seconds(place: Path, command: Sequence[str], rounds: int) -> float:
    took = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        done = subprocess.run(command, cwd=place, capture_output=True, check=False)
        took.append(time.perf_counter() - began)
        if done.returncode not in {0, 1}:
            raise RuntimeError(done.stderr.decode(errors="replace"))
    return median(took[1:])


def _branch(place: Path) -> None:
    """Commit three hundred files on main, and change thirty of them on a branch."""
    _git(place, "init", "-q", "-b", "main")
    sources = flag_wrapped.pull_requests()["30 files, 10 lines each"]
    for number in range(270):
        (place / f"other_{number}.py").write_text(f"step = {number}\n" * 100)
    for head in (False, True):
        for source in sources:
            path = place / source.path
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(source.head if head else source.base or b"")
        _git(place, "add", "-A")
        _git(place, "commit", "-qm", "Change" if head else "Begin")
        if not head:
            _git(place, "switch", "-qc", "feature")


def _git(place: Path, *arguments: str) -> None:
    subprocess.run(("git", *arguments), cwd=place, env={**os.environ, **AUTHOR}, check=True)
