"""Finds what elements of markup show only if, by the conventions of their names and attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rules.engine.flags.tree.grammar import Conditional
    from rules.engine.flags.tree.nodes import Nodes

_WORDS: Final = re.compile(r"[A-Z][a-z]*")


@dataclass(frozen=True, slots=True)
class Sides:
    """What an element shows where its condition holds, and where not, as ranges.

    `asking` are the nodes that ask for the condition or name a side; `shells` are those around the sides.
    """

    then: list[tuple[int, int]] = field(default_factory=list)
    other: list[tuple[int, int]] = field(default_factory=list)
    asking: list[int] = field(default_factory=list)
    shells: list[int] = field(default_factory=list)


def sides_of(nodes: Nodes, attribute: int) -> Sides | None:
    """Take apart an element whose condition an attribute holds; None where that decides about nothing."""
    conditional, opening = nodes.grammar.conditional, nodes.parents[attribute]
    if conditional is None or not _decides(nodes, conditional, attribute):
        return None
    sides = Sides(then=list(children_of(nodes, opening)), asking=[opening + 1, attribute], shells=[opening])
    element = _element(nodes, opening)
    if element is not None:
        sides.shells.append(element)
        sides.asking.extend(child for child in nodes.children(element) if nodes.types[child] in nodes.grammar.silent)
    for one in nodes.children(opening):
        place = _side(nodes, sides, conditional, one)
        if place is not None:
            place.append((one + 2, nodes.stops[one]))
            sides.asking.append(one + 1)
            sides.shells.append(one)
    return sides


def children_of(nodes: Nodes, opening: int) -> Iterator[tuple[int, int]]:
    """Walk the ranges of what stands inside an element, but no functions: those say themselves when they run."""
    element = _element(nodes, opening)
    for child in nodes.children(element) if element is not None else ():
        inner = next(nodes.children(child), child)
        is_function = nodes.types[inner] in nodes.grammar.functions
        if nodes.fields[child] is None and not is_function:
            yield child, nodes.stops[child]


def _decides(nodes: Nodes, conditional: Conditional, attribute: int) -> bool:
    name = nodes.word(nodes.parents[attribute] + 1).rpartition(".")[2]
    words, said = frozenset(_WORDS.findall(name)), nodes.word(attribute + 1)
    if not name[:1].isupper() or words & conditional.unlike:
        return False
    return said in conditional.conditions or (said in conditional.gates and bool(words & conditional.named))


def _side(nodes: Nodes, sides: Sides, conditional: Conditional, attribute: int) -> list[tuple[int, int]] | None:
    """Say which side an attribute holds, if one."""
    if nodes.types[attribute] not in nodes.grammar.attributes:
        return None
    said = nodes.word(attribute + 1)
    return sides.then if said in conditional.then else sides.other if said in conditional.other else None


def _element(nodes: Nodes, opening: int) -> int | None:
    """Give the element that an opening tag begins, if it is not whole by itself."""
    element = nodes.parents[opening]
    return element if nodes.grammar.components.get(nodes.types[element]) == nodes.fields[opening] else None
