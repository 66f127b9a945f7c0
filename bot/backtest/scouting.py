"""Looks over the files of a repository for what a policy wants to know: where tests are, and what asks for flags."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rules.engine.attributes import Attributes
from rules.engine.flags.extents import may_ask_in
from rules.engine.flags.reading.reading import read
from rules.engine.flags.tree.nodes import is_known
from rules.engine.kinds import FileKind, path_kind
from rules.engine.needs import LARGEST_TEXT

_TEST_PLACES: Final = frozenset(
    ("test", "tests", "__tests__", "spec", "specs", "e2e", "cypress", "playwright", "androidtest", "integrationtest")
)
_CALL: Final = re.compile(
    rb"(?<![\w.])((?:[A-Za-z_]\w*\.){0,6}[A-Za-z_]\w*)\(\s*"
    rb"(?:[\"':]([\w.:/-]{2,80})|((?:[A-Za-z_]\w{0,60}\.){0,2}[A-Z]\w{1,60})\s*[,)])"  # a text, or a constant
)
_ABOUT_FLAGS: Final = re.compile(r"feature|flag|toggle|experiment", re.IGNORECASE)
_ASKS: Final = re.compile(
    r"^(is|has|can|should|check)|enabled|active|allowed|feature|flag|toggle|(^|_)on$", re.IGNORECASE
)
_NO_QUESTION: Final = re.compile(
    r"^(set|add|create|register|define|(en|dis)able(?!d)|remove|delete|override|new|mark|parse|with)", re.IGNORECASE
)
_LEAST: Final = 2  # keys that an idiom is used with before it is proposed
_PARTS: Final = 2  # of a dotted chain that are proposed


@dataclass(frozen=True, slots=True)
class Idiom:
    """A way to ask for something by name that may be a flag: how often, for how many names, and one place."""

    chain: str
    uses: int
    keys: int
    example: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found: the places of tests with their files, the keys of known flags, and what may ask for others."""

    tests: tuple[tuple[str, int], ...]
    flags: tuple[str, ...]
    idioms: tuple[Idiom, ...]


def is_wanted(path: str) -> bool:
    """Say whether a file must be read to look for flags."""
    return is_known(path) and path_kind(path, Attributes({})) is FileKind.SOURCE


def scouted(paths: Iterable[str], texts: Iterable[tuple[str, bytes]]) -> Seen:
    """Look over all paths of a repository, and the texts of those that are wanted."""
    places = Counter(_place(path) for path in paths if path_kind(path, Attributes({})) is FileKind.TEST)
    flags: set[str] = set()
    uses: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path, text in texts:
        if len(text) <= LARGEST_TEXT:
            known, lines = _known_flags(path, text)
            flags |= known
            for chain, key, line in _asked(text, lines):
                uses[chain].append((key, f"{path}:{line}"))
    return Seen(tuple(places.most_common()), tuple(sorted(flags)), tuple(_idioms(uses)))


def _place(path: str) -> str:
    """Name where a test is: the first directory of tests above it, else what such files are called."""
    parts = path.split("/")
    for at, part in enumerate(parts[:-1], 1):
        if part.lower() in _TEST_PLACES:
            return f"{'/'.join(parts[:at])}/"
    return f"*.{'.'.join(parts[-1].split('.')[1:])}" if parts[-1].count(".") > 1 else "beside what they test"


def _known_flags(path: str, text: bytes) -> tuple[set[str], set[int]]:
    """Give the flags that libraries are asked for, and the lines that ask."""
    reading = read(path, text, ()) if may_ask_in(path, text, ()) else None
    if reading is None:
        return set(), set()
    return set(reading.keys()), {reading.nodes.rows(site.node).start for site in reading.sites}


def _asked(text: bytes, known: set[int]) -> Iterator[tuple[str, str, int]]:
    """Yield what asks for something by name and reads as if it were a flag: the chain, the name and the line."""
    for found in _CALL.finditer(text):
        chain = found[1].decode()
        parts = chain.split(".")
        asks = _ABOUT_FLAGS.search(chain) and _ASKS.search(parts[-1]) and not _NO_QUESTION.search(parts[-1])
        line = text.count(b"\n", 0, found.start()) + 1 if asks else 0
        if asks and line not in known:
            yield ".".join(parts[-_PARTS:]), (found[2] or found[3]).decode("ascii", "replace"), line


def _idioms(uses: dict[str, list[tuple[str, str]]]) -> Iterator[Idiom]:
    """List what is asked for more than one name, the most used first."""
    for chain, found in sorted(uses.items(), key=lambda item: (-len(item[1]), item[0])):
        keys = {key for key, _ in found}
        if len(keys) >= _LEAST:
            yield Idiom(chain, len(found), len(keys), found[0][1])
