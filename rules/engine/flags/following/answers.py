"""Says what a function answers while its flag is off: nothing at all, or something empty."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rules.engine.flags.naming.names import UNKNOWN

if TYPE_CHECKING:
    from rules.engine.flags.guarding.marked import Guarded
    from rules.engine.flags.tree.nodes import Nodes

_EMPTY: Final = re.compile(
    r"(?:emptyList|emptySet|emptyMap|emptyArray|empty|ArrayList|LinkedList|HashSet|HashMap|LinkedHashMap|Set|Map|Array|"
    r"set|list|dict|tuple|listOf|setOf|mapOf|mutableListOf|of|resolve)$"
)
_LITERALS: Final = re.compile(
    r"(?:array|list|tuple|dictionary|object|hash|string|template_string|interpreted_string_literal|string_literal|"
    r"literal_value|argument_list|arguments)$"
)
_ZERO: Final = frozenset((b"0", b"0.0", b'""', b"''", b"``"))
_DEEPEST: Final = 6


def is_empty(nodes: Nodes, value: int) -> bool:
    """Say whether a value is nothing, false, zero, or holds nothing."""
    if value == UNKNOWN:
        return True
    inside = [value]
    for _ in range(_DEEPEST):
        inside = [part for one in inside for part in _parts(nodes, one)]
        if not inside:
            return True
    return False


def _parts(nodes: Nodes, value: int) -> list[int]:
    """Take apart what holds a value; nothing is left of an empty one, and the value itself of any other."""
    kind, grammar = nodes.types[value], nodes.grammar
    if kind in grammar.empty or kind in grammar.false or nodes.said(value) in _ZERO:
        return []
    children = list(nodes.children(value))
    if kind in grammar.transparent or kind in grammar.tuples or _LITERALS.match(kind):
        return children if children or _LITERALS.match(kind) else [value]
    if kind == "composite_literal":
        return children[1:] or children
    chain = nodes.chain(value) if kind in grammar.calls else ()
    if kind == "object_creation_expression" or (chain and _EMPTY.match(chain[-1])):
        return [child for child in children if nodes.fields[child] == "arguments"]
    return [value]


def answers_empty(file: Guarded, function: int) -> bool:
    """Say whether all that a function may return while its flag is off is empty."""
    nodes = file.nodes
    for value in file.reading.names.returned.get(function, ()):
        if not (is_empty(nodes, value) or file.on[value] or nodes.types[value] in nodes.grammar.steps):
            return False
    return True


def is_stub(file: Guarded, function: int) -> bool:
    """Say whether a function does nothing but to answer something empty."""
    nodes = file.nodes
    body = nodes.part(function, "body")
    values = file.reading.names.returned.get(function, [])
    statements = [] if body is None else list(nodes.children(body))
    while len(statements) == 1 and nodes.types[statements[0]] in nodes.grammar.blocks:
        statements = list(nodes.children(statements[0]))
    only = all(nodes.types[at] in nodes.grammar.exits or at in values for at in statements)
    return body is not None and only and all(is_empty(nodes, value) for value in values)
