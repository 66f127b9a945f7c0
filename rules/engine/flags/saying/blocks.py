"""Cuts the exposed lines of a file into blocks, each with the smallest step that would guard it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rules.engine.flags.saying.steps import Block, Step

if TYPE_CHECKING:
    from rules.engine.flags.guarding.marked import Guarded
    from rules.engine.flags.tree.nodes import Nodes

MOST: Final = 10
"""Blocks of one file that are kept besides the first: the largest."""

_MOST_FRAMES: Final = 64  # functions inside each other that are looked through
_NONE: Final = -1


def blocks_of(file: Guarded, exposed: Sequence[int], between: frozenset[int]) -> tuple[Block, ...]:
    """Cut the exposed lines, in order; lines `between` that say nothing keep two of them together."""
    finder = _Finder(file, frozenset(exposed))
    runs: list[tuple[int, list[int]]] = []
    for line in exposed:
        frame = finder.frame(line)
        if runs and runs[-1][0] == frame and between.issuperset(range(runs[-1][1][-1] + 1, line)):
            runs[-1][1].append(line)
        else:
            runs.append((frame, [line]))
    largest = sorted(runs[1:], key=lambda run: (-len(run[1]), run[1][0]))[:MOST]
    kept = sorted((*runs[:1], *largest), key=lambda run: run[1][0])
    return tuple(finder.block(frame, lines) for frame, lines in kept)


@dataclass(frozen=True, slots=True)
class _Finder:
    file: Guarded
    exposed: frozenset[int]
    functions: dict[int, str] = field(default_factory=dict)
    heads: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """List the functions that have a name, and the lines that they begin on."""
        for one in self.file.reading.names.definitions:
            function = self.file.reading.function_of(one)
            if function is not None:
                self.functions[function] = one.name
                above = self.nodes.parents[function]
                is_marked = self.nodes.types[above] in self.nodes.grammar.decorated
                self.heads.setdefault(self._row(above if is_marked else function), function)
                self.heads.setdefault(self._row(function), function)

    @property
    def nodes(self) -> Nodes:
        return self.file.nodes

    def _row(self, node: int) -> int:
        return self.nodes.row(self.nodes.starts[node])

    def frame(self, line: int) -> int:
        """Find the outermost new function that a line is in, or else the function that it changes; -1 outside."""
        innermost = self.heads.get(line, _NONE)
        around = self._around(self.nodes.first_on(line) if innermost == _NONE else innermost)
        frames = [one for one in (innermost, *around) if one != _NONE]
        new = [one for one in frames if self._row(one) in self.exposed]
        return (new[-1:] or frames[:1] or [_NONE])[0]

    def _around(self, node: int) -> Iterator[int]:
        """Walk the functions with a name around a node, outwards."""
        scope = self.nodes.scopes[node]
        for _ in range(_MOST_FRAMES):
            if scope < 0:
                return
            if scope in self.functions:
                yield scope
            scope = self.nodes.scopes[scope]

    def block(self, frame: int, lines: list[int]) -> Block:
        """Find the step that guards some lines of one function."""
        step, line = self._step(frame, lines)
        name = self.functions.get(frame, "")
        language = self.nodes.grammar.catalogue
        return Block(lines[0], lines[-1], len(lines), language, step, line, name, inside=frame != _NONE)

    def _step(self, frame: int, lines: list[int]) -> tuple[Step, int]:
        at = self.nodes.first_on(lines[-1])
        if below := [row for row in self._exits(at) if row > lines[-1]]:
            return Step.BELOW, min(below)
        if checks := list(self._checks(at)):
            return Step.INSIDE, min(checks, key=lambda row: (abs(row - lines[0]), row))
        if frame == _NONE or self._row(frame) not in self.exposed:
            return Step.AROUND, 0
        is_guarded = self.file.on.find(1, frame, self.nodes.stops[frame]) >= 0
        return (Step.NOTHING if is_guarded and lines[-1] <= self._row(frame) else Step.START), 0

    def _exits(self, at: int) -> Iterator[int]:
        """Walk the lines of the early exits in the blocks around a node."""
        nodes = self.nodes
        for exit_ in self.file.guards.stopping:
            is_check = nodes.types[exit_] in nodes.grammar.steps or nodes.types[exit_] in nodes.grammar.statements
            if is_check and self._holds(exit_, at):
                yield self._row(exit_)

    def _checks(self, at: int) -> Iterator[int]:
        """Walk the lines of the `if` statements with a block, in the blocks around a node of the same function."""
        nodes, around = self.nodes, next(self._around(at), _NONE)
        for fork, truth in self.file.guards.forks.items():
            branch = nodes.grammar.branches.get(nodes.types[fork])
            then = nodes.part(fork, branch.then) if branch and nodes.types[fork] in nodes.grammar.steps else None
            is_block = then is not None and nodes.types[then] in nodes.grammar.blocks
            is_near = self._holds(fork, at) and next(self._around(fork), _NONE) == around
            if is_block and is_near and truth.is_on_when_true:
                yield self._row(fork)

    def _holds(self, statement: int, at: int) -> bool:
        """Say whether the block that a statement stands in is also around a node."""
        block = self.nodes.parents[statement]
        return block < at < self.nodes.stops[block]
