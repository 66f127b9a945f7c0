"""Reads one file into flat lists, by one descent of a cursor, so that nothing later climbs or recurses a tree."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Final, cast

from tree_sitter import Language, Parser

from rules.engine.flags.grammar import Grammar
from rules.engine.flags.languages import GRAMMARS
from rules.engine.syntax.outline import is_readable
from rules.engine.syntax.tables import Table

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

_PUNCTUATION: Final = frozenset(("(", ")", "[", "]", "{", "}", ",", ";", ":", ".", "</", "/>", '"', "'", "`", "@"))
_MARKS: Final = frozenset(("=", "=>", "?.", "->", "?", "${", "...", "#", "::"))
_TAGS: Final = frozenset(("<", ">"))
_LONGEST_CHAIN: Final = 8  # names of a dotted chain that are looked at
_DEEPEST: Final = 2000  # nodes inside each other; a file with more is not read
_NO_PARSE: Final = 0xFFFF  # the number of what does not parse


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
    ends = accumulate(len(line) + 1 for line in text.split(b"\n"))
    return tuple(end - 1 for end in ends if end <= len(text))


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

    def children(self, node: int) -> Iterator[int]:
        """Walk the children of a node."""
        at, stop = node + 1, self.stops[node]
        while at < stop:
            yield at
            at = self.stops[at]

    def part(self, node: int, place: str) -> int | None:
        """Find a child by its field, or by its number where the place reads `@n`."""
        if place.startswith("@"):
            return next((child for at, child in enumerate(self.children(node)) if at == int(place[1:])), None)
        return next((child for child in self.children(node) if self.fields[child] == place), None)

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

    def rows(self, node: int) -> range:
        """Give the lines that a node covers."""
        return range(self.row(self.starts[node]), self.row(max(self.ends[node] - 1, self.starts[node])) + 1)

    def is_leaf(self, node: int) -> bool:
        """Say whether a node has no kept child."""
        return self.stops[node] == node + 1

    def chain(self, node: int) -> tuple[str, ...]:
        """Read a dotted chain from its last name backwards: calls, `!`, `await` and brackets are looked through."""
        names: list[str] = []
        at: int | None = node
        while at is not None and len(names) < _LONGEST_CHAIN:
            at = self._step(at, names)
        return tuple(reversed(names))

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


def nodes_of(path: str, text: bytes, extent: Extent | None = None) -> Nodes | None:
    """Read a file, or what an extent touches of it; None where it is too large or deep, no text, or has no table."""
    suffix = _suffix(path)
    if suffix not in GRAMMARS or not is_readable(text):
        return None
    return _Walk(suffix, text, extent).walk()


def _suffix(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2].lower()


class _Kept(Enum):
    """Whether a node is kept: not at all, only outside markup, as a leaf, or with what is inside."""

    NO = 0
    OUTSIDE_MARKUP = 1
    LEAF = 2
    WHOLE = 3


class _Kinds(dict[int, tuple[str, _Kept]]):
    """What each type of node is to us, by its number: the grammar is asked once for each."""

    def __init__(self, grammar: Grammar, table: Table) -> None:
        """Begin with nothing but the mark of what does not parse."""
        super().__init__({_NO_PARSE: ("ERROR", _Kept.WHOLE)})
        self.grammar, self.language = grammar, Language(table.grammar())
        self.parser = Parser(self.language)

    def __missing__(self, number: int) -> tuple[str, _Kept]:
        """Ask the grammar."""
        kind = self.language.node_kind_for_id(number) or ""
        found = self[number] = (kind, self._kept(kind, is_named=self.language.node_kind_is_named(number)))
        return found

    def _kept(self, kind: str, *, is_named: bool) -> _Kept:
        if kind in self.grammar.dropped or kind in _PUNCTUATION:
            return _Kept.NO
        if is_named:
            return _Kept.WHOLE
        if kind in self.grammar.operators:
            return _Kept.LEAF
        if kind in _TAGS:
            return _Kept.OUTSIDE_MARKUP
        return _Kept.NO if kind.isalpha() or kind in _MARKS else _Kept.LEAF


@lru_cache(maxsize=16)
def _kinds(suffix: str) -> _Kinds:
    return _Kinds(*GRAMMARS[suffix])


@lru_cache(maxsize=1)  # what is read in part first may be read whole next
def _tree(suffix: str, text: bytes) -> Tree:
    return _kinds(suffix).parser.parse(text)


class _Walk:
    """One descent of a cursor through one file."""

    def __init__(self, suffix: str, text: bytes, extent: Extent | None) -> None:
        self.kinds, self.extent = _kinds(suffix), extent
        self.cursor = _tree(suffix, text).walk()
        self.nodes = Nodes(self.kinds.grammar, text, breaks=breaks_of(text))
        self.open_ones: list[int] = []
        self.whole_until = -1  # the end of an import, which is read whole

    def walk(self) -> Nodes | None:
        """Keep the nodes from the first to the last."""
        cursor, nodes, open_ones = self.cursor, self.nodes, self.open_ones
        while len(open_ones) < _DEEPEST:
            if self._enters():
                continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return nodes
                nodes.stops[open_ones.pop()] = len(nodes.types)
        return None

    def _enters(self) -> bool:
        """Keep a node where it is to be kept, and say whether the cursor went down into it."""
        node = cast("Node", self.cursor.node)  # a cursor always stands on one
        kind, kept = self.kinds[node.kind_id]
        if kept is _Kept.NO or (kept is _Kept.OUTSIDE_MARKUP and self._is_in_markup()):
            return False
        is_wanted = kept is _Kept.WHOLE and self._is_wanted(kind, node)
        if not is_wanted and self._is_apart():
            return False
        at = self._keep(kind, node)
        if not is_wanted or not self.cursor.goto_first_child():
            return False
        self.open_ones.append(at)
        return True

    def _is_apart(self) -> bool:
        """Say whether the cursor stands on a statement that no other needs; the first says that there are some."""
        if self.extent is None or not self.open_ones or self.open_ones[-1] == len(self.nodes.types) - 1:
            return False
        return self.nodes.types[self.open_ones[-1]] in self.nodes.grammar.blocks

    def _is_in_markup(self) -> bool:
        return self.nodes.types[self.open_ones[-1]] in self.nodes.grammar.markup

    def _is_wanted(self, kind: str, node: Node) -> bool:
        if self.extent is None or node.start_byte < self.whole_until:
            return True
        if kind in self.nodes.grammar.imports:
            self.whole_until = node.end_byte
            return True
        return self.extent.touches(node.start_byte, node.end_byte)

    def _keep(self, kind: str, node: Node) -> int:
        nodes, grammar = self.nodes, self.nodes.grammar
        at, parent = len(nodes.types), self.open_ones[-1] if self.open_ones else -1
        above = nodes.types[parent] if parent >= 0 else ""
        own = parent < 0 or above in grammar.blocks or kind in grammar.exits
        nodes.types.append(kind)
        nodes.fields.append(self.cursor.field_name)
        nodes.starts.append(node.start_byte)
        nodes.ends.append(node.end_byte)
        nodes.parents.append(parent)
        nodes.stops.append(at + 1)
        nodes.statements.append(at if own else nodes.statements[parent])
        nodes.scopes.append(parent if above in grammar.functions else nodes.scopes[parent] if parent >= 0 else -1)
        return at


def is_text(nodes: Nodes, statement: int) -> bool:
    """Say whether a statement is nothing but a text: a docstring, or a directive."""
    if nodes.types[statement] not in nodes.grammar.bare:
        return False
    return [nodes.types[child] in nodes.grammar.strings for child in nodes.children(statement)] == [True]
