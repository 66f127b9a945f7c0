"""The rule `required-tests`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Final

from pydantic import Field, NonNegativeInt, StringConstraints

from rules.engine.behaviour import Behaviour, counted_files, may_behave
from rules.engine.globs import Glob
from rules.engine.hidden import no_line_shown
from rules.engine.hunk import first_block
from rules.engine.kinds import FileKind, copied, file_kind, marking
from rules.engine.needs import Needs
from rules.engine.pull_request import Change, ChangedFile, PullRequest, Side
from rules.engine.result import Finding, Kind, Mode, Reported, Unknown, Yielded
from rules.engine.rule import Rule
from rules.engine.syntax.outline import is_known
from rules.engine.test_mapping import TestPattern, example_of
from rules.engine.tested import Tested, Uncovered
from rules.engine.weakened import Weakened, Weakness

Pattern = Annotated[str, StringConstraints(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]

_NO_TESTS: Final = "it changes no behaviour that a test could hold"
_FIXES: Final = {
    Weakness.DELETED: "Keep the test, or delete what it tests as well.",
    Weakness.FEWER_ASSERTIONS: "Put the assertions back, or add others that hold what is right now.",
    Weakness.SKIPPED: "Mend the test, or delete it together with what it tests.",
    Weakness.FOCUSED: "Take the focus off before merging.",
    Weakness.CANNOT_FAIL: "Assert on what the code gave back.",
    Weakness.NOT_COLLECTED: "Give it a name that the test runner collects.",
    Weakness.ONLY_SNAPSHOTS: "Add an assertion that says what is right: a snapshot only says what is.",
}


class RequiredTests(Rule):
    """A change of behaviour arrives with the test that holds it.

    ## Why
    What no test holds, the next change breaks unseen; and a change that merges by itself has nobody else to notice.

    ## How to fix it
    Add or change a test of each file that is named. For a refactoring nothing is needed: up to 30 effective lines that
    keep every exported name pass as long as a test of the file exists, or, where no more lines come than go, one that
    stands for its package.

    ## How it judges
    Every source file is judged by itself. New behaviour (a new file, public name or branch) needs an added or changed
    test of the file, or one of its package. Changed behaviour needs the same, and a changed test of the file itself
    where more than 30 lines change and it has one; or a coverage report in which its lines ran, which on GitHub is the
    artifact `andon-coverage` of a workflow run on this very head: Cobertura, LCOV or a Go profile. Tests are found by
    the conventions of pytest, Django, Jest, Vitest, Go, JUnit, Kotlin, RSpec, minitest, PHPUnit, xUnit, NUnit, cargo,
    Swift, Dart and Elixir, by what a test imports, and by `map`. A test in a project's directory of tests that mirrors
    none of its packages stands for all of them, as every test of an npm package in a monorepo does; end-to-end and
    integration tests stand for everything. Deletions, comments, white space, rows of literals, documentation, examples,
    benchmarks, scripts of the repository, configuration, version numbers, types, generated files and renames need none.
    A test that is deleted, skipped, focused, emptied or taken from the collection is reported whatever else was
    changed, and so in a mere removal too; but assertions may go with the lines of the source that they held.
    """

    default_mode: ClassVar[Mode] = Mode.HOLD
    exempt_kinds: ClassVar[Mapping[Kind, str]] = MappingProxyType(
        {
            Kind.DOCS: _NO_TESTS,
            Kind.GENERATED: _NO_TESTS,
            Kind.DEPENDENCIES: "only versions of dependencies change",
            Kind.MOVE: "moved lines do what they did before",
            Kind.FORMATTING: _NO_TESTS,
            Kind.REVERT: "a proven revert goes back to what was tested",
        }
    )

    facts: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "needs_tests": "The source files with added lines that can run.",
            "tests_changed": "The tests with added lines that can run.",
            "mapped": "For each source file that needs tests, its tests at the head.",
            "weakened": "The tests that became weaker, each with `weakness`, `path`, `line` and `message`.",
            "patch_coverage": "The part of the added lines that ran, from 0 to 1; null where no report tells.",
            "unread": "The changed sources and tests that were too large to parse or could not be read.",
        }
    )

    map: dict[Pattern, Pattern] = Field(
        default_factory=dict,
        description="Where tests are, by the maintainer: a glob of sources to a glob of their tests, in which `{dir}`, "
        "`{stem}` and `{name}` stand for the source's directory and its name without and with suffix.",
    )
    exempt: tuple[Pattern, ...] = Field((), description="Globs of source files that need no tests.")
    min_patch_coverage: Share = Field(
        0.8, description="The part of the added lines that must have run, where there is a coverage report."
    )
    min_coverable_lines: NonNegativeInt = Field(
        10, description="Added lines known to the coverage report below which it is not judged."
    )
    refactor_lines: NonNegativeInt = Field(
        30, description="Effective lines up to which a change that keeps every exported name may be a refactoring."
    )

    def needs(self, pr: PullRequest) -> Needs:
        """Ask for the changed sources and tests on both sides, and for the list of all files."""
        kinds = {file.path: file_kind(file, pr.attributes) for file in pr.files}
        texts: set[tuple[Side, str]] = set()
        for file in pr.files:
            is_judged = may_behave(file, kinds[file.path]) or self._was_test(pr, file)
            if is_judged and not file.binary and is_known(file.path):
                texts |= _both_sides(file)
        behaving = [file for file in pr.files if may_behave(file, kinds[file.path])]
        return Needs(frozenset(texts), tree=bool(texts or behaving), coverage=self._may_weigh(pr, behaving))

    def _may_weigh(self, pr: PullRequest, behaving: list[ChangedFile]) -> bool:
        """Say whether a coverage report could be judged: whether enough lines were added that it may know."""
        judged = (one for one in behaving if not self.is_test(pr, one.path) and not self.is_exempt(one.path))
        return sum(one.added for one in judged) >= max(self.min_coverable_lines, 1)

    def _was_test(self, pr: PullRequest, file: ChangedFile) -> bool:
        """Say whether a file is or was a test."""
        paths = {file.path, file.previous_path or file.path}
        return any(self.is_test(pr, path) for path in paths) or file.change is Change.DELETED

    def is_test(self, pr: PullRequest, path: str) -> bool:
        """Say whether a path is one of a test, by convention or by the maintainer's patterns."""
        if file_kind(ChangedFile(path, Change.MODIFIED, 0, 0, ()), pr.attributes) is FileKind.TEST:
            return True
        return any(Glob(pattern).matches(path) for pattern in self._test_globs())

    def _test_globs(self) -> Iterator[str]:
        for tests in self.map.values():
            yield tests.replace("{dir}", "**").replace("{stem}", "*").replace("{name}", "*")

    def patterns(self) -> tuple[TestPattern, ...]:
        """Give the maintainer's own patterns."""
        return tuple(TestPattern(sources, tests) for sources, tests in self.map.items())

    def is_exempt(self, path: str) -> bool:
        """Say whether the maintainer exempts a source file."""
        return any(Glob(pattern).matches(path) for pattern in self.exempt)

    def check(self, pr: PullRequest) -> Iterator[Yielded]:
        """Judge every source file, then every changed test."""
        counted = counted_files(pr)
        tests = frozenset(one.file.path for one in counted if self._is_test_file(pr, one.file))
        tested = Tested(pr, counted, tests, self.patterns(), self.is_exempt)
        weak = tested.weakened()
        coverage = tested.coverage(self.min_coverable_lines)
        missing = [one for one in tested.needing if self._is_held(tested, one) is False]
        yield Reported(tested.facts(weak, coverage), _sentence(tested, missing, weak))
        said = [f"A coverage report was left out: {why}." for why in (pr.coverage.unread if pr.coverage else ())]
        yield from (Unknown(words) if missing else Reported({}, words) for words in said)
        for one in missing:
            yield self._finding(tested, one)
        for found in weak:
            yield Finding(found.message, _FIXES[found.weakness], found.path, found.line, found.line)
        if coverage is not None and coverage.share < self.min_patch_coverage:
            yield from (self._never_run(one) for one in coverage.uncovered)
        unsure = [one.path for one in tested.needing if self._is_held(tested, one) is None]
        yield from (Unknown(f"Whether a test of `{path}` exists is not known: no list of files.") for path in unsure)
        hidden = [path for path in tested.hidden() if not self.is_exempt(path)]
        yield from no_line_shown(hidden, "whether it needs a test is not known")
        yield from (Unknown(gap) for gap in tested.gaps())

    def _is_test_file(self, pr: PullRequest, file: ChangedFile) -> bool:
        return file_kind(file, pr.attributes) is FileKind.TEST or self.is_test(pr, file.path)

    def _is_held(self, tested: Tested, one: Behaviour) -> bool | None:
        """Say whether something holds the behaviour of one source file; None where that hangs on what is not known."""
        if tested.changed_tests_of(one, self.refactor_lines):
            return True
        if one.novelty:
            return False
        share = tested.share_of(one, self.min_coverable_lines)
        if share is not None and share >= self.min_patch_coverage:
            return True
        may_be_refactoring = tested.effective_lines() <= self.refactor_lines and one.keeps_names is True
        return tested.holds_refactoring(one) if may_be_refactoring else False

    def _finding(self, tested: Tested, one: Behaviour) -> Finding:
        tests = tested.mapped[one.path]
        lines = f"{len(one.lines)} line{'' if len(one.lines) == 1 else 's'}"
        what = f"{one.novelty} ({lines})" if one.novelty else f"{lines} changed"
        cure = f"Add the case to `{tests[0]}`." if tests else f"Add a test, such as `{example_of(one.path)}`."
        if not tests and (directory := copied(one.path)):
            cure = f"{marking(directory)} needs no test."
        first, last = first_block(one.lines)
        return Finding(f"`{one.path}`: {what}, and no test of it changed.", cure, one.path, first, last)

    def _never_run(self, one: Uncovered) -> Finding:
        return Finding(
            f"`{one.path}`: {len(one.lines)} of {one.coverable} new lines never run.",
            "Add a test that reaches them.",
            one.path,
            *first_block(one.lines),
        )


def _both_sides(file: ChangedFile) -> set[tuple[Side, str]]:
    head = {(Side.HEAD, file.path)} if file.change is not Change.DELETED else set()
    base = {(Side.BASE, file.previous_path or file.path)} if file.change is not Change.ADDED else set()
    return head | base


def _sentence(tested: Tested, missing: list[Behaviour], weak: tuple[Weakened, ...]) -> str:
    sources, tests = len(tested.needing), len(tested.tests_changed)
    if not sources and not weak:
        return "Nothing here needs a test."
    worse = f", {len(weak)} weakened" if weak else ""
    without = f", {len(missing)} of them without a test" if missing else ""
    noun = "source file needs tests" if sources == 1 else "source files need tests"
    return f"{sources} {noun}{without}; {tests} test file{'' if tests == 1 else 's'} changed{worse}."
