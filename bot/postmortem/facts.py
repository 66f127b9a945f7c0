"""All that is known of an incident, and where it is likeliest to be worth looking. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.evidence.evidence import Evidence
from bot.postmortem.incident import Incident


@dataclass(frozen=True, slots=True)
class Failed:
    """One release that failed, when it came how far (Unix times), and the first evidence against it if it was watched.

    `revert` is the pull request that takes it back, opened and merged when.
    """

    sha: str
    number: int
    landed_at: float
    failed_at: float
    deploying_at: float | None = None
    environment: str = ""
    detail: str = ""
    first: Evidence | None = None
    revert: int | None = None
    revert_opened_at: float | None = None
    revert_merged_at: float | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What one rule said of a pull request, and whether a person let it pass."""

    rule: str
    sentence: str
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class Suspect:
    """One pull request that came with what failed. Sizes are None, and `risky` is 0, where no rule looked.

    `is_in` says that a failed release is its own; `wrapped` is how much of it a flag guards, "" where no rule looked.
    """

    number: int
    is_in: bool
    lines: int | None = None
    files: int | None = None
    risky: int = 0
    wrapped: str = ""
    flags: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()

    @property
    def overridden(self) -> tuple[str, ...]:
        """The rules that a person let pass."""
        return tuple(one.rule for one in self.said if one.overridden)

    @property
    def is_unguarded(self) -> bool:
        """Tell whether it changes risky files that no flag guards whole."""
        return self.risky > 0 and self.wrapped != "full"


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of an incident. `line_closed_at` is when the line into the branch closed for it (Unix time)."""

    incident: Incident
    branch: str
    failed: tuple[Failed, ...]
    suspects: tuple[Suspect, ...] = ()
    line_closed_at: float | None = None
    restored_number: int | None = None


def ranked(suspects: Sequence[Suspect]) -> tuple[Suspect, ...]:
    """Put first whose own release failed, then what a person let pass, what no flag guards, and what is larger."""
    return tuple(
        sorted(
            suspects,
            key=lambda one: (not one.is_in, not one.overridden, not one.is_unguarded, -(one.lines or 0), one.number),
        )
    )
