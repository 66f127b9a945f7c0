"""Reads one file once, by its grammar, into what rules ask of it: definitions, branches, tests, assertions."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final, assert_never

from tree_sitter import Language, Parser

from rules.engine.needs import LARGEST_TEXT
from rules.engine.syntax import by_line
from rules.engine.syntax.marks import Mark, Outline, Sign
from rules.engine.syntax.parsing import parse, standing
from rules.engine.syntax.tables import BY_SUFFIX, Table, Visibility

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

_LONGEST_LINE: Final = 20_000  # bytes
_LONGEST_TEXT: Final = 160  # bytes of source that a mark keeps
_LONGEST_CALL: Final = 1000  # bytes of a call's first line that its options are looked for in
_BEFORE_INERT: Final = re.compile(rb"\s*(?:(?:export|default|declare)\s+)*")
_PRIVATE: Final = re.compile(rb"[^({]*\bprivate\b")
_NAMES: Final = ("method", "receiver", "name", "left", "right", "pattern")
_LOOPS: Final = ("for", "while", "do_", "until", "enhanced_for")
_ALWAYS: Final = (b"true", b"1")
_STRINGS: Final = frozenset(("string", "concatenated_string"))


def is_readable(text: bytes) -> bool:
    """Say whether a text is worth parsing: no binary, no giant, no line that only a machine would write."""
    if len(text) > LARGEST_TEXT or b"\0" in text:
        return False
    return len(text) <= _LONGEST_LINE or max(map(len, text.split(b"\n"))) <= _LONGEST_LINE


def is_known(path: str) -> bool:
    """Say whether there is a table for the language of this path."""
    return _suffix(path) in BY_SUFFIX or by_line.is_known(path)


@lru_cache(maxsize=256)
def outline(path: str, text: bytes) -> Outline | None:
    """Read a file; None where it is too large, no text, cannot be parsed, or is in a language without a table."""
    if not is_readable(text):
        return None
    table = BY_SUFFIX.get(_suffix(path))
    if table is None:
        return by_line.outline(path, text)
    tree = parse(Parser(_language(table)), text)
    return _Reader(table, text).read(tree) if tree is not None else None


def _suffix(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2].lower()


class _Part(Enum):
    """What a node is to us."""

    FUNCTION = 1
    TYPE = 2
    CONSTANT = 3
    CALL = 4
    BRANCH = 5
    INERT = 6
    MARK = 7
    STATEMENT = 8
    EXPRESSION = 9
    EXPORT = 10


@lru_cache(maxsize=16)
def _parts(table: Table) -> dict[int, _Part]:
    """Say what the types of nodes are to us, by their numbers: a name may have several."""
    groups = (
        (_Part.FUNCTION, table.functions),
        (_Part.TYPE, table.types),
        (_Part.CONSTANT, table.constants),
        (_Part.CALL, table.calls),
        (_Part.BRANCH, table.branches),
        (_Part.STATEMENT, table.statements),
        (_Part.INERT, table.inert),
        (_Part.MARK, table.marks),
    )
    parts = {name: part for part, names in reversed(groups) for name in names}
    parts |= {"expression_statement": _Part.EXPRESSION, "export_statement": _Part.EXPORT}
    language = _language(table)
    names = {at: language.node_kind_for_id(at) for at in range(language.node_kind_count)}
    return {at: parts[name] for at, name in names.items() if name in parts}


@lru_cache(maxsize=16)
def _language(table: Table) -> Language:
    return Language(table.grammar())


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk stands: inside which named definitions, and in what."""

    names: tuple[str, ...] = ()
    in_function: bool = False
    conditional: bool = False
    exported: bool = False
    hidden: bool = False


