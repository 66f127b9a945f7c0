"""Finds what fills properties by their names, and where these are read: behind a dot, or taken out of an object."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from rules.engine.flags.naming.names import UNKNOWN

if TYPE_CHECKING:
    from rules.engine.flags.handing.takers import Taker
    from rules.engine.flags.reading.reading import Reading
    from rules.engine.flags.tree.nodes import Nodes

_MOST_READS: Final = 200  # of one property in a file
_TELLING: Final = re.compile(r"[a-z\d][A-Z]|[A-Za-z]_[A-Za-z]")
_GENERAL: Final = frozenset(
    (
        *("isEnabled", "isActive", "isOn", "isVisible", "isLoading", "isOpen", "isDisabled", "isChecked", "isSelected"),
        *("IsEnabled", "IsActive", "is_enabled", "is_active", "is_on", "is_visible", "is_open"),
    )
)
_TAKEN: Final = "shorthand_property_identifier_pattern"
_GIVEN: Final = "shorthand_property_identifier"


class Named(NamedTuple):
    """One value that is given for a name, and what is there to give it."""

    name: str
    value: int
    place: int


class TypedRead(NamedTuple):
    """One read of a property of a class that is known."""

    taker: Taker
    name: str
    node: int


def is_telling(name: str) -> bool:
    """Say whether a name is of several words, and not one that things of all kinds have."""
    return _TELLING.search(name) is not None and name not in _GENERAL


def pair_of(nodes: Nodes, pair: int) -> tuple[str, int]:
    """Give the name and the value of what is given by name."""
    inside = list(nodes.children(pair))
    name = nodes.word(inside[0]).strip("'\"`:") if inside else ""
    return name, inside[-1] if len(inside) > 1 else UNKNOWN


def named_in(reading: Reading) -> Iterator[Named]:
    """Walk what a file gives by name, and assigns to members and in classes."""
    nodes = reading.nodes
    for node, kind in enumerate(nodes.types):
        if kind in nodes.grammar.hands_on and not nodes.is_leaf(node):
            yield Named(*pair_of(nodes, node), node)
        elif kind == _GIVEN:
            yield Named(nodes.word(node), node, node)
        elif kind == _TAKEN and nodes.types[nodes.parents[node]] in nodes.grammar.defaults:
            last = nodes.stops[nodes.parents[node]] - 1
            yield Named(nodes.word(node), min(nodes.stops[node], last), nodes.parents[node])
    yield from _set_in(reading)


def _set_in(reading: Reading) -> Iterator[Named]:
    """Walk what a file assigns to members, and in classes; nobody can tell what of several is set to."""
    nodes, names = reading.nodes, reading.names
    for name, values in names.owned.items():
        yield from (Named(name, value, value) for value in values)
    for name, targets in names.written.items():
        set_to = ((target, _assigned(nodes, target)) for target in targets)
        owned = frozenset(names.owned.get(name, ()))
        yield from (Named(name, value, target) for target, value in set_to if value not in owned)
    for pattern, _ in names.patterns:
        inside = range(pattern, nodes.stops[pattern])
        members = (at for at in inside if nodes.types[at] in nodes.grammar.members)
        yield from (Named(nodes.chain(at)[-1], UNKNOWN, at) for at in members)


def _assigned(nodes: Nodes, target: int) -> int:
    """Find what a member is set to, where that is one value."""
    above = nodes.parents[target]
    pair = nodes.grammar.assigns.get(nodes.types[above])
    value = nodes.part(above, pair.value) if pair is not None and nodes.part(above, pair.target) == target else None
    if nodes.types[above] in nodes.grammar.tuples and nodes.stops[target] == nodes.stops[above]:
        return _assigned(nodes, above) if target == above + 1 else UNKNOWN
    return UNKNOWN if value is None else value


def reads_in(reading: Reading, wanted: Collection[str]) -> Iterator[tuple[str, int]]:
    """Walk the reads of properties in a file, each with its name."""
    nodes, names = reading.nodes, reading.names
    written = {target for targets in names.written.values() for target in targets}
    for node, kind in enumerate(nodes.types):
        if kind == _TAKEN and nodes.word(node) in wanted:
            name = nodes.word(node)
            yield from ((name, use) for use in names.uses(name, nodes.scopes[node]))
    for name in wanted:
        for node in islice(names.dotted.get(name, ()), _MOST_READS):
            if nodes.types[nodes.parents[node]] in nodes.grammar.members and nodes.parents[node] not in written:
                yield from ((name, one) for one in _read(nodes, nodes.parents[node]))


def _read(nodes: Nodes, member: int) -> Iterator[int]:
    """Walk a member that is read, not called."""
    is_call = nodes.types[member] in nodes.grammar.calls
    is_bare = nodes.grammar.implicit_calls and nodes.part(member, "arguments") is None
    if is_bare if is_call else not nodes.is_called(member):
        yield member


def typed_reads(reading: Reading, takers: Mapping[str, list[Taker]]) -> Iterator[TypedRead]:
    """Walk the reads of properties of a class, behind the name of a parameter of that class."""
    nodes, names = reading.nodes, reading.names
    classes = [one for some in takers.values() for one in some if one.fills]
    kinds = _kinds(reading) if classes else {}
    for name in {parameter.name for one in classes for parameter in one.parameters}:
        for node in islice(names.dotted.get(name, ()), _MOST_READS):
            member = nodes.parents[node]
            object_ = nodes.part(member, "object")
            word = nodes.word(object_) if object_ is not None else ""
            known = takers.get(kinds.get((names.scope_of(node, word), word), ""), ())
            for one in (one for one in known if one.fills and one.takes(name)):
                yield from (TypedRead(one, name, read) for read in _read(nodes, member))


def _kinds(reading: Reading) -> dict[tuple[int | None, str], str]:
    """Name the class of each parameter that says it, by its function and its name."""
    nodes = reading.nodes
    found: dict[tuple[int | None, str], str] = {}
    for node, kind in enumerate(nodes.types):
        if kind == "parameter" and nodes.scopes[node] >= 0 and not nodes.is_leaf(node):
            inside = list(nodes.children(node))
            types = [nodes.word(at) for at in inside if nodes.types[at] in nodes.grammar.type_names]
            found[nodes.scopes[node], nodes.word(inside[0])] = "".join(types[-1:])
    return found
