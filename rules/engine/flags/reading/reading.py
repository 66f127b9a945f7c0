"""Finds where one file reads flags: by the patterns, through what holds a flag, and through its own predicates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Final

from rules.engine.flags.naming.names import UNKNOWN, Definition, Names, Unit
from rules.engine.flags.naming.noting import names_of
from rules.engine.flags.reading.catalogue import patterns_for
from rules.engine.flags.reading.fed import fed
from rules.engine.flags.reading.implied import implied
from rules.engine.flags.reading.learnt import full_name, learnt_calls
from rules.engine.flags.reading.pattern import FlagPattern, FlagPatterns, Shape
from rules.engine.flags.reading.received import Received, received_in
from rules.engine.flags.reading.sites import Site, given_by, sites_of
from rules.engine.flags.reading.truth import Truth, member_of, spread
from rules.engine.flags.tree.nodes import nodes_of

if TYPE_CHECKING:
    from rules.engine.flags.tree.nodes import Extent, Nodes

_ROUNDS: Final = 8  # variables that hold variables that hold flags


@dataclass(frozen=True, slots=True)
class Reading:
    """One file, with what each expression says about flags (`known`) and the `sites` that ask for one.

    `predicates` are the functions that answer whether a flag is on, or give a bag of flags. `held` are the values that
    are bound to a name and say something about a flag; `handed` are what only hands one on,
    and `carried` where one is read that came this way.
    """

    names: Names
    sites: list[Site] = field(default_factory=list)
    known: dict[int, Truth] = field(default_factory=dict)
    predicates: dict[str, Truth] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)
    handed: set[int] = field(default_factory=set)
    carried: set[int] = field(default_factory=set)
    received: Received = field(default_factory=Received)
    path: str = ""
    is_part: bool = False
    nodes: Nodes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the nodes of the file at hand: no other name is asked for as often."""
        object.__setattr__(self, "nodes", self.names.nodes)

    def keys(self) -> frozenset[str]:
        """List the names of the flags that are asked for."""
        return frozenset(site.key for site in self.sites if site.key)

    def learn(self, learnt: Mapping[tuple[str, str], Truth]) -> None:
        """Take over predicates, given by path and full name, that other files define and this one knows."""
        fresh = dict(learnt_calls(self, learnt))
        if fresh:
            spread(self.nodes, self.known, fresh)
            self.settle()

    def take(self, uses: Iterable[int], truth: Truth) -> bool:
        """Take over what is known of uses from elsewhere, and say whether any of it is new."""
        fresh = {use: truth for use in uses if truth & ~self.known.get(use, Truth.NOTHING)}
        spread(self.nodes, self.known, fresh)
        self.carried.update(fresh)
        return bool(fresh)

    def settle(self) -> None:
        """Follow flags through variables, attributes and predicates until nothing more follows."""
        for _ in range(_ROUNDS):
            seeds = {node: truth for node, truth in self._seeds() if self.known.get(node, Truth.NOTHING) != truth}
            if not seeds:
                return
            spread(self.nodes, self.known, seeds)

    def _seeds(self) -> Iterator[tuple[int, Truth]]:
        yield from self._variables()
        yield from self._attributes()
        yield from self._destructured()
        yield from self._predicates()
        yield from self._prompted()
        yield from fed(self.names, self.known)
        yield from self._implied()

    def _implied(self) -> Iterator[tuple[int, Truth]]:
        """Walk the uses of names that need a flag after an exit on both."""
        for one in implied(self.names, self.known):
            yield from ((use, one.truth) for use in one.uses if one.truth not in self.known.get(use, Truth.NOTHING))

    def _variables(self) -> Iterator[tuple[int, Truth]]:
        for (scope, name), values in self.names.bound.items():
            truth = self._common(values)
            if truth:
                yield from ((node, truth) for node in self.names.uses(name, scope))
                self.held.update(values)

    def _attributes(self) -> Iterator[tuple[int, Truth]]:
        held = {name: truth for name, values in self.names.owned.items() if (truth := self._common(values))}
        for name, truth in held.items():
            self.held.update(self.names.owned[name])
            yield from ((node, truth) for node in self.own(name))
        for key, values in self.received.values.items():
            truth = self._common(values)
            if truth:
                self.held.update(values)
                yield from ((node, truth) for node in self.received.uses.get(key, ()))

    def own(self, name: str) -> Iterator[int]:
        """Walk the uses of an attribute of the object itself."""
        nodes = self.nodes
        for node in self.names.dotted.get(name, ()):
            if nodes.chain(nodes.parents[node]) == (nodes.grammar.own, name):
                yield nodes.parents[node]
        if nodes.grammar.implicit:
            yield from (node for node in self.names.plain.get(name, ()) if self.names.scope_of(node, name) is None)

    def _common(self, values: list[int]) -> Truth:
        """Say what a name holds that is bound to all of these: only what every one of them says."""
        truths = [self.value_of(value) for value in values]
        if not any(truths):
            return Truth.NOTHING
        common = reduce(Truth.__and__, (truth | Truth.FLAG for truth in truths), ~Truth.NOTHING)
        return common if any(truth & Truth.FLAG for truth in truths) and common != Truth.FLAG else Truth.NOTHING

    def value_of(self, value: int) -> Truth:
        """Say what a value says; a literal one says that a flag is on wherever it cannot be."""
        if value <= UNKNOWN:
            return Truth.NOTHING
        kind, grammar = self.nodes.types[value], self.nodes.grammar
        if kind in grammar.false:
            return Truth.ON
        return Truth.OFF if kind in grammar.true else self.known.get(value, Truth.NOTHING)

    def _destructured(self) -> Iterator[tuple[int, Truth]]:
        for target, value in self.names.patterns:
            truth = self.value_of(value)
            if truth.is_on_when_true and self.nodes.types[target] not in self.nodes.grammar.lists:
                truth |= Truth.BAG  # what can be taken apart is no truth, but holds some
            if truth & (Truth.BAG | Truth.OBJECT):
                self.held.add(value)
                yield from self._taken(target, truth)

    def _taken(self, target: int, truth: Truth) -> Iterator[tuple[int, Truth]]:
        """Walk the uses of what is taken out of a bag of flags or an object that says whether one is on."""
        nodes = self.nodes
        for node in nodes.children(target):
            inside = range(node, nodes.stops[node])
            words = [nodes.word(one) for one in inside if nodes.types[one] in nodes.grammar.names]
            given = truth if nodes.types[target] in nodes.grammar.lists else member_of(truth, "".join(words[:1]))
            name = words[1:2] if nodes.types[node] in nodes.grammar.renaming else words[:1]
            yield from ((use, given) for one in name for use in self.names.uses(one, nodes.scopes[target]) if given)

    def _predicates(self) -> Iterator[tuple[int, Truth]]:
        for one in self.names.definitions:
            answer = self._answer(one)
            if answer & Truth.FLAG:
                self.predicates[full_name(self, one)] = answer
                yield from self._asked(one, answer)

    def _answer(self, one: Definition) -> Truth:
        function = self.function_of(one)
        values = self.names.returned.get(function, []) if function is not None else []
        return self._common(values) if values else Truth.NOTHING

    def function_of(self, one: Definition) -> int | None:
        """Find the function that a name stands for, if it does."""
        if one.unit is Unit.FUNCTION:
            return one.node
        nodes = self.nodes
        pair = nodes.grammar.assigns.get(nodes.types[one.node])
        value = nodes.part(one.node, pair.value) if pair else None
        return value if value is not None and nodes.types[value] in nodes.grammar.functions else None

    def _asked(self, one: Definition, answer: Truth) -> Iterator[tuple[int, Truth]]:
        grammar, function = self.nodes.grammar, self.function_of(one)
        is_read = grammar.implicit_calls or (function is not None and self.nodes.types[function] in grammar.getters)
        if not one.member:
            yield from self.calls_of({one.name: answer}, is_read=is_read)
            return
        nodes = self.nodes
        is_property = is_read or nodes.types[nodes.parents[one.node]] in nodes.grammar.decorated
        for node in (*self.own(one.name), *self.received.methods(one.node, one.name)):
            if is_property or nodes.types[node] in nodes.grammar.calls:
                yield node, answer
            elif nodes.is_called(node):
                yield nodes.parents[node], answer

    def _prompted(self) -> Iterator[tuple[int, Truth]]:
        """Walk the calls that give what their block gives, once or at once."""
        nodes = self.nodes
        for call in self.names.calls if nodes.grammar.prompt else ():
            block = nodes.part(call, "block")
            if block is not None and ".".join(nodes.chain(call)) in nodes.grammar.prompt:
                yield call, self._common(self.names.returned.get(block, []))

    def calls_of(self, wanted: dict[str, Truth], *, is_read: bool = False) -> Iterator[tuple[int, Truth]]:
        """Walk the calls of functions by their plain names, and what reads those that need no call."""
        nodes = self.nodes
        for name, truth in wanted.items():
            for node in self.names.plain.get(name, ()):
                if nodes.is_called(node):
                    yield nodes.parents[node], truth
                elif is_read or nodes.grammar.implicit_calls:
                    yield node, truth


def read(path: str, text: bytes, own: tuple[FlagPattern, ...], extent: Extent | None = None) -> Reading | None:
    """Read one file by the maintainer's patterns and those of the libraries that it imports; None if unreadable.

    With an extent, only that of it is read.
    """
    nodes = nodes_of(path, text, extent)
    if nodes is None:
        return None
    names = names_of(nodes)
    libraries = patterns_for(nodes.grammar.catalogue, frozenset(names.modules))
    patterns = tuple(pattern for pattern in own + libraries if pattern.may_be_in(text))
    sites = list(sites_of(names, FlagPatterns(patterns))) if patterns else []
    reading = Reading(names, sites, received=received_in(names), path=path)
    if reading.sites:
        seeds = {one.node: given_by(one) for one in reading.sites if one.pattern.shape is Shape.CHAIN}
        spread(nodes, reading.known, seeds)
        reading.settle()
    return reading


def skim(path: str, text: bytes, extent: Extent) -> Reading | None:
    """Read an extent of a file that asks for no flag; None if unreadable."""
    nodes = nodes_of(path, text, extent)
    return None if nodes is None else Reading(names_of(nodes), path=path, is_part=True)
