"""Reads co-authors from a commit message, line by line: a claim in words that anybody may write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_KEY: Final = r"co[ -]?author(?:ed)?[ -]by"
_IN_EVERY_KEY: Final = "author"  # is looked for first, as that costs little
_TRAILER: Final = re.compile(r"co-authored-by[ \t]*:(?P<name>[^<>]*)<(?P<email>[^<>@\s]+@[^<>@\s]+)>", re.IGNORECASE)
_START: Final = re.compile(
    rf"(?P<before>[^a-z0-9]{{0,20}}|[ \t]*\d{{1,3}}[.)][ \t]+){_KEY}(?=[ \t]*[:*`]|[^\n]*@)", re.IGNORECASE
)
_INSIDE: Final = re.compile(rf"\b{_KEY}\b[^\n]*<[^<>@\s]+@[^<>@\s]+>", re.IGNORECASE)
_ANY_KEY: Final = re.compile(r"[A-Za-z0-9-]+[ \t]*:|\(cherry picked from commit ")
_RIGHT_KEY: Final = re.compile(r"co-authored-by[ \t]*:", re.IGNORECASE)
_LIST: Final = re.compile(r"[ \t]*([-*+•]|\d{1,3}[.)])[ \t]+")
_READ: Final = 500  # characters of a line that are looked at: a message may be one endless line
_SHOWN: Final = 120  # characters of a line that a report repeats
_REPORTED: Final = 20  # near misses of one message


@dataclass(frozen=True, slots=True)
class CoAuthor:
    """One person whom a message names."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A line that was meant to name a co-author and does not: the line, and why it is not read as one."""

    line: str
    why: str


@dataclass(frozen=True, slots=True)
class CoAuthors:
    """What a whole message says of co-authors, in the order of its lines, each person once."""

    co_authors: tuple[CoAuthor, ...]
    near_misses: tuple[NearMiss, ...]


def read_co_authors(message: str) -> CoAuthors:
    """Read every line that is a `Co-authored-by` trailer, wherever it stands.

    git's own parser takes the last paragraph alone, and so loses what stands above a `---`, a second paragraph of
    trailers, or a squashed list of messages.
    """
    if _IN_EVERY_KEY not in message.lower():
        return CoAuthors((), ())
    lines = [line.rstrip()[:_READ] for line in message.split("\n")]
    found: dict[tuple[str, str], CoAuthor] = {}
    missed: dict[str, NearMiss] = {}
    for at, line in enumerate(lines):
        read = _read(lines, at)
        if isinstance(read, CoAuthor):
            found.setdefault((read.name.casefold(), read.email.casefold()), read)
        elif read:
            missed.setdefault(line, NearMiss(line.strip()[:_SHOWN], read))
    return CoAuthors(tuple(found.values()), tuple(missed.values())[:_REPORTED])


def _read(lines: Sequence[str], at: int) -> CoAuthor | str:
    """Give the person whom a line names, or why it names nobody although it seems meant to; empty for other lines."""
    line = lines[at]
    trailer = _TRAILER.fullmatch(line)
    if trailer is not None and not _is_in_prose(lines, at):
        return CoAuthor(trailer["name"].strip(), trailer["email"])
    start = _START.match(line)
    if start is None:
        return "it stands in the middle of a line" if _INSIDE.search(line) else ""
    return next(_flaws(lines, at, start["before"]))


def _flaws(lines: Sequence[str], at: int, before: str) -> Iterator[str]:
    """Name what is wrong with a line that starts like a trailer, the likeliest first."""
    line = lines[at]
    if _LIST.fullmatch(before):
        yield "it is a list item"
    if before:
        yield "it is indented or has signs before it"
    if not _RIGHT_KEY.match(line):
        yield "its key is not spelled `Co-authored-by:`"
    if _TRAILER.fullmatch(line):
        yield "it stands in the middle of a paragraph"
    if _TRAILER.match(line):
        yield "something follows the address: one line names one person"
    if "<" not in line and lines[at + 1 : at + 2] and lines[at + 1][:1] in (" ", "\t"):
        yield "it is folded over two lines"
    yield "it has no e-mail address between < and >"


def _is_in_prose(lines: Sequence[str], at: int) -> bool:
    """Say whether a line has other sentences both right above and right below it."""
    return at > 0 and at + 1 < len(lines) and _is_prose(lines[at - 1]) and _is_prose(lines[at + 1])


def _is_prose(line: str) -> bool:
    return bool(line.strip()) and _ANY_KEY.match(line) is None and line.strip("-=*_ ") != ""
