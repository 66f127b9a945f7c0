"""Reads what one side of a file does while every flag is off: what flags guard goes, and so does what is left empty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rules.engine.flags.guarding.guards import merged
from rules.engine.flags.reading.truth import Truth

if TYPE_CHECKING:
    from rules.engine.flags.guarding.guards import Guards
    from rules.engine.flags.reading.reading import Reading
    from rules.engine.flags.tree.nodes import Nodes

_NESTED: Final = 4  # blocks that are nothing but a block


def settled_value(reading: Reading, node: int) -> bytes:
    """Give what an expression comes to while every flag is off: `true`, `false`, or nothing where that is open."""
    truth = reading.known.get(node, Truth.NOTHING)
    if reading.nodes.types[node] in reading.nodes.grammar.assigns or truth.is_on_when_true == truth.is_on_when_false:
        return b""
    return b"false" if truth.is_on_when_true else b"true"


@dataclass(frozen=True, slots=True)
class OffPath:
    """One side of a file with every flag off.

    `kept` tells what still runs, node by node; `opened` are nodes that go away while what is inside stays, `blank`
    ones come to nothing, and `renamed` are clauses that begin a chain because the branch before them is gone.
    """

    reading: Reading
    kept: bytearray
    opened: bytearray
    blank: bytearray
    renamed: dict[int, str] = field(default_factory=dict)

    @property
    def nodes(self) -> Nodes:
        """Give the nodes of the file."""
        return self.reading.nodes

    def value(self, node: int) -> bytes:
        """Give what an expression comes to, or nothing."""
        return settled_value(self.reading, node)


def off_path(reading: Reading, guards: Guards, silent: Iterable[tuple[int, int]] = ()) -> OffPath:
    """Take away what flags guard, and the `silent` ranges."""
    size = len(reading.nodes.types)
    path = OffPath(reading, bytearray(b"\1" * size), bytearray(size), bytearray(size))
    for start, stop in merged((*guards.ranges, *guards.gone, *silent)):
        path.kept[start:stop] = bytes(stop - start)
    for node in guards.shells:
        path.opened[node] = 1
    for node in reading.known:
        if path.value(node):
            _open(path, node)
    return path


def _drop(path: OffPath, node: int) -> None:
    stop = path.nodes.stops[node]
    path.kept[node:stop] = bytes(stop - node)


def _open(path: OffPath, node: int) -> None:
    """Open the branch that an expression decides, or leave out an operand that decides nothing."""
    nodes = path.nodes
    parent = nodes.parents[node]
    kind = nodes.types[parent] if parent >= 0 else ""
    branch = nodes.grammar.branches.get(kind)
    if branch is not None and nodes.part(parent, branch.condition) == node:
        _drop(path, node)
        _open_arms(path, parent)
    elif kind in nodes.grammar.logic and not path.value(parent) and nodes.joins(parent):
        path.opened[parent] = 1
        for child in nodes.children(parent):
            if child == node or nodes.types[child] in nodes.grammar.operators:
                _drop(path, child)


def _open_arms(path: OffPath, fork: int) -> None:
    """Open a branch whose condition is settled; a clause that asks further takes its place."""
    nodes = path.nodes
    grammar = nodes.grammar
    path.opened[fork] = 1
    for arm in nodes.children(fork):
        kind = nodes.types[arm]
        if not path.kept[arm] or kind not in grammar.blocks | grammar.clauses:
            continue
        if kind in grammar.clauses and kind in grammar.branches:
            path.renamed[arm] = path.renamed.get(fork, nodes.types[fork])
            return
        _open_blocks(path, arm)


def _open_blocks(path: OffPath, arm: int) -> None:
    nodes = path.nodes
    shells = nodes.grammar.blocks | nodes.grammar.clauses
    at: int | None = arm
    for _ in range(_NESTED):
        if at is None:
            return
        path.opened[at] = 1
        at = next((child for child in nodes.children(at) if nodes.types[child] in shells), None)


def empty(path: OffPath, start: int, stop: int) -> None:
    """Leave out of a range of nodes the branches and loops in which nothing is left, and what only comes to a truth."""
    for node in range(stop - 1, start - 1, -1):
        if path.kept[node]:
            path.blank[node] = _is_blank(path, node)
            if _is_idle(path, node):
                path.kept[node] = 0


def _is_blank(path: OffPath, node: int) -> bool:
    """Say whether an expression comes to a truth or to nothing, or a block or clause to no statement."""
    nodes = path.nodes
    kind, grammar = nodes.types[node], nodes.grammar
    if path.value(node) or kind in grammar.empty or kind in grammar.false:
        return True
    if kind in grammar.blocks or (kind in grammar.clauses and kind not in grammar.branches):
        return all(_is_gone(path, child) for child in nodes.children(node))
    is_open = kind in grammar.transparent or (path.opened[node] == 1 and kind in grammar.branches)
    is_shell = is_open and not nodes.is_leaf(node)
    return is_shell and all(_is_gone(path, child) for child in nodes.children(node))


def _is_gone(path: OffPath, node: int) -> bool:
    return not path.kept[node] or path.blank[node] == 1


def _is_idle(path: OffPath, node: int) -> bool:
    """Say whether a node that is still there does nothing."""
    nodes = path.nodes
    kind, grammar, parent = nodes.types[node], nodes.grammar, nodes.parents[node]
    above = nodes.types[parent] if parent >= 0 else ""
    if kind in grammar.lone and above in grammar.blocks:
        return all(_is_gone(path, child) for child in nodes.children(node))
    if kind in grammar.transparent and above in grammar.components:
        return path.blank[node] == 1
    if path.opened[node] or not (kind in grammar.branches or kind in grammar.binders or kind in grammar.clauses):
        return False
    arms = list(_arms(nodes, node))
    return bool(arms) and all(_is_gone(path, arm) for arm in arms)


def _arms(nodes: Nodes, node: int) -> Iterator[int]:
    """Walk the parts of a branch, clause or loop that run or do not; none where it is an expression."""
    grammar, kind = nodes.grammar, nodes.types[node]
    branch = grammar.branches.get(kind)
    inside = list(nodes.children(node))
    if not any(nodes.types[child] in grammar.blocks or nodes.types[child] in grammar.clauses for child in inside):
        return
    condition = nodes.part(node, branch.condition) if branch is not None else None
    for child in inside:
        is_arm = nodes.types[child] in grammar.blocks or nodes.types[child] in grammar.clauses
        if is_arm or (branch is not None and child != condition) or kind in grammar.clauses:
            yield child
