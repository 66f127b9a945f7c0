"""Finds fields and methods of the object itself where each method names that object anew, as in Go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rules.engine.flags.naming.names import Names
    from rules.engine.flags.tree.nodes import Nodes

_OF_OBJECT: Final = 2  # names in `c.on`
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Received:
    """The methods with the name and type of their object, and by type and name what fields hold and all uses."""

    objects: dict[int, _Key] = field(default_factory=dict)
    values: dict[_Key, list[int]] = field(default_factory=lambda: defaultdict(list))
    uses: dict[_Key, list[int]] = field(default_factory=lambda: defaultdict(list))

    def methods(self, function: int, name: str) -> list[int]:
        """List where a method is named as one of the object itself."""
        return self.uses.get((self.objects[function][1], name), []) if function in self.objects else []


def received_in(names: Names) -> Received:
    """Read the methods of a file, then the literals and assignments that fill fields, then where these are used."""
    nodes, found = names.nodes, Received()
    if nodes.grammar.receiver:
        found.objects.update(_objects(nodes))
        _fill_all(names, found)
        for member in names.members:
            key = _key(names, found, member)
            if key is not None:
                found.uses[key].append(member)
    return found


def _objects(nodes: Nodes) -> Iterator[tuple[int, _Key]]:
    """Walk the methods that name their object, with its name and type."""
    for node, kind in enumerate(nodes.types):
        receiver = nodes.part(node, nodes.grammar.receiver) if kind in nodes.grammar.methods else None
        inside = range(receiver, nodes.stops[receiver]) if receiver is not None else range(0)
        name = [nodes.word(at) for at in inside if nodes.types[at] in nodes.grammar.names]
        kinds = [nodes.word(at) for at in inside if nodes.types[at] in nodes.grammar.type_names]
        if name and kinds:
            yield node, (name[0], kinds[0])


def _fill_all(names: Names, found: Received) -> None:
    """Note what each field is set to."""
    nodes = names.nodes
    for node, kind in enumerate(nodes.types):
        if kind in nodes.grammar.literals:
            _fill(nodes, found, node)
        elif kind in nodes.grammar.assigns:
            pair = nodes.grammar.assigns[kind]
            targets, values = (_listed(nodes, nodes.part(node, place)) for place in pair)
            for at, target in enumerate(targets):
                key = _key(names, found, target)
                if key is not None:
                    found.values[key].append(values[at] if len(values) == len(targets) else -1)


def _fill(nodes: Nodes, found: Received, literal: int) -> None:
    named, body = (nodes.part(literal, place) for place in ("type", "body"))
    for pair in nodes.children(body) if named is not None and body is not None else ():
        inside = list(nodes.children(pair))
        if named is not None and inside and nodes.types[pair] in nodes.grammar.keys:  # none where it is not read
            found.values[nodes.word(named), nodes.word(inside[0])].append(inside[-1])


def _listed(nodes: Nodes, node: int | None) -> list[int]:
    return list(nodes.children(node)) if node is not None else []


def _key(names: Names, found: Received, member: int) -> _Key | None:
    """Give the type and name of a field or method, where a member is one of the object itself."""
    chain = names.nodes.chain(member)
    if len(chain) != _OF_OBJECT:
        return None
    scope = names.scope_of(member, chain[0])
    known = found.objects.get(scope) if scope is not None else None
    return (known[1], chain[1]) if known is not None and known[0] == chain[0] else None
