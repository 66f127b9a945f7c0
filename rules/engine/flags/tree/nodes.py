"""Reads one file into flat lists, by one descent of a cursor, so that nothing later climbs or recurses a tree."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, count, islice
from operator import add
from typing import TYPE_CHECKING, Final

from rules.engine.flags.tree.grammar import Grammar
from rules.engine.flags.tree.kept import Kept, kinds_of, tree_of
from rules.engine.flags.tree.languages import GRAMMARS
from rules.engine.flags.tree.mending import mended
from rules.engine.syntax.outline import is_readable
from rules.engine.syntax.parsing import standing

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

_LONGEST_CHAIN: Final = 8  # names of a dotted chain that are looked at
_DEEPEST: Final = 2000  # nodes inside each other; a file with more is not read
_MOST_NODES: Final = 250_000  # in one file; only what a machine wrote has more


@dataclass(frozen=True, slots=True)
class Extent:
    """The lines of a file that are worth reading, as places in its text, in order."""

    starts: tuple[int, ...]
    stops: tuple[int, ...]

    def touches(self, start: int, stop: int) -> bool:
        """Say whether a range of the text lies on one of the lines."""
        at = bisect_left(self.stops, start)
        return at < len(self.starts) and self.starts[at] <= stop


@lru_cache(maxsize=4)
def breaks_of(text: bytes) -> tuple[int, ...]:
    """List the places of all line breaks."""
    *ends, _ = accumulate(map(len, text.split(b"\n")))
    return tuple(map(add, ends, count()))


def extent_of(text: bytes, lines: Iterable[int]) -> Extent:
    """Give the extent of some lines, counted from 1."""
    breaks = (-1, *breaks_of(text), len(text))
    wanted = sorted(line for line in lines if line < len(breaks))
    return Extent(tuple(breaks[line - 1] + 1 for line in wanted), tuple(breaks[line] for line in wanted))


@dataclass(frozen=True, slots=True)
class Nodes:
    """The nodes of one file in the order of the text; each is a number, and all below it follow it up to its stop.

    Punctuation, keywords and what never runs are left out. `statements` and `scopes` give the statement and the
    function that a node stands in.
    """

    grammar: Grammar
    text: bytes
    types: list[str] = field(default_factory=list)
    fields: list[str | None] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    scopes: list[int] = field(default_factory=list)
    breaks: tuple[int, ...] = ()
    chains: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def children(self, node: int) -> Iterator[int]:
        """Walk the children of a node."""
        at, stop = node + 1, self.stops[node]
        while at < stop:
            yield at
            at = self.stops[at]

    def part(self, node: int, place: str) -> int | None:
        """Find a child by its field, or by its number where the place reads `@n`."""
        if place.startswith("@"):
            return next(islice(self.children(node), int(place[1:]), None), None)
        fields, stops = self.fields, self.stops
        at, stop = node + 1, stops[node]
        while at < stop:
            if fields[at] == place:
                return at
            at = stops[at]
        return None

    def last(self, node: int) -> int | None:
        """Find the last child of a node, from behind."""
        at = self.stops[node] - 1
        if at == node:
            return None
        while self.parents[at] != node:
            at = self.parents[at]
        return at

    def body(self, function: int) -> int | None:
        """Find the body of a function, which may be the function itself."""
        return function if self.types[function] in self.grammar.blocks else self.part(function, "body")

    def callee(self, call: int) -> int | None:
        """Find what a call calls, where that does not stand behind an object which the call itself names."""
        pair = self.grammar.members.get(self.types[call])
        if pair is None:
            return next(self.children(call), None)
        return None if self.part(call, pair.target) is not None else self.part(call, pair.value)

    def is_called(self, node: int) -> bool:
        """Say whether a node is what its parent calls."""
        parent = self.parents[node]
        return parent >= 0 and self.types[parent] in self.grammar.calls and self.callee(parent) == node

    def said(self, node: int) -> bytes:
        """Give the source of a node."""
        return self.text[self.starts[node] : self.ends[node]]

    def word(self, node: int) -> str:
        """Give the source of a node as text."""
        return self.said(node).decode("utf-8", "replace")

    def row(self, at: int) -> int:
        """Give the line, from 1, of a place in the text."""
        return bisect_right(self.breaks, at - 1) + 1

    def first_on(self, line: int) -> int:
        """Find the innermost node that starts first on a line, or after it."""
        start = self.breaks[line - 2] + 1 if line > 1 else 0
        first = min(bisect_left(self.starts, start), len(self.starts) - 1)
        return bisect_right(self.starts, self.starts[first]) - 1

    def rows(self, node: int) -> range:
        """Give the lines that a node covers."""
        return range(self.row(self.starts[node]), self.row(max(self.ends[node] - 1, self.starts[node])) + 1)

    def joins(self, node: int) -> bool:
        """Say whether a node joins two expressions by `and` or `or`."""
        return any(self.grammar.operators.get(self.types[child]) in ("and", "or") for child in self.children(node))

    def is_leaf(self, node: int) -> bool:
        """Say whether a node has no kept child."""
        return self.stops[node] == node + 1

    def chain(self, node: int) -> tuple[str, ...]:
        """Read a dotted chain from its last name backwards: calls, `!`, `await` and brackets are looked through."""
        found = self.chains.get(node)
        if found is not None:
            return found
        names: list[str] = []
        at: int | None = node
        while at is not None and len(names) < _LONGEST_CHAIN:
            at = self._step(at, names)
        self.chains[node] = found = tuple(reversed(names))
        return found

    def _step(self, at: int, names: list[str]) -> int | None:
        grammar, kind = self.grammar, self.types[at]
        if kind in grammar.members:
            pair = grammar.members[kind]
            name = self.part(at, pair.value)
            names.append(self.word(name).strip("'\"`") if name is not None else "")
            return self.part(at, pair.target)
        if kind in grammar.calls or kind in grammar.transparent:
            return next(self.children(at), None)
        names.append(self.word(at) if self.is_leaf(at) else "")
        return None


def is_known(path: str) -> bool:
    """Say whether there is a table for the language of this path."""
    return _suffix(path) in GRAMMARS


def catalogue_of(path: str) -> str:
    """Name the language of a path that is known, as the catalogue of libraries calls it."""
    return GRAMMARS[_suffix(path)][0].catalogue


def package_of(path: str) -> str | None:
    """Give the package of a path, where files of one need no import among each other: its directory and language."""
    suffix = _suffix(path)
    is_near = suffix in GRAMMARS and GRAMMARS[suffix][0].shared and not GRAMMARS[suffix][0].loads
    return f"{path.rpartition('/')[0]}/*.{suffix}" if is_near else None


def nodes_of(path: str, text: bytes, extent: Extent | None = None) -> Nodes | None:
    """Read a file, or what an extent touches of it; None where it is too large or deep, no text, or has no table."""
    suffix = _suffix(path)
    if suffix not in GRAMMARS or not is_readable(text):
        return None
    tree = tree_of(suffix, text)
    nodes = _Walk(suffix, text, tree, extent).walk() if tree is not None else None
    return nodes if nodes is None or nodes.grammar.mends is None else mended(nodes, nodes.grammar.mends)


def _suffix(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2].lower()


class _Walk:
    """One descent of a cursor through one file, into one list for each thing to know of a node."""

    def __init__(self, suffix: str, text: bytes, tree: Tree, extent: Extent | None) -> None:
        self.kinds, self.text, self.extent = kinds_of(suffix), text, extent
        self.cursor = standing(tree)
        self.numbers: list[int] = []
        self.fields: list[int | None] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.parents: list[int] = []
        self.closed: dict[int, int] = {}
        self.whole_until = -1  # the end of an import, which is read whole

    def walk(self) -> Nodes | None:
        """Keep the nodes from the first to the last, unless there are too many."""
        return self._nodes() if self._descend() else None

    def _descend(self) -> bool:
        """Visit every node, and say whether that came to an end. No other loop is as hot: every name in it is local."""
        cursor, kinds, closed, in_part = self.cursor, self.kinds.kept, self.closed, self.extent is not None
        number_of, field_of, start_of = self.numbers.append, self.fields.append, self.starts.append
        end_of, parent_of, open_ones, parent, count = self.ends.append, self.parents.append, [-1], -1, 0
        go_down, go_on, go_up = cursor.goto_first_child, cursor.goto_next_sibling, cursor.goto_parent
        no, outside, whole = Kept.NO, Kept.OUTSIDE_MARKUP, Kept.WHOLE
        while count < _MOST_NODES and len(open_ones) <= _DEEPEST:
            node = cursor.node
            kept = kinds[number := node.kind_id]
            if kept is outside or (in_part and kept is not no):
                kept = self._settled(kept, node, parent)
            if kept is not no:
                number_of(number)
                field_of(cursor.field_id)
                start_of(node.start_byte)
                end_of(node.end_byte)
                parent_of(parent)
                count += 1
                if kept is whole and go_down():
                    open_ones.append(parent := count - 1)
                    continue
            while not go_on():
                if not go_up():
                    return True
                closed[open_ones.pop()] = count
                parent = open_ones[-1]
        return False

    def _settled(self, kept: Kept, node: Node, parent: int) -> Kept:
        """Decide about a node by where it stands: in markup, and in the extent."""
        names, grammar = self.kinds.names, self.kinds.grammar
        above = names[self.numbers[parent]] if parent >= 0 else ""
        if kept is Kept.OUTSIDE_MARKUP:
            if above in grammar.markup:
                return Kept.NO
        elif kept is Kept.WHOLE and self._is_wanted(names[node.kind_id], node):
            return Kept.WHOLE
        is_first = parent == len(self.numbers) - 1  # of its statements, and says that there are some
        is_apart = self.extent is not None and not is_first and above in grammar.blocks
        return Kept.NO if is_apart else Kept.LEAF

    def _is_wanted(self, kind: str, node: Node) -> bool:
        if self.extent is None or node.start_byte < self.whole_until:
            return True
        if kind in self.kinds.grammar.imports:
            self.whole_until = node.end_byte
            return True
        return self.extent.touches(node.start_byte, node.end_byte)

    def _nodes(self) -> Nodes:
        kinds, grammar = self.kinds, self.kinds.grammar
        types = [kinds.names[number] for number in self.numbers]
        holds, runs = ([kind in some for kind in types] for some in (grammar.blocks, grammar.functions))
        statements, scopes = [0], [-1]
        for at, parent in enumerate(self.parents[1:], 1):
            statements.append(at if holds[parent] or types[at] in grammar.exits else statements[parent])
            scopes.append(parent if runs[parent] else scopes[parent])
        fields = [kinds.labels[place] for place in self.fields]
        stops = [self.closed.get(at, at + 1) for at in range(len(types))]
        places = (self.starts, self.ends, self.parents, stops, statements, scopes)
        return Nodes(grammar, self.text, types, fields, *places, breaks_of(self.text))


def is_text(nodes: Nodes, statement: int) -> bool:
    """Say whether a statement is nothing but a text: a docstring, or a directive."""
    if nodes.types[statement] not in nodes.grammar.bare:
        return False
    first, stop = statement + 1, nodes.stops[statement]
    return first < stop and nodes.stops[first] == stop and nodes.types[first] in nodes.grammar.strings
