"""Follows guards through names: what is only used where a flag is on, what nobody uses yet, and gated helpers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from rules.engine.flags.following.followed import followed
from rules.engine.flags.following.frames import frames_of, is_quiet
from rules.engine.flags.following.gated import guard_callbacks
from rules.engine.flags.following.helping import Helpers, mark
from rules.engine.flags.following.uses import Followed, Use, Uses
from rules.engine.flags.guarding.marked import Guarded
from rules.engine.flags.guarding.parameters import hold_arguments

_ROUNDS: Final = 10  # functions that call functions that call functions


@dataclass(frozen=True, slots=True)
class Units:
    """The files of one pull request together: names cross from one to another."""

    files: tuple[Guarded, ...]

    def settle(self) -> None:
        """Mark what is only used where a flag is on, or by nobody, until nothing more follows."""
        hold_arguments(self.files)
        for file in self.files:
            for call in file.reading.names.calls if file.guards.ranges else ():
                guard_callbacks(file, call)
        uses = Uses(self.files)
        helpers = Helpers(uses).find()
        waiting = list(followed(self.files, uses))
        is_asked = any(file.guards.ranges for file in self.files)
        frames = [(file, frame) for file in self.files for frame in frames_of(file)] if is_asked else []
        for _ in range(_ROUNDS):
            has_new = helpers.settle()
            later = [one for one in waiting if not _marks(one)]
            open_ones = [(file, frame) for file, frame in frames if not _closes(file, frame)]
            if not has_new and len(later) + len(open_ones) == len(waiting) + len(frames):
                return
            waiting, frames = later, open_ones


def _marks(one: Followed) -> bool:
    """Mark what is followed where all its uses are settled, and say whether there is nothing left to be done."""
    if any(file.held[start] for file, start, _ in one.ranges) or all(file.on[start] for file, start, _ in one.ranges):
        return True
    kind = _kind(one) if all(_is_settled(use) for use in one.uses) else None
    if kind is None:
        return False
    for file, start, stop in one.ranges:
        marks = {"on": file.on, "held": file.held, "unused": file.unused}[kind]
        marks[start:stop] = b"\1" * (stop - start)
    return True


def _kind(one: Followed) -> Literal["on", "held", "unused"] | None:
    """Say what something is by its uses, which are settled: guarded, a part of the check, or nobody's."""
    if any(_is_on(use) for use in one.uses):
        return "on"
    if one.uses and all(_asks(use) for use in one.uses):
        return "held"
    file, start, _ = one.ranges[0]
    is_unused = all(use.file.unused[use.node] for use in one.uses) if one.uses else one.may_be_unused
    return "unused" if is_unused and not file.unused[start] else None


def _is_on(use: Use) -> bool:
    """Say whether a use runs only with the flag on, or only says something where it is."""
    return bool(use.file.on[use.node]) or use.node in use.file.guards.idle


def _asks(use: Use) -> bool:
    """Say whether a use only serves to ask for a flag: as its key, or for whom."""
    file = use.file
    if not file.asked[use.node]:
        return False
    return any(site.node < use.node < file.nodes.stops[site.node] for site in file.reading.sites)


def _is_settled(use: Use) -> bool:
    """Say whether a use does so, does not run at all, or stands in what a new function answers without it."""
    file, nodes = use.file, use.file.nodes
    if _is_on(use) or file.unused[use.node] or _asks(use):
        return True
    is_answer = file.asked[use.node] and nodes.types[nodes.statements[use.node]] in nodes.grammar.exits
    function = nodes.scopes[use.node]
    return bool(is_answer) and function >= 0 and nodes.row(nodes.starts[function]) in file.added


def _closes(file: Guarded, frame: int) -> bool:
    """Mark a branch or loop that does nothing while the flag is off."""
    start = file.nodes.statements[frame]
    if not file.on[start] and not is_quiet(file, frame):
        return False
    mark(file, start)
    return True
