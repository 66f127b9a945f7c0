"""Says what of a syntax tree is kept: punctuation, keywords and what never runs are left out."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tree_sitter import Language, Parser

from rules.engine.flags.tree.languages import GRAMMARS
from rules.engine.syntax.parsing import parse

if TYPE_CHECKING:
    from tree_sitter import Tree

    from rules.engine.flags.tree.grammar import Grammar
    from rules.engine.syntax.tables import Table

_PUNCTUATION: Final = frozenset(("(", ")", "[", "]", "{", "}", ",", ";", ":", ".", "</", "/>", '"', "'", "`", "@"))
_MARKS: Final = frozenset(("=", "=>", "?.", "->", "?", "${", "...", "#", "::"))
_TAGS: Final = frozenset(("<", ">"))
_NO_PARSE: Final = 0xFFFF  # the number of what does not parse


class Kept(Enum):
    """Whether a node is kept: not at all, only outside markup, as a leaf, or with what is inside."""

    NO = 0
    OUTSIDE_MARKUP = 1
    LEAF = 2
    WHOLE = 3


class Kinds:
    """What each type of node is to us, by its number: its name, and whether it is kept. The grammar is asked once."""

    def __init__(self, grammar: Grammar, table: Table) -> None:
        """Ask for all types and all fields."""
        self.grammar, language = grammar, Language(table.grammar())
        self.parser = Parser(language)
        self.labels: dict[int | None, str | None] = {None: None}
        self.labels |= {at: language.field_name_for_id(at) for at in range(1, language.field_count + 1)}
        self.names = {at: language.node_kind_for_id(at) or "" for at in range(language.node_kind_count)}
        self.kept = {at: self._kept(kind, is_named=language.node_kind_is_named(at)) for at, kind in self.names.items()}
        self.names[_NO_PARSE], self.kept[_NO_PARSE] = "ERROR", Kept.WHOLE

    def _kept(self, kind: str, *, is_named: bool) -> Kept:
        if kind in self.grammar.dropped or kind in _PUNCTUATION:
            return Kept.NO
        if is_named:
            return Kept.WHOLE
        if kind in self.grammar.operators:
            return Kept.LEAF
        if kind in _TAGS:
            return Kept.OUTSIDE_MARKUP
        return Kept.NO if kind.isalpha() or kind in _MARKS else Kept.LEAF


@lru_cache(maxsize=16)
def kinds_of(suffix: str) -> Kinds:
    """Give what the types of nodes are in files of a suffix."""
    return Kinds(*GRAMMARS[suffix])


@lru_cache(maxsize=1)  # what is read in part first may be read whole next
def tree_of(suffix: str, text: bytes) -> Tree | None:
    """Parse a text by the grammar of a suffix; None where that does not come to an end."""
    return parse(kinds_of(suffix).parser, text)
