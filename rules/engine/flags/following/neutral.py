"""Finds what does nothing where a call answers something empty: nothing is added, walked, shown or joined."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from rules.engine.flags.following.filling import alone
from rules.engine.flags.following.frames import EACH, LOOPS
from rules.engine.flags.tree.grammar import words

if TYPE_CHECKING:
    from rules.engine.flags.tree.nodes import Nodes

_SPREADS: Final = frozenset(("spread_element", "variadic_argument", "list_splat", "splat_argument"))
_GATHERS: Final = words("append push extend addAll concat update merge putAll AddAll union")
_SINGLE: Final = words("append push")  # which add what they are given as one thing
_DEEPEST: Final = 4


def without_effect(nodes: Nodes, value: int) -> int | None:
    """Find the node that does nothing where a value is empty."""
    at = _outermost(nodes, value)
    parent = nodes.parents[at]
    kind, grammar = nodes.types[parent], nodes.grammar
    if nodes.fields[parent] == "arguments":
        return _gathered(nodes, parent, at)
    if kind == "range_clause" or kind in LOOPS:
        loop = parent if kind in LOOPS else nodes.parents[parent]
        return loop if nodes.fields[at] in ("right", "value") and nodes.statements[loop] == loop else None
    if kind in grammar.members and nodes.part(parent, grammar.members[kind].target) == at:
        return _walked(nodes, parent)
    return parent if kind == "jsx_expression" else at if nodes.types[at] in _SPREADS else None


def _outermost(nodes: Nodes, value: int) -> int:
    at = value
    for _ in range(_DEEPEST):
        around = nodes.parents[at]
        is_bracket = nodes.types[around] in nodes.grammar.transparent and nodes.fields[around] != "arguments"
        if not (is_bracket or nodes.types[around] in _SPREADS) or nodes.types[around] == "jsx_expression":
            break
        at = around
    return at


def _gathered(nodes: Nodes, arguments: int, at: int) -> int | None:
    """Find the statement that only adds what is empty to something."""
    call = nodes.parents[arguments]
    chain = nodes.chain(call)
    if not chain or chain[-1] not in _GATHERS:
        return at if nodes.types[at] in _SPREADS else None
    given = list(nodes.children(arguments))
    if len(given) == 1:
        return alone(nodes, call) if chain[-1] not in _SINGLE or nodes.types[at] in _SPREADS else None
    return _kept(nodes, call, given[0]) if len(given) == len(("kept", "more")) and given[1] == at else None


def _kept(nodes: Nodes, call: int, first: int) -> int | None:
    """Find the assignment of what is added to, to itself."""
    around = nodes.parents[call]
    assign = nodes.parents[around] if nodes.types[around] in nodes.grammar.tuples else around
    pair = nodes.grammar.assigns.get(nodes.types[assign])
    target = nodes.part(assign, pair.target) if pair is not None else None
    if target is None or nodes.said(target) != nodes.said(first):
        return None
    return alone(nodes, assign)


def _walked(nodes: Nodes, member: int) -> int | None:
    """Find the statement that runs something for each of nothing."""
    call = member if nodes.types[member] in nodes.grammar.calls else nodes.parents[member]
    chain = nodes.chain(call)
    return alone(nodes, call) if nodes.types[call] in nodes.grammar.calls and chain[-1] in EACH else None


def awaited_together(nodes: Nodes, value: int) -> tuple[int, int] | None:
    """Find the name that takes a value out of several which are awaited together, and the value's own place."""
    at = _outermost(nodes, value)
    arguments = nodes.parents[nodes.parents[at]]
    call = nodes.parents[arguments] if arguments >= 0 else -1
    if call < 0 or nodes.types[call] not in nodes.grammar.calls or nodes.chain(call) != ("Promise", "all"):
        return None
    place = list(nodes.children(nodes.parents[at])).index(at)
    around = nodes.parents[_outermost(nodes, call)]
    pair = nodes.grammar.assigns.get(nodes.types[around])
    target = nodes.part(around, pair.target) if pair is not None else None
    names = list(nodes.children(target)) if target is not None and nodes.types[target] in nodes.grammar.lists else []
    return (names[place], at) if place < len(names) else None


def element_of(nodes: Nodes, name: int) -> int | None:
    """Find the element of markup that a name stands for."""
    opening = nodes.parents[name]
    if nodes.types[opening] not in nodes.grammar.openings or name != opening + 1:
        return None
    return opening if nodes.types[opening] in nodes.grammar.elements else nodes.parents[opening]


def bound_to(nodes: Nodes, value: int) -> Iterator[int]:
    """Walk the one name that an assignment binds to a value."""
    at = _outermost(nodes, value)
    around = nodes.parents[at]
    pair = nodes.grammar.assigns.get(nodes.types[around])
    target = nodes.part(around, pair.target) if pair is not None and nodes.part(around, pair.value) == at else None
    inside = [target] if target is not None and nodes.is_leaf(target) else list(nodes.children(target or at))
    if target is not None and len(inside) == 1 and nodes.is_leaf(inside[0]):
        yield inside[0]


def registered_by(nodes: Nodes, name: int) -> int | None:
    """Find the statement that only hands a name to a call, beside other names and texts."""
    arguments = nodes.parents[name]
    if nodes.fields[arguments] != "arguments":
        return None
    call = nodes.parents[arguments]
    simple = nodes.grammar.names | nodes.grammar.strings
    if not all(nodes.types[given] in simple for given in nodes.children(arguments)):
        return None
    return alone(nodes, call)
