"""Gathers what is guarded together: a definition, a value with all that fills it, a field, a parameter."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from rules.engine.flags.following.fields import fields_of, parameters_of
from rules.engine.flags.following.filling import extent_of_value, filled_by, is_made_here
from rules.engine.flags.following.uses import Followed, Range, Use, Uses, is_in, is_offered, limited
from rules.engine.flags.following.visible import is_constant, is_fresh, is_ours, is_registered, may_be_unused
from rules.engine.flags.guarding.marked import Guarded
from rules.engine.flags.naming.names import UNKNOWN, Definition, Unit
from rules.engine.flags.naming.owners import Owners, owners_of

_MOST_DEFINITIONS: Final = 100  # of one name
_OUTWARDS: Final = re.compile(rb"(?m)^[ \t]*(?:global|nonlocal)[ \t]+(.*)$")


def followed(files: tuple[Guarded, ...], uses: Uses) -> Iterator[Followed]:
    """Walk all that the pull request adds or changes and whose uses can be seen."""
    is_asked = any(file.guards.ranges for file in files)
    owners = {file.path: owners_of(file.reading.names) for file in files if file.added}
    for file in files:
        if file.added:
            yield from _Follower(file, uses, owners[file.path], _outward(file)).all(is_asked=is_asked)
    if is_asked:
        yield from fields_of(files, owners)


def _outward(file: Guarded) -> frozenset[str]:
    """Name what some function declares to be a name of an outer one."""
    found = _OUTWARDS.findall(file.nodes.text) if file.nodes.grammar.catalogue == "python" else []
    return frozenset(word.strip().decode("utf-8", "replace") for some in found for word in some.split(b","))


@dataclass(frozen=True, slots=True)
class _Follower:
    file: Guarded
    uses: Uses
    owners: Owners
    outward: frozenset[str]
    by_node: dict[int, list[Definition]] = field(default_factory=lambda: defaultdict(list))

    def all(self, *, is_asked: bool) -> Iterator[Followed]:
        """Walk what one file adds or changes; where nobody asks for a flag, only what others may use."""
        yield from self._named()
        yield from self._held(is_asked=is_asked)

    def _named(self) -> Iterator[Followed]:
        """Walk functions, classes and their constants."""
        often = Counter(one.name for one in self.file.reading.names.definitions)
        for one in self.file.reading.names.definitions:
            self.by_node[one.node].append(one)
            if often[one.name] > _MOST_DEFINITIONS:
                continue
            if one.unit is not Unit.VALUE:
                yield from self._defined(one)
            elif one.member:
                yield from self._constant(one)

    def _held(self, *, is_asked: bool) -> Iterator[Followed]:
        """Walk values and parameters."""
        groups = self.owners.groups.items()
        wanted = groups if is_asked else [(key, some) for key, some in groups if key[0] < 0]
        for (scope, name), some in wanted:
            if len(some) <= _MOST_DEFINITIONS and any(self._touches(one.node) for one in some):
                yield from self._value(scope, name, some)
        for parameter in parameters_of(self.file) if is_asked else ():
            yield from self._parameter(parameter)

    def _touches(self, node: int) -> bool:
        start, _ = extent_of_value(self.file.nodes, node)
        return not self.file.added.isdisjoint(self.file.nodes.rows(start))

    def _defined(self, one: Definition) -> Iterator[Followed]:
        """Follow a function or class."""
        nodes = self.file.nodes
        start = nodes.statements[one.node]
        if self.file.added.isdisjoint(nodes.rows(start)) or is_registered(self.file, one):
            return
        if one.scope < 0 and not is_ours(self.file, one):
            return
        uses = self.uses.of(self.file, one)
        if uses is not None:
            yield self._together(
                (Range(self.file, start, nodes.stops[start]),), uses, may_be_unused=may_be_unused(self.file, one)
            )

    def _constant(self, one: Definition) -> Iterator[Followed]:
        """Follow a constant of a class."""
        if not (is_fresh(self.file, one) and is_constant(self.file, one) and self._touches(one.node)):
            return
        alone = Definition(one.name, one.node, one.scope, one.unit)
        inside = (Use(self.file, node) for node in self.file.reading.names.plain.get(one.name, ()))
        outside = self.uses.outside(self.file, alone)
        uses = limited(use for some in (inside, outside) for use in some)
        if uses is not None:
            yield self._together((Range(self.file, *extent_of_value(self.file.nodes, one.node)),), uses)

    def _value(self, scope: int, name: str, some: list[Definition]) -> Iterator[Followed]:
        """Follow a value with all that is bound to its name."""
        if scope < 0 and not all(is_ours(self.file, one) for one in some):
            return
        names = self._names_beside(some) if name not in self.outward else None
        used = limited(use for each in sorted(names or ()) for use in self._used(scope, each, some[0]))
        if not names or used is None:
            return
        own = tuple(Range(self.file, *extent_of_value(self.file.nodes, one.node)) for one in some)
        fills = tuple(self._fills(scope, name, [use for use in used if not is_in(use, own)]))
        unused = len(some) == 1 and not fills and may_be_unused(self.file, some[0])
        yield self._together(own + fills, used, may_be_unused=unused)

    def _names_beside(self, some: list[Definition]) -> set[str] | None:
        """Name all that the same assignments bind; None where they also write something else."""
        nodes = self.file.nodes
        found: set[str] = set()
        waiting = [self._outermost(one.node) for one in some]
        while waiting:
            node = waiting.pop()
            pair = nodes.grammar.assigns[nodes.types[node]]
            target, value = nodes.part(node, pair.target) or node, nodes.part(node, pair.value)
            beside = self.by_node.get(node, [])
            is_list = nodes.types[target] in nodes.grammar.tuples
            if len(beside) < (sum(1 for _ in nodes.children(target)) if is_list else 1):
                return None
            found.update(one.name for one in beside if one.name != "_")
            waiting += [value] if value is not None and nodes.types[value] in nodes.grammar.assigns else []
        return found

    def _outermost(self, node: int) -> int:
        """Give the first of assignments that take their value from each other."""
        nodes = self.file.nodes
        while nodes.types[nodes.parents[node]] in nodes.grammar.assigns:
            node = nodes.parents[node]
        return node

    def _used(self, scope: int, name: str, one: Definition) -> Iterator[Use]:
        """Walk the uses of a name that belongs to a function, or to the file."""
        yield from (Use(self.file, node) for node in self.owners.uses(name, scope) if not is_offered(self.file, node))
        if scope < 0:
            yield from self.uses.outside(self.file, Definition(name, one.node, scope, one.unit))

    def _fills(self, scope: int, name: str, used: list[Use]) -> Iterator[Range]:
        """Walk the statements that only fill a value, where it is made here and nobody else sees it."""
        nodes = self.file.nodes
        if not all(value != UNKNOWN and is_made_here(nodes, value) for value in self.owners.values(name, scope)):
            return
        for use in used:
            statement = filled_by(nodes, use.node) if use.file is self.file else None
            if statement is not None:
                yield Range(self.file, statement, nodes.stops[statement])

    def _parameter(self, node: int) -> Iterator[Followed]:
        """Follow a parameter that a function takes anew."""
        nodes = self.file.nodes
        inside = range(node, nodes.stops[node])
        words = [nodes.word(at) for at in inside if (nodes.scopes[at], nodes.word(at)) in self.owners.declared]
        used = limited(Use(self.file, at) for word in words for at in self.owners.uses(word, nodes.scopes[node]))
        if words and used is not None:
            yield self._together((Range(self.file, node, nodes.stops[node]),), used)

    def _together(self, ranges: tuple[Range, ...], uses: list[Use], *, may_be_unused: bool = False) -> Followed:
        return Followed(ranges, tuple(use for use in uses if not is_in(use, ranges)), may_be_unused)
