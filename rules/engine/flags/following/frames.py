"""Finds branches and loops that do nothing while a flag is off, though they ask for none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from rules.engine.flags.following.filling import alone

if TYPE_CHECKING:
    from rules.engine.flags.guarding.marked import Guarded
    from rules.engine.flags.tree.nodes import Nodes

LOOPS: Final = frozenset(("for_statement", "for_in_statement", "enhanced_for_statement", "for", "while_statement"))
EACH: Final = frozenset(("forEach", "each", "each_with_index", "each_pair", "each_value", "each_key"))
_AGAIN: Final = frozenset(("continue_statement", "break_statement", "next", "break"))
_LONGEST: Final = 2000  # nodes of a branch that is looked at
_CHANGES: Final = frozenset(("update_expression", "inc_statement", "dec_statement", "yield", "delete_expression"))
_PURE: Final = re.compile(
    r"(?:is|has|can|should|len|size|count|length|get|find|equals?|Equal|starts|ends|match|keys|values|entries|items|"
    r"range|enumerate|zip|sorted|reversed|list|set|dict|tuple|str|int|bool|any|all|some|every|filter|map|min|max|"
    r"isinstance|issubclass|getattr|hasattr|type|contains?|includes?|include|of|to|lower|upper|trim|strip|split|join|"
    r"String|stream|first|last|nil|blank|present|empty|Is|Has|Get|Contains|Equals|Len|Size|Keys|Values|Name)"
    r"(?:$|_|[A-Z]|\?)|[a-z_]+\?$|(?:is|has)[a-z]+$|(?:starts|ends)with$"
)
_ACTS: Final = re.compile(r"(?:save|destroy|update|create|delete|perform|run|call|process|send|touch)(?:$|_|!)|.*!$")
_DECLARES: Final = frozenset(("short_var_declaration", "variable_declarator", "var_spec"))


def frames_of(file: Guarded) -> Iterator[int]:
    """Walk the branches and loops that a file adds, from the innermost outwards."""
    nodes = file.nodes
    wanted = nodes.grammar.steps | LOOPS | nodes.grammar.calls
    for node in range(len(nodes.types) - 1, -1, -1):
        if nodes.types[node] not in wanted or node in file.guards.forks:
            continue
        if alone(nodes, node) != nodes.statements[node]:
            continue
        is_short = nodes.stops[node] - node <= _LONGEST
        if is_short and _is_frame(nodes, node) and nodes.row(nodes.starts[node]) in file.added:
            yield node


def _is_frame(nodes: Nodes, node: int) -> bool:
    kind = nodes.types[node]
    if kind in nodes.grammar.steps or kind in LOOPS:
        return True
    return kind in nodes.grammar.calls and not nodes.is_leaf(node) and _each(nodes, node) is not None


def _each(nodes: Nodes, call: int) -> int | None:
    """Find the function that a call runs for each of several things."""
    pair = nodes.grammar.members.get(nodes.types[call])
    member = call if pair is not None else nodes.callee(call)
    pair = nodes.grammar.members.get(nodes.types[member]) if member is not None else None
    name = nodes.part(member, pair.value) if member is not None and pair is not None else None
    if name is None or nodes.word(name) not in EACH:
        return None
    inside = (at for part in nodes.children(call) for at in (part, *nodes.children(part)))
    return next((at for at in inside if nodes.types[at] in nodes.grammar.functions), None)


def is_quiet(file: Guarded, frame: int) -> bool:
    """Say whether a branch or loop does nothing while the flag is off: its head only looks, its body is guarded."""
    nodes = file.nodes
    stop = nodes.stops[frame]
    if file.on.find(1, frame, stop) < 0:
        return False
    is_loop = nodes.types[frame] not in nodes.grammar.steps
    node = frame + 1
    while node < stop:
        if file.on[node] or file.unused[node] or (file.asked[node] and nodes.types[node] not in nodes.grammar.exits):
            node = nodes.stops[node]
            continue
        if not _is_idle(nodes, node, is_loop=is_loop):
            return False
        node += 1
    return True


def _is_idle(nodes: Nodes, node: int, *, is_loop: bool) -> bool:
    """Say whether a node inside a branch only looks, or goes on with the loop."""
    kind, grammar = nodes.types[node], nodes.grammar
    if nodes.statements[node] == node and kind not in grammar.blocks and kind not in grammar.clauses:
        return (is_loop and kind in _AGAIN) or kind in grammar.steps or kind in LOOPS or _wraps(nodes, node)
    if kind in _CHANGES or (kind in grammar.assigns and kind not in _DECLARES):
        return False
    if kind not in grammar.calls:
        return not (grammar.implicit_calls and kind in grammar.names and _ACTS.match(nodes.word(node)))
    chain = nodes.chain(node)
    return bool(chain) and (chain[-1] in EACH or _PURE.match(chain[-1]) is not None)


def _wraps(nodes: Nodes, node: int) -> bool:
    """Say whether a statement is nothing but a call that runs something for each."""
    inside = node + 1 if nodes.types[node] in nodes.grammar.lone else node
    return (
        nodes.stops[inside] == nodes.stops[node]
        and nodes.types[inside] in nodes.grammar.calls
        and (_each(nodes, inside) is not None)
    )
