"""What an outline of one file holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Sign(Enum):
    """What stands at a place of a file. CASE is a list of cases for one test."""

    TEST = "test"
    ASSERTION = "assertion"
    CANNOT_FAIL = "assertion that cannot fail"
    SKIP = "skip"
    FOCUS = "focus"
    CASE = "case"
    BRANCH = "branch"
    FUNCTION = "function that is no test"


class Mark(NamedTuple):
    """One place: its line, from 1, and the start of its source in one line."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Outline:
    """One file: the names that it offers to others, its lines that never run, and its marks."""

    definitions: frozenset[str] = frozenset()
    inert: frozenset[int] = frozenset()
    found: Mapping[Sign, tuple[Mark, ...]] | None = None

    def marks(self, sign: Sign) -> tuple[Mark, ...]:
        """List the marks of one sign, in the order of the text."""
        return (self.found or {}).get(sign, ())

    def count(self, sign: Sign) -> int:
        """Count the marks of one sign."""
        return len(self.marks(sign))
