"""Follows what only runs after a statement that nothing passes while the flag is off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rules.engine.flags.tree.exits import always_exits, others_of

if TYPE_CHECKING:
    from rules.engine.flags.reading.truth import Truth
    from rules.engine.flags.tree.nodes import Nodes

_DEEPEST: Final = 16  # blocks inside each other that an exit is followed through
_LARGEST: Final = 20_000  # nodes of a branch that an exit is followed out of


@dataclass(frozen=True, slots=True)
class Flow:
    """What one file runs in order.

    `stopping` are statements and arms that nothing passes while the flag is off, `whole` the clauses behind which
    nothing goes on then, `else` or not, `stopped` what holds a stopping statement.
    """

    nodes: Nodes
    stopping: set[int] = field(default_factory=set)
    whole: set[int] = field(default_factory=set)
    stopped: set[int] = field(default_factory=set)

    def stop(self, statement: int) -> list[tuple[int, int]]:
        """List the ranges of what follows a statement that nothing passes, in its block and in those around it."""
        ranges: list[tuple[int, int]] = []
        at: int | None = statement
        for _ in range(_DEEPEST):
            if at is None:
                break
            at = self._around(at, ranges)
        return ranges

    def pass_by(self, clause: int, truth: Truth) -> list[tuple[int, int]]:
        """Note that a clause, or those after it, are not entered, and list what is not reached for that."""
        if truth.is_on_when_false:
            self.whole.add(clause)
            self._note_after(clause)
        else:
            self._note(clause)
        fork = self._fork(clause)
        return self.stop(fork) if fork is not None else []

    def _around(self, at: int, ranges: list[tuple[int, int]]) -> int | None:
        """Note one statement, and give the one around it that nothing passes either."""
        nodes, grammar = self.nodes, self.nodes.grammar
        parent = nodes.parents[at]
        kind = nodes.types[parent] if parent >= 0 else ""
        if kind in grammar.blocks - grammar.bodies:
            self._note(at)
            ranges.append((nodes.stops[at], self._end(at, parent)))
            holder = nodes.parents[parent]
            above = nodes.types[holder] if holder >= 0 else ""
            if above in grammar.blocks:
                return parent
            return holder if above in grammar.passing else self._fork(parent)
        is_arm = kind in grammar.steps or kind in grammar.clauses  # of an `else if`
        if is_arm:
            self._note(at)
        return self._fork(at) if is_arm else None

    def _note_after(self, clause: int) -> None:
        """Note all clauses after one, as far as a later one has not done so."""
        nodes, at = self.nodes, self.nodes.stops[clause]
        while at < nodes.stops[nodes.parents[clause]]:
            self._note(at)
            if at in self.whole:
                return
            at = nodes.stops[at]

    def _note(self, at: int) -> None:
        self.stopping.add(at)
        self.stopped.add(self.nodes.parents[at])

    def _fork(self, arm: int) -> int | None:
        """Give the branch that an arm belongs to, where nothing passes any of its arms."""
        nodes = self.nodes
        fork = nodes.parents[arm]
        if fork >= 0 and nodes.types[fork] in nodes.grammar.clauses:
            fork = nodes.parents[fork]
        branch = nodes.grammar.branches.get(nodes.types[fork]) if fork >= 0 else None
        if branch is None or nodes.types[fork] not in nodes.grammar.steps or nodes.stops[fork] - fork > _LARGEST:
            return None
        then, others = nodes.part(fork, branch.then), others_of(nodes, fork, branch)
        return fork if then is not None and self.is_closed(then) and self.are_closed(others) else None

    def are_closed(self, others: Sequence[int]) -> bool:
        """Say whether nothing passes the arms that run where a condition is false; without an `else` all passes."""
        grammar, last = self.nodes.grammar, others[-1] if others else -1
        if last < 0:
            return False
        kind = self.nodes.types[last]
        is_else = kind not in grammar.branches or last in self.whole
        return (is_else or kind not in grammar.clauses) and all(self.is_closed(other) for other in others)

    def is_closed(self, arm: int) -> bool:
        """Say whether nothing passes an arm while the flag is off."""
        return arm in self.stopping or always_exits(self.nodes, arm) or self._stops_inside(arm)

    def _stops_inside(self, arm: int) -> bool:
        nodes = self.nodes
        branch = nodes.grammar.branches.get(nodes.types[arm])
        if branch is not None and nodes.types[arm] not in nodes.grammar.clauses:
            return False
        then = nodes.part(arm, branch.then) if branch is not None else None
        shells = nodes.grammar.blocks | nodes.grammar.clauses
        near = arm if then is None else then
        while near not in self.stopped:
            inside = near + 1
            is_alone = not nodes.is_leaf(near) and nodes.stops[inside] == nodes.stops[near]
            if not is_alone or nodes.types[inside] not in shells:
                return False
            near = inside
        return True

    def _end(self, statement: int, block: int) -> int:
        """Find where the part of a block ends that nothing reaches after an exit."""
        nodes = self.nodes
        last = nodes.last(block)
        is_later = last is not None and last > statement
        return (
            last if last is not None and is_later and nodes.types[last] in nodes.grammar.always else nodes.stops[block]
        )
