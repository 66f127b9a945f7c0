"""Cuts a pull request by place and by who uses what: definitions before uses, migrations and moves first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from rules.engine.bonds import Atoms, bind_softly
from rules.engine.kinds import FileKind
from rules.engine.pull_request import Change, ChangedFile
from rules.engine.references import uses
from rules.engine.sized import MOST, Group, Measure, Sized, Stage, directory, stage_of

_RANK: Final = {FileKind.LOCKFILE: 0, FileKind.CONFIG: 0, FileKind.TEST: 2, FileKind.DOCS: 3}


@dataclass(frozen=True, slots=True)
class _Atom:
    """Files that stay together."""

    numbers: tuple[int, ...]
    size: Measure
    stage: Stage
    place: str
    order: tuple[int, str, str]


def by_place(sized: Sized) -> list[Group]:
    """Cut at directories, or where that makes more parts than anybody follows, wherever a part is full."""
    atoms = _ordered(sized, _atoms(sized))
    tidy = list(_verified(sized, _tidily(sized, atoms)))
    if len(tidy) <= MOST:
        return tidy
    return list(_verified(sized, _densely(sized, atoms)))


def _atoms(sized: Sized) -> list[_Atom]:
    bound = Atoms(sized.pr.files)
    bind_softly(bound, sized)
    return [_atom(sized, numbers) for numbers in bound.groups()]


def _atom(sized: Sized, numbers: tuple[int, ...]) -> _Atom:
    size = sized.measure(numbers)
    stages = {stage_of(sized, number) for number in numbers}
    stage = max(stages) if len(stages) == 1 or Stage.LAST in stages else Stage.WORK
    if stage is Stage.WORK and size.lines == 0 and _moves([sized.pr.files[number] for number in numbers]):
        stage = Stage.MOVE
    main = min(numbers, key=lambda at: (_RANK.get(sized.kinds[at], 1), sized.pr.files[at].path))
    rank, path = _RANK.get(sized.kinds[main], 1), sized.pr.files[main].path
    return _Atom(numbers, size, stage, directory(path), (rank, directory(path), path))


def _moves(files: Sequence[ChangedFile]) -> bool:
    """Say whether files whose lines count nothing were renamed, or hand lines to each other."""
    several = len(files) > 1 and any(file.added for file in files) and any(file.deleted for file in files)
    return several or any(file.change is Change.RENAMED for file in files)


def _ordered(sized: Sized, atoms: Sequence[_Atom]) -> list[_Atom]:
    """Put what is used before what uses it, stage by stage and else by directory; a circle is cut where it is met."""
    home = {number: at for at, atom in enumerate(atoms) for number in atom.numbers}
    used = uses(sized.pr.files)
    needed = [
        sorted(
            {home[other] for number in atom.numbers for other in used[number]} - {at},
            key=lambda one: atoms[one].order,
        )
        for at, atom in enumerate(atoms)
    ]
    done: dict[int, None] = {}
    for start in sorted(range(len(atoms)), key=lambda one: (atoms[one].stage, atoms[one].order)):
        _visit(start, atoms, needed, done)
    return [atoms[at] for at in done]


def _visit(start: int, atoms: Sequence[_Atom], needed: Sequence[Sequence[int]], done: dict[int, None]) -> None:
    """Add an atom behind all that it needs, without recursion: chains may be long."""
    waiting = [(start, iter(needed[start]))]
    entered = {start}
    while waiting:
        at, rest = waiting[-1]
        below = next(
            (one for one in rest if one not in done and one not in entered and _may_lead(atoms, at, one)), None
        )
        if below is None:
            done.setdefault(at)
            waiting.pop()
        else:
            entered.add(below)
            waiting.append((below, iter(needed[below])))


def _may_lead(atoms: Sequence[_Atom], at: int, below: int) -> bool:
    return atoms[at].stage == atoms[below].stage == Stage.WORK


class _Packing:
    """Parts that are filled one after the other."""

    def __init__(self, limit: Measure) -> None:
        self.parts: list[list[_Atom]] = []
        self._limit = limit
        self._size = Measure(0, 0, 0)
        self._open = False

    def last(self) -> _Atom | None:
        """Give what was added last to the part that is open."""
        return self.parts[-1][-1] if self._open else None

    def close(self) -> None:
        """Let the next atom begin a new part."""
        self._open = False

    def has_room(self, atoms: Iterable[_Atom]) -> bool:
        """Say whether all of them go into the part that is open."""
        total = self._size
        for atom in atoms:
            total = total.plus(atom.size)
        return self._open and total.fits(self._limit)

    def add(self, atom: _Atom) -> None:
        """Add an atom to the open part, or to a new one where it has no room."""
        if self.has_room((atom,)):
            self.parts[-1].append(atom)
            self._size = self._size.plus(atom.size)
        else:
            self.parts.append([atom])
            self._size, self._open = atom.size, True


def _tidily(sized: Sized, atoms: Iterable[_Atom]) -> list[list[_Atom]]:
    """Fill parts with whole directories where they fit; migrations and moves are parts of their own."""
    packing = _Packing(sized.limit)
    for (stage, _), run in groupby(atoms, key=lambda atom: (atom.stage, atom.place)):
        several = list(run)
        before = packing.last()
        ends = before is not None and before.stage is not stage and before.stage in (Stage.MIGRATION, Stage.MOVE)
        if ends or not packing.has_room(several):
            packing.close()
        for atom in several:
            packing.add(atom)
    return packing.parts


def _densely(sized: Sized, atoms: Iterable[_Atom]) -> list[list[_Atom]]:
    """Fill parts to the brim, in the same order; only migrations stay alone."""
    packing = _Packing(sized.limit)
    for atom in atoms:
        before = packing.last()
        if before and before.stage is Stage.MIGRATION and atom.stage is not Stage.MIGRATION:
            packing.close()
        packing.add(atom)
    return packing.parts


def _verified(sized: Sized, parts: Iterable[list[_Atom]]) -> Iterator[Group]:
    """Measure each part as a whole, and halve one that comes to more than its atoms did."""
    for part in parts:
        numbers = tuple(number for atom in part for number in atom.numbers)
        if len(part) == 1 or sized.fits(numbers):
            yield Group(numbers)
        else:
            half = len(part) // 2
            yield from _verified(sized, [part[:half], part[half:]])
