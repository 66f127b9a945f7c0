"""Breaks `rules/` on purpose, a seeded sample of times, and counts which breaks its own tests notice: `make mutants`.

Each mutant changes one place of the syntax tree. The tests that run that line (by coverage's contexts) are run against
it in a copy of the tree, those first that name the broken module; what runs at import is held by every test. A mutant
that none of them notices survives, and is printed with its place.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import coverage

from tools.breaks import Mutant, mutants

ROOT = Path(__file__).parents[1]
COPIED = ("rules", "bot", "simulator", "tools", "tests", "docs", "schema", "examples", "pyproject.toml", "app.yaml")
OWN_TESTS = ("tests/rules", "tests/test_every_rule.py")
_QUIETLY = ("-q", "-n0", "-p", "no:cacheprovider", "--no-header")
LONGEST_TEST = 60
"""Seconds after which a test that never ends has noticed its mutant."""

_EVERY_MODULE = "walk_packages"  # what a test says that looks at all of them

FIRST_TESTS = 60
"""Tests that are asked first: those that name the module. The others are asked where these noticed nothing."""


@dataclass(frozen=True, slots=True)
class _Tests:
    """The rules' own tests: which of them run each line, and what each of their modules says."""

    every: frozenset[str]
    by_line: Mapping[tuple[str, int], frozenset[str]]
    texts: Mapping[str, str]

    def of(self, mutant: Mutant) -> list[str]:
        """Rank the tests that may notice a mutant: the nearest first, those that draw their cases last.

        What is cached runs in one test and holds for others, so those that name the module are asked whatever they ran.
        """
        near = frozenset(test for test in self.every if self._names(test, mutant.path))
        chosen = near | (self.by_line.get((mutant.path, mutant.line)) or self.every)
        return sorted(chosen, key=lambda test: (test not in near, "hypothesis" in self._text(test), test))

    def _names(self, test: str, path: str) -> bool:
        module = path.removesuffix(".py").replace("/", ".")
        return Path(path).stem in test or any(word in self._text(test) for word in (f"{module} import", _EVERY_MODULE))

    def _text(self, test: str) -> str:
        return self.texts[test.partition("::")[0]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Break the rules as often as asked and print what survived. 1 where fewer were noticed than asked for."""
    parser = argparse.ArgumentParser(description="Example: python -m tools.mutants --count 400 --seed 1")
    parser.add_argument("--count", type=int, default=400, help="how many mutants are tried (400)")
    parser.add_argument("--seed", type=int, default=1, help="which ones are drawn (1)")
    parser.add_argument("--least", type=float, default=0.85, help="the share that must be noticed (0.85)")
    parser.add_argument("--under", default="rules", help="the folder or file that is broken (rules)")
    parser.add_argument("--except", action="append", default=[], dest="spared", help="a folder or file left whole")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="andon-mutants-") as directory:
        copies = [_copy(Path(directory) / name) for name in ("one", "two")]
        drawn = _drawn(copies[0], asked)
        survivors = list(_survivors(drawn, _own_tests(copies[0]), copies))
    noticed = len(drawn) - len(survivors)
    print(f"{noticed} of {len(drawn)} mutants were noticed: {noticed / len(drawn):.1%}, seed {asked.seed}.")
    return 0 if noticed >= asked.least * len(drawn) else 1


def _drawn(place: Path, asked: argparse.Namespace) -> list[Mutant]:
    under = place / asked.under
    spared = [place / one for one in asked.spared]
    every = [under] if under.is_file() else sorted(under.rglob("*.py"))
    paths = [path for path in every if not any(path.is_relative_to(one) for one in spared)]
    found = [
        one for path in paths for one in mutants(path.relative_to(place).as_posix(), path.read_text(encoding="utf-8"))
    ]
    count = min(asked.count, len(found))
    print(f"{len(found)} places to break in {len(paths)} files; {count} of them are tried.", flush=True)
    return random.Random(asked.seed).sample(found, count)  # noqa: S311 - a draw, not a secret


def _own_tests(place: Path) -> _Tests:
    """Run the rules' own tests once on the whole copy, where they must pass, and say which of them run each line."""
    data, settings = place / "coverage.data", place / "coverage.rc"
    settings.write_text(f"[run]\nsource = rules\ndata_file = {data}\n")
    measured = [sys.executable, "-m", "coverage", "run", f"--rcfile={settings}", "-m", "pytest", "-p", "tools.contexts"]
    subprocess.run([*measured, *_QUIETLY, *OWN_TESTS], cwd=place, check=True, stdout=subprocess.DEVNULL)
    read = coverage.CoverageData(str(data))
    read.read()
    by_line = {
        (Path(path).relative_to(place).as_posix(), line): frozenset(filter(None, contexts))
        for path in read.measured_files()
        for line, contexts in read.contexts_by_lineno(path).items()
    }
    every = _collected(place)
    files = {test.partition("::")[0] for test in every}
    return _Tests(every, by_line, {file: (place / file).read_text(encoding="utf-8") for file in files})


def _collected(place: Path) -> frozenset[str]:
    """List the tests by the names that pytest takes: one that it does not know would seem to notice everything."""
    command = [sys.executable, "-m", "pytest", *_QUIETLY, "--collect-only", *OWN_TESTS]
    said = subprocess.run(command, cwd=place, check=True, capture_output=True, text=True).stdout
    return frozenset(line.partition("[")[0] for line in said.splitlines() if "::" in line)


def _survivors(drawn: Sequence[Mutant], tests: _Tests, places: Sequence[Path]) -> Iterator[Mutant]:
    """Try every mutant, each in a copy of the tree of its own, as many at a time as there are copies."""
    free: SimpleQueue[Path] = SimpleQueue()
    for place in places:
        free.put(place)

    def tried(mutant: Mutant) -> bool:
        place = free.get()
        try:
            return _is_noticed(place, mutant, tests.of(mutant))
        finally:
            free.put(place)

    with ThreadPoolExecutor(len(places)) as pool:
        for number, (mutant, noticed) in enumerate(zip(drawn, pool.map(tried, drawn), strict=True), 1):
            if not noticed:
                print(f"  survived: {mutant.path}:{mutant.line}: {mutant.before}  ->  {mutant.after}", flush=True)
                yield mutant
            if number % 50 == 0:
                print(f"{number} of {len(drawn)} tried", file=sys.stderr)


def _copy(place: Path) -> Path:
    place.mkdir()
    for name in COPIED:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, place / name)
    return place


def _is_noticed(place: Path, mutant: Mutant, ranked: Sequence[str]) -> bool:
    broken = place / mutant.path
    whole = broken.read_text(encoding="utf-8")
    broken.write_text(mutant.source, encoding="utf-8")
    try:
        return any(_fail(place, tests) for tests in (ranked[:FIRST_TESTS], ranked[FIRST_TESTS:]) if tests)
    finally:
        broken.write_text(whole, encoding="utf-8")


def _fail(place: Path, tests: Sequence[str]) -> bool:
    listed = place / "chosen.txt"
    listed.write_text("\n".join(tests))
    command = [sys.executable, "-m", "pytest", *_QUIETLY, "-x", f"--timeout={LONGEST_TEST}", f"@{listed}"]
    longest = 2 * LONGEST_TEST + len(tests) // 2  # a loop without end may run again in the search for a smaller case
    try:
        return subprocess.run(command, cwd=place, capture_output=True, check=False, timeout=longest).returncode != 0
    except subprocess.TimeoutExpired:
        return True


if __name__ == "__main__":
    sys.exit(main())
