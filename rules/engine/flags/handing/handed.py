"""Gathers what is handed over by one part of the changed files to another: parameters, properties, and their values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rules.engine.flags.following.uses import is_offered
from rules.engine.flags.handing.properties import is_telling, named_in, pair_of, reads_in, typed_reads
from rules.engine.flags.handing.takers import Key, Taken, Taker, takers_in
from rules.engine.flags.naming.names import UNKNOWN

if TYPE_CHECKING:
    from rules.engine.flags.reading.reading import Reading
    from rules.engine.flags.tree.nodes import Nodes

_MOST_WRAPPED: Final = 4  # brackets around a value
_SPREADS: Final = frozenset(("list_splat", "spread_element", "splat_argument", "spread_expression"))
_MOST_SAME: Final = 20  # functions of one name; of more, none is followed
_MOST_USES: Final = 200  # of one name in a file
_COPIES: Final = frozenset(("copy", "_replace", "replace"))  # of an object but for what is named


@dataclass(frozen=True, slots=True)
class Slot:
    """One parameter or property: what it is given, where it is read, and what is there only to hand it on."""

    values: list[tuple[Reading, int]] = field(default_factory=list)
    uses: list[tuple[Reading, int]] = field(default_factory=list)
    places: list[tuple[Reading, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Slots:
    """All that can hold a flag that is handed over: parameters by their functions, properties by their names."""

    taken: dict[Key, Slot] = field(default_factory=lambda: defaultdict(Slot))
    reads: dict[tuple[str, int], Key] = field(default_factory=dict)

    def read_at(self, reading: Reading, node: int) -> Key | None:
        """Find what a value is that is nothing but a parameter or a property."""
        nodes = reading.nodes
        for _ in range(_MOST_WRAPPED if node >= 0 else 0):
            inside = next(nodes.children(node), None)
            if nodes.types[node] not in nodes.grammar.transparent or inside is None:
                break
            node = inside
        return self.reads.get((reading.path, node))

    def read(self, key: Key, reading: Reading, node: int) -> None:
        """Note where a slot is read; what is known for a place first stays."""
        self.taken[key].uses.append((reading, node))
        self.reads.setdefault((reading.path, node), key)


def slots_of(readings: Mapping[str, Reading]) -> Slots:
    """Gather all slots of some files."""
    gathering = _Gathering(readings, Slots())
    for reading in readings.values():
        for one in takers_in(reading):
            gathering.takers[one.name].append(one)
    for name in [name for name, some in gathering.takers.items() if len(some) > _MOST_SAME]:
        del gathering.takers[name]
    takers = [one for some in gathering.takers.values() for one in some]
    for one in takers:
        gathering.take(one)
    for reading in readings.values():
        gathering.give(reading)
    for one in takers:
        gathering.fall_back(one)
    gathering.properties()
    return gathering.slots


def _anywhere(name: str) -> Key:
    """Tell a property that is known by its name alone."""
    return "", UNKNOWN, name


@dataclass(frozen=True, slots=True)
class _Gathering:
    readings: Mapping[str, Reading]
    slots: Slots
    takers: dict[str, list[Taker]] = field(default_factory=lambda: defaultdict(list))
    filled: dict[str, list[Taker]] = field(default_factory=lambda: defaultdict(list))
    attributed: set[tuple[str, int]] = field(default_factory=set)
    called: set[int] = field(default_factory=set)

    def take(self, one: Taker) -> None:
        """Note what a function takes and where it reads that, or what a class does by its constructor."""
        for parameter in one.parameters:
            key = one.key(parameter.name)
            slot = self.slots.taken[key]
            slot.places.append((one.reading, parameter.whole))
            if parameter.default is not None:
                slot.values.append((one.reading, parameter.default))
            if one.fills:
                self.filled[parameter.name].append(one)
            else:
                self.slots.reads[one.reading.path, parameter.node] = key
            for use in _reads(one, parameter.name):
                self.slots.read(key, one.reading, use)

    def give(self, reading: Reading) -> None:
        """Note what one file gives for parameters."""
        nodes = reading.nodes
        for call in reading.names.calls:
            name, arguments = callee_of(nodes, call), nodes.part(call, "arguments")
            given = list(nodes.children(arguments)) if arguments is not None else []
            takers = self.takers.get(name, [])
            for one in takers:
                self._call(reading, _certain(nodes, given, takers), one)
            for argument in given if name in _COPIES else ():
                self._copied(reading, argument)

    def _call(self, reading: Reading, given: list[tuple[int, int]], one: Taker) -> None:
        self.called.add(id(one))
        for at, (argument, value) in enumerate(given):
            if reading.nodes.types[argument] in reading.nodes.grammar.keys:
                self._bind(reading, argument, one)
            elif at < len(one.parameters):
                self._give(one.key(one.parameters[at].name), reading, value, argument)

    def _bind(self, reading: Reading, argument: int, one: Taker) -> None:
        name, value = pair_of(reading.nodes, argument)
        if one.takes(name):
            self._give(one.key(name), reading, value, argument)
            if not one.fills:
                self.attributed.add((reading.path, argument))

    def _copied(self, reading: Reading, argument: int) -> None:
        """Note what a copy of an object, of whatever class, has instead."""
        name, value = pair_of(reading.nodes, argument)
        for one in self.filled[name][:_MOST_SAME]:
            self._give(one.key(name), reading, value, argument)

    def _give(self, key: Key, reading: Reading, value: int, place: int) -> None:
        self.slots.taken[key].values.append((reading, value))
        self.slots.taken[key].places.append((reading, place))

    def fall_back(self, one: Taker) -> None:
        """Note who else may call a function: somebody unknown it is handed to, and somebody who gives it by name."""
        others = self.readings.values() if not one.fills and not one.reading.nodes.grammar.implicit_calls else ()
        is_loose = any(_hands_on(other, use) for other in others for use in other.names.plain.get(one.name, ()))
        for parameter in one.parameters:
            slot = self.slots.taken[one.key(parameter.name)]
            if is_loose:
                slot.values.append((one.reading, UNKNOWN))
            elif id(one) not in self.called and is_telling(parameter.name) and _is_false(one.reading, parameter):
                unseen = UNKNOWN - 1 - parameter.node  # no node, so that nothing else is read there
                slot.values.append((one.reading, unseen))
                self.slots.reads[one.reading.path, unseen] = _anywhere(parameter.name)

    def properties(self) -> None:
        """Note what fills properties and where they are read: those of a class that is known, and of any."""
        for reading in self.readings.values():
            for read in typed_reads(reading, self.takers):
                self.slots.read(read.taker.key(read.name), reading, read.node)
            for given in named_in(reading):
                if is_telling(given.name) and (reading.path, given.place) not in self.attributed:
                    self._give(_anywhere(given.name), reading, given.value, given.place)
        for one in (one for some in self.takers.values() for one in some if one.fills):
            self._of_any(one)
        known = {name for path, _, name in self.slots.taken if not path}
        for reading in self.readings.values():
            for name, node in reads_in(reading, known):
                self.slots.read(_anywhere(name), reading, node)

    def _of_any(self, one: Taker) -> None:
        """Let what fills the properties of a class fill those of the same names too."""
        for name in {parameter.name for parameter in one.parameters if is_telling(parameter.name)}:
            values = self.slots.taken[one.key(name)].values
            self.slots.taken[_anywhere(name)].values.extend(values)


def _reads(one: Taker, name: str) -> list[int]:
    """List where a function reads a parameter, or a class what its constructor fills."""
    names = one.reading.names
    if len(names.plain.get(name, ())) + len(names.dotted.get(name, ())) > _MOST_USES:
        return []
    if not one.fills:
        return list(names.uses(name, one.node))
    inside = range(one.node, names.nodes.stops[one.node])
    return [use for use in one.reading.own(name) if use in inside]


def _certain(nodes: Nodes, given: list[int], takers: list[Taker]) -> list[tuple[int, int]]:
    """List arguments with their values, unknown behind a list that is spread, or where functions differ in the name."""
    found: list[tuple[int, int]] = []
    is_spread = False
    for at, argument in enumerate(given):
        is_spread = is_spread or nodes.types[argument] in _SPREADS
        names = {one.parameters[at].name for one in takers if at < len(one.parameters)}
        found.append((argument, UNKNOWN if is_spread or len(names) > 1 else argument))
    return found


def _is_false(reading: Reading, parameter: Taken) -> bool:
    """Say whether a parameter is nothing that is true where nobody gives it."""
    kinds = reading.nodes.grammar.false | reading.nodes.grammar.empty
    return parameter.default is not None and reading.nodes.types[parameter.default] in kinds


def callee_of(nodes: Nodes, call: int) -> str:
    """Name what is called: the class whose constructor is, where it goes by that."""
    chain = nodes.chain(call)
    return chain[-2] if chain[-1:] == ("new",) and len(chain) > 1 else "".join(chain[-1:])


def _hands_on(reading: Reading, use: int) -> bool:
    """Say whether a function is handed on by its name, to whoever will call it."""
    nodes = reading.nodes
    above = nodes.types[nodes.parents[use]]
    is_shown = above in nodes.grammar.markup or above in nodes.grammar.decorators
    is_type = nodes.types[use] in nodes.grammar.type_names
    return not (is_shown or is_type or nodes.is_called(use) or is_offered(reading, use))
