"""Runs a policy over a history: one git reads it, as many processes judge it as there are cores where that pays."""

from __future__ import annotations

import multiprocessing
import os
import re
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.backtest.asked import Asked, Judged, LeftOut
from bot.backtest.folding import History, Named
from bot.backtest.judging import Segment, judge, prepare, segments
from bot.backtest.reverts import Told, reverts_in
from bot.git.history import Landing, landings, patches
from bot.git.objects import GitError, Objects, commit_of, opened

_AT_ONCE: Final = 128  # changes in one segment, which lists all files of a commit once
_LARGEST: Final = 4 * 1024 * 1024  # bytes of diff in one segment
_AHEAD: Final = 2  # segments for each process that wait to be judged
_WORTH: Final = 150  # changes for which it pays to start processes
_MERGED: Final = re.compile(r"Merge pull request #(\d+) from ")
_NO_PARENT: Final = "nothing before it is here: the first commit, or the end of a shallow clone"

Seen = Callable[[int, int], None]
"""Is told how many changes are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Range:
    """What is judged: the newest so many changes of a revision, or all since a Unix time."""

    revision: str = "HEAD"
    last: int | None = None
    since: int | None = None


def judged_history(directory: Path, wanted: Range, asked: Asked, seen: Seen, cores: int | None = None) -> History:
    """Judge what landed on a branch. Raises GitError where the repository cannot be read at all."""
    with tempfile.TemporaryDirectory(prefix="andon-") as own:
        objects = opened(directory, Path(own))
        head = commit_of(directory, objects, wanted.revision)
        line = landings(objects, head, wanted.last, wanted.since)
        run = _Run(objects, asked, line, cores or _cores())
        return run.history(directory.resolve().name, seen)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Run:
    """One run over one history."""

    def __init__(self, objects: Objects, asked: Asked, line: Sequence[Landing], cores: int) -> None:
        self._objects = objects
        self._asked = asked
        self._line = [one for one in line if one.base]
        self._all = line
        self._cores = cores
        self._left_out = [LeftOut(one.sha, _NO_PARENT) for one in line if not one.base]

    def history(self, repository: str, seen: Seen) -> History:
        """Judge all of it, and tell how far it is."""
        judged: list[Judged] = []
        total, before = len(self._line), len(self._left_out)
        seen(0, total)
        for some in self._judge():
            judged += [one for one in some if isinstance(one, Judged)]
            self._left_out += [one for one in some if isinstance(one, LeftOut)]
            seen(len(judged) + len(self._left_out) - before, total)
        return History(
            repository=repository,
            asked=self._asked,
            judged=judged,
            left_out=self._in_order(),
            named={one.sha: _named(one) for one in self._all},
            reverts=reverts_in([_told(one) for one in reversed(self._all)]),
            read_at=time.time(),
        )

    def _in_order(self) -> list[LeftOut]:
        place = {one.sha: at for at, one in enumerate(self._all)}
        return sorted(self._left_out, key=lambda one: place[one.sha])

    def _judge(self) -> Iterator[list[Judged | LeftOut]]:
        cut = segments(self._objects, self._asked, self._read(), _AT_ONCE, _LARGEST)
        if self._cores == 1 or len(self._line) < _WORTH:
            return map(judge, cut)
        return _beside(cut, self._cores)

    def _read(self) -> Iterator[tuple[Landing, bytes | None]]:
        """Yield each change with its text, and note which have none."""
        for landing, patch in zip(self._line, patches(self._objects, [one.sha for one in self._line]), strict=True):
            if patch.text is None:
                self._left_out.append(LeftOut(landing.sha, patch.why))
            yield landing, patch.text


def _beside(cut: Iterator[Segment], cores: int) -> Iterator[list[Judged | LeftOut]]:
    """Judge segments in processes of their own, in order, reading only a little ahead of them. Raises GitError."""
    try:
        yield from _spread_over(cut, cores)
    except BrokenProcessPool as error:
        raise GitError("a process that judged changes ended: ask for fewer of them, or for fewer rules") from error


def _spread_over(cut: Iterator[Segment], cores: int) -> Iterator[list[Judged | LeftOut]]:
    with ProcessPoolExecutor(cores, multiprocessing.get_context("spawn"), prepare) as pool:
        running: deque[Future[list[Judged | LeftOut]]] = deque()
        for segment in cut:
            running.append(pool.submit(judge, segment))
            if len(running) >= cores * _AHEAD:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


def _named(landing: Landing) -> Named:
    own = landing.commits[-1]
    return Named(title_of(own.message), landing.landed, own.parents, "\N{REPLACEMENT CHARACTER}" in own.message)


def title_of(message: str) -> str:
    """Give the title of what landed: of GitHub's merge commits that of the pull request, which stands below."""
    first, _, rest = message.partition("\n")
    merged = _MERGED.match(first)
    title = rest.strip().partition("\n")[0].rstrip()
    return f"{title} (#{merged[1]})" if merged and title else first


def _told(landing: Landing) -> Told:
    return Told(landing.sha, landing.message, tuple((one.sha, one.message) for one in landing.commits[:-1]))
