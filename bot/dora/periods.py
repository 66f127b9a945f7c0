"""The days and weeks of a period, in the calendar of a time zone: each is there, whether anything happened or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAY_SECONDS = 86_400.0
LONGEST_DAYS = 3660
"""Days that a period may have."""


@dataclass(frozen=True, slots=True)
class Period:
    """From a Unix time to another, which is no part of it; days and weeks are those of `zone`."""

    since: float
    until: float
    zone: tzinfo = UTC

    @property
    def days(self) -> float:
        """How many days of 24 hours it has."""
        return (self.until - self.since) / DAY_SECONDS

    def holds(self, moment: float | None) -> bool:
        """Tell whether a Unix time lies in it."""
        return moment is not None and self.since <= moment < self.until

    def day_of(self, moment: float) -> date:
        """Give the day of a Unix time."""
        return datetime.fromtimestamp(moment, self.zone).date()

    def week_of(self, moment: float) -> date:
        """Give the Monday of the week of a Unix time."""
        return _monday(self.day_of(moment))

    def each_day(self) -> tuple[Part, ...]:
        """List all days that it touches."""
        return tuple(self._parts(lambda day: day, timedelta(days=1)))

    def each_week(self) -> tuple[Part, ...]:
        """List all weeks that it touches, from Monday to Sunday."""
        return tuple(self._parts(_monday, timedelta(weeks=1)))

    def _parts(self, start_of: Callable[[date], date], length: timedelta) -> Iterator[Part]:
        start = start_of(self.day_of(self.since))
        while (begins := self._midnight(start)) < self.until:
            ends = self._midnight(start + length)
            yield Part(start, whole=self.since <= begins and ends <= self.until)
            start += length

    def _midnight(self, day: date) -> float:
        return datetime.combine(day, time(), self.zone).timestamp()


@dataclass(frozen=True, slots=True)
class Part:
    """A day or a week, by its first day; `whole` says that all of it lies in the period."""

    start: date
    whole: bool


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
