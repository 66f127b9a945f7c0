"""Finds what runs only when a flag is on: the branches, what follows an early exit, components, decorated code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rules.engine.flags.guarding.elements import children_of, sides_of
from rules.engine.flags.guarding.flow import Flow
from rules.engine.flags.guarding.switches import filtered_by, switches_of
from rules.engine.flags.reading.implied import Implied, implied
from rules.engine.flags.reading.pattern import Shape
from rules.engine.flags.reading.truth import Truth
from rules.engine.flags.tree.exits import others_of
from rules.engine.flags.tree.grammar import Branch

if TYPE_CHECKING:
    from rules.engine.flags.reading.reading import Reading
    from rules.engine.flags.reading.sites import Site
    from rules.engine.flags.tree.nodes import Nodes

_DEEPEST: Final = 16  # branches inside each other that an exit is followed through
_LARGEST: Final = 200  # nodes of a condition whose names are looked at
_MOST_MARKS: Final = 32  # decorators of one definition that are looked behind
_RUNS_IF_ON: Final = re.compile(r"(?i:if|when|with|run|only|guard|gate)(?:$|_|[A-Z])")


@dataclass(frozen=True, slots=True)
class Guards:
    """The ranges of nodes of one file that run only with a flag on, and what belongs to the check itself.

    `asking` are the ranges that ask for the flag or leave the function without it; `stopping` are statements that
    nothing passes while the flag is off; `forks` are nodes of which only a part is guarded, by their guarded part;
    `frames` are the names that such a node is bound to, and what returns it.
    `idle` are names whose value says nothing while the flag is off, as that of `a` in `a and flag`.
    `shells` go away with the flag while what is inside stays, and `gone` are the ranges that go with them.
    """

    ranges: list[tuple[int, int]] = field(default_factory=list)
    asking: list[tuple[int, int]] = field(default_factory=list)
    forks: dict[int, Truth] = field(default_factory=dict)
    stopping: set[int] = field(default_factory=set)
    frames: list[tuple[int, int]] = field(default_factory=list)
    idle: set[int] = field(default_factory=set)
    shells: list[int] = field(default_factory=list)
    gone: list[tuple[int, int]] = field(default_factory=list)


def guards_of(reading: Reading) -> Guards:
    """Look at every expression that says something about a flag, from the innermost outwards."""
    guards = Guards()
    finder = _Finder(reading, guards, Flow(reading.nodes, guards.stopping))
    for node in sorted(reading.known, reverse=True):
        finder.condition(node, reading.known[node])
    for one in implied(reading.names, reading.known):
        finder.implied(one)
    for site in reading.sites:
        finder.site(site)
    for call in reading.names.calls if reading.nodes.grammar.fails_unless else ():
        finder.required(call)
    for switched in switches_of(reading.nodes, reading.known):
        guards.asking.extend((node, reading.nodes.stops[node]) for node in switched.asking)
        guards.ranges.extend(switched.ranges)
        finder.framed(switched.node)
    for fork in guards.forks:
        finder.framed(fork)
    return guards


@dataclass(frozen=True, slots=True)
class _Finder:
    reading: Reading
    guards: Guards
    flow: Flow
    marked: dict[int, dict[int, tuple[int, int]]] = field(default_factory=dict)

    @property
    def nodes(self) -> Nodes:
        return self.reading.nodes

    def condition(self, node: int, truth: Truth) -> None:
        """Guard what the node decides about."""
        nodes = self.nodes
        parent = nodes.parents[node]
        if parent < 0 or not (truth.is_on_when_true or truth.is_on_when_false):
            return
        kind = nodes.types[parent]
        branch = nodes.grammar.branches.get(kind)
        if branch and nodes.part(parent, branch.condition) == node:
            self._ask(node)
            self._branch(parent, branch, truth.flipped if branch.negated else truth)
        elif kind in nodes.grammar.logic:
            self._joined(parent, node, truth)
        elif kind in nodes.grammar.attributes:
            self._element(parent, truth)
        elif kind in nodes.grammar.statements and truth.is_on_when_true:
            self.guards.ranges.extend(self.flow.stop(parent))
        elif kind in nodes.grammar.filters and truth.is_on_when_true:
            self._ask(node)
            self.guards.ranges.append(filtered_by(nodes, parent))

    def implied(self, one: Implied) -> None:
        """Note an exit that asks for a flag and for something else: what that is matters only with the flag on."""
        self._ask(one.condition)
        self._exit(one.then)
        self.guards.idle.update((one.name, *one.uses))

    def required(self, call: int) -> None:
        """Guard what follows a call that fails unless the flag is on."""
        nodes, statement = self.nodes, self.nodes.statements[call]
        if nodes.stops[statement] != nodes.stops[call] or ".".join(nodes.chain(call)) not in nodes.grammar.fails_unless:
            return
        arguments = nodes.part(call, "arguments")
        condition = next(nodes.children(arguments), None) if arguments is not None else None
        if condition is not None and self.reading.known.get(condition, Truth.NOTHING).is_on_when_true:
            self._ask(statement)
            self.guards.ranges.extend(self.flow.stop(statement))

    def _ask(self, node: int) -> None:
        self.guards.asking.append((node, self.nodes.stops[node]))

    def _add(self, node: int) -> None:
        self.guards.ranges.append((node, self.nodes.stops[node]))

    def _element(self, attribute: int, truth: Truth) -> None:
        """Guard the sides of an element that shows something only if."""
        is_known = self.nodes.parents[attribute] in self.guards.forks
        found = sides_of(self.nodes, attribute) if not is_known else None
        if found is None:
            return
        asking = [(node, self.nodes.stops[node]) for node in found.asking]
        self.guards.asking.extend(asking)
        self.guards.gone.extend(asking)
        self.guards.shells.extend(found.shells)
        self.guards.forks.update(dict.fromkeys(found.shells, truth))
        self.guards.ranges.extend(found.then if truth.is_on_when_true else found.other)

    def framed(self, value: int) -> None:
        """Note what only gives a name to a value of which a part is guarded, or returns it."""
        nodes = self.nodes
        at, above = value, nodes.parents[value]
        for _ in range(_DEEPEST):
            at, above = (
                (above, nodes.parents[above]) if nodes.types[above] in nodes.grammar.transparent else (at, above)
            )
        kind, grammar = nodes.types[above], nodes.grammar
        if kind in grammar.exits and kind.startswith("return"):
            self.guards.frames.append((above, above + 1))
        elif kind in grammar.keys or (kind in grammar.assigns and nodes.part(above, grammar.assigns[kind].value) == at):
            self.guards.frames.append((above + 1, at))
            self._declares(above)

    def _declares(self, binding: int) -> None:
        """Note the words of a declaration besides what it binds, such as the type."""
        nodes = self.nodes
        around = nodes.parents[binding]
        if nodes.statements[binding] == around:
            before = (one for one in nodes.children(around) if one < binding and nodes.is_leaf(one))
            self.guards.frames.extend((one, one + 1) for one in before)

    def _joined(self, parent: int, left: int, truth: Truth) -> None:
        """Guard the right side of `flag && …`."""
        nodes = self.nodes
        parts = list(nodes.children(parent))
        words = [nodes.grammar.operators.get(nodes.types[part]) for part in parts]
        if ("and" in words and truth.is_on_when_true) or ("or" in words and truth.is_on_when_false):
            self.guards.idle.update(name for part in parts if part != left for name in _names_in(nodes, part))
        if parts[0] == left and (
            ("and" in words and truth.is_on_when_true) or ("or" in words and truth.is_on_when_false)
        ):
            self.guards.asking.append((left, parts[-1]))
            self.guards.forks[parent] = truth
            self._add(parts[-1])

    def _branch(self, node: int, branch: Branch, truth: Truth) -> None:
        nodes = self.nodes
        then = nodes.part(node, branch.then)
        others = others_of(nodes, node, branch)
        self.guards.forks[node] = truth
        if then is None:
            return
        if truth.is_on_when_true:
            self._add(then)
        if truth.is_on_when_false:
            self.guards.ranges.extend(self._later(node, others))
            self._exit(then)
        elif others:
            self._exit(others[-1])
        self._follow(node, then, others, truth)

    def _later(self, node: int, others: list[int]) -> Iterator[tuple[int, int]]:
        """Walk the ranges that only run where the condition is false: the other arms, and the clauses that follow."""
        nodes = self.nodes
        if nodes.types[node] in nodes.grammar.clauses:
            yield nodes.stops[node], nodes.stops[nodes.parents[node]]
        yield from ((other, nodes.stops[other]) for other in others)

    def _exit(self, node: int) -> None:
        """Note an off path that does nothing but leave: a single statement."""
        nodes = self.nodes
        at: int | None = node
        for _ in range(3):  # a clause, its block, its statement
            if at is None or nodes.types[at] in nodes.grammar.exits:
                break
            inside = list(nodes.children(at))
            at = inside[0] if len(inside) == 1 and _is_shell(nodes, at) else None
        if at is not None and nodes.types[at] in nodes.grammar.exits:
            self._ask(at)

    def _follow(self, node: int, then: int, others: list[int], truth: Truth) -> None:
        """Guard what follows, where every path that gets there needs the flag on."""
        nodes = self.nodes
        if nodes.types[node] in nodes.grammar.clauses:
            self.guards.ranges.extend(self.flow.pass_by(node, truth))
        if nodes.types[node] not in nodes.grammar.steps:
            return
        passes_then = truth.is_on_when_true or self.flow.is_closed(then)
        if passes_then and (truth.is_on_when_false or self.flow.are_closed(others)):
            self.guards.ranges.extend(self.flow.stop(node))

    def site(self, site: Site) -> None:
        """Guard what a decorator, a component or a call with a block stands around."""
        if site.pattern.shape is Shape.CHAIN:
            self._callbacks(site)
            return
        self._ask(site.node)
        if site.pattern.negated or site.key.startswith("!"):
            return
        if site.pattern.shape is Shape.COMPONENT:
            self.guards.ranges.extend(children_of(self.nodes, site.node))
        elif self.nodes.types[site.node] in self.nodes.grammar.decorators:
            self._decorated(site.node)
        else:
            self._add(self.nodes.statements[site.node])

    def _decorated(self, decorator: int) -> None:
        nodes = self.nodes
        parent = nodes.parents[decorator]
        if nodes.types[parent] in nodes.grammar.modifiers:
            parent = nodes.parents[parent]
        if nodes.types[parent] in nodes.grammar.decorated:
            self._add(parent)
            return
        if parent not in self.marked:
            self.marked[parent] = dict(_marked_in(nodes, parent))
        if decorator in self.marked[parent]:
            self.guards.ranges.append(self.marked[parent][decorator])

    def _callbacks(self, site: Site) -> None:
        """Guard the functions that are given to a call which says by its name that it runs them only if."""
        nodes = self.nodes
        if site.pattern.negated or not _RUNS_IF_ON.match(site.pattern.names[-1]):
            return
        given = (nodes.part(site.node, place) for place in ("arguments", "block"))
        for argument in [one for part in given if part is not None for one in (part, *nodes.children(part))]:
            if nodes.types[argument] in nodes.grammar.functions:
                self.guards.asking.append((site.node + 1, argument))
                self._add(argument)


def _names_in(nodes: Nodes, part: int) -> list[int]:
    """List the names in an expression that does nothing."""
    inside = range(part, min(nodes.stops[part], part + _LARGEST))
    if nodes.stops[part] > part + _LARGEST or any(nodes.types[at] in nodes.grammar.calls for at in inside):
        return []
    return [at for at in inside if nodes.types[at] in nodes.grammar.names]


def _marked_in(nodes: Nodes, parent: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """Walk the decorators among the children of a node, each with what it and those beside it stand in front of."""
    marks: list[int] = []
    for child in nodes.children(parent):
        if nodes.types[child] in nodes.grammar.decorators:
            marks.append(child)
            continue
        yield from ((mark, (marks[0], nodes.stops[child])) for mark in marks)
        marks.clear()


def _is_shell(nodes: Nodes, node: int) -> bool:
    return nodes.types[node] in nodes.grammar.blocks or nodes.types[node] in nodes.grammar.clauses


def merged(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Join ranges that overlap, in order, so that nested ones are walked once."""
    start = stop = -1
    for first, last in sorted(ranges):
        if first > stop:
            if stop > start:
                yield start, stop
            start, stop = first, last
        stop = max(stop, last)
    if stop > start:
        yield start, stop
