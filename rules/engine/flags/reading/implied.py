"""Follows what an exit on a flag and something else says: after `if a and not flag: return`, `a` needs the flag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rules.engine.flags.reading.truth import NO, YES, Truth
from rules.engine.flags.tree.exits import always_exits

if TYPE_CHECKING:
    from rules.engine.flags.naming.names import Names
    from rules.engine.flags.tree.nodes import Nodes

_DEEPEST: Final = 16  # conditions inside each other
_MOST_USES: Final = 200  # of one name in a file
_LARGEST: Final = 200  # nodes of a condition that is looked at


@dataclass(frozen=True, slots=True)
class Implied:
    """One such exit: its condition, what is done where it holds, the other name in it, and what its later uses say."""

    condition: int
    then: int
    name: int
    uses: tuple[int, ...]
    truth: Truth


def implied(names: Names, known: Mapping[int, Truth]) -> Iterator[Implied]:
    """Walk the exits that are taken only where a flag is off, and a name that nothing else binds is true, or false."""
    nodes = names.nodes
    for node, truth in known.items():
        parent = nodes.parents[node]
        if truth.is_on_when_false and parent >= 0 and nodes.types[parent] in nodes.grammar.logic:
            found = _implied(names, known, node)
            if found is not None:
                yield found


def _implied(names: Names, known: Mapping[int, Truth], flag: int) -> Implied | None:
    nodes = names.nodes
    condition = _whole(nodes, flag)
    then = _exit(nodes, condition) if nodes.stops[condition] - condition <= _LARGEST else None
    if then is None:
        return None
    others = [one for one in _parts(nodes, condition) if not known.get(one, Truth.NOTHING).is_on_when_false]
    if len(others) != 1:
        return None
    name, truth = _name(nodes, others[0])
    scope = names.scope_of(name, nodes.word(name))
    if len(names.plain.get(nodes.word(name), ())) > _MOST_USES:
        return None
    if scope is None or len(names.bound[scope, nodes.word(name)]) != 1:
        return None
    block = nodes.parents[nodes.parents[condition]]
    later = range(max(nodes.stops[then], nodes.stops[condition]), nodes.stops[block])
    uses = tuple(use for use in names.uses(nodes.word(name), scope) if use in later)
    return Implied(condition, then, name, uses, truth)


def _whole(nodes: Nodes, node: int) -> int:
    """Give the whole of which a node is a part that has to hold as well."""
    at = node
    for _ in range(_DEEPEST):
        at = nodes.parents[at] if _is_passed(nodes, nodes.parents[at]) else at
    return at


def _is_passed(nodes: Nodes, node: int) -> bool:
    """Say whether a node only holds where all that is inside does."""
    kind = nodes.types[node]
    if kind in nodes.grammar.transparent:
        return True
    words = (nodes.grammar.operators.get(nodes.types[child]) for child in nodes.children(node))
    return kind in nodes.grammar.logic and "and" in words


def _exit(nodes: Nodes, condition: int) -> int | None:
    """Give the exit that a condition decides about, where that stands in a block."""
    parent = nodes.parents[condition]
    branch = nodes.grammar.branches.get(nodes.types[parent])
    if branch is None or branch.negated or nodes.part(parent, branch.condition) != condition:
        return None
    then = nodes.part(parent, branch.then)
    is_statement = nodes.statements[parent] == parent
    return then if then is not None and is_statement and always_exits(nodes, then) else None


def _parts(nodes: Nodes, condition: int) -> list[int]:
    """Take a condition apart into what has to hold."""
    parts = [condition]
    for _ in range(_DEEPEST):
        wholes = [part for part in parts if _is_passed(nodes, part)]
        inside = [child for whole in wholes for child in nodes.children(whole)]
        parts = [part for part in parts if part not in wholes]
        parts += [child for child in inside if nodes.types[child] not in nodes.grammar.operators]
    return parts


def _name(nodes: Nodes, node: int) -> tuple[int, Truth]:
    """Look through `not`: give what is inside, and what it says where it is true."""
    inside = list(nodes.children(node))
    words = [nodes.grammar.operators.get(nodes.types[child]) for child in inside]
    if nodes.types[node] in nodes.grammar.negations and words[:1] == ["not"]:
        return inside[-1], NO
    return node, YES
