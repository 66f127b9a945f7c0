"""Brings the sources of one pull request together with its tests: what needs them, what changed, what is weaker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from rules.engine.behaviour import Behaviour, Outlines, behaviours, executable
from rules.engine.hidden import hides_lines
from rules.engine.kinds import FileKind
from rules.engine.pull_request import Change, Side
from rules.engine.syntax.marks import Sign
from rules.engine.syntax.outline import is_known, is_readable
from rules.engine.test_mapping import SourceIndex, TestIndex, TestPattern, is_collected, mentions
from rules.engine.test_packages import Packages
from rules.engine.weakened import Subjects, TestFile, Weakened, Weakness, weakened

if TYPE_CHECKING:
    from rules.engine.counted import CountedFile
    from rules.engine.pull_request import PullRequest

_NAMED: Final = 5  # gaps that are named one by one


@dataclass(frozen=True, slots=True)
class Uncovered:
    """The added lines of one file that never ran, of how many that could."""

    path: str
    lines: tuple[int, ...]
    coverable: int


@dataclass(frozen=True, slots=True)
class PatchCoverage:
    """Which part of all added lines ran, from 0 to 1, and where the others are."""

    share: float
    uncovered: tuple[Uncovered, ...]


class Tested:
    """One pull request, its sources and its tests. `tests` are the changed paths that are tests."""

    def __init__(
        self,
        pr: PullRequest,
        counted: Sequence[CountedFile],
        tests: frozenset[str],
        patterns: Sequence[TestPattern],
        is_exempt: Callable[[str], bool],
    ) -> None:
        self._pr = pr
        self._counted = counted
        self._is_test = tests
        self._patterns = patterns
        sources = [one for one in counted if one.file.path not in tests and not is_exempt(one.file.path)]
        self._outlines = Outlines(pr)
        self._judged = behaviours(self._outlines, sources)
        self.needing = tuple(one for one in self._judged if one.lines)
        self._index = TestIndex({*(pr.tree or ()), *self.tests_changed}, patterns)
        self.mapped: Mapping[str, tuple[str, ...]] = {
            one.path: (*self._index.tests_of(one.path), *((one.path,) if one.holds_tests else ()))
            for one in self.needing
        }

    @cached_property
    def tests_changed(self) -> tuple[str, ...]:
        """List the tests with added lines that can run; a comment or a new name changes no test."""
        own = [one.path for one in self._judged if one.tests_inside]
        changed = [
            one.file.path
            for one in self._counted
            if one.file.path in self._is_test
            and one.file.change is not Change.DELETED
            and executable(one, self._outlines.of(one.file)[1])
        ]
        return tuple(sorted({*own, *changed}))

    def changed_tests_of(self, one: Behaviour, small: float) -> tuple[str, ...]:
        """List the changed tests that hold one source: named after it, importing it, or else of its package.

        Where more than `small` lines of known behaviour change, and the source has tests of its own, only those count.
        """
        mapped = set(self.mapped[one.path])
        own = [test for test in self.tests_changed if test in mapped or self._mentions(test, one.path)]
        if own or (mapped and not one.novelty and one.effective > small):
            return tuple(own)
        return tuple(test for test in self.tests_changed if self._packages.holds(test, one.path))

    @cached_property
    def _packages(self) -> Packages:
        return Packages(self._pr.tree)

    def _mentions(self, test: str, source: str) -> bool:
        text = self._pr.texts.get((Side.HEAD, test), b"")
        return (is_collected(test) or test in self._by_pattern()) and mentions(text, source)

    def _by_pattern(self) -> frozenset[str]:
        return frozenset(test for tests in self.mapped.values() for test in tests)

    def holds_refactoring(self, one: Behaviour) -> bool | None:
        """Say whether a test is there that would see one source break; None where nobody could list the files.

        That is a test of the source itself, or, where no more lines came than went, one of its package.
        """
        if self.mapped[one.path]:
            return True
        if self._pr.tree is None:
            return None
        return not one.grows and any(self._packages.holds(test, one.path) for test in self._collected)

    @cached_property
    def _collected(self) -> tuple[str, ...]:
        return tuple(path for path in self._pr.tree or () if is_collected(path))

    def effective_lines(self) -> float:
        """Sum the effective lines of all sources that need tests: a refactoring is small as a whole."""
        return sum(one.effective for one in self.needing)

    def share_of(self, one: Behaviour, floor: int) -> float | None:
        """Give the part of one source's added lines that ran; None below the floor or without a report."""
        if self.coverage(floor) is None:
            return None
        lines = self._coverable(one)
        return sum(lines.values()) / len(lines) if lines else None

    def _coverable(self, one: Behaviour) -> Mapping[int, bool]:
        known = self._pr.coverage.of(one.path) if self._pr.coverage else {}
        return {line: known[line] for line in one.lines if line in known}

    def coverage(self, floor: int) -> PatchCoverage | None:
        """Hold all added lines against the report; None without one, or with fewer coverable lines than the floor."""
        total, held = self._patch
        return held if total >= floor else None

    @cached_property
    def _patch(self) -> tuple[int, PatchCoverage | None]:
        """Count the coverable lines, and hold them against the report: once, for every source asks for it."""
        by_source = {one.path: self._coverable(one) for one in self.needing}
        total = sum(map(len, by_source.values()))
        if total == 0:
            return 0, None
        missed = {path: tuple(line for line, ran in lines.items() if not ran) for path, lines in by_source.items()}
        uncovered = [Uncovered(path, lines, len(by_source[path])) for path, lines in missed.items() if lines]
        return total, PatchCoverage(1 - sum(map(len, missed.values())) / total, tuple(uncovered))

    def weakened(self) -> tuple[Weakened, ...]:
        """List what became weaker in the changed tests."""
        tests = [self._test_file(one) for one in self._counted if self._may_hold_tests(one)]
        if not tests:
            return tuple(self._only_snapshots())
        reduced = frozenset(path for one in self._counted for path in self._reduced(one))
        sources = SourceIndex(path for path in {*(self._pr.tree or ()), *reduced} if not is_collected(path))
        shrunk = {one.file.path: lost for one in self._counted if (lost := self._lost_lines(one)) > 0}
        return (*weakened(tests, Subjects(sources, reduced, shrunk)), *self._only_snapshots())

    def _lost_lines(self, one: CountedFile) -> int:
        is_source = one.kind is FileKind.SOURCE and one.file.path not in self._is_test
        return len(one.deleted) - len(one.added) if is_source else 0

    def _may_hold_tests(self, one: CountedFile) -> bool:
        paths = (one.file.path, one.file.previous_path or one.file.path)
        if any(path in self._is_test or is_collected(path) for path in paths):
            return one.kind in (FileKind.TEST, FileKind.SOURCE, FileKind.CONFIG)
        return one.kind is FileKind.SOURCE and any(
            side and side.count(Sign.TEST) for side in self._outlines.of(one.file)
        )

    def _test_file(self, one: CountedFile) -> TestFile:
        base, head = self._outlines.of(one.file)
        by_pattern = any(pattern.tests and one.file.path in self._is_test for pattern in self._patterns)
        added = frozenset(line.number for line in one.added)
        return TestFile(one.file, base, head, added, is_collected(one.file.path) or by_pattern)

    def _reduced(self, one: CountedFile) -> Iterator[str]:
        """Name a source of this pull request that went, or that defines less than before."""
        path = one.file.previous_path or one.file.path
        if one.kind is not FileKind.SOURCE or path in self._is_test or is_collected(path):
            return
        base, head = self._outlines.of(one.file)
        gone = one.file.change is Change.DELETED
        if gone or (base is not None and head is not None and base.definitions - head.definitions):
            yield from {path, one.file.path}

    def _only_snapshots(self) -> Iterator[Weakened]:
        """Say where recorded output follows changed behaviour, and no test was written or changed."""
        recorded = [
            one.file for one in self._counted if one.kind is FileKind.SNAPSHOT and one.file.change is not Change.DELETED
        ]
        if recorded and self.needing and not self.tests_changed:
            message = f"Only recorded output changed with the behaviour (`{recorded[0].path}`), and no test."
            yield Weakened(Weakness.ONLY_SNAPSHOTS, recorded[0].path, message)

    def gaps(self) -> Iterator[str]:
        """Name what keeps this rule from being sure."""
        pr = self._pr
        if len(pr.files) != pr.totals.files:
            yield f"{len(pr.files)} of {pr.totals.files} changed files were read: the others may need tests."
        torn = [
            one.file.path
            for one in self._counted
            if one.file.hunks is None and one.kind is FileKind.SOURCE and one.file.added and not one.file.binary
        ]
        yield from (f"The changed lines of `{path}` could not be read." for path in torn[:_NAMED])
        if len(torn) > _NAMED:
            yield f"The changed lines of {len(torn) - _NAMED} further files could not be read."
        gone = [one.file.path for one in self._counted if one.file.change is Change.DELETED]
        if pr.tree is None and any(map(is_collected, gone)):
            yield "The list of all files could not be read: whether a deleted test's subject stays is not known."

    def hidden(self) -> list[str]:
        """List the sources that changed and show no line of it."""
        changed = [one.file for one in self._counted if one.kind is FileKind.SOURCE]
        return [
            file.path for file in changed if file.path not in self._is_test and hides_lines(file, self._pr.attributes)
        ]

    def unread(self) -> tuple[str, ...]:
        """List the changed sources and tests whose whole text could not be read or is not worth parsing."""
        wanted = [one.path for one in self.needing] + [path for path in self._is_test if is_known(path)]
        gone = {one.file.path for one in self._counted if one.file.change is Change.DELETED}
        return tuple(
            sorted({path for path in wanted if path not in gone and is_known(path) and not self._is_read(path)})
        )

    def _is_read(self, path: str) -> bool:
        text = self._pr.texts.get((Side.HEAD, path))
        return text is not None and is_readable(text)

    def facts(self, weak: Sequence[Weakened], coverage: PatchCoverage | None) -> dict[str, object]:
        """Give what was measured, as JSON values."""
        return {
            "needs_tests": [one.path for one in self.needing],
            "tests_changed": list(self.tests_changed),
            "mapped": {path: list(tests) for path, tests in sorted(self.mapped.items())},
            "weakened": [
                {"weakness": one.weakness.value, "path": one.path, "line": one.line, "message": one.message}
                for one in weak
            ],
            "patch_coverage": None if coverage is None else round(coverage.share, 4),
            "unread": list(self.unread()),
        }
