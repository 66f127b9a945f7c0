"""Reads hostile YAML as plain values that remember their place: YAML 1.2 words, no aliases, no tags, bounded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST: Final = 64 * 1024  # bytes of UTF-8
DEEPEST: Final = 20  # mappings and lists inside each other
LONGEST: Final = 1000  # entries of a list
MOST: Final = 100  # problems that are named

_LOADER: Final = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,18}")
_BASED: Final = re.compile(r"0o[0-7]{1,18}|0x[0-9a-fA-F]{1,15}")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]{1,30}|[0-9]{1,30}(\.[0-9]{0,30})?)([eE][-+]?[0-9]{1,3})?")
_WORDS: Final[dict[str, bool | None]] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong in a text: where (line and column start at 1), at which key, and what to do."""

    line: int
    column: int
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Node:
    """One value with its place. A mapping also keeps the place of each key."""

    value: Scalar | dict[str, Node] | list[Node]
    line: int
    column: int
    keys: dict[str, tuple[int, int]]

    def plain(self) -> object:
        """Give the value without places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


class _TooMuch(Exception):  # noqa: N818 - ends the reading early; never leaves this module
    pass


def read_tree(text: str) -> tuple[Node, tuple[Problem, ...]]:
    """Read one YAML document, and list every problem found on the way. Never raises for any text."""
    refused = _refused(text)
    if refused:
        return Node(None, 1, 1, {}), (Problem(1, 1, "", refused),)
    reader = _Reader(text)
    try:
        node = reader.document()
    except _TooMuch:
        node = Node(None, 1, 1, {})
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = " ".join(part for part in (error.context, error.problem) if part)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        reader.problems.append(Problem(line, column, "", f"not valid YAML: {words}."))
        node = Node(None, 1, 1, {})
    except (yaml.YAMLError, ValueError) as error:
        reader.problems.append(Problem(1, 1, "", f"not valid YAML: {str(error).splitlines()[0]}."))
        node = Node(None, 1, 1, {})
    return node, tuple(reader.problems)


def _refused(text: str) -> str:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return "the text holds characters that are not Unicode text."
    return f"larger than {LARGEST // 1024} KiB." if size > LARGEST else ""


class _Reader:
    """Turns the events of one text into nodes."""

    def __init__(self, text: str) -> None:
        self.events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        self.problems: list[Problem] = []

    def document(self) -> Node:
        root: Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self._problem(event, "", "a second document: keep one.")
                    break
                root = self._node(next(self.events), "", 0)
        return root or Node(None, 1, 1, {})

    def _problem(self, event: yaml.Event, path: str, message: str) -> None:
        if len(self.problems) == MOST:
            raise _TooMuch
        self.problems.append(Problem(*_place(event), path, message))

    def _node(self, event: yaml.Event, path: str, depth: int) -> Node:
        if depth > DEEPEST:
            self._problem(event, "", f"nested deeper than {DEEPEST}.")
            raise _TooMuch
        self._refuse_references(event, path)
        line, column = _place(event)
        if isinstance(event, yaml.MappingStartEvent):
            value, keys = self._mapping(path, depth)
            return Node(value, line, column, keys)
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(self._sequence(path, depth), line, column, {})
        return Node(_scalar(event), line, column, {})

    def _refuse_references(self, event: yaml.Event, path: str) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._problem(event, path, f"an alias (`*{event.anchor}`): write the value out.")
        elif isinstance(event, yaml.NodeEvent) and event.anchor:
            self._problem(event, path, f"an anchor (`&{event.anchor}`): write the value out.")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
            cure = "put it in quotes" if event.tag.startswith("!") else "leave it out"
            self._problem(event, path, f"a tag (`{event.tag}`): {cure}.")

    def _mapping(self, path: str, depth: int) -> tuple[dict[str, Node], dict[str, tuple[int, int]]]:
        value: dict[str, Node] = {}
        keys: dict[str, tuple[int, int]] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._key(event, path, depth)
            below = f"{path}.{key}" if path else key
            if key in value:
                self._problem(event, below, f"given twice; first in line {keys[key][0]}.")
            node = self._node(next(self.events), below, depth + 1)
            if key not in value:
                value[key] = node
                keys[key] = _place(event)
        return value, keys

    def _key(self, event: yaml.Event, path: str, depth: int) -> str:
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_references(event, path)
            return event.value
        self._node(event, path, depth + 1)
        self._problem(event, path, "a key must be one word.")
        return "?"

    def _sequence(self, path: str, depth: int) -> list[Node]:
        nodes: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            if len(nodes) == LONGEST:
                self._problem(event, path, f"a list of more than {LONGEST} entries.")
                raise _TooMuch
            nodes.append(self._node(event, f"{path}[{len(nodes)}]", depth + 1))
        return nodes


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _scalar(event: yaml.Event) -> Scalar:
    """Read a scalar by the core schema of YAML 1.2: `on`, `no` and `12:30:45` stay text (yaml.org/spec/1.2.2).

    An alias has no value of its own.
    """
    if not isinstance(event, yaml.ScalarEvent):
        return None
    text = event.value
    if not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    return float(text) if _FLOAT.fullmatch(text) else text
