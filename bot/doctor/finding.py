"""One thing that the doctor looked at: how it is, and how to mend it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How something is: as it should be, worth a look, a weakness, wrong, or not to be told."""

    OK = "ok"
    LOOK = "look"
    WARNING = "warning"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at (`check`, and `where`: a repository or an account), what was seen, and the cure."""

    check: str
    level: Level
    said: str
    cure: str = ""
    where: str = ""


def exit_code(findings: Sequence[Finding]) -> int:
    """Give 1 where something is wrong, else 2 where something cannot be told, else 0."""
    levels = {finding.level for finding in findings}
    if Level.WRONG in levels:
        return 1
    return 2 if Level.UNKNOWN in levels else 0
