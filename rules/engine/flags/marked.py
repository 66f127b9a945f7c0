"""Marks, node by node, what of one file runs only with a flag on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules.engine.flags.asking import asking
from rules.engine.flags.guards import Guards, merged

if TYPE_CHECKING:
    from rules.engine.flags.nodes import Nodes
    from rules.engine.flags.reading import Reading


@dataclass(frozen=True, slots=True)
class Guarded:
    """One file with what runs only with a flag on (`on`) and what nobody runs yet (`unused`), node by node.

    `asked` is what asks for a flag or leaves without it, `held` what holds it or hands it on.
    `added` are the lines that the pull request adds; `before` is the text at the base, None where there is none.
    """

    path: str
    reading: Reading
    guards: Guards
    added: frozenset[int]
    before: bytes | None
    on: bytearray
    unused: bytearray
    asked: bytearray
    held: bytearray

    @property
    def nodes(self) -> Nodes:
        """Give the nodes of the file."""
        return self.reading.nodes

    def is_new(self, name: str) -> bool:
        """Say whether the base does not know a name at all."""
        return is_new(name, self.before)


def is_new(name: str, before: bytes | None) -> bool:
    """Say whether a text does not hold a name at all."""
    if before is None:
        return True
    return re.search(rb"(?<![\w$])" + re.escape(name.encode()) + rb"(?![\w$])", before) is None


def guarded(path: str, reading: Reading, guards: Guards, added: frozenset[int], before: bytes | None) -> Guarded:
    """Mark the nodes of one file that its own guards cover."""
    size = len(reading.nodes.types)
    holding = tuple(asking(path, reading))
    on, asked, held = (_marked(size, ranges) for ranges in (guards.ranges, guards.asking, holding))
    return Guarded(path, reading, guards, added, before, on, bytearray(size), asked, held)


def _marked(size: int, ranges: Iterable[tuple[int, int]]) -> bytearray:
    marks = bytearray(size)
    for start, stop in merged(ranges):
        marks[start:stop] = b"\1" * (stop - start)
    return marks
