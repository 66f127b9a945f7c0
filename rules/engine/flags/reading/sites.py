"""Finds the places in one file that ask for a flag, by the patterns that hold in it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from rules.engine.flags.naming.names import Unit
from rules.engine.flags.reading.declared import declared_in
from rules.engine.flags.reading.pattern import FlagPattern, FlagPatterns, Returns, Shape
from rules.engine.flags.reading.truth import NO, YES, Truth

if TYPE_CHECKING:
    from rules.engine.flags.naming.names import Definition, Names
    from rules.engine.flags.tree.nodes import Nodes

_LITERAL: Final = re.compile(
    r"""[rRuUbB]?(?P<quote>['"`])(?P<said>(?:(?!(?P=quote)|[$#]\{).)*)(?P=quote)|:(?P<symbol>\w+)"""
)
_KEY_NAMES: Final = frozenset(
    ("flag", "flagKey", "flag_key", "key", "name", "feature", "featureKey", "feature_name", "id")
)
_MOST_MEMBERS: Final = 100  # of a class, in which the name of its flag is looked for
_FLAG: Final = re.compile(r"flag|switch|toggle|feature|gate|sample", re.IGNORECASE)
_FOR_ONE: Final = re.compile(r"name\s*=\s*(?!['\"]dispatch)")  # of the methods of a class
_GIVEN: Final = {Returns.STRING: Truth.TEXT, Returns.OBJECT: Truth.OBJECT, Returns.BAG: Truth.BAG}


@dataclass(frozen=True, slots=True)
class Site:
    """One place that asks for a flag: its node, the pattern that says so, and the flag's own name if it is written."""

    node: int
    pattern: FlagPattern
    key: str = ""


def given_by(site: Site) -> Truth:
    """Say what asking for a flag gives."""
    if site.pattern.returns is Returns.BOOL:
        negated = site.pattern.negated or site.key.startswith("!")
        return NO if negated else YES
    return _GIVEN[site.pattern.returns] | Truth.FLAG


def sites_of(names: Names, patterns: FlagPatterns) -> Iterator[Site]:
    """Walk the places that ask for a flag."""
    nodes = names.nodes
    called = set()
    declared = declared_in(names, patterns.patterns)
    for call in names.calls:
        chain = nodes.chain(call)
        found = patterns.find(Shape.CHAIN, chain) or declared.find(call, chain)
        if found:
            called.add(call + 1)
            yield Site(call, found, _key(nodes, call, found.key))
    for member in names.members:
        chain = nodes.chain(member) if member not in called else ()
        found = patterns.find(Shape.CHAIN, chain, called=False) or declared.find(member, chain, called=False)
        if found:
            yield Site(member, found, chain[-1] if found.names[-1] == "*" else "")
    for name, uses in names.plain.items():
        found = patterns.find(Shape.CHAIN, (name,), called=False)
        yield from (Site(use, found) for use in uses if found and use not in called)
    yield from _marks(names, patterns)
    yield from _bases(names, patterns)


def _marks(names: Names, patterns: FlagPatterns) -> Iterator[Site]:
    """Walk the decorators and the elements of markup that guard what they stand around."""
    nodes = names.nodes
    for mark in names.marks:
        inner = next(nodes.children(mark), None)
        if nodes.types[mark] in nodes.grammar.decorators:
            yield from _decorators(nodes, mark, patterns)
        elif inner is not None:
            found = patterns.find(Shape.COMPONENT, nodes.chain(inner))
            yield from (Site(mark, one, _attribute_key(nodes, mark)) for one in (found,) if one)


def _decorators(nodes: Nodes, mark: int, patterns: FlagPatterns) -> Iterator[Site]:
    """Say what a decorator asks: itself, or the first that it is given, as in `@UseGuards(FeatureGuard("x"))`."""
    inner = next(nodes.children(mark), mark)
    for one in (inner, *_given_to(nodes, inner)):
        found = patterns.find(Shape.DECORATOR, nodes.chain(one))
        if found:
            asked = mark if nodes.is_leaf(one) else one  # the call that a decorator is, or the annotation itself
            yield Site(mark, found, _key(nodes, asked, found.key))
            return


def _given_to(nodes: Nodes, decorator: int) -> list[int]:
    """List what a decorator is given, unless that is for one method of a class alone."""
    arguments = nodes.part(decorator, "arguments")
    given = list(nodes.children(arguments)) if arguments is not None else []
    named = [nodes.word(one) for one in given if nodes.types[one] in nodes.grammar.keys]
    is_partial = any(_FOR_ONE.match(word) for word in named)
    return [] if is_partial else [one for one in given if nodes.types[one] in nodes.grammar.calls]


def _bases(names: Names, patterns: FlagPatterns) -> Iterator[Site]:
    """Walk the base classes that guard a class: mixins that ask for a flag before anything else."""
    nodes = names.nodes
    for one in names.definitions:
        parts = nodes.children(one.node) if one.unit is Unit.CLASS else ()
        heads = [part for part in parts if {nodes.fields[part], nodes.types[part]} & nodes.grammar.bases]
        for base in [base for head in heads for base in range(head + 1, nodes.stops[head])]:
            found = patterns.find(Shape.DECORATOR, nodes.chain(base))
            if found:
                yield Site(base, found, _flag_of(names, one))


def _flag_of(names: Names, one: Definition) -> str:
    """Give the name of the flag that a class says in an attribute."""
    nodes = names.nodes
    first = bisect_left(names.definitions, one.node, key=lambda found: found.node)
    inside = takewhile(
        lambda found: found.node < nodes.stops[one.node], names.definitions[first : first + _MOST_MEMBERS]
    )
    said = (found.node for found in inside if found.unit is Unit.VALUE and found.member and _FLAG.search(found.name))
    values = (nodes.part(node, nodes.grammar.assigns[nodes.types[node]].value) for node in said)
    return next((_plain(nodes, value) for value in values if value is not None), "")


def _key(nodes: Nodes, call: int, at: int) -> str:
    """Give the flag's own name where it is written among the arguments: at its place, or as the first text."""
    arguments = nodes.part(call, "arguments")
    given = [_handed(nodes, one) for one in nodes.children(arguments)] if arguments is not None else []
    preferred = given[at : at + 1] if at >= 0 else []
    texts = [one for one in (*preferred, *given) if nodes.types[one] in nodes.grammar.strings]
    return _plain(nodes, texts[0]) if texts else ""


def _handed(nodes: Nodes, argument: int) -> int:
    """Look through the name by which an argument is handed over, where it says that this is the flag's own name."""
    is_named = nodes.types[argument] in nodes.grammar.keys and nodes.word(argument + 1) in _KEY_NAMES
    named = (child for child in nodes.children(argument) if is_named and child > argument + 1)
    return next(named, argument)


def _plain(nodes: Nodes, text: int) -> str:
    """Give what a literal says; nothing where it is put together at run time."""
    names_something = any(kind in nodes.grammar.names for kind in nodes.types[text : nodes.stops[text]])
    found = None if names_something else _LITERAL.fullmatch(nodes.word(text))
    return found["said"] or found["symbol"] or "" if found is not None else ""


def _attribute_key(nodes: Nodes, element: int) -> str:
    for attribute in nodes.children(element):
        parts = list(nodes.children(attribute))
        is_key = nodes.types[attribute] in nodes.grammar.attributes and nodes.word(attribute + 1) in _KEY_NAMES
        if is_key and parts[1:] and nodes.types[parts[1]] in nodes.grammar.strings:
            return _plain(nodes, parts[1])
    return ""
