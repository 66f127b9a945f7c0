"""Follows guards through names: what is only used where a flag is on, what nobody uses yet, and gated helpers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from rules.engine.flags.gated import guard_callbacks, guard_calls, is_helper
from rules.engine.flags.marked import Guarded
from rules.engine.flags.names import Definition, stem_of
from rules.engine.flags.visible import is_ours, is_registered, may_be_unused

_ROUNDS: Final = 10  # functions that call functions that call functions
_MOST_USES: Final = 200  # of one name; who uses more is not followed, so that no text can make this slow
_MOST_DEFINITIONS: Final = 100  # of one name
_EXPORTS: Final = re.compile(rb"(?:module\.)?exports\b|__all__\b")


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a name is used."""

    file: Guarded
    node: int


@dataclass(frozen=True, slots=True)
class Units:
    """The files of one pull request together: names cross from one to another."""

    files: tuple[Guarded, ...]
    candidates: list[tuple[Guarded, Definition]] = field(default_factory=list)

    def settle(self) -> None:
        """Mark what is only used where a flag is on, or by nobody, until nothing more follows."""
        self.candidates.extend((file, one) for file in self.files for one in _candidates(file))
        for file in self.files:
            if file.guards.ranges:
                self._call_helpers(file)
        for _ in range(_ROUNDS):
            if not sum(self._mark(file, one) for file, one in self.candidates):
                return

    def _mark(self, file: Guarded, one: Definition) -> bool:
        start = file.nodes.statements[one.node]
        if file.on[one.node] or file.unused[one.node]:
            return False
        uses = [use for use in self._uses(file, one) if not (use.file is file and _is_inside(file, use.node, start))]
        stop = file.nodes.stops[start]
        if any(not (use.file.on[use.node] or use.file.unused[use.node]) for use in uses):
            return False
        if any(use.file.on[use.node] for use in uses):
            file.on[start:stop] = b"\1" * (stop - start)
            return True
        if not uses and not may_be_unused(file, one):
            return False
        file.unused[start:stop] = b"\1" * (stop - start)
        return True

    def _uses(self, file: Guarded, one: Definition) -> Iterator[Use]:
        names = file.reading.names
        if one.member:
            for other in self.files:
                yield from (Use(other, node) for node in _member_uses(other, one.name))
            return
        yield from (Use(file, node) for node in names.uses(one.name, one.scope) if not _exports(file, node))
        if one.scope >= 0:
            return
        for other in self.files:
            yield from (Use(other, node) for node in other.reading.names.dotted.get(one.name, ()))
            if other is not file:
                yield from (Use(other, node) for node in _imported_uses(other, file, one))

    def _call_helpers(self, file: Guarded) -> None:
        """Guard the calls of helpers that do nothing while their flag is off."""
        for call in file.reading.names.calls:
            guard_callbacks(file, call)
        gated = {one.name for one in file.reading.names.definitions if is_helper(file, one)}
        for other in self.files if gated else ():
            brought = (name for name in gated if other.reading.names.brings(name, file.path))
            known = gated if other is file else set(brought)
            for name in known:
                guard_calls(other, name)


def _candidates(file: Guarded) -> Iterator[Definition]:
    """List the definitions that the pull request adds or changes and whose uses can all be seen."""
    nodes, names = file.nodes, file.reading.names
    defined = Counter(one.name for one in names.definitions)
    for one in names.definitions:
        uses = len(names.plain.get(one.name, ())) + len(names.dotted.get(one.name, ()))
        if uses > _MOST_USES or defined[one.name] > _MOST_DEFINITIONS:
            continue
        statement = nodes.statements[one.node]
        touched = file.added.intersection(nodes.rows(statement))
        if touched and is_registered(file, one) is False and (one.scope >= 0 or is_ours(file, one)):
            yield one


def _is_inside(file: Guarded, node: int, statement: int) -> bool:
    return statement <= node < file.nodes.stops[statement]


def _exports(file: Guarded, node: int) -> bool:
    """Say whether a use only offers the name to others."""
    nodes = file.nodes
    statement = nodes.statements[node]
    if nodes.types[statement] in nodes.grammar.exports:
        return nodes.part(statement, "declaration") is None and nodes.scopes[node] < 0
    return _EXPORTS.match(nodes.text, nodes.starts[statement]) is not None


def _member_uses(file: Guarded, name: str) -> Iterator[int]:
    """Walk the uses of a member of a class: behind a dot, or alone where the language lets it be."""
    yield from file.reading.names.dotted.get(name, ())
    if file.nodes.grammar.implicit:
        yield from file.reading.names.plain.get(name, ())


def _imported_uses(other: Guarded, file: Guarded, one: Definition) -> Iterator[int]:
    """Walk the uses of a definition under the names that another file imports it by, or that need no import."""
    names = other.reading.names
    if other.nodes.grammar.shared:
        yield from names.plain.get(one.name, ())
        return
    stem = stem_of(file.path)
    for words in (words for module, words in names.imports if stem_of(module) == stem or one.name in words):
        if one.name in words or _is_default(file, one):
            for word in words:
                yield from names.plain.get(word, ())
    yield from (node for module, node in names.loaded if stem_of(module) == stem)


def _is_default(file: Guarded, one: Definition) -> bool:
    said = file.nodes.said(file.nodes.statements[one.node])
    name = re.escape(one.name.encode())
    return said.startswith(b"export default") or re.search(rb"\bexport default " + name, file.nodes.text) is not None
