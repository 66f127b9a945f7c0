"""Releases of which DORA's metrics are counted, in hours since a Monday."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.dora.delivered import Delivered
from bot.dora.periods import Period

HOUR = 3600.0
MONDAY = datetime(2026, 3, 2, tzinfo=UTC).timestamp()
TWO_WEEKS = Period(MONDAY, MONDAY + 14 * 24 * HOUR)


def at(hours: float | None) -> float | None:
    return None if hours is None else MONDAY + hours * HOUR


def release(number: int, merged: float, **fields: Any) -> Delivered:
    """Make a release; times are hours since Monday, 2 March 2026."""
    times: dict[str, Any] = {name: at(fields.pop(name, None)) for name in ("first_push", "deployed", "live", "failed")}
    plain = Delivered("octo/shop", f"{number:040x}", number, "production", "main", MONDAY + merged * HOUR)
    return replace(plain, **{f"{name}_at": time for name, time in times.items()}, **fields)
