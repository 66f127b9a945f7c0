"""Judges the changed files of a pull request together: which added lines run only with a flag on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rules.engine.flags.before.contained import contained_lines, places
from rules.engine.flags.before.renames import Constants, constants_of, renamed_lines, renames_of, same_constants
from rules.engine.flags.before.restated import restated
from rules.engine.flags.extents import Source, import_lines, may_ask_in, readings_of
from rules.engine.flags.following.units import Units
from rules.engine.flags.guarding.guards import guards_of
from rules.engine.flags.guarding.lines import Class, saying_nothing, sorted_lines
from rules.engine.flags.guarding.marked import Guarded, guarded
from rules.engine.flags.handing.carried import Carrier, awaiting
from rules.engine.flags.reading.pattern import FlagPattern
from rules.engine.flags.reading.reading import Reading, read
from rules.engine.flags.risk import Risk
from rules.engine.flags.saying.asked import Asked, asked_in
from rules.engine.flags.saying.blocks import blocks_of
from rules.engine.flags.saying.steps import Block, Check, checks_in
from rules.engine.flags.tree.nodes import extent_of

if TYPE_CHECKING:
    from rules.engine.flags.reading.truth import Truth

_WORD: Final = re.compile(rb"[\w$]+")
_ROUNDS: Final = 3  # files that import predicates from files that import predicates


@dataclass(frozen=True, slots=True)
class FileLines:
    """What one file adds: its behavioural lines by class, its risk, the flags it asks for and those it asked for.

    Exposed lines are `apart` where nothing else in their file is guarded, and they name nothing new that is.
    """

    path: str
    risk: str | None
    guarded: tuple[int, ...] = ()
    inert: tuple[int, ...] = ()
    exposed: tuple[int, ...] = ()
    apart: tuple[int, ...] = ()
    keys: frozenset[str] = frozenset()
    old_keys: frozenset[str] = frozenset()
    checks: tuple[Check, ...] = ()
    deleted: int = 0
    blocks: tuple[Block, ...] = ()
    asked: tuple[Asked, ...] = ()

    @property
    def behavioural(self) -> int:
        """Count the lines that behave."""
        return len(self.guarded) + len(self.inert) + len(self.exposed)

    @property
    def gives_up_flag(self) -> bool:
        """Say whether the file asks for a flag no more, for no new one, and adds no more than it takes away."""
        gone, fresh = self.old_keys - self.keys, self.keys - self.old_keys
        return bool(gone) and not fresh and len(self.exposed) <= self.deleted


@lru_cache(maxsize=4)  # a pull request is looked at again and again while nothing in it changes
def judged(sources: tuple[Source, ...], own: tuple[FlagPattern, ...], risk: Risk) -> dict[str, FileLines | None]:
    """Judge all files together, by path; None for a file that cannot be read."""
    readings = readings_of(sources, own)
    _settle(sources, own, readings)
    constants = constants_of(hunk for one in sources for hunk in one.hunks)
    files = [
        (one, guarded(one.path, reading, guards_of(reading), _written(one, constants), one.base))
        for one in sources
        if (reading := readings[one.path]) is not None
    ]
    Units(tuple(file for _, file in files)).settle()
    gated = frozenset(name for _, file in files for name in _gated(file))
    found = {one.path: _lines(one, file, own, risk, gated) for one, file in files}
    return {one.path: found.get(one.path) for one in sources}


def _settle(sources: tuple[Source, ...], own: tuple[FlagPattern, ...], readings: dict[str, Reading | None]) -> None:
    """Follow flags from file to file; what they reach is read whole."""
    for _ in range(_ROUNDS):
        known = {path: reading for path, reading in readings.items() if reading is not None}
        _share(known)
        reached = Carrier(known).carry()
        partly = {path for path in reached | awaiting(known) if known[path].is_part}
        if not (reached or partly):
            return
        parts = (one for one in sources if one.path in partly)
        readings.update({one.path: read(one.path, one.head, own) for one in parts})


def _share(readings: dict[str, Reading]) -> None:
    """Teach every file the predicates that the others define."""
    learnt: dict[tuple[str, str], Truth] = {}
    for _ in range(_ROUNDS):
        known = {(path, name): truth for path, one in readings.items() for name, truth in one.predicates.items()}
        if known == learnt:
            return
        learnt = known
        for reading in readings.values():
            reading.learn(learnt)


def _written(one: Source, constants: Constants) -> frozenset[int]:
    """List the added lines without those that only carry a new name."""
    if one.base is None or not one.added:
        return one.added
    return one.added - renamed_lines(one.hunks, one.base, one.head) - same_constants(one.hunks, constants)


def _gated(file: Guarded) -> Iterator[bytes]:
    """Walk the names of what a file defines anew and guards in part."""
    nodes = file.nodes
    for one in file.reading.names.definitions:
        statement = nodes.statements[one.node]
        if nodes.row(nodes.starts[one.node]) in file.added and file.on.find(1, statement, nodes.stops[statement]) >= 0:
            yield one.name.encode()


def _lines(one: Source, file: Guarded, own: tuple[FlagPattern, ...], risk: Risk, gated: frozenset[bytes]) -> FileLines:
    lines = sorted_lines(file)
    kinds = {kind: [line for line, found in lines.items() if found is kind] for kind in Class}
    held = _contained(one, file, own, kinds[Class.EXPOSED]).intersection(kinds[Class.EXPOSED])
    guarded_lines = frozenset((*kinds[Class.GUARDED], *held))
    kinds[Class.GUARDED] = sorted(guarded_lines - _restated(one, file, own, guarded_lines))
    kinds[Class.EXPOSED] = [line for line in kinds[Class.EXPOSED] if line not in held]
    return FileLines(
        path=one.path,
        risk=risk.by_path(one.path) or risk.by_code(file.reading.names, one.added),
        guarded=tuple(kinds[Class.GUARDED]),
        inert=tuple(kinds[Class.INERT]),
        exposed=tuple(kinds[Class.EXPOSED]),
        apart=() if kinds[Class.GUARDED] else tuple(_apart(file, kinds[Class.EXPOSED], gated)),
        keys=file.reading.keys(),
        old_keys=_kept_keys(one, file.reading) | _gone_keys(one, own),
        checks=checks_in(file.reading),
        deleted=one.deleted,
        blocks=blocks_of(file, kinds[Class.EXPOSED], _between(one, lines)),
        asked=asked_in(file),
    )


def _restated(one: Source, file: Guarded, own: tuple[FlagPattern, ...], lines: frozenset[int]) -> frozenset[int]:
    """List the lines that say nothing but what the base said, in other lines or behind another check."""
    gone = _gone(one)
    before = _before(one.path, one.base, own) if one.base and gone and lines else None
    if before is None:
        return frozenset()
    known = restated(file, before, gone, renames_of(one.hunks, one.base or b"", one.head))
    return frozenset(saying_nothing(file, lines, known))


@lru_cache(maxsize=1)  # of one file it is asked what is contained, and then what is only said anew
def _before(path: str, base: bytes, own: tuple[FlagPattern, ...]) -> Reading | None:
    return read(path, base, own)


def _gone(one: Source) -> frozenset[int]:
    """List the lines that the pull request takes away."""
    return frozenset(line for hunk in one.hunks for line in hunk.deleted_lines())


def _apart(file: Guarded, exposed: list[int], gated: frozenset[bytes]) -> Iterator[int]:
    """Walk the exposed lines that name nothing that is guarded."""
    text, breaks = file.nodes.text, (-1, *file.nodes.breaks, len(file.nodes.text))
    for line in exposed:
        if gated.isdisjoint(_WORD.findall(text, breaks[line - 1] + 1, breaks[line])):
            yield line


def _between(one: Source, lines: Mapping[int, Class]) -> frozenset[int]:
    """List the added lines that do nothing by themselves."""
    added = (line for hunk in one.hunks for line in hunk.added_lines())
    return frozenset(line for line in added if line not in lines)


def _kept_keys(one: Source, reading: Reading) -> frozenset[str]:
    """List the flags that are asked for on lines which the pull request leaves alone."""
    nodes = reading.nodes
    return frozenset(site.key for site in reading.sites if site.key and one.added.isdisjoint(nodes.rows(site.node)))


def _gone_keys(one: Source, own: tuple[FlagPattern, ...]) -> frozenset[str]:
    """List the flags that are asked for on lines which it takes away."""
    gone = _gone(one)
    if one.base is None or not gone or not may_ask_in(one.path, one.base, own):
        return frozenset()
    before = read(one.path, one.base, own, extent_of(one.base, gone | import_lines(one.base)))
    return before.keys() if before is not None else frozenset()


def _contained(one: Source, file: Guarded, own: tuple[FlagPattern, ...], exposed: list[int]) -> frozenset[int]:
    """List the lines that do as before while every flag is off, whatever else they are."""
    if one.base is None or not exposed:
        return frozenset()
    touched = frozenset(line for hunk in one.hunks for line in hunk.added_lines())
    found = places(file, touched, exposed)
    before = _before(one.path, one.base, own) if found.ranges else None
    return contained_lines(found, before, guards_of(before)) if before is not None else frozenset()
