"""Proposes how a pull request that is too large can land in parts, in order, each small enough by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final

from rules.engine.kinds import FileKind
from rules.engine.sized import MOST, Group, Sized, Stage, counted, directory, stage_of
from rules.engine.split_by_commits import by_commits
from rules.engine.split_by_place import by_place
from rules.engine.stack import stack

_TITLE: Final = 60  # characters
_FOLLOWING: Final = frozenset((FileKind.TEST, FileKind.SNAPSHOT, FileKind.DOCS, FileKind.LOCKFILE))
INSIDE: Final = "needs splitting inside"
REST: Final = "The rest (needs splitting again)"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the proposal. `fits` is False where it is still too large and its title says so."""

    title: str
    files: tuple[str, ...]
    effective_lines: int
    commands: tuple[str, ...]
    fits: bool = True

    def as_json(self) -> dict[str, object]:
        """Give the part as plain JSON values."""
        return {
            "title": self.title,
            "files": list(self.files),
            "effective_lines": self.effective_lines,
            "commands": list(self.commands),
        }


def plan_of(facts: Mapping[str, object]) -> tuple[Part, ...]:
    """Read the proposal back from a rule's facts; nothing where there are not two parts at least, as `Part` writes."""
    match facts.get("parts"):
        case [_, _, *_] as parts:
            read = [_part(one) for one in parts]
            return tuple(one for one in read if one is not None) if None not in read else ()
        case _:
            return ()


def _part(value: object) -> Part | None:
    match value:
        case {"title": str(title), "files": [*files], "effective_lines": int(lines), "commands": [*commands]}:
            return Part(title, tuple(map(str, files)), lines, tuple(map(str, commands)))
        case _:
            return None


def split(sized: Sized) -> tuple[Part, ...]:
    """Propose up to five parts: by commits where they separate cleanly, else by place and by who uses what."""
    groups = by_commits(sized) or by_place(sized)
    if len(groups) > MOST:
        rest = tuple(number for group in groups[MOST - 1 :] for number in group.numbers)
        groups = [*groups[: MOST - 1], Group(rest, REST)]
    sizes = [sized.measure(group.numbers) for group in groups]
    titles = [_title(sized, group, fits=size.fits(sized.limit)) for group, size in zip(groups, sizes, strict=True)]
    files = [[sized.pr.files[number] for number in group.numbers] for group in groups]
    commands = stack(sized.pr, list(zip(titles, files, strict=True)))
    return tuple(
        Part(
            title, tuple(sorted(file.path for file in some)), ceil(round(size.lines, 6)), lines, size.fits(sized.limit)
        )
        for title, some, size, lines in zip(titles, files, sizes, commands, strict=True)
    )


def _title(sized: Sized, group: Group, *, fits: bool) -> str:
    if group.title:
        return _clean(group.title)
    lines: dict[str, float] = defaultdict(float)
    work = [number for number in group.numbers if sized.kinds[number] not in _FOLLOWING]
    for number in work or group.numbers:
        lines[directory(sized.pr.files[number].path)] += sized.measure((number,)).lines
    largest = min(lines, key=lambda place: (-lines[place], place))
    only = sized.pr.files[group.numbers[0]].path if len(group.numbers) == 1 else ""
    title = _clean(only) if only else counted(_clean(largest or "the top"), len(lines) - 1, "directory", "directories")
    if not fits:
        return f"{title} ({INSIDE})"
    stages = {stage_of(sized, number) for number in group.numbers}
    return {Stage.MIGRATION: "Migrations: ", Stage.MOVE: "Renames: "}.get(max(stages), "") + title


def _clean(text: str) -> str:
    """Keep what can stand in one line of any text."""
    printable = "".join(char if char.isprintable() and char != "`" else "?" for char in text) or "?"
    return printable if len(printable) <= _TITLE else f"{printable[: _TITLE - 1]}…"