@dataclass(slots=True)
class _Reader:
    """Walks one syntax tree with a cursor, depth first, without recursion."""

    table: Table
    text: bytes
    marks: dict[Sign, dict[int, Mark]] = field(default_factory=lambda: defaultdict(dict))
    definitions: set[str] = field(default_factory=set)
    inert: set[int] = field(default_factory=set)
    private: set[tuple[str, ...]] = field(default_factory=set)

    def read(self, tree: Tree) -> Outline:
        """Walk the whole file."""
        parts = _parts(self.table)
        cursor = standing(tree)
        go_down, go_on, go_up = cursor.goto_first_child, cursor.goto_next_sibling, cursor.goto_parent
        place, around = _Place(), list[_Place]()
        while True:
            node = cursor.node
            part, inside = parts.get(node.kind_id), place
            if part and not (part is _Part.CALL and cursor.field_name in _NAMES and not node.child_count):
                inside = self._enter(node, part, place)
            if go_down():
                around.append(place)
                place = inside
                continue
            while not go_on():
                if not go_up():
                    return self._outline()
                place = around.pop()

    def _outline(self) -> Outline:
        found = {sign: tuple(self.marks[sign][at] for at in sorted(self.marks[sign])) for sign in Sign}
        return Outline(frozenset(self.definitions), frozenset(self.inert), found)

    def _enter(self, node: Node, part: _Part, place: _Place) -> _Place:
        match part:
            case _Part.FUNCTION | _Part.TYPE | _Part.CONSTANT:
                return self._definition(node, part, place)
            case _Part.CALL:
                self._call(node, place)
            case _Part.BRANCH:
                self._mark(Sign.BRANCH, node)
                return replace(place, conditional=place.conditional or self._may_not_run(node))
            case _Part.INERT | _Part.EXPRESSION:
                self._inert(node, part)
            case _Part.STATEMENT:
                self._statement(node)
            case _Part.EXPORT:
                return replace(place, exported=True)
            case _Part.MARK:
                self._annotation(node)
            case _ as never:
                assert_never(never)
        return place

    def _may_not_run(self, node: Node) -> bool:
        """Say whether what is inside may be left out; a loop is expected to run, and so is `if true`."""
        condition = node.child_by_field_name("condition")
        words = self.text[condition.start_byte : condition.end_byte].strip(b" ()") if condition else b""
        return not node.type.startswith(_LOOPS) and words.lower() not in _ALWAYS

    def _definition(self, node: Node, part: _Part, place: _Place) -> _Place:
        name = node.child_by_field_name("alias") or node.child_by_field_name("name")
        if name is None:
            return replace(place, in_function=True, conditional=False)
        words = self.text[name.start_byte : name.end_byte].decode("utf-8", "replace")
        hidden = place.hidden or self._is_hidden(node, name, place)
        if not place.in_function and not hidden:
            self.definitions.add(".".join((*place.names, words)))
        if part is _Part.CONSTANT:
            return place
        if part is _Part.TYPE:
            return replace(place, names=(*place.names, words), hidden=hidden)
        is_test = self.table.test_function.match(self.text, node.start_byte, name.end_byte)
        self._mark(Sign.TEST if is_test else Sign.FUNCTION, node, name.end_byte)
        return replace(place, in_function=True, conditional=False)

    def _is_hidden(self, node: Node, name: Node, place: _Place) -> bool:
        first = self.text[name.start_byte : name.start_byte + 1]
        match self.table.visibility:
            case Visibility.NO_UNDERSCORE:
                dunder = self.text[name.start_byte : name.start_byte + 2] == b"__"
                return (first == b"_" and not dunder) or place.names in self.private
            case Visibility.CAPITAL:
                return not first.isupper()
            case Visibility.EXPORTED:
                return not place.exported or first == b"#" or self._says_private(node, name)
            case Visibility.NOT_PRIVATE:
                return self._says_private(node, name)
            case _ as never:
                assert_never(never)

    def _says_private(self, node: Node, name: Node) -> bool:
        return _PRIVATE.match(self.text, node.start_byte, name.start_byte) is not None

    def _call(self, node: Node, place: _Place) -> None:
        table, text, start = self.table, self.text, node.start_byte
        arguments = self._arguments(node)
        end = arguments.start_byte if arguments else node.end_byte
        end = start + len(text[start:end].rstrip())
        if arguments is None and text[start:end] in (b"private", b"protected"):
            self.private.add(place.names)
        if table.test_call.match(text, start, end) and arguments is not None:
            self._mark(Sign.TEST, node)
        if table.assertion.match(text, start, end) and (arguments is not None or b"." in text[start:end]):
            self._assertion(node)
        line_end = start + len(text[start : start + _LONGEST_CALL].partition(b"\n")[0])
        if table.skip_line.match(text, start, line_end):
            self._mark(Sign.SKIP, node)
        if table.skip_call.match(text, start, end) and not place.conditional:
            self._mark(Sign.SKIP, node)
        if table.focus_call.match(text, start, end) or table.focus_line.match(text, start, line_end):
            self._mark(Sign.FOCUS, node)
        if table.case_call.match(text, start, end):
            self._mark(Sign.CASE, node)

    def _statement(self, node: Node) -> None:
        if self.table.statement.match(self.text, node.start_byte, node.end_byte):
            self._assertion(node)

    def _arguments(self, node: Node) -> Node | None:
        """Give the arguments or the block of a call: by field, or by type where the grammar has no fields."""
        if self.table.arguments:
            return next((child for child in node.children if child.type in self.table.arguments), None)
        return node.child_by_field_name("arguments") or node.child_by_field_name("block")

    def _assertion(self, node: Node) -> None:
        is_tuple = any(child.type == "tuple" for child in node.named_children[:1])  # Python's `assert (value, "words")`
        cannot_fail = is_tuple or self.table.cannot_fail.match(self.text, node.start_byte) is not None
        self._mark(Sign.CANNOT_FAIL if cannot_fail else Sign.ASSERTION, node)

    def _annotation(self, node: Node) -> None:
        if self.table.skip_mark.match(self.text, node.start_byte, node.end_byte):
            self._mark(Sign.SKIP, node)
        if self.table.case_mark.match(self.text, node.start_byte, node.end_byte):
            self._mark(Sign.CASE, node)

    def _inert(self, node: Node, part: _Part) -> None:
        """Note the lines of imports, types, comments and of strings that stand alone, which are docstrings."""
        if part is _Part.EXPRESSION and (node.child_count != 1 or node.children[0].type not in _STRINGS):
            return
        line_start = self.text.rfind(b"\n", 0, node.start_byte) + 1
        if _BEFORE_INERT.fullmatch(self.text, line_start, node.start_byte):
            self.inert.update(range(node.start_point.row + 1, node.end_point.row + 2))

    def _mark(self, sign: Sign, node: Node, end: int | None = None) -> None:
        """Keep the first mark of each place in a line; `end` bounds what is shown of it."""
        last = min(node.end_byte if end is None else end, node.start_byte + _LONGEST_TEXT)
        shown = (
            self.text[node.start_byte : last].partition(b"\n")[0] if end is None else self.text[node.start_byte : last]
        )
        words = b" ".join(shown.split()).decode("utf-8", "replace")
        self.marks[sign].setdefault(node.start_byte, Mark(node.start_point.row + 1, words))
