"""Finds statements that were there at the base: in other lines, by other names, or with another check of a flag."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rules.engine.flags.reading.truth import Truth

if TYPE_CHECKING:
    from rules.engine.flags.guarding.marked import Guarded
    from rules.engine.flags.reading.reading import Reading
    from rules.engine.flags.tree.nodes import Nodes

_LEAST: Final = 3  # words that say enough to be known again
_LONGEST: Final = 400  # words of one statement that are compared
_CANDIDATES: Final = 8  # places that a statement is compared with; bounds the work on repetitive text
_HEAD: Final = 3  # words by which such a place is found
_QUIET: Final = frozenset(("expression_statement", "parenthesized_expression", "parenthesized_statements"))
_ON: Final = b"<on>"
_OFF: Final = b"<off>"

_Words = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What one side says, node by node: `places` are the nodes that say something, and `words` what."""

    nodes: Nodes
    places: list[int] = field(default_factory=list)
    words: list[bytes] = field(default_factory=list)

    def by_statement(self) -> dict[int, list[int]]:
        """Sort what is said by the statement that says it, without the statements inside that."""
        found: dict[int, list[int]] = defaultdict(list)
        for at, node in enumerate(self.places):
            found[self.nodes.statements[node]].append(at)
        return found

    def spell(self, places: Iterable[int]) -> _Words:
        """Give the words at some places."""
        return tuple(self.words[at] for at in places)


def restated(file: Guarded, base: Reading, gone: frozenset[int], renamed: Mapping[bytes, bytes]) -> frozenset[int]:
    """List the nodes of added statements that say what a removed one said, which explains one of them.

    Lines, brackets and checks do not count, `renamed` names are read as the new ones; `gone` are the removed lines.
    """
    units = _units(file)
    finder = _Finder(_said(base, renamed), gone, file.on).fill()
    found: set[int] = set()
    for loose in (False, True):
        now = _said(file.reading, {}, loose=loose)
        inside = now.by_statement()
        for unit in (one for one in units if one not in found):
            if finder.knows(now, inside.get(unit, [])):
                found.add(unit)
    statements = file.nodes.statements
    return frozenset(node for node in range(len(statements)) if statements[node] in found)


def _units(file: Guarded) -> list[int]:
    """List the statements that the pull request touches."""
    nodes = file.nodes
    return sorted({nodes.statements[at] for at, start in enumerate(nodes.starts) if nodes.row(start) in file.added})


@dataclass(frozen=True, slots=True)
class _Finder:
    """The statements, and the expressions, that the pull request takes away, as often as they stood there."""

    then: Said
    gone: frozenset[int]
    on: bytearray
    statements: dict[_Words, list[int]] = field(default_factory=lambda: defaultdict(list))
    starts: dict[_Words, list[int]] = field(default_factory=lambda: defaultdict(list))
    used: set[int] = field(default_factory=set)

    def fill(self) -> _Finder:
        """Sort what is gone by its words, and by how it begins."""
        then, nodes = self.then, self.then.nodes
        rows = [nodes.row(nodes.starts[node]) for node in then.places]
        for places in then.by_statement().values():
            if any(rows[at] in self.gone for at in places):
                self.statements[then.spell(places)].append(places[0])
        for at, row in enumerate(rows):
            if row in self.gone:
                self.starts[tuple(then.words[at : at + _HEAD])].append(at)
        return self

    def knows(self, now: Said, places: list[int]) -> bool:
        """Say whether what stands at some places stood at the base, or names what stood there."""
        if len(places) > _LONGEST:
            return False
        words = now.spell(places)
        if _only_asks(now, places):
            return True
        free = [at for at in self.statements.get(words, ()) if at not in self.used] if len(words) > 1 else []
        self.used.update(free[:1])
        return bool(free) or self._stood(words) or self._stood(self._value(now, places))

    def _stood(self, words: _Words) -> bool:
        """Say whether words were an expression of their own, or a part of one."""
        if not _is_telling(words):
            return False
        then, nodes, count = self.then, self.then.nodes, len(words)
        free = (at for at in self.starts.get(words[:_HEAD], ())[:_CANDIDATES] if at not in self.used)
        for at in free:
            places = then.places[at : at + count]
            follows = then.places[at + count : at + count + 1]
            is_whole = nodes.stops[places[0]] > places[-1] and all(one >= nodes.stops[places[0]] for one in follows)
            if is_whole and tuple(then.words[at : at + count]) == words:
                self.used.add(at)
                return True
        return False

    def _value(self, now: Said, places: list[int]) -> _Words:
        """Give the words of a value that matters only with a flag on, where a statement only names it."""
        nodes, is_on = now.nodes, any(self.on[now.places[at]] for at in places)
        for node in (now.places[at] for at in places[: _HEAD if is_on else 0]):
            pair = nodes.grammar.assigns.get(nodes.types[node])
            value = nodes.part(node, pair.value) if pair is not None else None
            if value is not None:
                return now.spell(one for one in places if value <= now.places[one] < nodes.stops[value])
        return ()


