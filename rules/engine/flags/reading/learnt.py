"""Finds where a file asks predicates that other files define: by an import, in the same package, by a class's name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rules.engine.flags.tree.nodes import package_of

if TYPE_CHECKING:
    from rules.engine.flags.naming.names import Definition
    from rules.engine.flags.reading.reading import Reading
    from rules.engine.flags.reading.truth import Truth
    from rules.engine.flags.tree.nodes import Nodes


def full_name(reading: Reading, one: Definition) -> str:
    """Give the name that a definition has for other files: that of its class or of its object before its own."""
    if not one.member:
        return one.name
    received = reading.received.objects.get(one.node)
    around = received[1] if received is not None else _class_around(reading.nodes, one.node)
    return f"{around}.{one.name}" if around else one.name


def learnt_calls(reading: Reading, learnt: Mapping[tuple[str, str], Truth]) -> Iterator[tuple[int, Truth]]:
    """Walk the places where predicates of other files are asked."""
    own = package_of(reading.path)
    for (path, full), truth in learnt.items():
        is_near = own is not None and own == package_of(path) and path != reading.path
        around, _, name = full.rpartition(".")
        if around:
            nodes = _of_object(reading, around, name) if is_near else []
            yield from ((node, truth) for node in (*nodes, *_of_class(reading, around, name)) if path != reading.path)
        elif reading.names.brings(name, path) or (is_near and (-1, name) not in reading.names.bound):
            yield from reading.calls_of({name: truth})


def _of_object(reading: Reading, kind: str, name: str) -> list[int]:
    """List the calls of a method of the object itself that another file of the package defines."""
    nodes = reading.nodes
    return [nodes.parents[node] for node in reading.received.uses.get((kind, name), ()) if nodes.is_called(node)]


def _of_class(reading: Reading, around: str, name: str) -> Iterator[int]:
    """Walk the calls of a method behind the name of its class, where that is known here."""
    nodes, names = reading.nodes, reading.names
    for node in names.dotted.get(name, ()) if nodes.grammar.shared or around in names.imported else ():
        member = nodes.parents[node]
        is_call = nodes.types[member] in nodes.grammar.calls
        if nodes.chain(member)[-2:] == (around, name) and (is_call or nodes.is_called(member)):
            yield member if is_call else nodes.parents[member]


def _class_around(nodes: Nodes, node: int) -> str:
    """Name the class whose member a node is."""
    body = nodes.parents[nodes.statements[node]]
    around = nodes.parents[body]
    name = nodes.part(around, "name") if around >= 0 else None
    return nodes.word(name) if name is not None else ""
