"""How much memory andon takes while nothing happens, and how soon it works after its start."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import psutil

from benchmarks import floors
from benchmarks.figures import Figure, at_most
from benchmarks.running import Run, andon, folder, github, median

MEBIBYTE = 1024 * 1024
SETTLED = 3.0
"""Seconds until a process has started what it starts beside."""

LARGEST, LONGEST_BOOT = 100, 1.0


async def measure(run: Run) -> Sequence[Figure]:
    """Start `andon serve` a few times on one database; what it takes is that of all its processes.

    Shared pages are counted once.
    """
    with folder() as place:
        async with floors.smallest_server() as (_, process):
            least = _taken(process.pid)
        boots: list[float] = []
        worked: list[float] = []
        taken, alone = 0.0, 0.0
        async with github(place) as served:
            for _ in range(run.times(6, 3)):
                async with andon("serve", served, f"sqlite:///{place / 'andon.db'}", place / "log") as ours:
                    boots.append(ours.boot)
                    worked.append(_worked(ours.process.pid))
                    await asyncio.sleep(SETTLED)
                    taken = _taken(ours.process.pid)
                    alone = psutil.Process(ours.process.pid).memory_info().rss / MEBIBYTE
    first, *others = boots
    return (
        Figure("idle, all processes of andon serve", taken, "MiB", at_most(LARGEST), least, of_ratio=False),
        Figure("idle, its main process alone, as RSS", alone, "MiB", None, least),
        Figure("boot of andon serve until it listens", median(others), "s", at_most(LONGEST_BOOT)),
        Figure("processor time of a boot, all processes", median(worked[1:]), "s", None),
        Figure("its first boot, which makes the tables", first, "s", None),
    )


def _worked(pid: int) -> float:
    """Give the seconds of processor time that a process has used, and what it started."""
    whole = psutil.Process(pid)
    times = [one.cpu_times() for one in (whole, *whole.children(recursive=True))]
    return float(sum(one.user + one.system for one in times))


def _taken(pid: int) -> float:
    """Give the mebibytes that a process and what it started keep."""
    whole = psutil.Process(pid)
    return float(sum(one.memory_full_info().pss for one in (whole, *whole.children(recursive=True)))) / MEBIBYTE
