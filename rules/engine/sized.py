"""What the proposal to split a pull request is made from: its files, and how to measure some of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from rules.engine.kinds import FileKind
from rules.engine.pull_request import Change
from rules.engine.stack import must_end

if TYPE_CHECKING:
    from rules.engine.pull_request import PullRequest

MOST: Final = 5
"""Parts that a person will follow."""


class Measure(NamedTuple):
    """What some files come to: effective lines, files that hold them, and lines left out of the count."""

    lines: float
    files: int
    left_out: int

    def plus(self, other: Measure) -> Measure:
        """Add up; a true size may be less, where lines only moved, and rarely more."""
        return Measure(self.lines + other.lines, self.files + other.files, self.left_out + other.left_out)

    def fits(self, limit: Measure) -> bool:
        """Say whether no limit is passed."""
        return self.lines <= limit.lines and self.files <= limit.files and self.left_out <= limit.left_out


@dataclass(frozen=True, slots=True)
class Sized:
    """A pull request with the kinds of its files, and how to measure some of them, named by their numbers."""

    pr: PullRequest
    kinds: Sequence[FileKind]
    measure: Callable[[Collection[int]], Measure]
    limit: Measure

    def fits(self, numbers: Collection[int]) -> bool:
        """Say whether these files by themselves pass no limit."""
        return self.measure(numbers).fits(self.limit)


class Stage(IntEnum):
    """When something lands: migrations first and alone, then what only moved, then the work."""

    MIGRATION = 0
    MOVE = 1
    WORK = 2
    LAST = 3


class Group(NamedTuple):
    """The files of a part to be, and its title where it is known already."""

    numbers: tuple[int, ...]
    title: str = ""


def stage_of(sized: Sized, number: int) -> Stage:
    """Say when one file lands."""
    file = sized.pr.files[number]
    if must_end(file):
        return Stage.LAST
    if sized.kinds[number] is FileKind.MIGRATION:
        return Stage.MIGRATION
    return Stage.MOVE if file.change is Change.RENAMED and not file.added + file.deleted else Stage.WORK


def directory(path: str) -> str:
    """Give the directory of a path with its slash, or nothing for the top."""
    return path[: path.rfind("/") + 1]


def counted(first: str, more: int, thing: str, things: str) -> str:
    """Name the first of several things, and how many more there are."""
    return f"{first} and {more} more {thing if more == 1 else things}" if more else first
