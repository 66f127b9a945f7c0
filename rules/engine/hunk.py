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

    def __reduce__(self) -> tuple[type[Hunk], tuple[int, int, int, int, bytes]]:
        """Say what makes it again in another process: asked for by name, fields take three times as long to write."""
        return Hunk, (self.old_start, self.old_count, self.new_start, self.new_count, self.body)

    @property
    def added(self) -> int:
        """Count the added lines."""
        return self.body.count(b"\n+") + self.body.startswith(b"+")

    @property
    def deleted(self) -> int:
        """Count the deleted lines."""
        return self.body.count(b"\n-") + self.body.startswith(b"-")

    def added_lines(self) -> list[int]:
        """List the added lines by their numbers at the head, without a value for each line of the hunk."""
        return _numbers(self.body, self.new_start, b"+") if self.added else []

    def deleted_lines(self) -> list[int]:
        """List the deleted lines by their numbers at the base."""
        return _numbers(self.body, self.old_start, b"-") if self.deleted else []

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


def _numbers(body: bytes, start: int, sign: bytes) -> list[int]:
    """List the numbers of the lines of one side that have its sign."""
    side = [line[:1] for line in body.split(b"\n") if line[:1] in (sign, b" ")]
    return [number for number, found in enumerate(side, start) if found == sign]


def first_block(lines: tuple[int, ...]) -> tuple[int, int]:
    """Give the first and the last line of the first run of neighbouring lines."""
    last = lines[0]
    for line in lines[1:]:
        if line != last + 1:
            break
        last = line
    return lines[0], last
