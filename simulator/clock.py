"""The simulator's time: real time plus an offset that a test moves, so that an hour costs nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(slots=True)
class Clock:
    """Tell Unix time in seconds. `source` is where it comes from; `offset` is how far a test has moved it."""

    source: Callable[[], float] = field(default=time.time)
    offset: float = 0.0

    def now(self) -> float:
        """Say what time it is, in Unix seconds."""
        return self.source() + self.offset

    def advance(self, seconds: float) -> None:
        """Move time on."""
        self.offset += seconds


def iso(at: float) -> str:
    """Write Unix seconds as GitHub writes a moment: UTC, whole seconds, `Z`."""
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_or_none(at: float | None) -> str | None:
    """Write Unix seconds as GitHub does, or nothing where there is no moment."""
    return None if at is None else iso(at)
