"""What a rule asks for beyond the diff, and how it is filled in: fetched in one batch for all rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from rules.engine.pull_request import Account, Change, Side

if TYPE_CHECKING:
    from rules.engine.pull_request import ChangedFile, PullRequest

LARGEST_TEXT: Final = 512_000
"""Bytes: a larger file is not read, which every rule that asked for it has to say. GitHub cuts texts here as well."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Whole texts of files, each named by its side and its path there, and whether the list of all paths is wanted.

    `people` are accounts of which a rule must know whether they may write now. `coverage` asks which lines a test run
    reached: a rule asks for it only where that may change its answer.
    """

    texts: frozenset[tuple[Side, str]] = frozenset()
    tree: bool = False
    people: frozenset[Account] = frozenset()
    coverage: bool = False

    def __or__(self, other: Needs) -> Needs:
        """Join two wishes."""
        people, coverage = self.people | other.people, self.coverage or other.coverage
        return Needs(self.texts | other.texts, self.tree or other.tree, people, coverage)

    def __bool__(self) -> bool:
        """Say whether anything is needed at all."""
        return bool(self.texts) or self.tree or bool(self.people) or self.coverage

    def to_fetch(self, pr: PullRequest) -> tuple[str, ...]:
        """List the paths at the head that must be read; every other text follows from the diff and these."""
        changed = _Changed(pr)
        paths = set()
        for side, path in self.texts:
            file = changed.at(side, path)
            if file is None and not changed.is_elsewhere(path):
                paths.add(path)
            elif file is not None and file.change is not Change.DELETED and _whole(file, side) is None:
                paths.add(file.path)
        return tuple(sorted(paths))

    def filled(self, pr: PullRequest, fetched: Mapping[str, bytes], tree: frozenset[str] | None) -> PullRequest:
        """Put the texts and the list of paths into the pull request. `fetched` are the texts at the head, by path."""
        changed = _Changed(pr)
        texts = {}
        for side, path in self.texts:
            file = changed.at(side, path)
            if file is None and changed.is_elsewhere(path):
                continue
            text = _text(file, side, fetched.get(file.path if file else path))
            if text is not None and len(text) <= LARGEST_TEXT:
                texts[side, path] = text
        return replace(pr, texts=texts, tree=tree if self.tree else None)


def before(file: ChangedFile, head: bytes) -> bytes | None:
    """Undo the diff of one file on its text at the head; None where they do not fit each other."""
    if file.hunks is None:
        return None
    lines = head.split(b"\n")
    kept: list[bytes] = []
    at = 0
    for hunk in file.hunks:
        start = hunk.new_start - 1 if hunk.new_count else hunk.new_start
        sides = list(hunk.lines())
        seen = [line.text for line in sides if line.sign != "-"]
        if start < at or lines[start : start + len(seen)] != seen:
            return None
        kept += lines[at:start]
        kept += [line.text for line in sides if line.sign != "+"]
        at = start + len(seen)
    return b"\n".join(kept + lines[at:])


class _Changed:
    """The changed files by side and path there."""

    def __init__(self, pr: PullRequest) -> None:
        at_head = {(Side.HEAD, file.path): file for file in pr.files if file.change is not Change.DELETED}
        at_base = {
            (Side.BASE, file.previous_path or file.path): file for file in pr.files if file.change is not Change.ADDED
        }
        self._files = {**at_head, **at_base}
        self._paths = {path for _, path in self._files}

    def at(self, side: Side, path: str) -> ChangedFile | None:
        """Give the changed file that has this path on this side."""
        return self._files.get((side, path))

    def is_elsewhere(self, path: str) -> bool:
        """Say whether a path that is not among one side's changed files is among the other's: it is new, or gone."""
        return path in self._paths


def _text(file: ChangedFile | None, side: Side, head: bytes | None) -> bytes | None:
    """Give one side's text: what was read, what the diff alone shows, or what was read with the diff undone."""
    if file is None:
        return head
    if (whole := _whole(file, side)) is not None:
        return whole
    if side is Side.HEAD or head is None:
        return head
    return before(file, head)


def _whole(file: ChangedFile, side: Side) -> bytes | None:
    """Give the text where the diff shows all of it: a new file's at the head, a deleted one's at the base."""
    shown = {Side.HEAD: Change.ADDED, Side.BASE: Change.DELETED}[side]
    if file.change is not shown or file.previous_path is not None or file.hunks is None or file.binary:
        return None
    return b"".join(line.text + b"\n" for hunk in file.hunks for line in hunk.lines())
