"""Counts the code lines of a whole pull request once: what was written, moved, re-indented or removed, by file."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from rules.engine.comments import CodeLine, code_lines
from rules.engine.kinds import FileKind, file_kind
from rules.engine.moves import Block, moved, reindented
from rules.engine.same import Same

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rules.engine.attributes import Attributes
    from rules.engine.hunk import Hunk
    from rules.engine.pull_request import ChangedFile, PullRequest


@dataclass(frozen=True, slots=True)
class CountedFile:
    """One file with the code lines that were really written (`added`) and really taken away (`deleted`).

    `moved` and `reindented` count added lines that only changed their place or their white space.
    """

    file: ChangedFile
    kind: FileKind
    added: tuple[CodeLine, ...] = ()
    deleted: tuple[CodeLine, ...] = ()
    moved: int = 0
    reindented: int = 0


def count(pr: PullRequest, weights: Mapping[FileKind, float]) -> tuple[CountedFile, ...]:
    """Count every file of a pull request. `weights` say which lines may explain which: see `moves.moved`."""
    return Counting(pr, weights).of(range(len(pr.files)))


@dataclass(frozen=True, slots=True)
class Listed:
    """The files of a pull request, and the kind and the weight of each, in one order."""

    files: tuple[ChangedFile, ...]
    kinds: tuple[FileKind, ...]
    weights: tuple[float, ...]


class Counting:
    """The files of one pull request, read once, to be counted whole or a part at a time."""

    def __init__(self, pr: PullRequest, weights: Mapping[FileKind, float]) -> None:
        self.files = pr.files
        self.kinds = _kinds(Same(pr.files), Same(pr.attributes))
        self._listed = Listed(self.files, self.kinds, tuple(weights[kind] for kind in self.kinds))

    @cached_property
    def _lines(self) -> Lines:
        return _read(Same(self.files))

    def writes(self) -> bool:
        """Say whether some added line can have come from nowhere: no removed one reads so."""
        gone = {line.text for hunks in self._lines for old, _, _ in hunks for line in old}
        return any(line.text not in gone for hunks in self._lines for _, new, _ in hunks for line in new)

    def of(self, numbers: Iterable[int]) -> tuple[CountedFile, ...]:
        """Count the files with these numbers as if they were the whole: only lines among them explain each other."""
        which = tuple(numbers)
        if which == tuple(range(len(self.files))):
            return _all_counted(Same(self.files), self._listed.kinds, self._listed.weights)
        return _counted(self._listed, self._lines, which)


@lru_cache(maxsize=4)  # the kind of change and then each rule count all of the same files
def _all_counted(
    files: Same[tuple[ChangedFile, ...]], kinds: tuple[FileKind, ...], weights: tuple[float, ...]
) -> tuple[CountedFile, ...]:
    return _counted(Listed(files.value, kinds, weights), _read(files), range(len(kinds)))


@lru_cache(maxsize=4)
def _kinds(files: Same[tuple[ChangedFile, ...]], attributes: Same[Attributes]) -> tuple[FileKind, ...]:
    return tuple(file_kind(file, attributes.value) for file in files.value)


def _counted(listed: Listed, lines: Lines, which: Sequence[int]) -> tuple[CountedFile, ...]:
    """Count some files of known kinds and weights."""
    removed, added, still = _blocks(listed, lines, which)
    left, came = moved(removed, added)
    written, gone = _kept(added, came), _kept(removed, left)
    moves = Counter(added[block].file for block, _ in came)
    return tuple(
        CountedFile(
            listed.files[at],
            listed.kinds[at],
            tuple(written[at]),
            tuple(gone[at]),
            moved=moves[at],
            reindented=still[at],
        )
        for at in which
    )


def _blocks(listed: Listed, lines: Lines, which: Iterable[int]) -> tuple[list[Block], list[Block], Counter[int]]:
    """List the removed and the added lines hunk by hunk, in the order of paths: GitHub's own must not matter."""
    removed: list[Block] = []
    added: list[Block] = []
    still: Counter[int] = Counter()
    for number in sorted(which, key=lambda at: listed.files[at].path):
        for old, new, same in lines[number]:
            still[number] += same
            removed.append(Block(number, listed.weights[number], old))
            added.append(Block(number, listed.weights[number], new))
    return removed, added, still


def _kept(blocks: Sequence[Block], gone: frozenset[tuple[int, int]]) -> dict[int, list[CodeLine]]:
    """Group by file the lines that no move explains."""
    kept: dict[int, list[CodeLine]] = defaultdict(list)
    touched = {index for index, _ in gone}
    for index, block in enumerate(blocks):
        if index in touched:
            kept[block.file] += [line for at, line in enumerate(block.lines) if (index, at) not in gone]
        else:
            kept[block.file] += block.lines
    return kept


Sides = tuple[tuple[CodeLine, ...], tuple[CodeLine, ...], int]
"""One hunk's removed and added code lines without those that were re-indented, and how many of the added were."""

Lines = tuple[tuple[Sides, ...], ...]
"""The hunks of each file."""


@lru_cache(maxsize=2)  # the kind of change and then each rule ask for the same files
def _read(files: Same[tuple[ChangedFile, ...]]) -> Lines:
    return tuple(tuple(_sides(file.path, hunk) for hunk in file.hunks or ()) for file in files.value)


def _sides(path: str, hunk: Hunk) -> Sides:
    old, new = code_lines(path, hunk)
    same_old, same_new = reindented(old, new)
    if not same_new:
        return old, new, 0
    removed = tuple(line for at, line in enumerate(old) if at not in same_old)
    return removed, tuple(line for at, line in enumerate(new) if at not in same_new), len(same_new)


def largest_block(one: CountedFile) -> tuple[int, int] | None:
    """Find the longest run of added lines that the diff shows together: its first and last line, or None."""
    runs: list[tuple[int, int]] = []
    for number in [line.new for hunk in one.file.hunks or () for line in hunk.lines() if line.sign == "+"]:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    counted = {line.number for line in one.added}
    telling = (run for run in runs if counted & set(range(run[0], run[1] + 1)))
    return max(telling, key=lambda run: run[1] - run[0], default=None)
