"""Resolves what parameters are declared as: asking a parameter of the type `Feature` is to ask `Feature`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from rules.engine.flags.reading.pattern import FlagPattern, FlagPatterns, Shape

if TYPE_CHECKING:
    from rules.engine.flags.naming.names import Names

_AFTER: Final = re.compile(rb"\s*\??\s*:?\s*\*?[\"']?([\w.]+)")
_BEFORE: Final = re.compile(rb"([\w.]+)\s+\Z")
_LEAST: Final = 2  # names of a pattern: the type and what it is asked


@dataclass(frozen=True, slots=True)
class Declared:
    """The types of the parameters of one file, by function and name, and the patterns that begin with a type."""

    names: Names
    patterns: FlagPatterns
    types: dict[tuple[int, str], tuple[str, ...]] = field(default_factory=dict)

    def find(self, node: int, chain: Sequence[str], *, called: bool = True) -> FlagPattern | None:
        """Give the pattern that a chain matches with the type of its first name in place of that."""
        if not self.patterns.patterns or len(chain) < _LEAST:
            return None
        scope = self.names.scope_of(node, chain[0])
        declared = self.types.get((scope, chain[0])) if scope is not None else None
        return self.patterns.find(Shape.CHAIN, (*declared, *chain[1:]), called=called) if declared else None


def declared_in(names: Names, patterns: Sequence[FlagPattern]) -> Declared:
    """Read the types of all parameters, where a pattern may begin with one; what is between is not asked then."""
    short = (replace(one, names=tuple(name for name in one.names if set(name) != {"*"})) for one in patterns)
    typed = tuple(one for one in short if one.shape is Shape.CHAIN and len(one.names) >= _LEAST)
    found = Declared(names, FlagPatterns(typed))
    nodes = names.nodes
    for node, kind in enumerate(nodes.types if typed else ()):
        if kind in nodes.grammar.parameters:
            for whole in nodes.children(node):
                _declare(found, nodes.parents[node], whole)
    return found


def _declare(found: Declared, function: int, whole: int) -> None:
    """Note the type that stands behind the name of a parameter, or before it."""
    nodes = found.names.nodes
    inside = range(whole, nodes.stops[whole])
    name = next((at for at in inside if (function, nodes.word(at)) in found.names.bound), None)
    if name is None:
        return
    text = nodes.text
    after = _AFTER.match(text, nodes.ends[name], nodes.ends[whole])
    declared = after or _BEFORE.search(text[nodes.starts[whole] : nodes.starts[name]])
    if declared is not None:
        found.types[function, nodes.word(name)] = tuple(declared[1].decode().split("."))
