"""Carries flags to where they are taken: from arguments to parameters, and from what fills a property to its reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import reduce
from itertools import islice
from typing import TYPE_CHECKING, Final

from rules.engine.flags.handing.handed import Slot, Slots, callee_of, slots_of
from rules.engine.flags.handing.properties import is_telling, pair_of
from rules.engine.flags.naming.names import UNKNOWN
from rules.engine.flags.reading.truth import Truth

if TYPE_CHECKING:
    from rules.engine.flags.handing.takers import Key
    from rules.engine.flags.reading.reading import Reading

_ROUNDS: Final = 6  # parameters that are handed on after something was made of them
_MOST_STEPS: Final = 50  # parameters and properties that one is handed on through, unchanged


class Carrier:
    """What the changed files hand over to each other, gathered once."""

    def __init__(self, readings: Mapping[str, Reading]) -> None:
        """Gather who takes what from whom."""
        self.readings = readings
        self.slots = slots_of(readings) if any(one.known for one in readings.values()) else Slots()

    def carry(self) -> frozenset[str]:
        """Follow the flags as far as they are handed on, and name the files where they arrive."""
        reached: set[str] = set()
        for fresh in islice(iter(self._step, set()), _ROUNDS):
            for path in fresh:
                self.readings[path].settle()
            reached |= fresh
        return frozenset(reached)

    def _step(self) -> set[str]:
        """Fill what holds a flag by now, and name the files where that is new."""
        return {path for slot, truth in self._holding() for path in _fill(self.readings, slot, truth)}

    def _holding(self) -> list[tuple[Slot, Truth]]:
        """List what holds a flag by now, whoever hands it on."""
        near = {key: self._near(slot) for key, slot in self.slots.taken.items()}
        found = ((slot, _common(self._truths(key, near))) for key, slot in self.slots.taken.items())
        return [(slot, truth) for slot, truth in found if truth]

    def _near(self, slot: Slot) -> tuple[list[Truth], list[Key]]:
        """Say what the values of a slot are known to be, and from which others the rest is."""
        truths: list[Truth] = [] if slot.values else [Truth.NOTHING]
        others: list[Key] = []
        for reading, value in slot.values:
            truth = _truth(reading, value)
            other = None if truth else self.slots.read_at(reading, value)
            if other is None:
                truths.append(truth)
            else:
                others.append(other)
        return truths, others

    def _truths(self, key: Key, near: Mapping[Key, tuple[list[Truth], list[Key]]]) -> Iterator[Truth]:
        """Walk what is known of all values that reach a slot, handed on unchanged."""
        seen, waiting = {key}, [key]
        while waiting:
            truths, others = near.get(waiting.pop(), ([Truth.NOTHING], []))
            yield from truths if len(seen) < _MOST_STEPS else (Truth.NOTHING,)
            later = set(others) - seen if len(seen) < _MOST_STEPS else set()
            seen |= later
            waiting += later


def awaiting(readings: Mapping[str, Reading]) -> frozenset[str]:
    """Name the files that are read in part and may take a flag: they define what is given one, or read a property."""
    parts = [reading for reading in readings.values() if reading.is_part]
    given = [_given(reading) for reading in readings.values()] if parts else []
    callees = frozenset(name for names, _ in given for name in names)
    words = [name.encode() for name in {name for _, names in given for name in names if is_telling(name)}]
    defining = (one for one in parts if any(found.name in callees for found in one.names.definitions))
    reading_it = (one for one in parts if any(word in one.nodes.text for word in words))
    return frozenset(one.path for some in (defining, reading_it) for one in some)


def _given(reading: Reading) -> tuple[set[str], set[str]]:
    """Name what a file calls with a flag, and by which names it gives one."""
    nodes = reading.nodes
    callees: set[str] = set()
    words: set[str] = set()
    for node in [node for node, truth in reading.known.items() if truth & Truth.FLAG]:
        above = nodes.parents[node]
        if nodes.types[above] in nodes.grammar.hands_on:
            words.add(pair_of(nodes, above)[0])
            above = nodes.parents[above]
        if nodes.fields[above] == "arguments":
            callees.add(callee_of(nodes, nodes.parents[above]))
    return callees, words


def _truth(reading: Reading, value: int) -> Truth:
    if value > UNKNOWN and reading.nodes.types[value] in reading.nodes.grammar.empty:
        return Truth.ON
    return reading.value_of(value)


def _common(truths: Iterator[Truth]) -> Truth:
    """Say what a slot holds that is given all of these."""
    given = list(truths)
    if not any(given):
        return Truth.NOTHING
    common = reduce(Truth.__and__, (truth | Truth.FLAG for truth in given), ~Truth.NOTHING)
    return common if any(truth & Truth.FLAG for truth in given) and common != Truth.FLAG else Truth.NOTHING


def _fill(readings: Mapping[str, Reading], slot: Slot, truth: Truth) -> Iterator[str]:
    """Let all reads of a slot say what it holds, and walk the files where that is new."""
    for reading, node in slot.places:
        reading.handed.add(node)
    uses: dict[str, list[int]] = defaultdict(list)
    for reading, use in slot.uses:
        uses[reading.path].append(use)
    for path, some in uses.items():
        if readings[path].take(some, truth):
            yield path
