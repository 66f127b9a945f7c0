"""Finds the tests of a source file by the conventions of its ecosystem, and by the maintainer's own patterns."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rules.engine.globs import Glob


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """One way to name tests. `tests` match the file names that a runner collects; their first group is the subject.

    `example` is what the tests of `{stem}` are called. `inside` matches where a source file holds its own tests.
    """

    name: str
    suffixes: frozenset[str]
    example: str
    tests: re.Pattern[str]
    inside: re.Pattern[bytes] | None = None


def _ecosystem(name: str, suffixes: str, example: str, tests: str, inside: bytes | None = None) -> Ecosystem:
    own = re.compile(inside, re.MULTILINE) if inside else None
    return Ecosystem(name, frozenset(suffixes.split()), example, re.compile(tests), own)


ECOSYSTEMS: Final = (
    _ecosystem(
        "pytest, unittest and Django", "py pyx", "test_{stem}.py", r"(?:.*/)?(?:test_(\w+)|(\w+)_tests?|tests?)\.py"
    ),
    _ecosystem(
        "Jest, Vitest, Mocha, Cypress and Playwright",
        "js jsx mjs cjs ts tsx mts cts vue svelte",
        "{stem}.test.{suffix}",
        r"(?:.*/)?(?:([\w.$@\[\]-]+?)[._-](?:unit|int|integration|e2e|component)?[._-]?(?:test|spec|cy|e2e)(?:-d)?"
        r"|__tests__/(?:.*/)?([\w.$@-]+?)|tests?/(?:.*/)?([\w.$@-]+?))\.[cm]?[jt]sx?",
        rb"^\s*if\s*\(import\.meta\.vitest\)",
    ),
    _ecosystem("go test", "go", "{stem}_test.go", r"(?:.*/)?(\w+)_test\.go"),
    _ecosystem(
        "JUnit, Kotest and Spock",
        "java kt kts groovy scala",
        "{stem}Test.{suffix}",
        r"(?:.*/)?(?:Test([A-Z]\w*)|(\w+?)(?:Test|Tests|TestCase|IT|ITCase|Spec|Specs|Suite))\.(?:java|kt|kts|groovy|scala)",
    ),
    _ecosystem("RSpec and minitest", "rb rake", "{stem}_spec.rb", r"(?:.*/)?(?:(\w+)_(?:spec|test)|test_(\w+))\.rb"),
    _ecosystem("PHPUnit and Pest", "php", "{stem}Test.php", r"(?:.*/)?(\w+?)(?:Test|TestCase|Cest)\.php"),
    _ecosystem(
        "xUnit, NUnit and MSTest",
        "cs fs vb",
        "{stem}Tests.{suffix}",
        r"(?:.*/)?(\w+?)(?:Tests?|Specs?|Should|Facts|Fixture)\.(?:cs|fs|vb)",
    ),
    _ecosystem(
        "cargo test",
        "rs",
        "#[cfg(test)] in {stem}.rs",
        r"(?:.*/)?(?:(\w+)_tests?|test_(\w+)|tests|tests/(?:.*/)?(\w+))\.rs",
        rb"^\s*#\[cfg\((?:test\b|all\(\s*test\b)",
    ),
    _ecosystem(
        "XCTest and Swift Testing",
        "swift m mm",
        "{stem}Tests.{suffix}",
        r"(?:.*/)?(\w+?)(?:Tests?|Specs?)\.(?:swift|m|mm)",
    ),
    _ecosystem("dart test", "dart", "{stem}_test.dart", r"(?:.*/)?(\w+)_test\.dart"),
    _ecosystem("ExUnit", "ex exs", "{stem}_test.exs", r"(?:.*/)?(\w+)_test\.exs"),
    _ecosystem(
        "GoogleTest, Catch2 and the like",
        "c cc cpp cxx",
        "test_{stem}.{suffix}",
        r"(?:.*/)?(?:test_(\w+)|(\w+?)_?(?:[Tt]ests?|unittest))\.(?:c|cc|cpp|cxx)",
    ),
)
_BY_SUFFIX: Final = {suffix: ecosystem for ecosystem in ECOSYSTEMS for suffix in ecosystem.suffixes}
_PACKAGE_FILES: Final = frozenset(("index", "__init__", "mod", "main", "lib", "__main__"))
_MARKERS: Final = frozenset(
    (
        "src", "lib", "app", "apps", "packages", "pkg", "source", "sources", "test", "tests", "spec", "specs",
        "__tests__", "unit", "integration", "functional", "e2e", "main", "java", "kotlin", "scala", "groovy", "python",
        "php", "internal", "androidtest", "integrationtest", "features",
    )
)  # fmt: skip
_PROJECT_OF_TESTS: Final = re.compile(r"\.(?:unit|integration)?tests?$", re.IGNORECASE)
_IMPORTS: Final = re.compile(rb"^.*\b(?:import|from|require|require_relative|use|using|alias)\b.*$", re.MULTILINE)
_WILD: Final = re.compile(r"[*?\[\\]")
_WORKSPACE: Final = re.compile(r"(?:[^/]+/)*?([^/]+)/(?:src|lib)/")
_PARENTS: Final = 4  # directories above a file that may be its package


def ecosystem_of(path: str) -> Ecosystem | None:
    """Name the ecosystem of a source file, or None for a language whose tests nobody can find by name."""
    return _BY_SUFFIX.get(path.rpartition("/")[2].rpartition(".")[2].lower())


def is_collected(path: str) -> bool:
    """Say whether a test runner would collect a file of this name."""
    ecosystem = ecosystem_of(path)
    return ecosystem is not None and ecosystem.tests.fullmatch(path) is not None


def example_of(source: str) -> str:
    """Name the test file that the ecosystem of a source expects; `__init__` is named as its package."""
    ecosystem = ecosystem_of(source)
    directory, _, name = source.rpartition("/")
    stem, _, suffix = name.rpartition(".")
    stem = (directory.rpartition("/")[2] or stem) if stem == "__init__" else stem
    return ecosystem.example.format(stem=stem, suffix=suffix) if ecosystem else ""


def own_tests_from(path: str, text: bytes) -> int | None:
    """Give the line from which on a source file holds its own tests, as Rust's do; None where it holds none."""
    ecosystem = ecosystem_of(path)
    found = ecosystem.inside.search(text) if ecosystem and ecosystem.inside else None
    return text.count(b"\n", 0, found.start()) + 1 if found else None


