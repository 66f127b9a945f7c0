"""Finds the arms of a switch that are only taken while a flag is on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rules.engine.flags.reading.truth import YES, Truth, equal
from rules.engine.flags.tree.exits import always_exits, last_of

if TYPE_CHECKING:
    from rules.engine.flags.tree.nodes import Nodes

_NAME: Final = re.compile(r"[\w$]+(?:(?:\.|::)[\w$]+)*")
_SCOPED: Final = re.compile(r"\.|::")
_OR: Final = frozenset(("|",))
_DEEPEST: Final = 4  # lists of labels inside each other


@dataclass(frozen=True, slots=True)
class Switched:
    """One switch over a flag: the labels and subject that ask for it, and the ranges that only run with it on."""

    node: int
    asking: list[int] = field(default_factory=list)
    ranges: list[tuple[int, int]] = field(default_factory=list)


def switches_of(nodes: Nodes, known: Mapping[int, Truth]) -> Iterator[Switched]:
    """Walk the switches that ask for a flag."""
    for node in [node for node, kind in enumerate(nodes.types) if kind in nodes.grammar.switches]:
        found = _switched(nodes, known, node)
        if found.asking:
            yield found


def _switched(nodes: Nodes, known: Mapping[int, Truth], node: int) -> Switched:
    found = Switched(node)
    subject = nodes.part(node, nodes.grammar.switches[nodes.types[node]])
    truth = known.get(subject, Truth.NOTHING) if subject is not None else Truth.NOTHING
    is_excluded = leaks = False
    for arm in _arms(nodes, node):
        labels = [child for child in nodes.children(arm) if _is_label(nodes, arm, child)]
        said = [_said(nodes, known, subject, label) for label in _flat(nodes, labels)]
        is_on = is_excluded or (bool(said) and all(one.is_on_when_true for one in said))
        if is_on and not leaks:
            found.ranges.append((nodes.stops[labels[-1]] if labels else arm + 1, nodes.stops[arm]))
        if any(said) or (truth and not any(_calls(nodes, label) for label in labels)):
            found.asking.extend(labels)
        leaks = _goes_on(nodes, arm) and (leaks or not is_on)
        is_excluded = is_excluded or any(one.is_on_when_false for one in said)
    if subject is not None and (truth or found.asking):
        found.asking.append(subject)
    return found


def _calls(nodes: Nodes, label: int) -> bool:
    return any(nodes.types[at] in nodes.grammar.calls for at in range(label, nodes.stops[label]))


def _arms(nodes: Nodes, node: int) -> Iterator[int]:
    body = nodes.part(node, "body")
    around = nodes.children(node if body is None else body)
    return (child for child in around if nodes.types[child] in nodes.grammar.arms)


def _is_label(nodes: Nodes, arm: int, child: int) -> bool:
    return nodes.grammar.arms[nodes.types[arm]] in (nodes.fields[child], nodes.types[child])


def _flat(nodes: Nodes, labels: Iterable[int]) -> list[int]:
    """Take lists of labels apart."""
    flat = list(labels)
    for _ in range(_DEEPEST):
        lists = [label for label in flat if nodes.types[label] in nodes.grammar.labels]
        inside = [child for label in lists for child in nodes.children(label)]
        flat = [label for label in flat if label not in lists] + inside
    return [label for label in flat if nodes.types[label] not in _OR]


def _said(nodes: Nodes, known: Mapping[int, Truth], subject: int | None, label: int) -> Truth:
    """Say what it means that an arm is taken by a label. That it is not taken says nothing of a variant."""
    if subject is None or _is_true(nodes, subject):
        return known.get(label, Truth.NOTHING)
    truth = known.get(subject, Truth.NOTHING)
    if nodes.types[label] not in nodes.grammar.strings and not truth & Truth.TEXT:
        return equal(nodes, truth, label)
    is_variant = _names_variant(nodes, label) and equal(nodes, truth, label).is_on_when_true
    return YES if is_variant else Truth.NOTHING


def _is_true(nodes: Nodes, subject: int) -> bool:
    inside = next(nodes.children(subject), subject) if nodes.types[subject] in nodes.grammar.transparent else subject
    return nodes.types[inside] in nodes.grammar.true


def _names_variant(nodes: Nodes, label: int) -> bool:
    """Say whether a label is a text or a name, and none that takes whatever there is."""
    if nodes.types[label] in nodes.grammar.strings:
        return True
    said = nodes.word(label)
    is_caught = nodes.types[label] in nodes.grammar.catches and not _SCOPED.search(said)
    return _NAME.fullmatch(said) is not None and not is_caught


def filtered_by(nodes: Nodes, condition: int) -> tuple[int, int]:
    """Give the range that runs only where a condition inside it holds: the rest of an arm, or what a loop gives."""
    around = nodes.parents[condition]
    if nodes.types[around] in nodes.grammar.arms:
        return nodes.stops[condition], nodes.stops[around]
    return around + 1, nodes.stops[around + 1]


def _goes_on(nodes: Nodes, arm: int) -> bool:
    """Say whether control goes on from one arm into the next."""
    if nodes.types[arm] in nodes.grammar.falls:
        return not always_exits(nodes, arm)
    last = arm
    for _ in range(_DEEPEST):
        last = last_of(nodes, last) or last
    return nodes.types[last] in nodes.grammar.falls
