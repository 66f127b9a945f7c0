"""Follows a flag into the block that a call gives it to, as `flag.let { … }` or a flow of flags does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Final

from rules.engine.flags.reading.truth import Truth

if TYPE_CHECKING:
    from rules.engine.flags.naming.names import Names

_IT: Final = "it"  # what a block is given that names nothing


def fed(names: Names, known: Mapping[int, Truth]) -> Iterator[tuple[int, Truth]]:
    """Walk where blocks use the flag that they are given."""
    nodes = names.nodes
    for call in names.calls if nodes.grammar.feeds else ():
        block, member = nodes.part(call, "block"), call + 1
        if block is None or nodes.types[member] not in nodes.grammar.members:
            continue
        truth = known.get(member + 1, Truth.NOTHING)
        if truth & Truth.FLAG and nodes.chain(member)[-1] in nodes.grammar.feeds:
            yield from ((use, truth) for use in _given(names, block))


def _given(names: Names, block: int) -> Iterator[int]:
    """Walk the uses of what comes first in a block: the first that it names, or what nobody does."""
    nodes = names.nodes
    listed = next(nodes.children(block), block)
    if nodes.types[listed] in nodes.grammar.parameters:
        for first in islice(nodes.children(listed), 1):
            if nodes.types[first] in nodes.grammar.names:
                yield from names.uses(nodes.word(first), block)
        return
    for use in names.plain.get(_IT, ()):
        if nodes.scopes[use] == block:
            yield use
