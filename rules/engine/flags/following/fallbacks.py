"""Finds functions that give one parameter with a flag on and another one without: the first matters only with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rules.engine.flags.guarding.marked import Guarded
    from rules.engine.flags.tree.nodes import Nodes

_LONGEST: Final = 12  # lines of such a function


def chosen_by(file: Guarded, function: int) -> frozenset[int]:
    """Give the places of the parameters that matter only with the flag on, in a function that only chooses."""
    nodes = file.nodes
    body = nodes.body(function)
    if body is None or len(nodes.rows(function)) > _LONGEST or file.on.find(1, body, nodes.stops[body]) < 0:
        return frozenset()
    given = _parameters(nodes, function)
    on: set[str] = set()
    off: set[str] = set()
    for at in _said(file, body):
        name = nodes.word(at)
        if name not in given:
            return frozenset()
        (on if file.on[at] else off).add(name)
    return frozenset(given.index(name) for name in on) if len(off) == 1 and not on & off else frozenset()


def _parameters(nodes: Nodes, function: int) -> list[str]:
    """List the names of the parameters in order, where each is given by its place."""
    part = nodes.part(function, "parameters")
    inside = range(part, nodes.stops[part]) if part is not None else range(0)
    return [nodes.word(at) for at in inside if nodes.types[at] in nodes.grammar.names]


def _said(file: Guarded, body: int) -> Iterator[int]:
    """Walk all that a body says and does, but for the check itself."""
    nodes = file.nodes
    checks = [(start, stop) for start, stop in file.guards.asking if nodes.types[start] not in nodes.grammar.exits]
    for node in range(body, nodes.stops[body]):
        is_said = nodes.types[node] in nodes.grammar.calls or (nodes.is_leaf(node) and not _is_sign(nodes, node))
        if is_said and not (file.asked[node] and any(start <= node < stop for start, stop in checks)):
            yield node


def _is_sign(nodes: Nodes, node: int) -> bool:
    """Say whether a node is a mark of punctuation."""
    return not nodes.said(node)[:1].isalnum() and nodes.types[node] not in nodes.grammar.names


def given_for(nodes: Nodes, call: int, places: frozenset[int]) -> Iterator[int]:
    """Walk the arguments of a call at some places."""
    part = nodes.part(call, "arguments")
    given = list(nodes.children(part)) if part is not None else []
    if not any(nodes.types[one] in nodes.grammar.keys for one in given):
        yield from (one for at, one in enumerate(given) if at in places)