@dataclass(frozen=True, slots=True)
class TestPattern:
    """One of the maintainer's own: sources that a glob matches, and where their tests are.

    In `tests`, `{dir}`, `{stem}` and `{name}` stand for the source's directory, its name without and with suffix.
    """

    __test__ = False

    sources: str
    tests: str

    def tests_of(self, source: str, paths: frozenset[str]) -> set[str]:
        """List the tests of a source among the paths by this pattern."""
        if not Glob(self.sources).matches(source):
            return set()
        directory, _, name = source.rpartition("/")
        filled = self.tests.replace("{dir}", directory).replace("{stem}", name.rpartition(".")[0] or name)
        filled = filled.replace("{name}", name).removeprefix("/")
        if not _WILD.search(filled):
            return {filled} & paths
        glob = Glob(filled)
        return {path for path in paths if glob.matches(path)}


@lru_cache(maxsize=8192)
def package_of(path: str) -> tuple[str, ...]:
    """Name the package of a file: its directories without those that only say source, test or language."""
    directories = [_PROJECT_OF_TESTS.sub("", part.lower()) for part in path.split("/")[:-1]]
    return tuple(part for part in directories if part not in _MARKERS and part)


class TestIndex:
    """The tests among some paths, found again by what they are named after."""

    __test__ = False

    def __init__(self, paths: Iterable[str], patterns: Sequence[TestPattern] = ()) -> None:
        self._paths = frozenset(paths)
        self._patterns = patterns
        self._by_subject: dict[tuple[str, str], list[str]] = defaultdict(list)
        for path in sorted(self._paths):
            ecosystem = ecosystem_of(path)
            subject = _subject(ecosystem, path) if ecosystem else None
            if ecosystem and subject is not None:
                self._by_subject[ecosystem.name, subject].append(path)

    def tests_of(self, source: str) -> tuple[str, ...]:
        """List the tests of one source; those nearest to it where several carry the same name."""
        own = {test for pattern in self._patterns for test in pattern.tests_of(source, self._paths)}
        ecosystem = ecosystem_of(source)
        if ecosystem is None:
            return tuple(sorted(own))
        named = {test for name in _names(source) for test in self._by_subject[ecosystem.name, name] if test != source}
        near = [test for test in named if _are_near(source, test)]
        return tuple(sorted({*own, *(near or (named if len(named) == 1 else ()))}))


