"""Moments as people write and read them. Pure: what time it is now is told."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from rules.engine.duration import seconds

CURE: Final = "write a time such as 2026-11-22T10:00Z, or how long ago, such as 30m, 2h or 3d"

_UNIX: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")
_AGO: Final = re.compile(r"[0-9]+[a-z]")


def moment(text: str, now: float) -> float:
    """Read a moment as a Unix time: ISO 8601 (UTC where it names no zone), how long ago, or a Unix time itself.

    Raises ValueError with the cure.
    """
    written = text.strip()
    try:
        if _UNIX.fullmatch(written):
            return float(written)
        if _AGO.fullmatch(written):
            return now - seconds(written)
        read = datetime.fromisoformat(written)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise ValueError(f"{written[:40]!r} is no moment: {CURE}") from None


def day_of(at: float) -> str:
    """Write the day of a Unix time, in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")


def minute_of(at: float) -> str:
    """Write the minute of a Unix time, in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M UTC")


def day_and_minute_of(at: float) -> str:
    """Write day and minute of a Unix time, in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def second_of(at: float) -> str:
    """Write day and second of a Unix time, in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
