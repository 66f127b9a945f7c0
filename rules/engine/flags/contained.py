"""Says whether a file does what it did before while its new flags are off, even where old code moved into an else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rules.engine.flags.asking import asking
from rules.engine.flags.nodes import is_text

if TYPE_CHECKING:
    from rules.engine.flags.marked import Guarded
    from rules.engine.flags.nodes import Nodes


def is_contained(file: Guarded, base: Nodes, touched: frozenset[int]) -> bool:
    """Replace each new check by false, drop what it guards, and say whether that gives the base.

    `touched` are all added lines, those included that only moved. Formatting, comments, types and imports do not count.
    """
    return list(_off_path(file, touched)) == list(_structure(base, bytearray(len(base.types)), frozenset()))


def _off_path(file: Guarded, touched: frozenset[int]) -> Iterator[bytes]:
    nodes = file.nodes
    silent = bytearray(len(nodes.types))
    for start, stop in _silenced(file, touched):
        silent[start:stop] = b"\1" * (stop - start)
    for node in range(len(nodes.types)):
        covered = file.on[node] or file.unused[node]
        if covered and nodes.row(nodes.starts[node]) in touched:
            silent[node] = 1
    opened = frozenset(_opened(file, touched))
    return _structure(nodes, silent, opened)


def _silenced(file: Guarded, touched: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Walk what asks for a new flag, but not the exits that the off path takes."""
    nodes = file.nodes
    for start, stop in (*file.guards.asking, *asking(file.path, file.reading)):
        if nodes.types[start] not in nodes.grammar.exits and nodes.row(nodes.starts[start]) in touched:
            yield start, stop


def _opened(file: Guarded, touched: frozenset[int]) -> Iterator[int]:
    """Walk the nodes that go away together with a new check: the branch, its clauses and the blocks of its arms."""
    nodes = file.nodes
    for fork in file.guards.forks:
        if nodes.row(nodes.starts[fork]) not in touched:
            continue
        yield fork
        for arm in nodes.children(fork):
            if nodes.types[arm] in nodes.grammar.clauses:
                yield arm
                yield from (child for child in nodes.children(arm) if nodes.types[child] in nodes.grammar.blocks)
            elif nodes.types[arm] in nodes.grammar.blocks:
                yield arm


def _structure(nodes: Nodes, silent: bytearray, opened: frozenset[int]) -> Iterator[bytes]:
    """Spell a file as its words and node types, with the ends of blocks, so that equal spellings mean equal code."""
    grammar = nodes.grammar
    quiet = grammar.transparent | grammar.lone
    ends: list[int] = []
    node = 0
    while node < len(nodes.types):
        while ends and ends[-1] <= node:
            ends.pop()
            yield b"}"
        kind = nodes.types[node]
        if kind in grammar.imports or is_text(nodes, node):
            node = nodes.stops[node]
            continue
        if not silent[node] and node not in opened:
            if nodes.is_leaf(node):
                yield nodes.said(node)
            elif kind not in quiet:
                yield kind.encode()
                ends += [nodes.stops[node]] if kind in grammar.blocks else []
        node += 1
