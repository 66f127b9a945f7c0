"""Reads the changed files of a pull request, each only as far as its flags and its new names can matter."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rules.engine.flags.guarding.asking import is_registry
from rules.engine.flags.guarding.marked import is_new
from rules.engine.flags.naming.names import stem_of
from rules.engine.flags.reading.catalogue import may_ask
from rules.engine.flags.reading.reading import Reading, read, skim
from rules.engine.flags.tree.nodes import breaks_of, catalogue_of, extent_of, package_of

if TYPE_CHECKING:
    from rules.engine.flags.naming.names import Definition
    from rules.engine.flags.reading.pattern import FlagPattern
    from rules.engine.flags.tree.nodes import Nodes
    from rules.engine.hunk import Hunk

_ROUNDS: Final = 3  # files that import predicates from files that import predicates
_MOST_NAMES: Final = 200  # that are looked for in every text; with more of them, every file is read whole
_IMPORTS: Final = re.compile(rb"\b(?:import|require)")
_WORD: Final = re.compile(rb"[\w$@]+[?!]?")


@dataclass(frozen=True, slots=True)
class Source:
    """One changed source file: its texts on both sides, the lines that were written, and how many were taken away."""

    path: str
    head: bytes
    base: bytes | None
    added: frozenset[int]
    hunks: tuple[Hunk, ...]
    deleted: int


def may_ask_in(path: str, text: bytes, own: Iterable[FlagPattern]) -> bool:
    """Say whether a text may ask for a flag at all, without reading it."""
    return any(pattern.may_be_in(text) for pattern in own) or may_ask(catalogue_of(path), text)


def readings_of(sources: tuple[Source, ...], own: tuple[FlagPattern, ...]) -> dict[str, Reading | None]:
    """Read all files, by path: those that have to do with a flag whole, of the others what is added and used."""
    whole = _whole(sources, own)
    found = {
        one.path: read(one.path, one.head, own) if one.path in whole else _part(one, frozenset()) for one in sources
    }
    fresh = {one.path: names for one in sources if (names := _fresh(one, found[one.path]))}
    names = frozenset(name for some in fresh.values() for name in some)
    stems = frozenset(stem_of(path) for path in fresh)
    for one in sources:
        reading = found[one.path]
        if one.path in whole or reading is None:
            continue
        brought = (words for module, words in reading.names.imports if stem_of(module) in stems)
        wanted = names.union(*brought) - fresh.get(one.path, frozenset())
        if len(wanted) > _MOST_NAMES:
            found[one.path] = read(one.path, one.head, own)
        elif not _lines_with(one.head, wanted) <= one.added:
            found[one.path] = _part(one, wanted | fresh.get(one.path, frozenset()))
    return found


def _whole(sources: tuple[Source, ...], own: tuple[FlagPattern, ...]) -> set[str]:
    """Name the files that are new, ask for flags or make them known, or may import from a file that does."""
    asking = {one.path for one in sources if is_registry(one.path) or may_ask_in(one.path, one.head, own)}
    for _ in range(_ROUNDS):
        stems = {stem_of(path).encode() for path in asking}
        if len(stems) > _MOST_NAMES:
            return {one.path for one in sources}
        packages = {package_of(path) for path in asking} - {None}
        near = (one.path for one in sources if package_of(one.path) in packages)
        asking |= {one.path for one in sources if any(stem in one.head for stem in stems)}.union(near)
    return asking | {one.path for one in sources if one.base is None}


def import_lines(text: bytes) -> frozenset[int]:
    """List the lines on which a file may import something."""
    return _rows(text, (found.start() for found in _IMPORTS.finditer(text)))


def _part(one: Source, wanted: frozenset[str]) -> Reading | None:
    """Read what is added, what is imported, and the lines with wanted names or with those that the file adds."""
    lines = one.added | import_lines(one.head) | _lines_with(one.head, wanted)
    reading = skim(one.path, one.head, extent_of(one.head, lines))
    used = _lines_with(one.head, _fresh(one, reading) - wanted)
    return reading if used <= lines else skim(one.path, one.head, extent_of(one.head, lines | used))


def _fresh(one: Source, reading: Reading | None) -> frozenset[str]:
    """Name what a file defines that the pull request adds, or that is its own: who uses it has to be seen."""
    if reading is None:
        return frozenset()
    outer = (found for found in reading.names.definitions if found.scope < 0)
    return frozenset(found.name for found in outer if _is_fresh(one, reading.nodes, found))


def _is_fresh(one: Source, nodes: Nodes, found: Definition) -> bool:
    if found.name.startswith("_"):
        return not one.added.isdisjoint(nodes.rows(nodes.statements[found.node]))
    return nodes.row(nodes.starts[found.node]) in one.added and is_new(found.name, one.base)


def _lines_with(text: bytes, names: Iterable[str]) -> frozenset[int]:
    """List the lines on which one of the names may stand."""
    wanted = frozenset(name.encode() for name in names)
    if len(wanted) > _MOST_NAMES:
        return _rows(text, (found.start() for found in _WORD.finditer(text) if found[0] in wanted))
    return _rows(text, (at for name in wanted for at in _places(text, name)))


def _places(text: bytes, word: bytes) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _rows(text: bytes, places: Iterable[int]) -> frozenset[int]:
    """Give the lines, from 1, of places in a text."""
    found = tuple(places)
    breaks = breaks_of(text) if found else ()
    return frozenset(bisect_left(breaks, at) + 1 for at in found)
