"""What requests are made for: when little is left of what GitHub allows, the less urgent ones stop first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import IntEnum


class Urgency(IntEnum):
    """What a request is for. Where little is left the lower ones stop first; a merge has all there is."""

    MERGE = 0
    VERDICT = 1
    SWEEP = 2
    BACKFILL = 3

    @property
    def reserve(self) -> float:
        """The share of every limit that is left to what is more urgent."""
        return _RESERVES[self]


_RESERVES = {Urgency.MERGE: 0.0, Urgency.VERDICT: 0.1, Urgency.SWEEP: 0.3, Urgency.BACKFILL: 0.5}


@dataclass(frozen=True, slots=True)
class Errand:
    """What requests are made for, and the budgets that let it begin."""

    urgency: Urgency
    begun: set[object] = field(default_factory=set)


_errand: ContextVar[Errand | None] = ContextVar("errand", default=None)


@contextmanager
def urgent(urgency: Urgency) -> Iterator[None]:
    """Make every request within as urgent as this, and one errand."""
    before = _errand.set(Errand(urgency))
    try:
        yield
    finally:
        _errand.reset(before)


def urgency_now() -> Urgency:
    """Tell how urgent the requests are that are made here; a verdict where nothing else was said."""
    return errand_now().urgency


def errand_now() -> Errand:
    """Tell what requests are made for here; each is an errand of its own where nothing was said."""
    return _errand.get() or Errand(Urgency.VERDICT)
