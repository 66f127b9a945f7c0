"""Reads one file into flat lists, by one descent of a cursor, so that nothing later climbs or recurses a tree."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tree_sitter import Language, Parser

from rules.engine.flags.grammar import GRAMMARS, Grammar
from rules.engine.syntax.outline import is_readable
from rules.engine.syntax.tables import Table

if TYPE_CHECKING:
    from tree_sitter import Node, TreeCursor

_PUNCTUATION: Final = frozenset(("(", ")", "[", "]", "{", "}", ",", ";", ":", ".", "</", "/>", '"', "'", "`", "@"))
_MARKS: Final = frozenset(("=", "=>", "?.", "->", "?", "${", "...", "#", "::"))
_TAGS: Final = frozenset(("<", ">"))
_BREAK: Final = re.compile(rb"\n")
_LONGEST_CHAIN: Final = 8  # names of a dotted chain that are looked at


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
    breaks: list[int] = field(default_factory=list)

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


def nodes_of(path: str, text: bytes) -> Nodes | None:
    """Read a file; None where it is too large, no text, or in a language without a table."""
    known = GRAMMARS.get(_suffix(path))
    if known is None or not is_readable(text):
        return None
    grammar, table = known
    return _read(grammar, table, text)


def _suffix(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2].lower()


@lru_cache(maxsize=8)
def _parser(table: Table) -> Parser:
    return Parser(Language(table.grammar()))


def _read(grammar: Grammar, table: Table, text: bytes) -> Nodes:
    breaks = [found.start() for found in _BREAK.finditer(text)]
    nodes = Nodes(grammar, text, breaks=breaks)
    cursor = _parser(table).parse(text).walk()
    open_ones: list[int] = []
    while True:
        node = cursor.node
        kept = node is not None and _is_kept(node, nodes, open_ones)
        if node is not None and kept and _descends(nodes, cursor, node, open_ones):
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return nodes
            nodes.stops[open_ones.pop()] = len(nodes.types)


def _descends(nodes: Nodes, cursor: TreeCursor, node: Node, open_ones: list[int]) -> bool:
    """Keep a node, and say whether the cursor went down into it."""
    at = len(nodes.types)
    kind, parent = node.type, open_ones[-1] if open_ones else -1
    grammar = nodes.grammar
    nodes.types.append(kind)
    nodes.fields.append(cursor.field_name)
    nodes.starts.append(node.start_byte)
    nodes.ends.append(node.end_byte)
    nodes.parents.append(parent)
    nodes.stops.append(at + 1)
    own = parent < 0 or nodes.types[parent] in grammar.blocks or kind in grammar.exits
    nodes.statements.append(at if own else nodes.statements[parent])
    in_function = parent >= 0 and nodes.types[parent] in grammar.functions
    nodes.scopes.append(parent if in_function else nodes.scopes[parent] if parent >= 0 else -1)
    if not _has_inside(node) or not cursor.goto_first_child():
        return False
    open_ones.append(at)
    return True


def _is_kept(node: Node, nodes: Nodes, open_ones: list[int]) -> bool:
    kind = node.type
    if kind in nodes.grammar.dropped or kind in _PUNCTUATION:
        return False
    if node.is_named or kind in nodes.grammar.operators:
        return True
    if kind in _TAGS:
        return not nodes.types[open_ones[-1]].startswith("jsx_")
    return not kind.isalpha() and kind not in _MARKS


def _has_inside(node: Node) -> bool:
    """Say whether a node has parts worth a look: an operator of two words has none."""
    return node.is_named and node.child_count > 0


def is_text(nodes: Nodes, statement: int) -> bool:
    """Say whether a statement is nothing but a text: a docstring, or a directive."""
    if nodes.types[statement] != "expression_statement" or nodes.stops[statement + 1] != nodes.stops[statement]:
        return False
    return nodes.types[statement + 1] in nodes.grammar.strings
