"""Marks, node by node, what of one file runs only with a flag on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rules.engine.flags.guarding.asking import asking
from rules.engine.flags.guarding.guards import Guards, merged
from rules.engine.flags.guarding.parameters import Parameter, idle_parameters

if TYPE_CHECKING:
    from rules.engine.flags.reading.reading import Reading
    from rules.engine.flags.tree.nodes import Nodes

_WORD: Final = re.compile(rb"[\w$]+")


@dataclass(frozen=True, slots=True)
class Guarded:
    """One file with what runs only with a flag on (`on`) and what nobody runs yet (`unused`), node by node.

    `asked` is what asks for a flag or leaves without it, `held` what holds it or hands it on; `parameters` matter only
    with a flag on.
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
    parameters: tuple[Parameter, ...] = ()
    nodes: Nodes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the nodes of the file at hand: no other name is asked for as often."""
        object.__setattr__(self, "nodes", self.reading.nodes)

    def is_new(self, name: str) -> bool:
        """Say whether the base does not know a name at all."""
        return is_new(name, self.before)


def is_new(name: str, before: bytes | None) -> bool:
    """Say whether a text does not hold a name at all."""
    return before is None or not frozenset(_WORD.findall(name.encode())) <= _words_of(before)


@lru_cache(maxsize=4)
def _words_of(text: bytes) -> frozenset[bytes]:
    return frozenset(_WORD.findall(text))


def guarded(path: str, reading: Reading, guards: Guards, added: frozenset[int], before: bytes | None) -> Guarded:
    """Mark the nodes of one file that its own guards cover."""
    size = len(reading.nodes.types)
    on, asked = _marked(size, guards.ranges), _marked(size, guards.asking)
    idle = guards.idle.union(reading.carried)
    parameters = tuple(idle_parameters(reading.names, on, idle)) if guards.asking or reading.carried else ()
    wholes = ((one.whole, reading.nodes.stops[one.whole]) for one in parameters)
    held = _marked(size, (*asking(path, reading), *guards.frames, *wholes))
    return Guarded(path, reading, guards, added, before, on, bytearray(size), asked, held, parameters)


def _marked(size: int, ranges: Iterable[tuple[int, int]]) -> bytearray:
    marks = bytearray(size)
    for start, stop in merged(ranges):
        marks[start:stop] = b"\1" * (stop - start)
    return marks
