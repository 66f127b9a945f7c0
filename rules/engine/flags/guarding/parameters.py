"""Finds parameters that matter only with a flag on, and what calls give for them: neither does anything without it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rules.engine.flags.naming.names import Unit

if TYPE_CHECKING:
    from rules.engine.flags.guarding.marked import Guarded
    from rules.engine.flags.naming.names import Definition, Names

_MOST_USES: Final = 200  # of one name in a file


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its function, its place in the list, the node of its name, and the whole of it."""

    function: int
    place: int
    name: int
    whole: int


def idle_parameters(names: Names, on: bytearray, idle: Container[int]) -> Iterator[Parameter]:
    """Walk the parameters that are only used in guarded code or beside a flag."""
    for one in _parameters(names):
        word = names.nodes.word(one.name)
        if len(names.plain.get(word, ())) > _MOST_USES or len(names.bound.get((one.function, word), ())) != 1:
            continue
        uses = list(names.uses(word, one.function))
        if uses and all(on[use] or use in idle for use in uses):
            yield one


def _parameters(names: Names) -> Iterator[Parameter]:
    nodes = names.nodes
    for node, kind in enumerate(nodes.types):
        if kind not in nodes.grammar.parameters or nodes.types[nodes.parents[node]] not in nodes.grammar.functions:
            continue
        for place, whole in enumerate(nodes.children(node)):
            found = list(_bound(names, nodes.parents[node], whole))
            alone = len(found) == 1
            yield from (Parameter(nodes.parents[node], place, at, whole if alone else at) for at in found)


def _bound(names: Names, function: int, whole: int) -> Iterator[int]:
    """Walk the names that one parameter binds: several where it takes a value apart."""
    nodes = names.nodes
    for at in range(whole, nodes.stops[whole]):
        if nodes.types[at] in nodes.grammar.names and (function, nodes.word(at)) in names.bound:
            yield at


def hold_arguments(files: Sequence[Guarded]) -> None:
    """Hold what calls give for new parameters of this kind; functions of one name and as many are not told apart."""
    sizes: dict[str, list[int]] = defaultdict(list)
    for file in files:
        for definition in file.reading.names.definitions:
            sizes[definition.name].append(_size(file, definition))
    for file in files:
        functions = {one.node: one.name for one in file.reading.names.definitions if one.unit is Unit.FUNCTION}
        for one in file.parameters:
            name = functions.get(one.function, "")
            if sum(size > one.place for size in sizes[name]) == 1 and file.is_new(file.nodes.word(one.name)):
                _hold_all(files, file, one, name)


def _hold_all(files: Sequence[Guarded], file: Guarded, one: Parameter, name: str) -> None:
    word, place = file.nodes.word(one.name), one.place - _implied_places(file, one)
    for other in files:
        _hold(other, name, word, place)


def _size(file: Guarded, one: Definition) -> int:
    """Count the parameters of a definition."""
    parameters = file.nodes.part(one.node, "parameters")
    return len(list(file.nodes.children(parameters))) if parameters is not None else 0


def _implied_places(file: Guarded, one: Parameter) -> int:
    """Count the parameters before one that a call does not give: the object itself."""
    nodes = file.nodes
    first = next(nodes.children(nodes.parents[one.whole]), one.whole)
    return int(nodes.word(first) == nodes.grammar.own)


def _hold(file: Guarded, name: str, word: str, place: int) -> None:
    nodes = file.nodes
    for call in file.reading.names.calls:
        arguments = nodes.part(call, "arguments")
        if arguments is None or nodes.chain(call)[-1:] != (name,):
            continue
        for at, given in enumerate(nodes.children(arguments)):
            is_named = nodes.types[given] in nodes.grammar.keys
            if (nodes.word(given + 1) == word if is_named else at == place) and not _acts(file, given):
                file.held[given : nodes.stops[given]] = b"\1" * (nodes.stops[given] - given)
                file.guards.gone.append((given, nodes.stops[given]))


def _acts(file: Guarded, node: int) -> bool:
    nodes = file.nodes
    return any(nodes.types[at] in nodes.grammar.calls for at in range(node, nodes.stops[node]))
