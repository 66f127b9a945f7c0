"""Follows functions that do nothing while their flag is off to all who call, show or register them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rules.engine.flags.following.answers import answers_empty, is_stub
from rules.engine.flags.following.fallbacks import chosen_by, given_for
from rules.engine.flags.following.filling import alone
from rules.engine.flags.following.gated import is_gated
from rules.engine.flags.following.neutral import awaited_together, bound_to, element_of, registered_by, without_effect
from rules.engine.flags.following.uses import Use, Uses
from rules.engine.flags.following.visible import Reach, is_fresh, reach_of
from rules.engine.flags.naming.names import Definition, Unit

if TYPE_CHECKING:
    from rules.engine.flags.guarding.marked import Guarded

_MOST_SAME: Final = 20  # definitions of one name
_DEEPEST: Final = 4  # names that hold what a name holds


@dataclass(frozen=True, slots=True)
class Helpers:
    """The functions of all files by name, and which of them are known to do nothing while their flag is off."""

    uses: Uses
    named: dict[str, list[tuple[Guarded, Definition]]] = field(default_factory=lambda: defaultdict(list))
    done: set[tuple[str, int]] = field(default_factory=set)

    def find(self) -> Helpers:
        """Sort the functions of all files by their names."""
        for file in self.uses.files:
            for one in file.reading.names.definitions:
                if one.unit is not Unit.CLASS and file.reading.function_of(one) is not None:
                    self.named[one.name].append((file, one))
        return self

    def settle(self) -> bool:
        """Guard what only calls the functions that are gated by now, and say whether there were new ones."""
        has_new = False
        for file, one, at in self._all():
            if (file.path, at) in self.done:
                continue
            places = frozenset[int]() if one.member else chosen_by(file, at)
            if places or is_gated(file, at):
                has_new = True
                self.done.add((file.path, at))
                self._follow(file, one, at, places)
        return has_new

    def _all(self) -> Iterator[tuple[Guarded, Definition, int]]:
        for some in self.named.values():
            for file, one in some:
                function = file.reading.function_of(one)
                if function is not None and file.guards.ranges:
                    yield file, one, function

    def _follow(self, file: Guarded, one: Definition, function: int, places: frozenset[int]) -> None:
        """Guard a new function of this kind, and what only calls, shows or registers it, or is given for a choice."""
        is_quiet = answers_empty(file, function)  # before all of it is marked
        start = file.nodes.statements[one.node]
        is_new = is_fresh(file, one) and not file.held[start]
        if is_new and not one.member:
            mark(file, start)
        if places:
            self._choose(file, one, places)
            return
        self._stub(file, one)
        for use in self._calls(file, one):
            nodes = use.file.nodes
            call = call_of(use)
            if call is not None:
                mark(use.file, alone(nodes, call))
            if call is not None and is_quiet:
                self._answered(use.file, call, _DEEPEST)
            if is_quiet and call is None:
                mark(use.file, element_of(nodes, use.node))
            if is_new:
                mark(use.file, registered_by(nodes, use.node))

    def _choose(self, file: Guarded, one: Definition, places: frozenset[int]) -> None:
        """Guard what calls give for the parameters that matter only with the flag on."""
        for use in self._calls(file, one):
            call = call_of(use)
            for argument in given_for(use.file.nodes, call, places) if call is not None else ():
                mark(use.file, argument)

    def _calls(self, file: Guarded, one: Definition) -> Iterator[Use]:
        """Walk the uses of a function, as far as they can mean no other."""
        uses = self.uses.of(file, one) or ()
        if not one.member or self._is_only(file, one):
            yield from uses
        else:
            bare = [(one.name,)] if file.nodes.grammar.implicit else []
            own = (*bare, (file.nodes.grammar.own, one.name))
            same = sum(other is file for other, _ in self.named[one.name])
            for use in uses if same == 1 else ():
                if use.file is file and file.nodes.chain(file.nodes.parents[use.node]) in own:
                    yield use

    def _is_only(self, file: Guarded, one: Definition) -> bool:
        """Say whether a method is new by name, and every other of that name does nothing either."""
        some = self.named[one.name]
        if len(some) > _MOST_SAME or not is_fresh(file, one):
            return False
        if reach_of(file, one.name, one.node) is not Reach.FILE and not all(
            other.is_new(one.name) for other in self.uses.files
        ):
            return False
        functions = [(other, other.reading.function_of(each)) for other, each in some]
        return all(at is not None and ((other.path, at) in self.done or is_stub(other, at)) for other, at in functions)

    def _stub(self, file: Guarded, one: Definition) -> None:
        """Mark the methods of the same name that answer something empty in any case."""
        for other, each in self.named[one.name] if one.member and self._is_only(file, one) else ():
            function = other.reading.function_of(each)
            if function is not None and is_stub(other, function):
                start, stop = other.nodes.statements[each.node], other.nodes.stops[other.nodes.statements[each.node]]
                other.unused[start:stop] = b"\1" * (stop - start)

    def _answered(self, file: Guarded, value: int, depth: int) -> None:
        """Guard what does nothing with an empty value, and follow the names that hold it."""
        nodes = file.nodes
        mark(file, without_effect(nodes, value))
        together = awaited_together(nodes, value)
        if together is not None:
            name, place = together
            mark(file, place)
            mark(file, name)
            self._held(file, name, depth)
        for name in bound_to(nodes, value):
            self._held(file, name, depth)

    def _held(self, file: Guarded, name: int, depth: int) -> None:
        """Follow the uses of a name that holds something empty, where it holds nothing else."""
        names, nodes = file.reading.names, file.nodes
        scope = nodes.scopes[name]
        values = names.bound.get((scope, nodes.word(name)), [])
        for use in names.uses(nodes.word(name), scope) if len(values) == 1 and depth else ():
            self._answered(file, use, depth - 1)


def call_of(use: Use) -> int | None:
    """Find the call of what is used."""
    nodes = use.file.nodes
    if nodes.is_called(use.node):
        return nodes.parents[use.node]
    member = nodes.parents[use.node]
    if nodes.types[member] in nodes.grammar.members:
        if nodes.types[member] in nodes.grammar.calls:
            return member
        return nodes.parents[member] if nodes.is_called(member) else None
    return None


def mark(file: Guarded, node: int | None) -> None:
    """Mark a node, and all below it, as guarded."""
    if node is not None:
        file.on[node : file.nodes.stops[node]] = b"\1" * (file.nodes.stops[node] - node)
