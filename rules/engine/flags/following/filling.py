"""Says what a statement only fills: a value of this function that is added to, set in parts, counted up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rules.engine.flags.tree.grammar import words

if TYPE_CHECKING:
    from rules.engine.flags.tree.nodes import Nodes

_COLLECTING: Final = words(
    "append add push insert Insert put extend addAll putAll unshift appendleft update set Add Append AddAll Set "
    "Delete delete remove discard clear concat push! merge! concat! putIfAbsent setdefault addFirst addLast offer "
    "plusAssign"
)
_CLEARING: Final = frozenset(("delete", "clear", "append"))
_PARTS: Final = frozenset(("element_reference", "array_access"))
_COUNTING: Final = frozenset(("inc_statement", "dec_statement", "update_expression"))
_STATEMENT: Final = re.compile(r".*(?:declaration|statement|definition)$")
_FRESH: Final = re.compile(
    rb"(?:new\s+|[\w$]+\s*(?:\?\.|\.|::)\s*)*(?:make|new|list|set|dict|map|defaultdict|deque|of|append|sorted|copy|clone|dup|"
    rb"slice|filter|to[A-Z_]\w*|(?:mutable|array|hash|linked|empty)\w+|New\w*|[A-Z]\w*)\s*[\[<(]"
)
_LITERALS: Final = re.compile(
    r"(?:array|list|dictionary|set|object|hash|composite_literal|string|template_string|interpreted_string_literal|"
    r"nil|null|none|undefined|null_literal|true|false|boolean_literal|integer|number|int_literal|"
    r"decimal_integer_literal|float|new_expression|object_creation_expression|array_creation_expression|"
    r"(?:list|set|dictionary)_comprehension|string_literal)$"
)


def extent_of_value(nodes: Nodes, node: int) -> tuple[int, int]:
    """Give the range of an assignment, with the declaration around it where that holds nothing else."""
    at = node
    while at != nodes.statements[node] and _only_wraps(nodes, nodes.parents[at], at):
        at = nodes.parents[at]
    return at, nodes.stops[at]


def _only_wraps(nodes: Nodes, around: int, inside: int) -> bool:
    grammar, kind = nodes.grammar, nodes.types[around]
    is_more = any(kind in kinds for kinds in (grammar.exits, grammar.branches, grammar.functions, grammar.classes))
    is_last = nodes.stops[around] == nodes.stops[inside] and _STATEMENT.match(kind) is not None
    return is_last and not is_more and sum(nodes.types[at] in grammar.assigns for at in nodes.children(around)) <= 1


def filled_by(nodes: Nodes, held: int) -> int | None:
    """Find the statement that does no more than to fill what a node holds."""
    parent = nodes.parents[held]
    kind = nodes.types[parent]
    if kind in _COUNTING:
        return alone(nodes, parent)
    if kind in nodes.grammar.members and nodes.part(parent, nodes.grammar.members[kind].target) == held:
        return _filled_behind(nodes, parent)
    if kind in _PARTS:
        return assigned(nodes, parent)
    if kind in nodes.grammar.logic and "<<" in (nodes.types[at] for at in nodes.children(parent)):
        return alone(nodes, parent) if held == parent + 1 else None
    return _cleared(nodes, held)


def _filled_behind(nodes: Nodes, member: int) -> int | None:
    """Find the statement that calls a collecting method, or sets a part."""
    grammar = nodes.grammar
    name = nodes.part(member, grammar.members[nodes.types[member]].value)
    word = nodes.word(name) if name is not None else ""
    call = member if nodes.types[member] in grammar.calls else nodes.parents[member]
    if nodes.types[call] in grammar.calls and (call == member or nodes.callee(call) == member):
        return alone(nodes, call) if word in _COLLECTING else None
    return assigned(nodes, member)


def assigned(nodes: Nodes, target: int) -> int | None:
    """Find the statement that assigns to a target, and to nothing else."""
    around = nodes.parents[target]
    if nodes.types[around] in nodes.grammar.tuples and nodes.stops[around] == nodes.stops[target]:
        target, around = around, nodes.parents[around]
    pair = nodes.grammar.assigns.get(nodes.types[around])
    if pair is None or nodes.part(around, pair.target) != target:
        return None
    return alone(nodes, around)


def _cleared(nodes: Nodes, held: int) -> int | None:
    """Find the statement that hands what a node holds to a function which only changes that."""
    arguments = nodes.parents[held]
    call = nodes.parents[arguments]
    if held != arguments + 1 or call < 0 or nodes.types[call] not in nodes.grammar.calls:
        return None
    return alone(nodes, call) if nodes.word(call + 1) in _CLEARING else None


def alone(nodes: Nodes, node: int) -> int | None:
    """Find the statement that is nothing but a node."""
    at = node
    while nodes.types[nodes.parents[at]] in nodes.grammar.lone:
        at = nodes.parents[at]
    return at if nodes.types[nodes.parents[at]] in nodes.grammar.blocks else None


def is_made_here(nodes: Nodes, value: int) -> bool:
    """Say whether a value is made where it stands, so that nobody else sees it being filled."""
    kind = nodes.types[value]
    if kind in nodes.grammar.transparent or kind in nodes.grammar.tuples:
        inside = next(nodes.children(value), value)
        return inside != value and is_made_here(nodes, inside)
    if _LITERALS.match(kind) or kind.endswith("="):  # what is added to itself
        return True
    return kind in nodes.grammar.calls and _FRESH.match(nodes.said(value)) is not None
