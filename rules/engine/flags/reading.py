"""Finds where one file reads flags: by the patterns, through what holds a flag, and through its own predicates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Final

from rules.engine.flags.catalogue import patterns_for
from rules.engine.flags.names import UNKNOWN, Definition, Names, Unit, names_of
from rules.engine.flags.nodes import nodes_of
from rules.engine.flags.pattern import FlagPattern, FlagPatterns, Returns, Shape
from rules.engine.flags.truth import NO, YES, Truth, member_of, spread

if TYPE_CHECKING:
    from rules.engine.flags.nodes import Extent, Nodes

_ROUNDS: Final = 8  # variables that hold variables that hold flags
_LITERAL: Final = re.compile(
    r"""[rRuUbB]?(?P<quote>['"`])(?P<said>(?:(?!(?P=quote)|[$#]\{).)*)(?P=quote)|:(?P<symbol>\w+)"""
)
_KEY_NAMES: Final = frozenset(("flag", "flagKey", "name", "feature", "featureKey", "id"))
_GIVEN: Final = {Returns.STRING: Truth.TEXT, Returns.OBJECT: Truth.OBJECT, Returns.BAG: Truth.BAG}


@dataclass(frozen=True, slots=True)
class Site:
    """One place that asks for a flag: its node, the pattern that says so, and the flag's own name if it is written."""

    node: int
    pattern: FlagPattern
    key: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One file, with what each expression says about flags (`known`) and the `sites` that ask for one.

    `predicates` are the functions that answer whether a flag is on, or give a bag of flags. `held` are the values that
    are bound to a name and say something about a flag.
    """

    names: Names
    sites: list[Site] = field(default_factory=list)
    known: dict[int, Truth] = field(default_factory=dict)
    predicates: dict[str, Truth] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)

    @property
    def nodes(self) -> Nodes:
        """Give the nodes of the file."""
        return self.names.nodes

    def keys(self) -> frozenset[str]:
        """List the names of the flags that are asked for."""
        return frozenset(site.key for site in self.sites if site.key)

    def learn(self, learnt: Mapping[tuple[str, str], Truth]) -> None:
        """Take over predicates, given by path and name, that other files define and this one imports."""
        fresh = {name: truth for (path, name), truth in learnt.items() if self.names.brings(name, path)}
        if fresh:
            spread(self.nodes, self.known, dict(self._calls_of(fresh)))
            self.settle()

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
            yield from ((node, truth) for node in self._own(name))

    def _own(self, name: str) -> Iterator[int]:
        """Walk the uses of an attribute of the object itself."""
        nodes = self.nodes
        for node in self.names.dotted.get(name, ()):
            if nodes.chain(nodes.parents[node]) == (nodes.grammar.own, name):
                yield nodes.parents[node]
        if nodes.grammar.implicit:
            yield from (node for node in self.names.plain.get(name, ()) if self.names.scope_of(node, name) is None)

    def _common(self, values: list[int]) -> Truth:
        """Say what a name holds that is bound to all of these: only what every one of them says."""
        truths = [self._value(value) for value in values]
        common = reduce(Truth.__and__, (truth | Truth.FLAG for truth in truths), ~Truth.NOTHING)
        return common if any(truth & Truth.FLAG for truth in truths) and common != Truth.FLAG else Truth.NOTHING

    def _value(self, value: int) -> Truth:
        if value == UNKNOWN:
            return Truth.NOTHING
        kind, grammar = self.nodes.types[value], self.nodes.grammar
        if kind in grammar.false:
            return Truth.ON
        return Truth.OFF if kind in grammar.true else self.known.get(value, Truth.NOTHING)

    def _destructured(self) -> Iterator[tuple[int, Truth]]:
        for target, value in self.names.patterns:
            truth = self._value(value)
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
                self.predicates[one.name] = answer
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
        if not one.member:
            yield from self._calls_of({one.name: answer})
            return
        nodes = self.nodes
        is_property = nodes.types[nodes.parents[one.node]] in nodes.grammar.decorated or nodes.grammar.implicit_calls
        for node in self._own(one.name):
            if is_property or nodes.types[node] in nodes.grammar.calls:
                yield node, answer
            elif nodes.is_called(node):
                yield nodes.parents[node], answer

    def _calls_of(self, wanted: dict[str, Truth]) -> Iterator[tuple[int, Truth]]:
        nodes = self.nodes
        for name, truth in wanted.items():
            for node in self.names.plain.get(name, ()):
                if nodes.is_called(node):
                    yield nodes.parents[node], truth
                elif nodes.grammar.implicit_calls:
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
    reading = Reading(names, list(_sites(names, FlagPatterns(patterns))) if patterns else [])
    if reading.sites:
        seeds = {one.node: _given(one) for one in reading.sites if one.pattern.shape is Shape.CHAIN}
        spread(nodes, reading.known, seeds)
        reading.settle()
    return reading


def skim(path: str, text: bytes, extent: Extent) -> Reading | None:
    """Read an extent of a file that asks for no flag; None if unreadable."""
    nodes = nodes_of(path, text, extent)
    return None if nodes is None else Reading(names_of(nodes))


def _given(site: Site) -> Truth:
    """Say what asking for a flag gives."""
    if site.pattern.returns is Returns.BOOL:
        negated = site.pattern.negated or site.key.startswith("!")
        return NO if negated else YES
    return _GIVEN[site.pattern.returns] | Truth.FLAG


def _sites(names: Names, patterns: FlagPatterns) -> Iterator[Site]:
    nodes = names.nodes
    called = set()
    for call in names.calls:
        found = patterns.find(Shape.CHAIN, nodes.chain(call))
        if found:
            called.add(call + 1)
            yield Site(call, found, _key(nodes, call, found.key))
    for member in names.members:
        found = patterns.find(Shape.CHAIN, nodes.chain(member), called=False) if member not in called else None
        if found:
            yield Site(member, found, nodes.chain(member)[-1] if found.names[-1] == "*" else "")
    for name, uses in names.plain.items():
        found = patterns.find(Shape.CHAIN, (name,), called=False)
        yield from (Site(use, found) for use in uses if found and use not in called)
    yield from _marks(names, patterns)


def _marks(names: Names, patterns: FlagPatterns) -> Iterator[Site]:
    """Walk the decorators and the elements of markup that guard what they stand around."""
    nodes = names.nodes
    for mark in names.marks:
        inner = next(nodes.children(mark), None)
        shape = Shape.DECORATOR if nodes.types[mark] in nodes.grammar.decorators else Shape.COMPONENT
        found = patterns.find(shape, nodes.chain(inner)) if inner is not None else None
        if found and inner is not None:
            asked = mark if nodes.is_leaf(inner) else inner  # the call that a decorator is, or the annotation itself
            key = _key(nodes, asked, found.key) if shape is Shape.DECORATOR else _attribute_key(nodes, mark)
            yield Site(mark, found, key)


def _key(nodes: Nodes, call: int, at: int) -> str:
    """Give the flag's own name where it is written among the arguments: at its place, or as the first text."""
    arguments = nodes.part(call, "arguments")
    given = list(nodes.children(arguments)) if arguments is not None else []
    preferred = given[at : at + 1] if at >= 0 else []
    texts = [one for one in (*preferred, *given) if nodes.types[one] in nodes.grammar.strings]
    return _plain(nodes.word(texts[0])) if texts else ""


def _plain(literal: str) -> str:
    """Give what a literal says; nothing where it is put together at run time."""
    found = _LITERAL.fullmatch(literal)
    return found["said"] or found["symbol"] or "" if found is not None else ""


def _attribute_key(nodes: Nodes, element: int) -> str:
    for attribute in nodes.children(element):
        parts = list(nodes.children(attribute))
        is_key = nodes.types[attribute] in nodes.grammar.attributes and nodes.word(attribute + 1) in _KEY_NAMES
        if is_key and parts[1:] and nodes.types[parts[1]] in nodes.grammar.strings:
            return _plain(nodes.word(parts[1]))
    return ""
