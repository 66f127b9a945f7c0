"""Lists what functions take, and classes by their constructors: each parameter with its place and its default."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rules.engine.flags.naming.names import Unit
from rules.engine.flags.reading.learnt import full_name

if TYPE_CHECKING:
    from rules.engine.flags.reading.reading import Reading
    from rules.engine.flags.tree.nodes import Nodes

_CONSTRUCTORS: Final = frozenset(("__init__", "initialize", "constructor"))  # that are called by their class
_VALUES: Final = ("value", "right")

Key = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """One parameter: its name, empty where it has none, the node of that, the whole of it, and its default."""

    name: str
    node: int
    whole: int
    default: int | None = None


@dataclass(frozen=True, slots=True)
class Taker:
    """What is called by a name and takes something. A class `fills` its own properties with it."""

    reading: Reading
    name: str
    node: int
    parameters: tuple[Taken, ...]
    fills: bool = False

    def key(self, name: str) -> Key:
        """Tell one parameter from all others."""
        return self.reading.path, self.node, name

    def takes(self, name: str) -> bool:
        """Say whether there is a parameter of a name."""
        return any(one.name == name for one in self.parameters)


def takers_in(reading: Reading) -> Iterator[Taker]:
    """Walk what a file defines that takes something."""
    nodes = reading.nodes
    for one in reading.names.definitions:
        function = reading.function_of(one)
        if function is not None:
            taken = tuple(_parameters(reading, function))
            name = full_name(reading, one).rpartition(".")[0] if one.name in _CONSTRUCTORS else one.name
            yield from (Taker(reading, name, function, taken) for _ in taken[:1])
        elif one.unit is Unit.CLASS:
            listed = [child for child in nodes.children(one.node) if nodes.types[child] == "class_parameters"]
            taken = tuple(one for part in listed for whole in nodes.children(part) for one in _named(nodes, whole))
            yield from (Taker(reading, one.name, one.node, taken, fills=True) for _ in taken[:1])


def _parameters(reading: Reading, function: int) -> Iterator[Taken]:
    """Walk the parameters of a function but the object itself, in order; those without a name of their own too."""
    nodes = reading.nodes
    parameters = nodes.part(function, "parameters")
    listed = list(nodes.children(parameters)) if parameters is not None else []
    if listed and nodes.grammar.own is not None and nodes.word(listed[0]) == nodes.grammar.own:
        listed = listed[1:]
    for whole in listed:
        yield from _named(nodes, whole) or [Taken("", whole, whole)]


def _named(nodes: Nodes, whole: int) -> list[Taken]:
    """List the names of one parameter: several may share a type."""
    named = [at for at in (whole, *nodes.children(whole)) if nodes.types[at] in nodes.grammar.names]
    shared = named if nodes.types[whole] == "parameter_declaration" else named[:1]
    default = _default(nodes, whole)
    return [Taken(nodes.word(at), at, whole, default) for at in shared]


def _default(nodes: Nodes, whole: int) -> int | None:
    """Find what a parameter is where nothing is given for it."""
    if nodes.is_leaf(whole):
        return None
    last = nodes.last(whole)
    is_literal = last is not None and nodes.types[last] in nodes.grammar.true | nodes.grammar.false
    given = (nodes.part(whole, place) for place in _VALUES)
    return last if is_literal else next((one for one in given if one is not None), None)
