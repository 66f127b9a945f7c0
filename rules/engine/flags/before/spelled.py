"""Spells code as words, without names that serve nothing, so that equal spellings mean that equal things are done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from rules.engine.flags.before.off_path import empty
from rules.engine.flags.tree.nodes import is_text

if TYPE_CHECKING:
    from rules.engine.flags.before.off_path import OffPath

_ASSIGNS: Final = frozenset((":=",))  # stands for what it is a part of
_BARE: Final = frozenset((b"()", b"[]", b"{}"))  # are what they are with something inside
_ROUNDS: Final = 8  # names that only serve names that nothing uses


@dataclass(frozen=True, slots=True)
class Bound:
    """One binding of a name: the words from `start` to `stop`, of which those from `value` are what it is bound to."""

    name: bytes
    start: int
    value: int = -1
    stop: int = -1


@dataclass(frozen=True, slots=True)
class Spelling:
    """Words in their order, and where names are bound among them."""

    words: list[bytes] = field(default_factory=list)
    bound: list[Bound] = field(default_factory=list)

    def settled(self, known: frozenset[bytes]) -> list[bytes]:
        """Leave out new names that nothing uses, and write the value of one that is bound once where it is used.

        New is a name that is not `known`: one that the other side does not have.
        """
        fresh = [one for one in self.bound if one.name not in known and one.stop > one.start]
        if not fresh:
            return self.words
        dead, uses = self._dead(fresh)
        times = Counter(one.name for one in fresh)
        skipped = {one.start: one for one in fresh if one.name in dead}
        handed = {one.start: one for one in fresh if times[one.name] == 1 and _is_handed_on(one, uses[one.name])}
        return list(self._rest(skipped, handed))

    def _dead(self, fresh: list[Bound]) -> tuple[frozenset[bytes], Counter[bytes]]:
        """Find the names that nothing uses but dead ones, and count the uses of the others."""
        dead: frozenset[bytes] = frozenset()
        uses: Counter[bytes] = Counter()
        for _ in range(_ROUNDS):
            uses = self._uses(fresh, dead)
            found = frozenset(one.name for one in fresh if uses[one.name] <= 0)
            if found == dead:
                break
            dead = found
        return dead, uses

    def _uses(self, fresh: list[Bound], dead: frozenset[bytes]) -> Counter[bytes]:
        """Count the uses of each new name outside its own bindings and those of dead names."""
        wanted = frozenset(one.name for one in fresh)
        uses = Counter(word for word in self.words if word in wanted)
        for one in fresh:
            inside = (word for word in self.words[one.start : one.stop] if word in wanted)
            uses.subtract(word for word in inside if word == one.name or one.name in dead)
        return uses

    def _rest(self, skipped: dict[int, Bound], handed: dict[int, Bound]) -> Iterator[bytes]:
        values: dict[bytes, list[bytes]] = {}
        at = 0
        while at < len(self.words):
            if at in handed:
                one = handed[at]
                inside = self.words[one.value : one.stop]
                values[one.name] = [new for word in inside for new in values.get(word, [word])]
            binding = handed.get(at) or skipped.get(at)
            if binding is None:
                yield from values.get(self.words[at], self.words[at : at + 1])
            at = binding.stop if binding is not None else at + 1


def _is_handed_on(one: Bound, uses: int) -> bool:
    """Say whether what a name is bound to can stand in its place: it is one word, or there is one place."""
    return one.value >= 0 and uses > 0 and (one.stop == one.value + 1 or uses == 1)


def spell(path: OffPath, start: int, stop: int) -> Spelling:
    """Spell a range of nodes with every flag off."""
    empty(path, start, stop)
    return _Speller(path).walk(start, stop)


class _Speller:
    """One walk over a range of nodes."""

    def __init__(self, path: OffPath) -> None:
        self.path, self.nodes = path, path.nodes
        self.grammar = path.nodes.grammar
        self.quiet = self.grammar.transparent | self.grammar.lone
        self.spelling = Spelling()
        self.blocks: list[int] = []
        self.open_ones: list[tuple[int, int]] = []
        self.values: dict[int, int] = {}

    def walk(self, start: int, stop: int) -> Spelling:
        """Spell node after node."""
        node = start
        while node < stop:
            self._close(node)
            node = self._step(node)
        self._close(stop)
        return self.spelling

    def _close(self, node: int) -> None:
        """End the blocks and bindings that end before a node, and note where a value begins."""
        words, bound = self.spelling.words, self.spelling.bound
        while self.blocks and self.blocks[-1] <= node:
            self.blocks.pop()
            words.append(b"}")
        while self.open_ones and self.open_ones[-1][0] <= node:
            at = self.open_ones.pop()[1]
            bound[at] = replace(bound[at], stop=len(words))
        if node in self.values:
            at = self.values[node]
            bound[at] = replace(bound[at], value=len(words))

    def _step(self, node: int) -> int:
        nodes, kind = self.nodes, self.nodes.types[node]
        if not self.path.kept[node] or kind in self.grammar.imports or is_text(nodes, node) or self._is_bare(node):
            return nodes.stops[node]
        value = self.path.value(node)
        if value:
            self.spelling.words.append(value)
            return nodes.stops[node]
        self._bind(node)
        if not self.path.opened[node]:
            self._write(node, kind)
        return node + 1

    def _write(self, node: int, kind: str) -> None:
        words = self.spelling.words
        if self._is_last_exit(node, kind):
            return
        if self.nodes.is_leaf(node) and self.nodes.said(node) not in _BARE:
            mark = b"" if kind in self.grammar.names else b"'"  # a text is no name
            words += [mark + self.nodes.said(node)] if kind not in _ASSIGNS else []
        elif kind in self.grammar.assigns:
            words.append(b"=")
        elif kind not in self.quiet and not self._is_only_around(node):
            words.append(self.path.renamed.get(node, kind).encode())
            if kind in self.grammar.blocks:
                self.blocks.append(self.nodes.stops[node])

    def _is_last_exit(self, node: int, kind: str) -> bool:
        """Say whether a node only returns where the function ends in any case."""
        nodes = self.nodes
        function = nodes.scopes[node]
        if function < 0 or kind not in self.grammar.exits or not nodes.is_leaf(node) or not kind.startswith("return"):
            return False
        return self.path.kept.find(1, nodes.stops[node], nodes.stops[function]) < 0

    def _is_bare(self, node: int) -> bool:
        """Say whether a node declares a variable of a function, and gives it nothing."""
        nodes = self.nodes
        pair = self.grammar.assigns.get(nodes.types[node])
        return pair is not None and nodes.scopes[node] >= 0 and nodes.part(node, pair.value) is None

    def _is_only_around(self, node: int) -> bool:
        """Say whether a statement is only there for the assignments in it."""
        nodes, kind = self.nodes, self.nodes.types[node]
        around = self.grammar.blocks | self.grammar.branches.keys() | self.grammar.binders.keys()
        if nodes.statements[node] != node or kind in around:
            return False
        return any(nodes.types[child] in self.grammar.assigns for child in nodes.children(node))

    def _bind(self, node: int) -> None:
        """Note where a name is bound: a parameter, or the only assignment of a statement in a function."""
        nodes = self.nodes
        parent = nodes.parents[node]
        if parent >= 0 and nodes.types[parent] in self.grammar.parameters:
            inside = range(node, nodes.stops[node])
            name = next((one for one in inside if nodes.types[one] in self.grammar.names), None)
            if name is not None:
                self._begin(node, name)
        elif nodes.statements[node] == node and nodes.scopes[node] >= 0:
            self._bind_statement(node)

    def _bind_statement(self, node: int) -> None:
        nodes, assigns = self.nodes, self.grammar.assigns
        is_shell = nodes.types[node] in self.grammar.lone or self._is_only_around(node)
        near = nodes.children(node) if is_shell else (node,)
        found = [one for one in near if nodes.types[one] in assigns]
        pair = assigns[nodes.types[found[0]]] if len(found) == 1 else None
        if pair is None or pair.value == "operator":
            return
        target, value = nodes.part(found[0], pair.target), nodes.part(found[0], pair.value)
        name = self._only_name(target) if target is not None else None
        if name is None:
            return
        if value is not None:
            self.values[value] = len(self.spelling.bound)
        self._begin(node, name)

    def _only_name(self, node: int) -> int | None:
        """Give the only name that an assignment binds."""
        nodes = self.nodes
        inside = range(node, nodes.stops[node])
        leaves = [one for one in inside if nodes.is_leaf(one)]
        is_name = len(leaves) == 1 and nodes.types[leaves[0]] in self.grammar.names
        return leaves[0] if is_name else None

    def _begin(self, node: int, name: int) -> None:
        self.open_ones.append((self.nodes.stops[node], len(self.spelling.bound)))
        self.spelling.bound.append(Bound(self.nodes.said(name), len(self.spelling.words)))
