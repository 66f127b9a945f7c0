"""Lists where the names of one pull request are used, once for all its files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from rules.engine.flags.following.visible import Reach, reach_of
from rules.engine.flags.guarding.marked import Guarded
from rules.engine.flags.naming.names import Definition, stem_of

if TYPE_CHECKING:
    from rules.engine.flags.reading.reading import Reading

MOST_USES: Final = 200  # of one name; who uses more is not followed, so that no text can make this slow
_DEFAULT: Final = b"export default"
_DEFAULT_NAME: Final = re.compile(rb"\bexport default ([\w$]+)")
_EXPORTS: Final = re.compile(rb"(?:module\.)?exports\b|__all__\b")


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a name is used."""

    file: Guarded
    node: int


class Range(NamedTuple):
    """Nodes of one file, from the first up to a stop."""

    file: Guarded
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Followed:
    """Ranges that run only with a flag on where all these uses do."""

    ranges: tuple[Range, ...]
    uses: tuple[Use, ...]
    may_be_unused: bool = False


def is_in(use: Use, ranges: tuple[Range, ...]) -> bool:
    """Say whether a use stands in one of some ranges."""
    return any(use.file is file and start <= use.node < stop for file, start, stop in ranges)


class Uses:
    """The names of several files together: who names what, and who imports what from where."""

    def __init__(self, files: tuple[Guarded, ...]) -> None:
        """Ask every file once for all its names."""
        self.files = files
        self.plain: dict[str, list[Guarded]] = defaultdict(list)
        self.dotted: dict[str, list[Guarded]] = defaultdict(list)
        self.imports: dict[str, list[tuple[Guarded, tuple[str, ...]]]] = defaultdict(list)
        self.words: dict[str, list[tuple[Guarded, tuple[str, ...]]]] = defaultdict(list)
        self.loaded: dict[str, list[Use]] = defaultdict(list)
        for file in files:
            self._read(file)

    def _read(self, file: Guarded) -> None:
        names = file.reading.names
        for name in names.plain:
            self.plain[name].append(file)
        for name in names.dotted:
            self.dotted[name].append(file)
        for module, words in names.imports:
            self.imports[stem_of(module)].append((file, words))
            for word in words:
                self.words[word].append((file, words))
        for module, node in names.loaded:
            self.loaded[stem_of(module)].append(Use(file, node))

    def of(self, file: Guarded, one: Definition) -> list[Use] | None:
        """List the uses of a definition; None where they are too many."""
        return limited(self._member(file, one) if one.member else self._plain(file, one))

    def _member(self, file: Guarded, one: Definition) -> Iterator[Use]:
        """Walk the uses of a member of a class: behind a dot, or alone where the language lets it be."""
        reach = reach_of(file, one.name, one.node)
        for other in self.dotted.get(one.name, ()):
            if is_within(other, file, reach):
                yield from (Use(other, node) for node in _dotted(other, one.name, reach))
        for other in self.plain.get(one.name, ()):
            if other.nodes.grammar.implicit and is_within(other, file, reach):
                yield from (Use(other, node) for node in unbound(other, one.name))

    def _plain(self, file: Guarded, one: Definition) -> Iterator[Use]:
        names = file.reading.names
        yield from (Use(file, node) for node in names.uses(one.name, one.scope) if not is_offered(file, node))
        if one.scope < 0:
            yield from self.outside(file, one)

    def outside(self, file: Guarded, one: Definition) -> Iterator[Use]:
        """Walk the uses of what a file defines outside functions: behind a dot, and in the other files."""
        if reach_of(file, one.name, one.node) is not Reach.PACKAGE:
            for other in self.dotted.get(one.name, ()):
                yield from (Use(other, node) for node in other.reading.names.dotted[one.name])
        if file.nodes.grammar.shared:
            yield from self._shared(file, one.name)
        stem = stem_of(file.path)
        brings = one.name, _is_default(file, one)
        for other, words in (*self.imports.get(stem, ()), *self.words.get(one.name, ())):
            yield from _brought(other, words, *brings) if other is not file else ()
        yield from (use for use in self.loaded.get(stem, ()) if use.file is not file)

    def _shared(self, file: Guarded, name: str) -> Iterator[Use]:
        """Walk the uses of a name that needs no import."""
        reach = Reach.PACKAGE if file.nodes.grammar.catalogue == "go" else Reach.EVERYWHERE
        for other in self.plain.get(name, ()):
            if other is not file and other.nodes.grammar.shared and is_within(other, file, reach):
                yield from (Use(other, node) for node in unbound(other, name))


def limited(uses: Iterator[Use]) -> list[Use] | None:
    """List uses, unless they are too many."""
    found = list(islice(uses, MOST_USES + 1))
    return found if len(found) <= MOST_USES else None


def is_within(other: Guarded, file: Guarded, reach: Reach) -> bool:
    """Say whether a file may use what another one keeps to itself, or to its directory."""
    if other is file or reach is Reach.EVERYWHERE:
        return True
    return reach is Reach.PACKAGE and other.path.rpartition("/")[0] == file.path.rpartition("/")[0]


def unbound(file: Guarded, name: str) -> Iterator[int]:
    """Walk the uses of a name that no function of its file binds, and the calls of it."""
    names = file.reading.names
    for node in names.plain.get(name, ()):
        scope = names.scope_of(node, name)
        if scope is None or scope < 0 or file.nodes.is_called(node):
            yield node


def _dotted(file: Guarded, name: str, reach: Reach) -> Iterator[int]:
    """Walk the uses of a member behind a dot; one that is private does not stand behind a member of the object."""
    nodes = file.nodes
    for node in file.reading.names.dotted.get(name, ()):
        chain = nodes.chain(nodes.parents[node]) if reach is Reach.FILE else ()
        if len(chain) <= len(("this", "name")) or chain[0] != nodes.grammar.own:
            yield node


def _brought(other: Guarded, words: tuple[str, ...], name: str, is_default: bool) -> Iterator[Use]:  # noqa: FBT001
    """Walk the uses of a definition under the names that another file imports it by."""
    if name in words or is_default:
        names = other.reading.names
        yield from (Use(other, node) for word in words for node in names.plain.get(word, ()))


def is_offered(file: Guarded | Reading, node: int) -> bool:
    """Say whether a use only offers the name to others."""
    nodes = file.nodes
    statement = nodes.statements[node]
    if nodes.types[statement] in nodes.grammar.exports:
        return nodes.part(statement, "declaration") is None and nodes.scopes[node] < 0
    return _EXPORTS.match(nodes.text, nodes.starts[statement]) is not None


def _is_default(file: Guarded, one: Definition) -> bool:
    nodes = file.nodes
    if not nodes.grammar.exports:
        return False
    is_marked = nodes.text.startswith(_DEFAULT, nodes.starts[nodes.statements[one.node]])
    return is_marked or one.name.encode() in _defaults(nodes.text)


@lru_cache(maxsize=8)
def _defaults(text: bytes) -> frozenset[bytes]:
    return frozenset(_DEFAULT_NAME.findall(text))
