"""Finds what does as before while every flag is off, even where old code moved into an else."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules.engine.flags.before.off_path import OffPath, off_path
from rules.engine.flags.before.spelled import spell
from rules.engine.flags.guarding.asking import asking
from rules.engine.flags.naming.names import Unit

if TYPE_CHECKING:
    from rules.engine.flags.guarding.guards import Guards
    from rules.engine.flags.guarding.marked import Guarded
    from rules.engine.flags.reading.reading import Reading

_Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Places:
    """Where in a file what is exposed stands beside a check that the pull request adds or changes, by its name.

    A name has several ranges where functions of one name follow each other. The whole file goes by no name.
    """

    file: Guarded
    touched: frozenset[int]
    ranges: Mapping[str, list[_Range]]


def places(file: Guarded, touched: frozenset[int], exposed: Iterable[int]) -> Places:
    """Find the functions, or the whole file, of which it is worth to ask whether they do as before.

    `touched` are all added lines, those included that only moved.
    """
    checks = sorted(node for node in _checks(file) if file.nodes.row(file.nodes.starts[node]) in touched)
    units = _units(file.reading) if checks else {}
    left = frozenset(exposed)
    found: dict[str, list[_Range]] = {}
    for name, ranges in units.items():
        rows = frozenset(row for one in ranges for row in file.nodes.rows(one[0]))
        if not rows.isdisjoint(left) and any(
            bisect_left(checks, one[0]) < bisect_left(checks, one[1]) for one in ranges
        ):
            found[name] = ranges
        left -= rows
    if checks and left:
        found[""] = [(0, len(file.nodes.types))]
    return Places(file, touched, found)


def _checks(file: Guarded) -> Iterator[int]:
    """Walk the nodes that ask for a flag, or that are gone with one."""
    yield from file.reading.known
    for start, _ in (*file.guards.asking, *file.guards.gone):
        yield start


def contained_lines(of: Places, base: Reading, before: Guards) -> frozenset[int]:
    """List the touched lines of these places that do as before while every flag is off.

    Formatting, comments, types and imports do not count.
    """
    file = of.file
    now, then = off_path(file.reading, file.guards, _silent(of)), off_path(base, before)
    old = {"": [(0, len(base.nodes.types))], **_units(base)}
    pairs = ((new, old.get(name, [])) for name, new in of.ranges.items())
    same = [
        one
        for new, former in pairs
        if len(new) == len(former)
        for one, other in zip(new, former, strict=True)
        if _is_equal(now, then, one, other)
    ]
    return of.touched.intersection(row for one in same for row in file.nodes.rows(one[0]))


def _is_equal(now: OffPath, then: OffPath, new: _Range, old: _Range) -> bool:
    left, right = spell(now, *new), spell(then, *old)
    return left.settled(_words(then, old)) == right.settled(_words(now, new))


def _words(side: OffPath, of: _Range) -> frozenset[bytes]:
    """List the names in a range of nodes."""
    nodes = side.nodes
    return frozenset(nodes.said(node) for node in range(*of) if nodes.types[node] in nodes.grammar.names)


def _silent(of: Places) -> Iterator[_Range]:
    """Walk what was added to hold a flag or to make it known, and what is only there for guarded code or nobody."""
    file, nodes = of.file, of.file.nodes
    for start, stop in asking(file.path, file.reading):
        if nodes.types[start] not in nodes.grammar.exits and nodes.row(nodes.starts[start]) in of.touched:
            yield start, stop
    inside = (node for ranges in of.ranges.values() for one in ranges for node in range(*one))
    for node in (node for node in inside if nodes.row(nodes.starts[node]) in of.touched):
        if file.on[node] or file.unused[node]:
            yield node, node + 1
        elif nodes.types[node] in nodes.grammar.steps and _only_leaves(file, node):
            yield node, nodes.stops[node]


def _only_leaves(file: Guarded, node: int) -> bool:
    """Say whether a branch asks for a flag, leaves with nothing, and does no more."""
    nodes = file.nodes
    inside = range(node, nodes.stops[node])
    if not all(file.asked[at] or file.held[at] for at in inside if nodes.is_leaf(at)):
        return False
    return all(nodes.is_leaf(at) for at in inside if nodes.types[at] in nodes.grammar.exits)


def _units(reading: Reading) -> Mapping[str, list[_Range]]:
    """List the functions and values of a file that stand in no function, by their names and those of their classes."""
    nodes = reading.nodes
    found: dict[str, list[_Range]] = defaultdict(list)
    around: list[tuple[int, str]] = []
    for one in sorted(reading.names.definitions, key=lambda one: one.node):
        while around and around[-1][0] <= one.node:
            around.pop()
        if one.unit is Unit.CLASS:
            around.append((nodes.stops[one.node], one.name))
        elif one.scope < 0:
            statement = nodes.statements[one.node]
            name = ".".join((*(above for _, above in around), one.name))
            found[name].append((statement, nodes.stops[statement]))
    return found