def _only_asks(now: Said, places: list[int]) -> bool:
    """Say whether what stands at some places joins and turns checks, and gives a name to what comes of it."""
    nodes, grammar = now.nodes, now.nodes.grammar
    checks = [at for at in places if now.words[at] in (_ON, _OFF)]
    joins = grammar.logic | grammar.negations | grammar.operators.keys() | grammar.assigns.keys()
    rest = (now.places[at] for at in places if now.words[at] not in (_ON, _OFF))
    return bool(checks) and all(
        nodes.types[node] in joins or nodes.types[nodes.parents[node]] in grammar.assigns for node in rest
    )


def _is_telling(words: _Words) -> bool:
    return len(words) >= _LEAST


def _said(reading: Reading, renamed: Mapping[bytes, bytes], *, loose: bool = False) -> Said:
    """Spell one side; a `loose` one without the checks that stand beside something else, or are handed on with it."""
    nodes, said = reading.nodes, Said(reading.nodes)
    left_out = frozenset(_beside(reading)) if loose else frozenset[int]()
    joints = frozenset(nodes.parents[node] for node in left_out if _is_logic(nodes, nodes.parents[node]))
    node, size = 0, len(nodes.types)
    while node < size:
        is_check = _is_check(reading, node)
        word = _word(reading, node, renamed) if not (node in joints or _is_joint(nodes, node, joints)) else b""
        if word and node not in left_out:
            said.places.append(node)
            said.words.append(word)
        node = nodes.stops[node] if is_check or node in left_out else node + 1
    return said


def _word(reading: Reading, node: int, renamed: Mapping[bytes, bytes]) -> bytes:
    nodes, kind = reading.nodes, reading.nodes.types[node]
    if _is_check(reading, node):
        return _ON if reading.known[node].is_on_when_true else _OFF
    if kind in _QUIET or kind in nodes.grammar.blocks:
        return b""
    if not nodes.is_leaf(node):
        return kind.encode()
    said = nodes.said(node)
    return renamed.get(said, said) if kind in nodes.grammar.names | nodes.grammar.type_names else b"'" + said


def _is_logic(nodes: Nodes, node: int) -> bool:
    return node >= 0 and nodes.types[node] in nodes.grammar.logic


def _is_joint(nodes: Nodes, node: int, joints: frozenset[int]) -> bool:
    """Say whether a node is the `and` or `or` between a check and something else."""
    return nodes.parents[node] in joints and nodes.types[node] in nodes.grammar.operators


def _is_check(reading: Reading, node: int) -> bool:
    """Say whether an expression does nothing but ask for a flag."""
    truth, nodes = reading.known.get(node, Truth.NOTHING), reading.nodes
    kind, grammar = nodes.types[node], nodes.grammar
    is_plain = nodes.is_leaf(node) or kind in grammar.calls or kind in grammar.members
    return is_plain and truth.is_on_when_true != truth.is_on_when_false


def _beside(reading: Reading) -> Iterator[int]:
    """Walk the checks that are one side of a condition, and those that are handed on."""
    nodes = reading.nodes
    for check in (node for node in reading.known if _is_check(reading, node)):
        node = check
        while nodes.types[nodes.parents[node]] in nodes.grammar.negations | _QUIET:
            node = nodes.parents[node]
        if _is_logic(nodes, nodes.parents[node]) and nodes.joins(nodes.parents[node]):
            yield node
        elif nodes.types[nodes.parents[node]] in nodes.grammar.hands_on:
            yield nodes.parents[node]
