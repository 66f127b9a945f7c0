"""Finds what only holds a flag, hands it on, answers for it or makes it known: none of that is behaviour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from rules.engine.flags.reading.learnt import full_name

if TYPE_CHECKING:
    from rules.engine.flags.reading.reading import Reading
    from rules.engine.flags.tree.nodes import Nodes

_LONGEST_PREDICATE: Final = 12  # lines; a longer function does more than to ask
_REGISTRY: Final = re.compile(r"(?:^|/)[^/]*?(?:feature[_-]?)?(?:flags?|toggles?|gates?)\.[a-z]+$", re.IGNORECASE)
_REGISTERS: Final = re.compile(rb"[\w.]*\b(?:add|register|define|declare)\w*\(")
_FLAGGED: Final = re.compile(rb"(?i:feature|flag|toggle)")
_LONGEST_CALL: Final = 400  # bytes of a call that its names are looked for in


def asking(path: str, reading: Reading) -> Iterator[tuple[int, int]]:
    """Walk the ranges of nodes that do no more."""
    nodes = reading.nodes
    for value in reading.held:
        yield _range(nodes, _whole(nodes, value))
    yield from (_range(nodes, node) for node in reading.handed)
    idle = (mark for mark in reading.names.marks if nodes.types[mark] in nodes.grammar.idle_marks)
    yield from (_range(nodes, mark) for mark in idle)
    for node in reading.known:
        if nodes.types[nodes.parents[node]] in nodes.grammar.hands_on:
            yield _range(nodes, nodes.parents[node])
    for one in reading.names.definitions:
        statement = nodes.statements[one.node]
        if full_name(reading, one) in reading.predicates and len(nodes.rows(statement)) <= _LONGEST_PREDICATE:
            yield _range(nodes, statement)
    yield from _registered(path, nodes)
    yield from _asked_of(reading)


def is_registry(path: str) -> bool:
    """Say by its path whether a file makes flags known to the program."""
    return _REGISTRY.search(path) is not None


def _range(nodes: Nodes, node: int) -> tuple[int, int]:
    return node, nodes.stops[node]


def _whole(nodes: Nodes, value: int) -> int:
    """Give the statement of the assignment that a value is in, where it holds nothing else."""
    assignment = nodes.parents[value]
    if nodes.types[assignment] in nodes.grammar.tuples:
        assignment = nodes.parents[assignment]
    statement = nodes.statements[assignment]
    return statement if nodes.stops[statement] == nodes.stops[assignment] else assignment


def _asked_of(reading: Reading) -> Iterator[tuple[int, int]]:
    """Walk the members without a value of which the code does nothing but to ask, and texts that only name flags."""
    nodes, names = reading.nodes, reading.names
    asked: set[int] = set()
    named: set[int] = set()
    for site in reading.sites:
        asked.update(range(site.node, nodes.part(site.node, "arguments") or nodes.stops[site.node]))
        named.update(range(site.node, nodes.stops[site.node]))
    wanted: dict[tuple[str, bool], list[int]] = {}
    for one in names.definitions if asked else ():
        pair = nodes.grammar.assigns.get(nodes.types[one.node])
        value = nodes.part(one.node, pair.value) if pair is not None else None
        is_text = value is not None and nodes.types[value] in nodes.grammar.strings
        if is_text or (one.member and pair is not None and value is None):
            wanted.setdefault((one.name, is_text), []).append(nodes.statements[one.node])
    for (name, is_text), statements in wanted.items():
        uses = [*names.plain.get(name, ()), *names.dotted.get(name, ())] if is_text else list(reading.own(name))
        if uses and (named if is_text else asked).issuperset(uses):
            yield from (_range(nodes, statement) for statement in statements)


def _registered(path: str, nodes: Nodes) -> Iterator[tuple[int, int]]:
    """Walk the statements that make flags known to the program."""
    lists_flags = is_registry(path)
    for node, kind in enumerate(nodes.types):
        is_listed = lists_flags and kind in nodes.grammar.assigns and _is_plain(nodes, node)
        if is_listed or (kind in nodes.grammar.calls and _registers(nodes, node)):
            yield _range(nodes, nodes.statements[node])


def _is_plain(nodes: Nodes, node: int) -> bool:
    """Say whether a node stands outside functions and holds none."""
    inside = range(node, nodes.stops[node])
    return nodes.scopes[node] < 0 and not any(nodes.types[at] in nodes.grammar.functions for at in inside)


def _registers(nodes: Nodes, call: int) -> bool:
    if nodes.parents[call] != nodes.statements[call]:
        return False
    said = nodes.text[nodes.starts[call] : min(nodes.ends[call], nodes.starts[call] + _LONGEST_CALL)]
    return _REGISTERS.match(said) is not None and _FLAGGED.search(said) is not None
