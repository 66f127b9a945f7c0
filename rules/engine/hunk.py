"""One block of a diff, and its lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Line(NamedTuple):
    """One line of a hunk: its sign (` `, `+` or `-`), its number on each side (0 where absent) and its text."""

    sign: str
    old: int
    new: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Hunk:
    """One block of a diff. `body` holds its signed lines joined by newlines; line numbers start at 1."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    body: bytes

    @property
    def added(self) -> int:
        """Count the added lines."""
        return self.body.count(b"\n+") + self.body.startswith(b"+")

    @property
    def deleted(self) -> int:
        """Count the deleted lines."""
        return self.body.count(b"\n-") + self.body.startswith(b"-")

    def lines(self) -> Iterator[Line]:
        """Walk the lines in order; notes such as the missing newline at the end of a file are left out."""
        old, new = self.old_start, self.new_start
        for raw in self.body.split(b"\n"):
            match raw[:1]:
                case b"+":
                    yield Line("+", 0, new, raw[1:])
                    new += 1
                case b"-":
                    yield Line("-", old, 0, raw[1:])
                    old += 1
                case b" ":
                    yield Line(" ", old, new, raw[1:])
                    old, new = old + 1, new + 1
                case _:
                    pass


def first_block(lines: tuple[int, ...]) -> tuple[int, int]:
    """Give the first and the last line of the first run of neighbouring lines."""
    last = lines[0]
    for line in lines[1:]:
        if line != last + 1:
            break
        last = line
    return lines[0], last
