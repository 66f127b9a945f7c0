"""Mends the nodes of a language whose grammar names fewer parts than others do, or binds `!` to less than it turns."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rules.engine.flags.tree.grammar import Mends
    from rules.engine.flags.tree.nodes import Nodes

_WORD: Final = re.compile(rb"\w+")
_NAME: Final = re.compile(rb"[^\W\d]\w*")
_NOBODY: Final = -1  # the old node behind a leaf that is made here
_SPACE: Final = 200  # bytes in front of a value that its `=` is looked for in


def mended(nodes: Nodes, mends: Mends) -> Nodes:
    """Give the nodes as a grammar would have given them that tells more, by one walk."""
    new = type(nodes)(nodes.grammar, nodes.text, breaks=nodes.breaks)
    mending = _Mending(nodes, mends, new, Counter(nodes.parents))
    for at in range(len(nodes.types)):
        mending.step(at)
    return mending.closed()


@dataclass(slots=True)
class _Mending:
    """One walk: `ways` tells where each old node went (what is left out, to what holds it), and `lent` its place.

    `counts` are the children of each old node, `before` the new nodes in front of it; `origins` the old nodes behind
    the new ones. `turned` is where each `!` stands that was moved in front of its whole chain.
    """

    nodes: Nodes
    mends: Mends
    new: Nodes
    counts: Counter[int]
    ways: list[int] = field(default_factory=list)
    lent: dict[int, str | None] = field(default_factory=dict)
    before: list[int] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)
    turned: range = range(0)

    def step(self, at: int) -> None:
        """Keep one node, or leave it out and lend its place to the first that it holds."""
        nodes, mends = self.nodes, self.mends
        above = nodes.parents[at]
        parent = self.ways[above] if above >= 0 else -1
        kind, place = self._kind(at), self._place(at)
        self.before.append(len(self.new.types))
        if self._is_left_out(at):
            self.ways.append(parent)
            self.lent[at] = place
            return
        if place == "value" and above >= 0 and nodes.types[above] in mends.adopting:
            parent = self._adopt(at)
        if self._begins_turned(at):
            parent = self._turn(at, place, parent)
            place = None
        if end := self._name_ends(at):
            self._add_leaf(at, mends.templates[nodes.types[at]], parent, end)
        way = self._add(at, kind, place, parent)
        if nodes.starts[at] in self.turned:
            self.new.starts[way] = self.turned.stop
        self.ways.append(way)

    def _add(self, origin: int, kind: str, place: str | None, parent: int) -> int:
        new, grammar = self.new, self.nodes.grammar
        at, above = len(new.types), new.types[parent] if parent >= 0 else ""
        own = parent < 0 or above in grammar.blocks or kind in grammar.exits
        new.types.append(kind)
        new.fields.append(place)
        new.starts.append(self.nodes.starts[origin])
        new.ends.append(self.nodes.ends[origin])
        new.parents.append(parent)
        new.statements.append(at if own else new.statements[parent])
        new.scopes.append(parent if above in grammar.functions else new.scopes[parent] if parent >= 0 else -1)
        self.origins.append(origin)
        return at

    def _adopt(self, at: int) -> int:
        """Put a default into the parameter in front of it."""
        before = next(one for one in range(at - 1, -1, -1) if self.nodes.parents[one] == self.nodes.parents[at])
        parent = self.ways[before]
        self.origins[parent] = at
        self.new.ends[parent] = self.nodes.ends[at]
        return parent

    def _turn(self, at: int, place: str | None, parent: int) -> int:
        """Put a node around a chain for each `!` that it begins with."""
        start = stop = self.nodes.starts[at]
        while self.nodes.text[stop : stop + 1] == b"!":
            parent = self._add(at, self.mends.turning, place if start == stop else None, parent)
            stop += 1
            self._add_leaf(at, "!", parent, stop)
        self.turned = range(start, stop)
        return parent

    def _add_leaf(self, origin: int, kind: str, parent: int, end: int) -> None:
        self.new.ends[self._add(origin, kind, None, parent)] = end
        self.origins[-1] = _NOBODY

    def closed(self) -> Nodes:
        """Say where each node stops, which is known at the end."""
        self.before.append(len(self.new.types))
        for at, origin in enumerate(self.origins):
            self.new.stops.append(at + 1 if origin == _NOBODY else self.before[self.nodes.stops[origin]])
        return self.new

    def _kind(self, at: int) -> str:
        """Tell apart what the grammar calls alike: by its first word, or by what it stands in."""
        nodes, kind = self.nodes, self.nodes.types[at]
        words = self.mends.words.get(kind)
        word = _WORD.match(nodes.text, nodes.starts[at]) if words else None
        if words and word and word[0] in words:
            return words[word[0]]
        if kind in nodes.grammar.names and nodes.parents[at] >= 0:
            return self.mends.names.get(nodes.fields[at] or nodes.types[nodes.parents[at]], kind)
        return kind

    def _place(self, at: int) -> str | None:
        """Find the field of a node where the grammar gives none: by what it is, where it stands, or a `=` before it."""
        nodes, mends, above = self.nodes, self.mends, self.nodes.parents[at]
        around = nodes.types[above] if above >= 0 else ""
        if (above == at - 1 or around == mends.turning) and self.lent.get(above):
            return self.lent[above]
        if around in mends.ordered:
            return mends.ordered[around][at > above + 1]
        kind = nodes.types[at]
        place = nodes.fields[at] or mends.places.get(kind) or mends.places.get(f"{around}.{kind}")
        if place is None and around in mends.valued:
            start = nodes.starts[at]
            return "value" if nodes.text[max(0, start - _SPACE) : start].rstrip().endswith(b"=") else None
        return place

    def _is_left_out(self, at: int) -> bool:
        nodes, mends, kind = self.nodes, self.mends, self.nodes.types[at]
        if kind in mends.outer or (kind in mends.shells and self.counts[at] == 1):
            return True
        if nodes.starts[at] in self.turned and (kind == "!" or (kind == mends.turning and not nodes.is_leaf(at))):
            return True
        above = nodes.parents[at]
        return (
            above == at - 1
            and kind in nodes.grammar.calls
            and nodes.types[above] == kind
            and nodes.stops[at] < nodes.stops[above]
            and nodes.types[nodes.stops[at]] in mends.trailing
        )

    def _begins_turned(self, at: int) -> bool:
        """Say whether a chain begins with a `!` that the grammar binds to its first name alone."""
        nodes, start = self.nodes, self.nodes.starts[at]
        is_chain = nodes.types[at] in self.mends.chains and start not in self.turned
        return is_chain and nodes.text[start : start + 1] == b"!"

    def _name_ends(self, at: int) -> int:
        """Find where a name ends that a text begins with behind a lone `$`; 0 where there is none."""
        nodes, kind = self.nodes, self.nodes.types[at]
        if kind not in self.mends.templates or nodes.types[at - 1] != kind or nodes.said(at - 1) != b"$":
            return 0
        name = _NAME.match(nodes.text, nodes.starts[at])
        return name.end() if name else 0
