"""Breaks `rules/` on purpose, a seeded sample of times, and counts which breaks its own tests notice: `make mutants`.

Each mutant changes one place of the syntax tree. The tests that run that line (by coverage's contexts) are run against
it in a copy of the tree; a mutant that none of them notices survives, and is printed with its place.
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
from pathlib import Path
from queue import SimpleQueue

import coverage

from tools.breaks import Mutant, mutants

ROOT = Path(__file__).parents[1]
COPIED = ("rules", "bot", "simulator", "tools", "tests", "docs", "schema", "examples", "pyproject.toml", "app.yaml")
OWN_TESTS = ("tests/rules", "tests/test_every_rule.py")
LONGEST_RUN = 120.0
"""Seconds after which a mutant that never ends counts as noticed."""

MOST_TESTS = 150
"""Tests that are run against one mutant at most; a line that more of them run is noticed by these or by none."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Break the rules as often as asked and print what survived. 1 where fewer were noticed than asked for."""
    parser = argparse.ArgumentParser(description="Example: python -m tools.mutants --count 400 --seed 1")
    parser.add_argument("--count", type=int, default=400, help="how many mutants are tried (400)")
    parser.add_argument("--seed", type=int, default=1, help="which ones are drawn (1)")
    parser.add_argument("--least", type=float, default=0.85, help="the share that must be noticed (0.85)")
    parser.add_argument("--under", default="rules", help="the folder or file that is broken (rules)")
    asked = parser.parse_args(arguments)
    drawn = _drawn(asked.under, asked.count, asked.seed)
    tests = _tests_by_line()
    survivors = list(_survivors(drawn, tests))
    noticed = len(drawn) - len(survivors)
    print(f"{noticed} of {len(drawn)} mutants were noticed: {noticed / len(drawn):.1%}, seed {asked.seed}.")
    for one in survivors:
        print(f"  survived: {one.path}:{one.line}: {one.before}  ->  {one.after}")
    return 0 if noticed >= asked.least * len(drawn) else 1


def _drawn(under: str, count: int, seed: int) -> list[Mutant]:
    place = ROOT / under
    paths = [place] if place.is_file() else sorted(place.rglob("*.py"))
    every = [
        one for path in paths for one in mutants(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    ]
    print(
        f"{len(every)} places to break in {len(paths)} files; {min(count, len(every))} of them are tried.", flush=True
    )
    return random.Random(seed).sample(every, min(count, len(every)))  # noqa: S311 - a draw, not a secret


def _tests_by_line() -> Mapping[tuple[str, int], tuple[str, ...]]:
    """Run the rules' own tests once and say which of them run each line."""
    with tempfile.TemporaryDirectory(prefix="andon-contexts-") as directory:
        data = Path(directory) / "coverage"
        settings = Path(directory) / "settings"
        settings.write_text(f"[run]\nsource = rules\ndata_file = {data}\ndynamic_context = test_function\n")
        command = [
            sys.executable,
            "-m",
            "coverage",
            "run",
            f"--rcfile={settings}",
            "-m",
            "pytest",
            "-q",
            "-n0",
            *OWN_TESTS,
        ]
        subprocess.run([*command, "-p", "no:cacheprovider"], cwd=ROOT, check=True, capture_output=True)
        read = coverage.CoverageData(str(data))
        read.read()
        return {
            (Path(path).relative_to(ROOT).as_posix(), line): tuple(filter(None, contexts))
            for path in read.measured_files()
            for line, contexts in read.contexts_by_lineno(path).items()
        }


def _survivors(drawn: Sequence[Mutant], tests: Mapping[tuple[str, int], tuple[str, ...]]) -> Iterator[Mutant]:
    """Try every mutant, two at a time, each in a copy of the tree of its own."""
    with tempfile.TemporaryDirectory(prefix="andon-mutants-") as directory, ThreadPoolExecutor(2) as both:
        copies: SimpleQueue[Path] = SimpleQueue()
        for name in ("one", "two"):
            copies.put(_copy(Path(directory) / name))

        def tried(mutant: Mutant) -> bool:
            place = copies.get()
            try:
                return _is_noticed(place, mutant, tests)
            finally:
                copies.put(place)

        for number, (mutant, noticed) in enumerate(zip(drawn, both.map(tried, drawn), strict=True), 1):
            if not noticed:
                yield mutant
            if sys.stderr.isatty() or number % 50 == 0:
                print(f"\r{number} of {len(drawn)} tried", end="\n" if number % 50 == 0 else "", file=sys.stderr)


def _copy(place: Path) -> Path:
    place.mkdir()
    for name in COPIED:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, place / name)
    return place


def _is_noticed(place: Path, mutant: Mutant, tests: Mapping[tuple[str, int], tuple[str, ...]]) -> bool:
    names = tests.get((mutant.path, mutant.line), ())
    chosen = sorted({_node(name) for name in names})[:MOST_TESTS] or list(OWN_TESTS)
    broken = place / mutant.path
    whole = broken.read_text(encoding="utf-8")
    listed = place / "chosen.txt"
    listed.write_text("\n".join(chosen))
    broken.write_text(mutant.source, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider", "--no-header", f"@{listed}"]
    try:
        ran = subprocess.run(command, cwd=place, capture_output=True, timeout=LONGEST_RUN, check=False)
    except subprocess.TimeoutExpired:
        return True
    finally:
        broken.write_text(whole, encoding="utf-8")
    return ran.returncode != 0


def _node(context: str) -> str:
    """Turn `tests.rules.test_diff.test_it` into what pytest takes: `tests/rules/test_diff.py::test_it`."""
    module, _, test = context.rpartition(".")
    return f"{module.replace('.', '/')}.py::{test}"


if __name__ == "__main__":
    sys.exit(main())
