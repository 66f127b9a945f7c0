"""Adds up what was measured file by file, and says it in facts and in one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rules.engine.flags.saying.steps import Check
    from rules.engine.flags.wrapped import FileLines

_TOLERATED: Final = 0.1
_TOLERATED_IN_FULL: Final = 0.25
_TOLERATED_LINES: Final = 5


class Wrapped(StrEnum):
    """How much of the behaviour that a pull request adds runs only with a flag on."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True)
class Measured:
    """The files that were read, the number of lines that were not, and the risky files among those."""

    files: tuple[FileLines, ...] = ()
    unread: int = 0
    unread_risky: Mapping[str, str] = field(default_factory=dict)

    def counts(self) -> tuple[int, int, int]:
        """Count the guarded, inert and exposed lines."""
        return (
            sum(len(file.guarded) for file in self.files),
            sum(len(file.inert) for file in self.files),
            sum(len(file.exposed) for file in self.files),
        )

    def risky(self) -> dict[str, str]:
        """Name the class of every risky file."""
        read = {file.path: file.risk for file in self.files if file.risk and (file.behavioural or file.keys)}
        return dict(sorted({**read, **self.unread_risky}.items()))

    def wrapped(self) -> Wrapped:
        """Say how much is guarded. Where nothing is risky and nothing guarded, nothing was asked."""
        guarded, inert, exposed = self.counts()
        if not guarded and (not exposed or not self.risky()):
            return Wrapped.NOT_APPLICABLE
        if not guarded:
            return Wrapped.NONE
        is_near = not any(file.apart for file in self.files)
        is_small = exposed <= min(_TOLERATED_LINES, _TOLERATED_IN_FULL * (guarded + inert + exposed))
        return Wrapped.FULL if is_near and is_small else Wrapped.PARTIAL

    def changed_flags(self) -> tuple[list[str], list[str]]:
        """List the flags that are asked for anew, and those that are asked for no more."""
        now = frozenset(key for file in self.files for key in file.keys)
        before = frozenset(key for file in self.files for key in file.old_keys)
        return sorted(now - before), sorted(before - now)

    def seen_check(self, path: str) -> Check | None:
        """Give the way in which these files ask for a flag, if they do: the file at a path rather than another."""
        files = sorted(self.files, key=lambda file: file.path != path)
        checks = sorted((check for file in files for check in file.checks), key=lambda check: check.loose)
        return next(iter(checks), None)

    def unguarded(self, *, strict: bool) -> Iterator[FileLines]:
        """Walk the risky files that reach production unguarded; with `strict`, those that do so in good part."""
        for file in self.files:
            if not file.risk or not file.exposed or file.gives_up_flag:
                continue
            allowed = max(_TOLERATED_LINES, _TOLERATED * file.behavioural)
            if not (file.guarded or file.inert) or (strict and len(file.exposed) > allowed):
                yield file

    def facts(self) -> dict[str, object]:
        """Give the facts of the rule."""
        guarded, inert, exposed = self.counts()
        added, removed = self.changed_flags()
        return {
            "risky_files": self.risky(),
            "behavioural": guarded + inert + exposed,
            "guarded": guarded,
            "inert": inert,
            "exposed": exposed,
            "unread": self.unread,
            "wrapped": self.wrapped().value,
            "flags": {"added": added, "removed": removed},
        }

    def sentence(self) -> str:
        """Say it in one sentence."""
        guarded, inert, exposed = self.counts()
        added, removed = self.changed_flags()
        if removed and not added and not guarded:
            words = ", ".join(f"`{key}`" for key in removed)
            return f"Removes the flag {words}: thank you, a dead flag is one decision less."
        if not guarded + inert + exposed:
            return (
                f"{_lines(self.unread)} could not be read for flags." if self.unread else "Nothing here needs a flag."
            )
        risky = len(self.risky())
        if not risky and not guarded:
            return "No risky file changes, so nothing here needs a flag."
        files = f"{risky} risky file{'' if risky == 1 else 's'}" if risky else "no risky file"
        unread = f", {self.unread} unread" if self.unread else ""
        total = guarded + inert + exposed
        behind = f", {guarded} behind one" if guarded else ""
        inert_ = f", {inert} not used yet" if inert else ""
        return f"{exposed} of {total} new lines run without a flag{behind}{inert_}{unread}; {files}."


def _lines(count: int) -> str:
    return f"{count} line{'' if count == 1 else 's'}"
