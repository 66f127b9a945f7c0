"""Finds the changed files that belong together: those that git cannot part, and those that a reader would not."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Final

from rules.engine.kinds import FileKind, is_manifest
from rules.engine.references import stem, uses
from rules.engine.sized import Measure, Sized
from rules.engine.stack import must_end, parents, paths_of

if TYPE_CHECKING:
    from rules.engine.pull_request import ChangedFile

_LINES: Final = 50_000  # lines that are searched for moves
_SUBSTANCE: Final = 10  # letters and digits of a line that is known again
_MOVED: Final = 3  # such lines make a move
_NAME: Final = re.compile(r"\.(?=[a-z]+(?:\.[a-z]+)?$)", re.IGNORECASE)  # ends before `.sql` and before `.up.sql`
_TEST_WORDS: Final = re.compile(r"^tests?[_-]?(?=.)|[_-]?(tests?|testcase|spec)$")


class Atoms:
    """Files grouped so that no group shares a path with another, nor has a directory where another has a file.

    All that can only end the stack is one group.
    """

    def __init__(self, files: Sequence[ChangedFile]) -> None:
        self._group: list[tuple[int, ...]] = [(number,) for number in range(len(files))]
        owner: dict[str, int] = {}
        for number, file in enumerate(files):
            for path in paths_of(file):
                self.join(owner.setdefault(path, number), number)
        for path, number in owner.items():
            for parent in parents(path):
                if parent in owner:
                    self.join(owner[parent], number)
        ending = [number for number, file in enumerate(files) if must_end(file)]
        for number in ending[1:]:
            self.join(ending[0], number)

    def groups(self) -> list[tuple[int, ...]]:
        """List the groups, each with the numbers of its files."""
        return list(dict.fromkeys(self._group))

    def joined(self, one: int, other: int) -> tuple[int, ...]:
        """Give the group that two files would make."""
        return tuple(sorted({*self._group[one], *self._group[other]}))

    def join(self, one: int, other: int) -> None:
        """Bind two files, and all that is bound to them."""
        if self._group[one] is self._group[other]:
            return
        together = self.joined(one, other)
        for number in together:
            self._group[number] = together


def bind_softly(atoms: Atoms, sized: Sized) -> None:
    """Bind what belongs together while it fits.

    That are moved lines and where they came from, tests and their subject, lock files and manifests, and the files of
    one migration.
    """
    moves = Atoms(sized.pr.files)
    for one, other in _moves(sized.pr.files):
        moves.join(one, other)
    for group in moves.groups():  # only a move that is whole counts nothing, so a part of it is not tried
        if len(group) > 1 and _are_alike(sized, group) and sized.fits(group):
            for number in group[1:]:
                atoms.join(group[0], number)
    sizes = {group: sized.measure(group) for group in atoms.groups()}
    for one, other in (*_tests(sized), *_locks(sized), *_migrations(sized)):
        apart = {atoms.joined(one, one), atoms.joined(other, other)}
        together = atoms.joined(one, other)
        size = reduce(Measure.plus, (sizes[group] for group in apart))
        if len(apart) > 1 and size.fits(sized.limit) and _are_alike(sized, together):
            sizes[together] = size
            atoms.join(one, other)


def _are_alike(sized: Sized, numbers: Sequence[int]) -> bool:
    """Say whether all of them are migrations, or none is."""
    return len({sized.kinds[number] is FileKind.MIGRATION for number in numbers}) == 1


def _moves(files: Sequence[ChangedFile]) -> Iterator[tuple[int, int]]:
    if sum(file.added + file.deleted for file in files) > _LINES:
        return
    removed: dict[bytes, int] = {}
    for number, file in enumerate(files):
        for text in _texts(file, "-"):
            removed.setdefault(text, number)
    for number, file in enumerate(files):
        sources = Counter(removed[text] for text in _texts(file, "+") if text in removed)
        yield from ((source, number) for source, lines in sources.items() if lines >= _MOVED and source != number)


def _texts(file: ChangedFile, sign: str) -> Iterator[bytes]:
    for hunk in file.hunks or ():
        for line in hunk.lines():
            if line.sign == sign and sum(chr(byte).isalnum() for byte in line.text[:200]) >= _SUBSTANCE:
                yield line.text.strip()


def _tests(sized: Sized) -> Iterator[tuple[int, int]]:
    """Pair each test with the subject of its name, else with the one file whose new names it uses."""
    files = sized.pr.files
    subjects: dict[str, list[int]] = defaultdict(list)
    tests: list[int] = []
    for number, file in enumerate(files):
        if sized.kinds[number] in (FileKind.TEST, FileKind.SNAPSHOT):
            tests.append(number)
        elif sized.kinds[number] is FileKind.SOURCE:
            subjects[stem(file.path).lower()].append(number)
    used = uses(files) if tests else ()
    for test in tests:
        named = subjects.get(_TEST_WORDS.sub("", stem(files[test].path).lower()), [])
        known = [other for other in used[test] if sized.kinds[other] is FileKind.SOURCE]
        if named:
            yield max(named, key=lambda one: (_shared(files[one].path, files[test].path), files[one].path)), test
        elif len(known) == 1:
            yield known[0], test


def _shared(one: str, other: str) -> int:
    """Count the names that two paths share."""
    return len(set(one.split("/")[:-1]) & set(other.split("/")[:-1]))


def _locks(sized: Sized) -> Iterator[tuple[int, int]]:
    files = sized.pr.files
    manifests = {_place(file.path): number for number, file in enumerate(files) if is_manifest(file.path)}
    for number, file in enumerate(files):
        if sized.kinds[number] is FileKind.LOCKFILE and _place(file.path) in manifests:
            yield manifests[_place(file.path)], number


def _migrations(sized: Sized) -> Iterator[tuple[int, int]]:
    """Pair the files of one migration, which stand side by side and differ in their suffixes alone."""
    first: dict[str, int] = {}
    for number, file in enumerate(sized.pr.files):
        if sized.kinds[number] is FileKind.MIGRATION:
            one = first.setdefault(_place(file.path) + _NAME.split(file.path[len(_place(file.path)) :])[0], number)
            if one != number:
                yield one, number


def _place(path: str) -> str:
    return path[: path.rfind("/") + 1]
