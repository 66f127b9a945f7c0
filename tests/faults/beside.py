"""Rows beside each other: each in a process of its own, some alone, and how long the rest will take."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Job:
    """One row on one database, about how many seconds it takes, and whether it must have the machine to itself."""

    row: str
    database: str
    seconds: float
    alone: bool


def seconds_left(jobs: Sequence[Job], beside: int) -> float:
    """Tell about how long jobs take, so many of those that mostly wait at once."""
    alone = sum(job.seconds for job in jobs if job.alone)
    others = [job.seconds for job in jobs if not job.alone]
    return alone + max(sum(others) / beside, max(others, default=0.0))


async def play(jobs: Sequence[Job], beside: int, command: Sequence[str]) -> int:
    """Run `command` of Python for each job, and print what it prints once it has ended; 1 where any ended with another.

    Those that are alone come first; of the others the longest begin.
    """
    playing = _Playing(beside, tuple(command), list(jobs), time.monotonic())
    for job in jobs:
        if job.alone:
            await playing.one(job)
    others = sorted((job for job in jobs if not job.alone), key=lambda job: -job.seconds)
    await asyncio.gather(*(playing.one(job) for job in others))
    return 1 if playing.missed else 0


class _Playing:
    """What is still to be run, and what did not end well."""

    def __init__(self, beside: int, command: tuple[str, ...], left: list[Job], began: float) -> None:
        self._command, self._left, self._began, self._beside = command, left, began, beside
        self._places = asyncio.Semaphore(beside)
        self.missed: list[Job] = []

    async def one(self, job: Job) -> None:
        """Run one as soon as there is a place, and tell how it went."""
        async with self._places:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *(*self._command, "--only", job.row, "--database", job.database),
                stdout=asyncio.subprocess.PIPE,
            )
            said, _ = await process.communicate()
        self._left.remove(job)
        if process.returncode:
            self.missed.append(job)
        _print("\n".join(said.decode().splitlines()[1:]) or f"{job.row:<10} {job.database:<10} gave no figure: NO")
        if self._left:
            taken, left = time.monotonic() - self._began, seconds_left(self._left, self._beside)
            _print(f"{len(self._left)} left; {taken / MINUTE:.0f} min so far, about {left / MINUTE:.0f} to go")


def _print(words: str) -> None:
    print(words, flush=True)  # noqa: T201 - a command-line tool
