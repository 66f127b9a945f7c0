"""Finds tests that a pull request makes weaker, by their syntax before and after."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from rules.engine.pull_request import Change
from rules.engine.syntax.marks import Mark, Outline, Sign
from rules.engine.test_mapping import SourceIndex, is_collected

if TYPE_CHECKING:
    from rules.engine.pull_request import ChangedFile

_NAME: Final = re.compile(r"(\w+)\W*$")
_ANNOTATIONS: Final = re.compile(r"^(?:@[\w.]+(?:\([^)]*\))?\s*)+")
_PREFIX: Final = re.compile(r"^(?:_|x_?|no_?|disabled_?|skip_?)*(?:test_?)?", re.IGNORECASE)
_REWRITTEN: Final = 10  # new assertions for each that is lost, from which on tests were rewritten
_SHORTEST_NAME: Final = 3  # letters of a test's own name that say anything


class Weakness(StrEnum):
    """How a test became weaker."""

    DELETED = "deleted"
    FEWER_ASSERTIONS = "fewer-assertions"
    SKIPPED = "skipped"
    FOCUSED = "focused"
    CANNOT_FAIL = "cannot-fail"
    NOT_COLLECTED = "not-collected"
    ONLY_SNAPSHOTS = "only-snapshots"


@dataclass(frozen=True, slots=True)
class Weakened:
    """One weaker test: where, and how, in words."""

    weakness: Weakness
    path: str
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class TestFile:
    """One changed file that held or holds tests, on both sides; None where it is not there or could not be read.

    `added` are the numbers of its added lines. `collected` says whether a runner finds it at the head.
    """

    __test__ = False

    file: ChangedFile
    base: Outline | None
    head: Outline | None
    added: frozenset[int]
    collected: bool

    def change_of(self, sign: Sign) -> int:
        """Give how many more marks of one sign the head has than the base."""
        return _count(self.head, sign) - _count(self.base, sign)


_NEWLY: Final = (
    (Sign.SKIP, Weakness.SKIPPED, "is skipped now"),
    (Sign.FOCUS, Weakness.FOCUSED, "runs alone now: every other test of its run is left out"),
    (Sign.CANNOT_FAIL, Weakness.CANNOT_FAIL, "cannot fail"),
)


@dataclass(frozen=True, slots=True)
class Subjects:
    """What the sources of a pull request tell of its tests.

    `reduced` are those that went, or that define less than before; `shrunk` says by how many lines each is shorter.
    """

    index: SourceIndex
    reduced: frozenset[str]
    shrunk: Mapping[str, int]


def weakened(tests: Sequence[TestFile], subjects: Subjects) -> Iterator[Weakened]:
    """List what became weaker."""
    sources = subjects.index
    kept = [one for one in tests if not _is_excused(one, sources, subjects.reduced)]
    deleted = [found for one in kept if (found := _deleted(one, tests, sources)) is not None]
    yield from deleted
    yield from _not_collected(tests)
    reported = {found.path for found in deleted}
    yield from _fewer([one for one in kept if one.file.path not in reported], subjects)
    for sign, weakness, words in _NEWLY:
        yield from _newly(tests, sign, weakness, words)


def _subjects(one: TestFile, sources: SourceIndex) -> tuple[str, ...]:
    return sources.subjects_of(one.file.previous_path or one.file.path)


def _is_excused(one: TestFile, sources: SourceIndex, reduced: frozenset[str]) -> bool:
    """Say whether a test may shrink, because what it is named after went or offers less than before."""
    subjects = _subjects(one, sources)
    return any(source in reduced for source in subjects) or (not subjects and bool(reduced))


def _deleted(one: TestFile, tests: Sequence[TestFile], sources: SourceIndex) -> Weakened | None:
    path = one.file.path
    if one.file.change is not Change.DELETED or not is_collected(path) or _count(one.base, Sign.TEST) == 0:
        return None
    elsewhere = Counter(_names(other.head) for other in tests if other is not one and other.collected)
    kept = {name for names in elsewhere for name in names}
    own = _names(one.base)
    subjects = _subjects(one, sources)
    if not subjects or sum(name in kept for name in own) * 2 >= len(own):
        return None
    return Weakened(Weakness.DELETED, path, f"`{path}` is deleted while `{subjects[0]}`, which it tests, stays.")


def _not_collected(tests: Iterable[TestFile]) -> Iterator[Weakened]:
    for one in tests:
        before = one.file.previous_path
        if before and is_collected(before) and not one.collected and _count(one.head, Sign.TEST):
            message = f"`{one.file.path}` was `{before}`: under its new name no test runner finds it."
            yield Weakened(Weakness.NOT_COLLECTED, one.file.path, message)
        for mark in _renamed_away(one):
            message = f"`{mark.text}` was a test: under its new name no test runner finds it."
            yield Weakened(Weakness.NOT_COLLECTED, one.file.path, message, mark.line)


def _renamed_away(one: TestFile) -> Iterator[Mark]:
    """Find the functions at the head that carry the name of a test of the base, and are none any more."""
    if one.base is None or one.head is None or one.change_of(Sign.TEST) >= 0:
        return
    before = {_own_name(mark) for mark in one.base.marks(Sign.FUNCTION)}
    lost = {_own_name(mark) for mark in one.base.marks(Sign.TEST)} - {
        _own_name(mark) for mark in one.head.marks(Sign.TEST)
    }
    for mark in one.head.marks(Sign.FUNCTION):
        name = _own_name(mark)
        if name in lost and name not in before and len(name) >= _SHORTEST_NAME:
            yield mark


def _fewer(tests: Sequence[TestFile], subjects: Subjects) -> Iterator[Weakened]:
    """Hold the assertions of all tests together against those of before, so that what only moved is no loss.

    Where most of them are written anew, in another library's words perhaps, a few that were joined are none either.
    """
    compared = [one for one in tests if one.change_of(Sign.CASE) <= 0 or one.change_of(Sign.ASSERTION) > 0]
    loss = -sum(one.change_of(Sign.ASSERTION) for one in compared)
    written = sum(mark.line in one.added for one in compared if one.head for mark in one.head.marks(Sign.ASSERTION))
    if loss <= 0 or written >= loss * _REWRITTEN:
        return
    for one in compared:
        lost = -one.change_of(Sign.ASSERTION)
        if lost > _lines_lost(one, subjects):
            before = _count(one.base, Sign.ASSERTION)
            words = f"{lost} fewer assertion{'' if lost == 1 else 's'} in `{one.file.path}` ({before} before)."
            yield Weakened(Weakness.FEWER_ASSERTIONS, one.file.path, words)


def _lines_lost(one: TestFile, subjects: Subjects) -> int:
    """Count by how many lines the sources of a test became shorter, all sources where it is named after none."""
    own = _subjects(one, subjects.index) or tuple(subjects.shrunk)
    return sum(subjects.shrunk.get(source, 0) for source in own)


def _newly(tests: Sequence[TestFile], sign: Sign, weakness: Weakness, words: str) -> Iterator[Weakened]:
    """Find the marks that are new to the whole pull request; one that only moved was there before."""
    gone = Counter(mark.text for one in tests if one.base for mark in one.base.marks(sign))
    marks = [(one, mark) for one in tests if one.head for mark in one.head.marks(sign)]
    gone.subtract(mark.text for one, mark in marks if mark.line not in one.added)
    added = {(one.file.path, mark.line): mark for one, mark in reversed(marks) if _is_new(one, mark, sign)}
    for path, line in sorted(added):
        text = added[path, line].text
        if gone[text] > 0:
            gone[text] -= 1
        else:
            yield Weakened(weakness, path, f"`{text}` {words}.", line)


def _is_new(one: TestFile, mark: Mark, sign: Sign) -> bool:
    """Say whether a mark stands in an added line of a file that has more of them than before."""
    return mark.line in one.added and one.change_of(sign) > 0


def _count(outline: Outline | None, sign: Sign) -> int:
    return outline.count(sign) if outline else 0


def _names(outline: Outline | None) -> tuple[str, ...]:
    return tuple(_ANNOTATIONS.sub("", mark.text) for mark in outline.marks(Sign.TEST)) if outline else ()


def _own_name(mark: Mark) -> str:
    """Give the name in a definition without what makes it a test or hides it: `def test_tax` is `tax`."""
    found = _NAME.search(mark.text)
    return _PREFIX.sub("", found[1]).lower() if found else ""