def mentions(test: bytes, source: str) -> bool:
    """Say whether a test imports a source by its name, or names a class that a file is called after.

    In a monorepo of JavaScript it may also import the source's package.
    """
    stem, workspace = _names(source)[0].encode(), _workspace(source)
    imports = _imports(test)
    if workspace is not None and workspace.search(imports):
        return True
    if stem not in test:
        return False
    word = re.compile(rb"(?<![\w-])" + re.escape(stem) + rb"(?![\w-])")
    return word.search(test if stem[:1].isupper() else imports) is not None


@lru_cache(maxsize=64)
def _imports(text: bytes) -> bytes:
    return b"\n".join(line[0] for line in _IMPORTS.finditer(text))


@lru_cache(maxsize=1024)
def _workspace(source: str) -> re.Pattern[bytes] | None:
    """Find how JavaScript imports the package of a monorepo that a source belongs to: by the name of its directory."""
    ecosystem = ecosystem_of(source)
    found = _WORKSPACE.match(source)
    if ecosystem is None or "ts" not in ecosystem.suffixes or found is None:
        return None
    return re.compile(rb"[\"'](?:@[\w.-]+/)?" + re.escape(found[1].encode()) + rb"(?:/[^\"'\n]*)?[\"']")


class SourceIndex:
    """The sources among some paths, found again by the tests that are named after them."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        for path in sorted(paths):
            if ecosystem_of(path) is not None:
                self._by_stem[_stem(path)].append(path)

    def subjects_of(self, test: str) -> tuple[str, ...]:
        """List the sources that one test is named after."""
        ecosystem = ecosystem_of(test)
        subject = _subject(ecosystem, test) if ecosystem else None
        words = (subject or "").split("_")
        stems = {"_".join(words[at:]) for at in range(len(words))} | {(subject or "").strip("_")}
        index = TestIndex((test,))
        named = {source for stem in stems if stem for source in self._by_stem.get(stem, ())}
        return tuple(sorted(source for source in named if index.tests_of(source)))


def _subject(ecosystem: Ecosystem, path: str) -> str | None:
    """Read whose test a collected file is: a lower-case name, empty for the whole package; None for no test."""
    found = ecosystem.tests.fullmatch(path)
    return None if found is None else _plain(next((group for group in found.groups() if group), ""))


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")


def _stem(source: str) -> str:
    """Give the plain name of a source; of a file that stands for its directory, the directory's."""
    return _plain(_names(source)[0]).strip("_")


@lru_cache(maxsize=8192)
def _names(source: str) -> tuple[str, ...]:
    """List the names under which tests know a source: its stem, and the same after its directories' names."""
    *directories, name = source.split("/")
    stem = name.rpartition(".")[0] or name
    if stem.lower() in _PACKAGE_FILES and directories:
        stem = directories.pop()
    depths = range(1, min(_PARENTS, len(directories)) + 1)
    nested = [_plain("_".join([*directories[-count:], stem])) for count in depths]
    names = [stem, _plain(stem), _plain(stem).strip("_"), *nested]
    return tuple(dict.fromkeys(names))


def _are_near(source: str, test: str) -> bool:
    """Say whether the packages of a source and of a test of its name are one, or one lies in the other."""
    own, other = package_of(source), package_of(test)
    if not own or not other:
        return True
    shorter, longer = sorted((own, other), key=len)
    return longer[-len(shorter) :] == shorter or longer[: len(shorter)] == shorter
