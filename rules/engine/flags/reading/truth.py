"""Follows flags through conditions: what an expression being true, or false, says about a flag being on."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from enum import IntFlag
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rules.engine.flags.tree.nodes import Nodes

_OFF_WORDS: Final = frozenset(("off", "control", "disabled", "false", "0", "none", ""))
_ON_NAMES: Final = frozenset(
    (
        *("enabled", "on", "isOn", "isEnabled", "is_enabled", "value", "passes", "active"),
        *("Enabled", "On", "Value", "getEnabled", "getValue", "isActive"),
    )
)
_OFF_NAMES: Final = frozenset(("off", "isOff", "disabled", "isDisabled", "Off"))
_VARIANT_NAMES: Final = frozenset(("name", "variant", "variation", "variationKey", "variation_key", "treatment"))
_JOINTS: Final = frozenset(("and", "or", "else"))
_CASTS: Final = frozenset(("bool", "Boolean"))


class Truth(IntFlag):
    """What an expression says. ON: true only where a flag is on. OFF: false only where a flag is on.

    FLAG: it reads a flag at all; a literal `false` is ON without it. BAG, OBJECT and TEXT are what has to be asked
    further: a bag of flags, an object that says whether one is on, a variant by its name.
    """

    NOTHING = 0
    ON = 1
    OFF = 2
    FLAG = 4
    BAG = 8
    OBJECT = 16
    TEXT = 32

    @property
    def is_on_when_true(self) -> bool:
        """Say whether the flag is on where this is true."""
        return YES in self

    @property
    def is_on_when_false(self) -> bool:
        """Say whether the flag is on where this is false."""
        return NO in self

    @property
    def flipped(self) -> Truth:
        """Swap what true and false say."""
        rest = self & ~(Truth.ON | Truth.OFF)
        return rest | (Truth.OFF if self & Truth.ON else 0) | (Truth.ON if self & Truth.OFF else 0)


YES: Final = Truth.ON | Truth.FLAG
NO: Final = Truth.OFF | Truth.FLAG
_OBJECTS: Final = Truth.BAG | Truth.OBJECT | Truth.TEXT
_BOTH: Final = Truth.ON | Truth.OFF


def spread(nodes: Nodes, known: dict[int, Truth], seeds: Mapping[int, Truth]) -> None:
    """Carry seeds upwards into `known`. Each node is judged once: those below it come first, having higher numbers."""
    waiting: list[int] = []
    for node, truth in seeds.items():
        known[node] = known.get(node, Truth.NOTHING) | truth
        heapq.heappush(waiting, -nodes.parents[node])
    last = -1
    while waiting:
        node = -heapq.heappop(waiting)
        if node == last or node < 0:
            continue
        last = node
        truth = judged(nodes, known, node)
        if truth and truth != known.get(node):
            known[node] = known.get(node, Truth.NOTHING) | truth
            heapq.heappush(waiting, -nodes.parents[node])


def judged(nodes: Nodes, known: Mapping[int, Truth], node: int) -> Truth:
    """Judge one node by its children."""
    grammar, kind = nodes.grammar, nodes.types[node]
    judges: Iterable[tuple[Iterable[str], Callable[[Nodes, Mapping[int, Truth], int], Truth]]] = (
        (grammar.transparent, _inner),
        (grammar.negations, _negated),
        (grammar.comparisons, _compared),
        (grammar.logic, _joined),
        (grammar.members, _asked),
        (grammar.calls, _called),
        (grammar.assigns, _assigned),
    )
    said = [judge(nodes, known, node) for kinds, judge in judges if kind in kinds]
    return next((truth for truth in said if truth), Truth.NOTHING)


def _of(nodes: Nodes, known: Mapping[int, Truth], node: int) -> Truth:
    """Give what is known of a node; a literal says the flag is on wherever it cannot be."""
    if nodes.types[node] in nodes.grammar.false or nodes.types[node] in nodes.grammar.empty:
        return Truth.ON
    if nodes.types[node] in nodes.grammar.true:
        return Truth.OFF
    return known.get(node, Truth.NOTHING)


def _inner(nodes: Nodes, known: Mapping[int, Truth], node: int) -> Truth:
    inside = list(nodes.children(node))
    is_one = len(inside) == 1 or nodes.types[node] not in nodes.grammar.tuples
    return known.get(inside[0], Truth.NOTHING) if inside and is_one else Truth.NOTHING


def _assigned(nodes: Nodes, known: Mapping[int, Truth], node: int) -> Truth:
    value = nodes.part(node, nodes.grammar.assigns[nodes.types[node]].value)
    return known.get(value, Truth.NOTHING) if value is not None else Truth.NOTHING


def _operands(nodes: Nodes, node: int) -> tuple[str, list[int]]:
    """Split a node into the meaning of its operator and its operands."""
    parts = list(nodes.children(node))
    words = [
        nodes.grammar.operators[nodes.types[part]] for part in parts if nodes.types[part] in nodes.grammar.operators
    ]
    operands = [part for part in parts if nodes.types[part] not in nodes.grammar.operators]
    return (words[0] if len(words) == 1 else ""), operands


def _negated(nodes: Nodes, known: Mapping[int, Truth], node: int) -> Truth:
    word, operands = _operands(nodes, node)
    inner = known.get(operands[0], Truth.NOTHING) if word == "not" and operands else Truth.NOTHING
    return (inner & ~_OBJECTS).flipped


def _joined(nodes: Nodes, known: Mapping[int, Truth], node: int) -> Truth:
    word, operands = _operands(nodes, node)
    if word not in _JOINTS or len(operands) != 2:  # noqa: PLR2004 - left and right
        return Truth.NOTHING
    left, right = (_of(nodes, known, operand) for operand in operands)
    flag = (left | right) & Truth.FLAG
    both, either = left & right, left | right
    on, off = {"and": (either, both), "or": (both, either), "else": (both, both)}[word]
    return flag | (on & Truth.ON) | (off & Truth.OFF)


def _compared(nodes: Nodes, known: Mapping[int, Truth], node: int) -> Truth:
    word, operands = _operands(nodes, node)
    if word not in ("is", "is not") or len(operands) != 2:  # noqa: PLR2004 - left and right
        return Truth.NOTHING
    left, right = operands
    flag, other = (left, right) if left in known else (right, left)
    truth = equal(nodes, known.get(flag, Truth.NOTHING), other)
    return truth if word == "is" else truth.flipped


def equal(nodes: Nodes, flag: Truth, other: int) -> Truth:
    """Say what it means that a flag equals something: a literal truth, the name of a variant, or who knows what."""
    kind = nodes.types[other]
    if kind in nodes.grammar.true:
        return flag & ~_OBJECTS
    if kind in nodes.grammar.false:
        return (flag & ~_OBJECTS).flipped
    if kind in nodes.grammar.empty:
        return Truth.NOTHING
    if not (flag & Truth.TEXT or (flag.is_on_when_true and kind in nodes.grammar.strings)):
        return Truth.NOTHING
    return NO if _variant(nodes, other).lower() in _OFF_WORDS else YES


def _variant(nodes: Nodes, node: int) -> str:
    """Give the bare name of a variant: what a text or symbol says, or the last of several names."""
    if nodes.types[node] in nodes.grammar.strings:
        return nodes.word(node).strip("'\"`:")
    return "".join(nodes.chain(node)[-1:]) or nodes.word(node).rpartition(".")[2]


def _asked(nodes: Nodes, known: Mapping[int, Truth], node: int) -> Truth:
    """Read one name of a bag of flags, or of an object that says whether one is on."""
    pair = nodes.grammar.members[nodes.types[node]]
    inside, name = nodes.part(node, pair.target), nodes.part(node, pair.value)
    said = nodes.word(name).strip("'\"`") if name is not None else ""
    if said in nodes.grammar.equals:
        return _equals(nodes, known, node, inside)
    truth = known.get(inside if inside is not None else -1, Truth.NOTHING)
    if said in nodes.grammar.nots:
        return (truth & ~_OBJECTS).flipped
    return truth if said in nodes.grammar.passes and not truth & _OBJECTS else member_of(truth, said)


def _equals(nodes: Nodes, known: Mapping[int, Truth], call: int, flag: int | None) -> Truth:
    """Say what it means that a method finds a flag equal to what it is given."""
    arguments = nodes.part(call, "arguments")
    given = next(nodes.children(arguments), None) if arguments is not None else None
    return equal(nodes, known.get(flag if flag is not None else -1, Truth.NOTHING), given) if given else Truth.NOTHING


def member_of(truth: Truth, name: str) -> Truth:
    """Say what reading one name of something gives."""
    if truth & Truth.BAG:
        return YES
    if truth & Truth.TEXT:
        return Truth.TEXT | Truth.FLAG
    if truth & Truth.OBJECT and name in _VARIANT_NAMES:
        return Truth.TEXT | Truth.FLAG
    if truth & (Truth.OBJECT | Truth.ON):
        return YES if name in _ON_NAMES else NO if name in _OFF_NAMES else Truth.NOTHING
    return Truth.NOTHING


def _called(nodes: Nodes, known: Mapping[int, Truth], node: int) -> Truth:
    """Pass on what is called where an attribute is the flag, and what is cast to a truth."""
    parts = list(nodes.children(node))
    callee = nodes.callee(node)
    if callee is not None and callee in known:
        return known[callee]
    is_cast = len(parts) > 1 and nodes.word(parts[0]) in _CASTS
    return known.get(parts[-1], Truth.NOTHING) & ~_OBJECTS if is_cast else Truth.NOTHING
