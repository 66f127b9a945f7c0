"""Gathers the private fields of objects, each with all that writes and fills it, and the parameters that are new."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rules.engine.flags.following.filling import assigned, extent_of_value, filled_by, is_made_here
from rules.engine.flags.following.uses import Followed, Range, Use, is_in, is_within, limited
from rules.engine.flags.following.visible import Reach, reach_of
from rules.engine.flags.naming.names import Definition, Unit

if TYPE_CHECKING:
    from rules.engine.flags.guarding.marked import Guarded
    from rules.engine.flags.naming.owners import Owners

_MOST_FIELDS: Final = 200  # of one file; of more, none is followed
_SHOWN: Final = re.compile(r"(?:^|/)(?:controllers|mailers|views|components|cells)/")  # their views read their fields


def fields_of(files: tuple[Guarded, ...], owners: Mapping[str, Owners]) -> Iterator[Followed]:
    """Walk the private fields that some files write."""
    seen: set[tuple[str, str]] = set()
    for file in files:
        known = _private(file) if file.added else {}
        for name, reach in known.items() if len(known) <= _MOST_FIELDS else ():
            place = file.path if reach is Reach.FILE else file.path.rpartition("/")[0]
            if (place, name) in seen:
                continue
            seen.add((place, name))
            homes = tuple(one for one in files if is_within(one, file, reach))
            if reach is Reach.FILE or all(_is_unknown(one, name) for one in homes):
                yield from _Field(name, homes, owners).followed()


def _is_unknown(file: Guarded, name: str) -> bool:
    """Say whether the base of a file does not know a name: of most names no letter is there."""
    return file.before is None or name.encode() not in file.before or file.is_new(name)


def _private(file: Guarded) -> dict[str, Reach]:
    """Name the fields that nobody outside a file, or outside its package, can know."""
    names = file.reading.names
    declared = {one.name: one.node for one in names.definitions if one.unit is Unit.VALUE and one.member}
    reaches = {name: _reach(file, name, declared.get(name)) for name in (*declared, *names.written)}
    return {name: reach for name, reach in reaches.items() if reach is not Reach.EVERYWHERE}


def _reach(file: Guarded, name: str, declared: int | None) -> Reach:
    """Say how far a field is known, where the language or a custom of it keeps it inside."""
    match file.nodes.grammar.catalogue:
        case "python":
            is_private = name.startswith("_") and not name.startswith("__") and file.is_new(name)
        case "ruby":
            is_private = name.startswith("@") and not _SHOWN.search(file.path) and file.is_new(name)
        case "go":
            return Reach.EVERYWHERE if name[:1].isupper() else Reach.PACKAGE
        case _:
            return Reach.EVERYWHERE if declared is None else reach_of(file, name, declared)
    return Reach.FILE if is_private else Reach.EVERYWHERE


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    homes: tuple[Guarded, ...]
    owners: Mapping[str, Owners]

    def followed(self) -> Iterator[Followed]:
        """Follow the field where each assignment to it writes nothing else."""
        written = [(file, at) for file in self.homes for at in self._written(file)]
        places = [(file, assigned(file.nodes, at)) for file, at in written]
        ranges = [Range(file, at, file.nodes.stops[at]) for file, at in places if at is not None]
        for file, one in self._declared():
            ranges.append(Range(file, *extent_of_value(file.nodes, one.node)))
        reads = limited(Use(file, at) for file in self.homes for at in self._read(file))
        touched = any(not file.added.isdisjoint(file.nodes.rows(start)) for file, start, _ in ranges)
        if reads is None or not touched or len(places) > sum(at is not None for _, at in places):
            return
        if self._is_made(written):
            ranges += self._fills(reads)
        own = tuple(ranges)
        yield Followed(own, tuple(use for use in reads if not is_in(use, own)))

    def _declared(self) -> Iterator[tuple[Guarded, Definition]]:
        for file in self.homes:
            some = (one for one in file.reading.names.definitions if one.name == self.name)
            yield from ((file, one) for one in some if one.member and one.unit is Unit.VALUE)

    def _written(self, file: Guarded) -> Iterator[int]:
        """Walk the nodes that are assigned to."""
        yield from file.reading.names.written.get(self.name, ())
        if file.nodes.grammar.implicit and file.path in self.owners:
            for one in self.owners[file.path].loose.get(self.name, ()):
                pair = file.nodes.grammar.assigns[file.nodes.types[one.node]]
                yield file.nodes.part(one.node, pair.target) or one.node

    def _read(self, file: Guarded) -> Iterator[int]:
        """Walk the nodes that hold what is read, and that are not assigned to."""
        names, nodes = file.reading.names, file.nodes
        written = frozenset(names.written.get(self.name, ()))
        for node in names.dotted.get(self.name, ()):
            member = nodes.parents[node]
            if member not in written and nodes.types[member] not in nodes.grammar.calls:  # which name a method
                yield member if nodes.types[member] in nodes.grammar.members else node
        if nodes.grammar.implicit and file.path in self.owners:
            yield from (at for at in self.owners[file.path].uses(self.name, None) if at not in written)

    def _is_made(self, written: list[tuple[Guarded, int]]) -> bool:
        """Say whether all that the field is bound to is made there, so that nobody else sees it being filled."""
        values = [(file, one.node) for file, one in self._declared()]
        for file, target in written:
            at = file.nodes.parents[target]
            values.append((file, at if file.nodes.types[at] in file.nodes.grammar.assigns else file.nodes.parents[at]))
        for file, node in values:
            value = file.nodes.part(node, file.nodes.grammar.assigns[file.nodes.types[node]].value)
            if value is not None and not is_made_here(file.nodes, value):
                return False
        return True

    def _fills(self, reads: list[Use]) -> Iterator[Range]:
        for use in reads:
            statement = filled_by(use.file.nodes, use.node)
            if statement is not None:
                yield Range(use.file, statement, use.file.nodes.stops[statement])


def parameters_of(file: Guarded) -> Iterator[int]:
    """Walk the parameters on lines that a file adds."""
    nodes = file.nodes
    for node, kind in enumerate(nodes.types):
        if kind in nodes.grammar.parameters and not file.added.isdisjoint(nodes.rows(node)):
            yield from (child for child in nodes.children(node) if nodes.row(nodes.starts[child]) in file.added)
