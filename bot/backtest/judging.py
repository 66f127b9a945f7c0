"""Judges some changes of a history, one behind the other; it may run in a process of its own."""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from typing import Final, NoReturn

from bot.backtest.asked import Asked, Judged, LeftOut, Unseen, is_paired, places_of
from bot.git.contents import Contents
from bot.git.history import MISSING, Landing
from bot.git.objects import GitError, MissingError, Objects
from bot.git.pull_request import undone
from rules.engine.attributes import Attributes
from rules.engine.diff import DiffError, parse_diff
from rules.engine.evaluate import evaluate, needs_of
from rules.engine.pull_request import Change, ChangedFile, PullRequest, Totals
from rules.engine.result import Kind
from rules.engine.size import Scale, Size
from rules.engine.sized import Measure

_MADE_BETWEEN: Final = 100_000  # values, before garbage is looked for
_ATTRIBUTES: Final = ".gitattributes"
_LAST: Final = 253_402_300_799  # the last second that a date can name
_NO_LIMIT: Final = Measure(float("inf"), 1 << 62, 1 << 62)  # nothing is over it, so that no split is thought out


@dataclass(frozen=True, slots=True)
class Segment:
    """Some neighbouring changes, the newest first, each with the text of its diff."""

    objects: Objects
    asked: Asked
    changes: tuple[tuple[Landing, bytes], ...]


def prepare() -> None:
    """Make this process fit to judge: it ends with the one that started it, even where that is killed.

    Garbage is looked for seldom: values without cycles are made by the million, and looking takes a tenth of the time.
    """
    gc.freeze()
    gc.set_threshold(_MADE_BETWEEN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_outlast, args=(parent,), daemon=True).start()


def _outlast(parent: BaseProcess) -> NoReturn:
    parent.join()
    os._exit(1)


def judge(segment: Segment) -> list[Judged | LeftOut]:
    """Judge each change of a segment, in order. Never raises because of what a commit holds."""
    with Contents(segment.objects) as contents:
        try:
            paths = set(contents.paths(segment.changes[0][0].sha))
        except GitError as error:
            why = MISSING if isinstance(error, MissingError) else str(error).partition("\n")[0]
            return [LeftOut(landing.sha, why) for landing, _ in segment.changes]
        judging = _Judging(segment, contents, paths)
        return [judging.judged(landing, text) for landing, text in segment.changes]


@dataclass(frozen=True, slots=True)
class _Step:
    """The paths that one change made, and those that it took away."""

    new: set[str]
    old: set[str]


class _Judging:
    """Goes back in time change by change, and knows which files there were."""

    def __init__(self, segment: Segment, contents: Contents, paths: set[str]) -> None:
        self._objects = segment.objects
        self._asked = segment.asked
        self._policy = segment.asked.as_policy()
        self._contents = contents
        self._paths = paths
        self._attributes: Attributes | None = None

    def judged(self, landing: Landing, text: bytes) -> Judged | LeftOut:
        """Judge one change, or say why it cannot be."""
        try:
            files = parse_diff(text)
        except DiffError as error:
            self._paths = set(self._contents.paths(landing.base))
            self._attributes = None
            return LeftOut(landing.sha, f"its diff cannot be read: {error}")
        step = self._go_back(files)
        if not files:
            return LeftOut(landing.sha, "it changes nothing")
        try:
            return self._said(self._pull_request(landing, files), step)
        except Exception as error:  # noqa: BLE001 - one commit that breaks andon must not hide all others
            return LeftOut(landing.sha, f"andon failed, not you: {type(error).__name__}")

    def _go_back(self, files: tuple[ChangedFile, ...]) -> _Step:
        """Undo the change in the list of paths, and say what that was."""
        new = {file.path for file in files if file.change in (Change.ADDED, Change.RENAMED)} & self._paths
        old = {file.path for file in files if file.change is Change.DELETED}
        old |= {file.previous_path for file in files if file.previous_path}
        self._paths -= new
        old -= self._paths
        self._paths |= old
        if any(_ATTRIBUTES in (_name(file.path), _name(file.previous_path or "")) for file in files):
            self._attributes = None
        return _Step(new, old)

    def _pull_request(self, landing: Landing, files: tuple[ChangedFile, ...]) -> PullRequest:
        if self._attributes is None:
            self._attributes = self._read_attributes(landing.base)
        totals = Totals(len(files), sum(file.added for file in files), sum(file.deleted for file in files))
        return PullRequest(
            repository="",
            base=landing.base,
            head=landing.sha,
            fetched_at=datetime.fromtimestamp(min(landing.landed, _LAST), UTC),
            files=files,
            totals=totals,
            attributes=self._attributes,
            title=landing.message.partition("\n")[0],
            commits=landing.commits,
            undoes=undone(self._objects, landing.base, landing.sha, landing.commits),
            merge_base=landing.base,
        )

    def _read_attributes(self, base: str) -> Attributes:
        """Read every `.gitattributes` before the change."""
        there = [path for path in self._paths if _name(path) == _ATTRIBUTES]
        texts = self._contents.texts(base, there)
        return Attributes({path.removesuffix(_ATTRIBUTES): text.decode("utf-8", "replace") for path, text in texts})

    def _said(self, pr: PullRequest, step: _Step) -> Judged:
        if needs := needs_of(self._policy, pr):
            texts: Mapping[str, bytes] = dict(self._contents.texts(pr.head, needs.to_fetch(pr)))
            pr = needs.filled(pr, texts, frozenset(self._paths - step.old | step.new) if needs.tree else None)
        verdict = evaluate(self._policy, pr)
        lines, files = (None, None) if verdict.kind is Kind.REVERT else self._size(pr)
        return Judged(
            sha=pr.head,
            kind=verdict.kind.value,
            outcomes=tuple(result.outcome for result in verdict.results),
            conclusions=self._asked.conclusions(verdict),
            lines=lines,
            files=files,
            pair=is_paired(verdict),
            places=places_of(verdict),
            unseen=frozenset(_unseen(pr)),
        )

    def _size(self, pr: PullRequest) -> tuple[int, int]:
        """Count effective lines and the files that hold them."""
        rule = self._asked.size
        size = Size(Scale(rule.weights.by_kind(), rule.deleted_factor, _NO_LIMIT), pr)
        return size.effective, size.counting


def _unseen(pr: PullRequest) -> Iterator[Unseen]:
    for file in pr.files:
        if file.binary:
            yield Unseen.BINARY
        if file.submodule:
            yield Unseen.SUBMODULE


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def segments(
    objects: Objects, asked: Asked, changes: Iterator[tuple[Landing, bytes | None]], at_once: int, largest: int
) -> Iterator[Segment]:
    """Cut a history, the newest first, into segments of so many changes or bytes; a gap ends one as well."""
    held: list[tuple[Landing, bytes]] = []
    size = 0
    for landing, text in changes:
        full = len(held) >= at_once or size >= largest
        if held and (text is None or full):
            yield Segment(objects, asked, tuple(held))
            held, size = [], 0
        if text is not None:
            held.append((landing, text))
            size += len(text)
    if held:
        yield Segment(objects, asked, tuple(held))
