"""Says which sources a test stands for by where it lies: those of its package, or of its whole project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from rules.engine.test_mapping import ecosystem_of, is_collected, package_of

_THROUGH_ALL: Final = re.compile(
    r"(^|/)e2e/|((^|/)(tests?|__tests__|specs?)/(.*/)?|^)(end[-_]to[-_]end|integration|acceptance|system)/",
    re.IGNORECASE,
)
_THROUGH_A_PROJECT: Final = frozenset(("functional", "regression", "scenarios"))
_NPM: Final = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")
_TEST_ROOTS: Final = frozenset(("test", "tests", "__tests__", "spec", "specs"))


def is_of_same_package(source: str, test: str) -> bool:
    """Say whether a collected test stands for the package that a source belongs to."""
    ecosystem = ecosystem_of(source)
    if ecosystem is None or ecosystem is not ecosystem_of(test) or not is_collected(test):
        return False
    if ecosystem.name == "go test":
        return source.rpartition("/")[0] == test.rpartition("/")[0]
    own, other = package_of(source), package_of(test)
    return own == other or (len(other) > 0 and own[-len(other) :] == other)


class Packages:
    """The packages of all sources among some paths."""

    def __init__(self, paths: Iterable[str] | None) -> None:
        self._ends = None if paths is None else frozenset(_ends(paths))

    def holds(self, test: str, source: str) -> bool:
        """Say whether a collected test stands for a source.

        A test stands for the package that its directory mirrors. One that lies in a project's directory of tests where
        it mirrors no package stands for the whole project, as each does in a monorepo of JavaScript, whose packages are
        projects; and an end-to-end or integration test stands for everything.
        """
        if not is_collected(test) or ecosystem_of(source) is not ecosystem_of(test):
            return False
        if _THROUGH_ALL.search(test) or is_of_same_package(source, test):
            return True
        return self._is_of_same_project(test, source)

    def _is_of_same_project(self, test: str, source: str) -> bool:
        place = _place(test)
        if place is None or not source.startswith(place[0]):
            return False
        is_npm_package = bool(place[0]) and test.endswith(_NPM)
        return is_npm_package or not place[1] or (self._ends is not None and place[1] not in self._ends)


@lru_cache(maxsize=8192)
def _place(path: str) -> tuple[str, tuple[str, ...]] | None:
    """Give the directory of the project whose tests hold a path, and where among these it lies; None elsewhere."""
    directories = path.split("/")[:-1]
    at = next((at for at, name in enumerate(directories) if name.lower() in _TEST_ROOTS), None)
    if at is None:
        return None
    below = directories[at + 1 :]
    inside = package_of("/".join((*below, ""))) if _THROUGH_A_PROJECT.isdisjoint(below) else ()
    return "".join(f"{name}/" for name in directories[:at]), inside


def _ends(paths: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """List the packages that hold sources, each also without its outer parts."""
    homes = {path.rpartition("/")[0] for path in paths if ecosystem_of(path) is not None and not is_collected(path)}
    for home in homes:
        if _place(f"{home}/") is None:
            package = package_of(f"{home}/")
            yield from (package[at:] for at in range(len(package)))
