"""Counts the code lines of a whole pull request once: what was written, moved, re-indented or removed, by file."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rules.engine.comments import CodeLine, code_lines
from rules.engine.kinds import FileKind, file_kind
from rules.engine.moves import Block, moved, reindented

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rules.engine.diff import Hunk
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
    kinds = [file_kind(file, pr.attributes) for file in pr.files]
    removed, added, still = _blocks(pr.files, kinds, weights)
    left, came = moved(removed, added)
    written, gone = _kept(added, came), _kept(removed, left)
    moves = Counter(added[block].file for block, _ in came)
    return tuple(
        CountedFile(file, kinds[at], tuple(written[at]), tuple(gone[at]), moved=moves[at], reindented=still[at])
        for at, file in enumerate(pr.files)
    )


def _kept(blocks: Sequence[Block], gone: frozenset[tuple[int, int]]) -> dict[int, list[CodeLine]]:
    """Group by file the lines that no move explains."""
    kept: dict[int, list[CodeLine]] = defaultdict(list)
    for index, block in enumerate(blocks):
        kept[block.file] += [line for at, line in enumerate(block.lines) if (index, at) not in gone]
    return kept


Sides = tuple[tuple[CodeLine, ...], tuple[CodeLine, ...], int]
"""One hunk's removed and added code lines without those that were re-indented, and how many of the added were."""


@lru_cache(maxsize=2)  # the kind of change and then each rule ask for the same files
def _read(files: tuple[ChangedFile, ...]) -> tuple[tuple[Sides, ...], ...]:
    return tuple(tuple(_sides(file.path, hunk) for hunk in file.hunks or ()) for file in files)


def _sides(path: str, hunk: Hunk) -> Sides:
    old, new = code_lines(path, hunk)
    same_old, same_new = reindented(old, new)
    removed = tuple(line for at, line in enumerate(old) if at not in same_old)
    return removed, tuple(line for at, line in enumerate(new) if at not in same_new), len(same_new)


def _blocks(
    files: tuple[ChangedFile, ...], kinds: Sequence[FileKind], weights: Mapping[FileKind, float]
) -> tuple[list[Block], list[Block], list[int]]:
    """List the removed and the added lines hunk by hunk, in the order of paths: GitHub's own must not matter."""
    removed: list[Block] = []
    added: list[Block] = []
    still = [0] * len(files)
    read = _read(files)
    for number in sorted(range(len(files)), key=lambda at: files[at].path):
        weight = weights[kinds[number]]
        for old, new, same in read[number]:
            still[number] += same
            removed.append(Block(number, weight, old))
            added.append(Block(number, weight, new))
    return removed, added, still
