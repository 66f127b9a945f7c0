"""Takes safeguards out of the sources, one at a time, and runs the tests that must notice: `make removals`.

Each removal is a small edit of a private copy of the tree. One that no test notices fails, and so does an edit that
finds its place no more: whoever rewrites a safeguard says here anew what it is.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tools.safeguards import SAFEGUARDS, Safeguard

ROOT = Path(__file__).parents[1]
COPIED = ("rules", "bot", "simulator", "tools", "tests", "docs", "schema", "examples", "pyproject.toml", "app.yaml")
LONGEST_RUN = 120
"""Seconds after which tests that never end have noticed."""

NAMED = 4
"""Tests that are named beside each removal; the others are counted."""

_QUIETLY = ("-q", "-n0", "-p", "no:cacheprovider", "--no-header", "--tb=no", "-rfE")
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one removal: the tests that noticed it, or why there is no answer. `seconds` is how long it took.

    `never_ended` says that the tests were stopped, which is to notice as well.
    """

    what: str
    noticed_by: tuple[str, ...]
    seconds: float
    fault: str = ""
    never_ended: bool = False

    @property
    def is_noticed(self) -> bool:
        """Tell whether any test noticed."""
        return not self.fault and (self.never_ended or bool(self.noticed_by))

    def __str__(self) -> str:
        more = f" and {len(self.noticed_by) - NAMED} more" if len(self.noticed_by) > NAMED else ""
        named = ", ".join(test.rpartition("::")[2] for test in self.noticed_by[:NAMED]) + more
        said = self.fault or ("the tests never ended" if self.never_ended else named) or "NOBODY noticed"
        return f"{'ok ' if self.is_noticed else 'NO '} {self.what} ({self.seconds:.0f} s): {said}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Try every removal, or those whose name holds some words. 1 where one goes unnoticed."""
    parser = argparse.ArgumentParser(description='Example: python -m tools.removals --only "SHA"')
    parser.add_argument("--only", default="", help="words in the name of a safeguard")
    parser.add_argument("--whole", action="store_true", help="first see that the same tests pass on the whole tree")
    asked = parser.parse_args(arguments)
    chosen = [one for one in SAFEGUARDS if asked.only.lower() in one.what.lower()]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="andon-removals-") as directory:
        copies = [_copied(Path(directory) / name) for name in ("one", "two")]
        fails = [*_failing_whole(copies[0], chosen)] if asked.whole else []
        unnoticed = [one for one in _tried(chosen, copies) if not one.is_noticed]
    print(f"{len(chosen) - len(unnoticed)} of {len(chosen)} removals were noticed, {time.monotonic() - began:.0f} s.")
    return 1 if unnoticed or fails or not chosen else 0


def _copied(place: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=ignored)
        else:
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, place / name)
    return place


def _failing_whole(place: Path, chosen: Iterable[Safeguard]) -> tuple[str, ...]:
    """Run all the tests on the whole copy: a test that fails without any removal notices nothing."""
    tests = dict.fromkeys(test for one in chosen for test in one.tests)
    failed, never_ended = _failed(place, tuple(tests), LONGEST_RUN * 5)
    for test in failed:
        print(f"NO  fails on the whole tree: {test}")
    return (*failed, *(["the tests never ended"] if never_ended else []))


def _tried(chosen: Sequence[Safeguard], copies: Sequence[Path]) -> list[Outcome]:
    """Try the removals, as many at once as there are copies."""
    free: SimpleQueue[Path] = SimpleQueue()
    for place in copies:
        free.put(place)

    def attempt(one: Safeguard) -> Outcome:
        place = free.get()
        try:
            found = tried(place, one)
        finally:
            free.put(place)
        print(found, flush=True)
        return found

    with ThreadPoolExecutor(len(copies)) as pool:
        return list(pool.map(attempt, chosen))


def tried(place: Path, one: Safeguard) -> Outcome:
    """Take one safeguard out of a copy of the tree, run its tests there, and put it back."""
    began = time.monotonic()
    whole = {edit.path: (place / edit.path).read_text(encoding="utf-8") for edit in one.edits}
    broken = dict(whole)
    for edit in one.edits:
        if (found := broken[edit.path].count(edit.old)) != 1:
            fault = f"{edit.path} holds {edit.old!r} {found} times, not once: say anew what is to be removed"
            return Outcome(one.what, (), 0.0, fault)
        broken[edit.path] = broken[edit.path].replace(edit.old, edit.new)
    try:
        _write(place, broken)
        noticed_by, never_ended = _failed(place, one.tests, LONGEST_RUN)
    finally:
        _write(place, whole)
    return Outcome(one.what, noticed_by, time.monotonic() - began, never_ended=never_ended)


def _write(place: Path, texts: dict[str, str]) -> None:
    for path, text in texts.items():
        (place / path).write_text(text, encoding="utf-8")


def _failed(place: Path, tests: Sequence[str], longest: float) -> tuple[tuple[str, ...], bool]:
    """Run tests and name those that failed; the flag says that they did not end in time.

    Raises RuntimeError where pytest ran none: a name that leads nowhere notices nothing.
    """
    command = [sys.executable, "-B", "-m", "pytest", *_QUIETLY, *tests]
    try:
        done = subprocess.run(command, cwd=place, check=False, capture_output=True, text=True, timeout=longest)
    except subprocess.TimeoutExpired:
        return (), True
    if done.returncode not in (0, 1):
        raise RuntimeError(f"pytest could not run {', '.join(tests)}: {(done.stdout + done.stderr).strip()[-2000:]}")
    return tuple(dict.fromkeys(_FAILED.findall(done.stdout))), False


if __name__ == "__main__":
    sys.exit(main())
