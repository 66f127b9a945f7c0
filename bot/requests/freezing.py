"""Reads what `/andon freeze` is given: the reason, and until when. Pure.

Until when may be a span (`30m`, `2h`, `1d`), a time of day (`16:00`) or a moment (`2026-12-01`, `2026-12-01T08:00Z`);
without a zone it is UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LONGEST = 300
"""Characters of a reason with its end: what is kept of it must hold both."""

LONGEST_SECONDS = 366 * 86_400.0

EXAMPLE = "`/andon freeze database migration until 2h`"

_UNTIL = re.compile(r"(?:(.*)\s)?until\s+(\d\S*)(?:\s+UTC)?\s*", re.IGNORECASE | re.DOTALL)
_SPAN = re.compile(r"([1-9]\d{0,3})(m|h|d)")
_DAYTIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)Z?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Freeze:
    """What a freeze is for and until when it holds (Unix time); None until somebody opens the line.

    `fault` says what is wrong with the words, for whoever wrote them.
    """

    reason: str
    until: float | None = None
    fault: str = ""


def freeze(words: str, at: float) -> Freeze:
    """Read the words behind the command, written at a Unix time. An `until` before no number is part of the reason."""
    found = _UNTIL.fullmatch(words)
    reason = (found[1] or "" if found else words).strip()
    if not reason:
        return Freeze("", fault=f"say why, for those who wait: {EXAMPLE}")
    if len(words) > LONGEST:
        return Freeze("", fault=f"say why in at most {LONGEST} characters")
    if found is None:
        return Freeze(reason)
    until = _moment(found[2], at)
    if until is None:
        return Freeze(reason, fault="behind `until` write 30m, 2h, 16:00 or 2026-12-01T08:00Z; times are UTC")
    if until <= at:
        return Freeze(reason, fault="it would end before it began: name a later time")
    return Freeze(reason, until, "" if until - at <= LONGEST_SECONDS else "it would last for more than a year")


def _moment(word: str, at: float) -> float | None:
    if found := _SPAN.fullmatch(word):
        return at + timedelta(**{_UNITS[found[2]]: int(found[1])}).total_seconds()
    began = datetime.fromtimestamp(at, UTC)
    if found := _DAYTIME.fullmatch(word):
        today = began.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
        return (today if today > began else today + timedelta(days=1)).timestamp()
    if _MOMENT.fullmatch(word) is None:
        return None
    try:
        named = datetime.fromisoformat(word)
    except ValueError:
        return None
    return (named if named.tzinfo else named.replace(tzinfo=UTC)).timestamp()
