"""Sorts the added lines of one file: which behave at all, and which of them run only with a flag on."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import TYPE_CHECKING, Final

from rules.engine.flags.guarding.marked import Guarded
from rules.engine.flags.tree.nodes import is_text

if TYPE_CHECKING:
    from rules.engine.flags.tree.nodes import Nodes

_WORD: Final = re.compile(rb"\w+")
_BARE_EXPORT: Final = 3  # nodes of `export default name`
_MOST_ABOVE: Final = 64  # nodes above a line that are asked whether a text spans it


class Class(Enum):
    """What one added line that behaves is."""

    GUARDED = "guarded"
    INERT = "inert"
    EXPOSED = "exposed"


def sorted_lines(file: Guarded) -> dict[int, Class]:
    """Sort the added lines of a file; those that do not behave, or only ask for the flag, are left out."""
    found = ((line, _class(file, line, frozenset())) for line in sorted(file.added))
    return {line: kind for line, kind in found if kind is not None}


def saying_nothing(file: Guarded, lines: Iterable[int], restated: frozenset[int]) -> Iterator[int]:
    """Walk the lines that do not behave where some nodes say only what was said before."""
    yield from (line for line in lines if _class(file, line, restated) is None)


def _class(file: Guarded, line: int, restated: frozenset[int]) -> Class | None:
    tokens = [token for token in _tokens(file.nodes, line) if token not in restated]
    telling = [token for token in tokens if not (file.asked[token] or (file.held[token] and not file.on[token]))]
    if not telling:
        return None
    plain = [token for token in telling if not (file.on[token] or file.unused[token])]
    guarded = [token for token in tokens if file.on[token]]
    if plain:
        frames = {file.nodes.statements[token] for token in guarded}
        framed = all(
            file.nodes.statements[token] in frames and not _stands_apart(file, token, guarded) for token in plain
        )
        return Class.GUARDED if framed and guarded else Class.EXPOSED
    return Class.GUARDED if guarded else Class.INERT


def _stands_apart(file: Guarded, token: int, guarded: list[int]) -> bool:
    """Say whether a token beside guarded ones does something of its own: a call or element without any of them."""
    nodes = file.nodes
    apart = False
    node = nodes.parents[token]
    for _ in range(_MOST_ABOVE):
        if node <= nodes.statements[token] or node in file.guards.forks:
            break
        kind = nodes.types[node]
        if kind in nodes.grammar.calls or kind in nodes.grammar.elements:
            first = bisect_left(guarded, node)
            apart = apart or first == len(guarded) or guarded[first] >= nodes.stops[node]
        node = nodes.parents[node]
    return apart and node not in file.guards.forks


def _tokens(nodes: Nodes, line: int) -> Iterator[int]:
    """Walk the tokens of one line that run."""
    start = nodes.breaks[line - 2] + 1 if line > 1 else 0
    stop = nodes.breaks[line - 1] if line - 1 < len(nodes.breaks) else len(nodes.text)
    first, last = bisect_left(nodes.starts, start), bisect_left(nodes.starts, stop)
    found = False
    for node in range(first, last):
        if nodes.is_leaf(node) or nodes.types[node] in nodes.grammar.exits:
            found = True
            if _runs(nodes, node):
                yield node
    if not found and (text := _spanning(nodes, first - 1, start)) is not None and _runs(nodes, text):
        yield text


def _spanning(nodes: Nodes, node: int, start: int) -> int | None:
    """Find the text of several lines that a line lies in."""
    for _ in range(_MOST_ABOVE):
        if node < 0:
            return None
        if nodes.ends[node] > start and nodes.types[node] in nodes.grammar.strings:
            return node
        node = nodes.parents[node]
    return None


def _runs(nodes: Nodes, node: int) -> bool:
    """Say whether a token does anything: no import, no docstring, no closing tag, no list of exports."""
    statement = nodes.statements[node]
    kind = nodes.types[statement]
    if kind in nodes.grammar.imports or is_text(nodes, statement) or _is_idle(nodes, statement):
        return False
    if (
        kind in nodes.grammar.exports
        and nodes.part(statement, "declaration") is None
        and nodes.stops[statement] <= statement + _BARE_EXPORT
    ):
        return False
    above = (nodes.parents[node], nodes.parents[nodes.parents[node]])  # a tag may have a dotted name
    return not any(nodes.types[one] in nodes.grammar.silent for one in above if one >= 0)


def _is_idle(nodes: Nodes, statement: int) -> bool:
    """Say whether a statement begins with a word that does nothing by itself."""
    found = _WORD.match(nodes.text, nodes.starts[statement]) if nodes.grammar.idle else None
    return found is not None and found[0] in nodes.grammar.idle
