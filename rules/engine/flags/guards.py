"""Finds what runs only when a flag is on: the branches, what follows an early exit, components, decorated code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rules.engine.flags.grammar import Branch
from rules.engine.flags.pattern import Shape
from rules.engine.flags.truth import Truth

if TYPE_CHECKING:
    from rules.engine.flags.nodes import Nodes
    from rules.engine.flags.reading import Reading, Site

_DEEPEST: Final = 16  # branches inside each other that an exit is followed through
_RUNS_IF_ON: Final = re.compile(r"(?i:if|when|with|run|only|guard|gate)(?:$|_|[A-Z])")


@dataclass(frozen=True, slots=True)
class Guards:
    """The ranges of nodes of one file that run only with a flag on, and what belongs to the check itself.

    `asking` are the ranges that ask for the flag or leave the function without it; `stopping` are statements that
    nothing passes while the flag is off; `forks` are nodes of which only a part is guarded, by their guarded part.
    """

    ranges: list[tuple[int, int]] = field(default_factory=list)
    asking: list[tuple[int, int]] = field(default_factory=list)
    forks: dict[int, Truth] = field(default_factory=dict)
    stopping: set[int] = field(default_factory=set)


def guards_of(reading: Reading) -> Guards:
    """Look at every expression that says something about a flag, from the innermost outwards."""
    guards = Guards()
    finder = _Finder(reading, guards)
    for node in sorted(reading.known, reverse=True):
        finder.condition(node, reading.known[node])
    for site in reading.sites:
        finder.site(site)
    return guards


def always_exits(nodes: Nodes, node: int) -> bool:
    """Say whether nothing that follows a node in its function runs after it: it returns, raises, breaks."""
    at: int | None = node
    for _ in range(_DEEPEST):
        if at is None:
            return False
        if nodes.types[at] in nodes.grammar.exits or _never_returns(nodes, at):
            return True
        at = _last(nodes, at)
    return False


def _last(nodes: Nodes, node: int) -> int | None:
    """Give the last statement of a block or clause."""
    kind = nodes.types[node]
    if kind not in nodes.grammar.blocks and kind not in nodes.grammar.clauses:
        return None
    last = None
    for child in nodes.children(node):
        last = child
    return last


def _never_returns(nodes: Nodes, node: int) -> bool:
    inside = node if nodes.types[node] in nodes.grammar.calls else next(nodes.children(node), node)
    is_call = nodes.types[inside] in nodes.grammar.calls or (nodes.grammar.implicit_calls and nodes.is_leaf(inside))
    return is_call and ".".join(nodes.chain(inside)) in nodes.grammar.never_returns


@dataclass(frozen=True, slots=True)
class _Finder:
    reading: Reading
    guards: Guards

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
        elif kind in nodes.grammar.statements and truth.is_on_when_true:
            self._stop(parent)
        elif kind in nodes.grammar.filters and truth.is_on_when_true:
            self._ask(node)
            self._add(nodes.parents[parent] + 1)

    def _ask(self, node: int) -> None:
        self.guards.asking.append((node, self.nodes.stops[node]))

    def _add(self, node: int) -> None:
        self.guards.ranges.append((node, self.nodes.stops[node]))

    def _joined(self, parent: int, left: int, truth: Truth) -> None:
        """Guard the right side of `flag && …`."""
        nodes = self.nodes
        parts = list(nodes.children(parent))
        words = [nodes.grammar.operators.get(nodes.types[part]) for part in parts]
        if parts[0] == left and (
            ("and" in words and truth.is_on_when_true) or ("or" in words and truth.is_on_when_false)
        ):
            self._ask(left)
            self.guards.forks[parent] = truth
            self._add(parts[-1])

    def _branch(self, node: int, branch: Branch, truth: Truth) -> None:
        nodes = self.nodes
        then = nodes.part(node, branch.then)
        others = self._others(node, branch)
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

    def _others(self, node: int, branch: Branch) -> list[int]:
        """List the arms that may run where the condition is false."""
        nodes = self.nodes
        children = enumerate(nodes.children(node)) if branch.other else ()
        return [child for at, child in children if branch.other in (nodes.fields[child], f"@{at}")]

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
        if nodes.types[node] not in nodes.grammar.steps:
            return
        passes_then = truth.is_on_when_true or self._is_closed(then)
        closed_else = (
            bool(others) and nodes.types[others[-1]] not in nodes.grammar.branches and self._all_closed(others)
        )
        if passes_then and (truth.is_on_when_false or closed_else):
            self._stop(node)

    def _all_closed(self, others: Iterable[int]) -> bool:
        return all(self._is_closed(other) for other in others)

    def _is_closed(self, node: int) -> bool:
        return always_exits(self.nodes, self._inside(node)) or self._stops_inside(node)

    def _inside(self, node: int) -> int:
        nodes = self.nodes
        branch = nodes.grammar.branches.get(nodes.types[node])
        inside = nodes.part(node, branch.then) if branch and nodes.types[node] in nodes.grammar.clauses else None
        return node if inside is None else inside

    def _stops_inside(self, node: int) -> bool:
        last = _last(self.nodes, node)
        return last is not None and last in self.guards.stopping

    def _stop(self, statement: int) -> None:
        """Guard what follows a statement in its block, and in the blocks around that only pass control on."""
        nodes = self.nodes
        at = statement
        for _ in range(_DEEPEST):
            block = nodes.parents[at]
            if (
                block < 0
                or nodes.types[block] not in nodes.grammar.blocks
                or nodes.types[block] in nodes.grammar.bodies
            ):
                return
            self.guards.stopping.add(at)
            self.guards.ranges.append((nodes.stops[at], self._end(at, block)))
            around = nodes.parents[block]
            is_bare = around >= 0 and nodes.types[around] in nodes.grammar.blocks
            at = block if is_bare else around
            if around < 0 or not (is_bare or nodes.types[around] in nodes.grammar.passing):
                return

    def _end(self, statement: int, block: int) -> int:
        """Find where the part of a block ends that nothing reaches after an exit."""
        nodes = self.nodes
        later = (child for child in nodes.children(block) if child > statement)
        always = (child for child in later if nodes.types[child] in nodes.grammar.always)
        return next(always, nodes.stops[block])

    def site(self, site: Site) -> None:
        """Guard what a decorator, a component or a call with a block stands around."""
        if site.pattern.shape is Shape.CHAIN:
            self._callbacks(site)
            return
        self._ask(site.node)
        if site.pattern.negated or site.key.startswith("!"):
            return
        if site.pattern.shape is Shape.COMPONENT:
            self._component(site.node)
        else:
            self._decorated(site.node)

    def _component(self, opening: int) -> None:
        nodes = self.nodes
        element = nodes.parents[opening]
        if nodes.grammar.components.get(nodes.types[element]) != nodes.fields[opening]:
            return
        for child in nodes.children(element):
            inner = next(nodes.children(child), child)
            is_function = nodes.types[inner] in nodes.grammar.functions
            if nodes.fields[child] is None and not is_function:
                self._add(child)

    def _decorated(self, decorator: int) -> None:
        nodes = self.nodes
        parent = nodes.parents[decorator]
        if nodes.types[parent] in nodes.grammar.modifiers:
            parent = nodes.parents[parent]
        if nodes.types[parent] in nodes.grammar.decorated:
            self._add(parent)
            return
        later = [
            child
            for child in nodes.children(parent)
            if child > decorator and nodes.types[child] not in nodes.grammar.decorators
        ]
        self.guards.ranges.extend((child, nodes.stops[child]) for child in later[:1])

    def _callbacks(self, site: Site) -> None:
        """Guard the functions that are given to a call which says by its name that it runs them only if."""
        nodes = self.nodes
        if site.pattern.negated or not _RUNS_IF_ON.match(site.pattern.names[-1]):
            return
        given = (nodes.part(site.node, place) for place in ("arguments", "block"))
        for argument in [one for part in given if part is not None for one in (part, *nodes.children(part))]:
            if nodes.types[argument] in nodes.grammar.functions:
                self._ask(site.node + 1)
                self._add(argument)


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
