"""Reads which lines a test run reached, from the reports that test runners write: Cobertura, LCOV and Go profiles."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

LARGEST_REPORT: Final = 64 * 1024 * 1024  # bytes
_GO_BLOCK: Final = re.compile(r"(\S.*):(\d{1,9})\.\d{1,9},(\d{1,9})\.\d{1,9} \d{1,9} (\d{1,18})")
_LCOV_LINE: Final = re.compile(r"DA:(\d{1,9}),(-?\d{1,18})(,.*)?")
_LONGEST_BLOCK: Final = 100_000  # lines; no block of a Go file is longer

Hit = tuple[str, int, bool]
"""A path as the report spells it, a line, and whether it ran."""


class CoverageError(ValueError):
    """The text is no report that can be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """For each path, as the report spells it, its coverable lines and whether each of them ran.

    `unread` says, in words for people, which reports could not be read.
    """

    files: Mapping[str, Mapping[int, bool]]
    unread: tuple[str, ...] = ()

    def of(self, path: str) -> Mapping[int, bool]:
        """Give the lines of one path of the repository; reports spell paths from other places, so ends must agree."""
        if path in self.files:
            return self.files[path]
        near = [name for name in self.files if name.endswith(f"/{path}") or path.endswith(f"/{name}")]
        longest = max(map(len, near), default=0)
        best = [name for name in near if len(name) == longest]
        return self.files[best[0]] if len(best) == 1 else {}


def read_coverage(data: bytes) -> Coverage:
    """Read a report, whatever its format. Raises CoverageError."""
    if len(data) > LARGEST_REPORT:
        raise CoverageError(f"the report is larger than {LARGEST_REPORT // 1024 // 1024} MB")
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:4096]
    hits: Iterable[Hit]
    if start.startswith(b"<"):
        hits = _cobertura(data)
    elif start.startswith(b"mode:"):
        hits = _go_profile(data.decode("utf-8", "replace"))
    elif start.startswith((b"TN:", b"SF:")):
        hits = _lcov(data.decode("utf-8", "replace"))
    else:
        raise CoverageError("the report is neither Cobertura XML nor LCOV nor a Go cover profile")
    files: dict[str, dict[int, bool]] = defaultdict(dict)
    for path, line, ran in hits:
        name = path.replace("\\", "/").removeprefix("./")
        files[name][line] = files[name].get(line, False) or ran
    return Coverage(dict(files))


def _lcov(text: str) -> Iterator[Hit]:
    path = ""
    for line in text.splitlines():
        if line.startswith("SF:"):
            path = line[3:].strip()
        elif path and (found := _LCOV_LINE.fullmatch(line.strip())):
            yield path, int(found[1]), int(found[2]) > 0


def _go_profile(text: str) -> Iterator[Hit]:
    for number, line in enumerate(text.splitlines()[1:], start=2):
        found = _GO_BLOCK.fullmatch(line.strip())
        if found is None and line.strip() and not line.startswith("mode:"):
            raise CoverageError(f"line {number} of the Go profile is no block")
        if found:
            first, last = int(found[2]), int(found[3])
            for one in range(first, min(last, first + _LONGEST_BLOCK) + 1):
                yield found[1], one, int(found[4]) > 0


class _Cobertura:
    """Collects what a Cobertura document says while it is parsed."""

    def __init__(self) -> None:
        self.hits: list[Hit] = []
        self.path = ""
        self.root = ""

    def element(self, name: str, attributes: dict[str, str]) -> None:
        self.root = self.root or name
        if name == "class":
            self.path = attributes.get("filename", "")
        elif name == "line" and self.path:
            number, hits = attributes.get("number", ""), attributes.get("hits", "")
            if number.isdecimal() and hits.isdecimal():
                self.hits.append((self.path, int(number), int(hits) > 0))


def _cobertura(data: bytes) -> list[Hit]:
    collected = _Cobertura()
    parser = expat.ParserCreate()
    parser.StartElementHandler = collected.element
    parser.StartDoctypeDeclHandler = _doctype
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes it by place only
    except expat.ExpatError as error:
        raise CoverageError(f"the report is not well-formed XML: {error}") from error
    except CoverageError:
        raise
    except (ValueError, LookupError) as error:
        raise CoverageError(f"the report cannot be read: {error}") from error
    if collected.root != "coverage":
        raise CoverageError("the XML report is not Cobertura: its root is not <coverage>")
    return collected.hits


def _doctype(_name: str, _system: str | None, _public: str | None, has_internal: int) -> None:
    """Allow the plain reference to Cobertura's own DTD, which is never fetched, and no declarations beside it.

    Entities can be declared nowhere else.
    """
    if has_internal:
        raise CoverageError("the report declares things of its own (an internal DTD), which is not read")
