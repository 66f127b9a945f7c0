"""Draws schedules from a seed, plays each on a form of its own, and makes the first that breaks a law smaller."""

from __future__ import annotations

import contextlib
import gc
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

import structlog

from tests.chaos.acts import ACTS, KINDS, PHRASES
from tests.chaos.events import MOST_EVENTS, Schedule, Words, drawn
from tests.chaos.forms import Form
from tests.chaos.machine import played
from tests.chaos.policies import SHAPES, TEXTS
from tests.chaos.smaller import smallest

MANY = 2000
"""Schedules among which each kind of event and each outcome occurs."""

OUTCOMES = (
    "landed by andon",
    "landed armed",
    "landed by the queue",
    "landed by hand",
    "is passed",
    "is held",
    "is armed",
    "is queued",
    "is closed",
    "refused",
    "waits for line:freeze",
    "waits for line:production",
    "waits for line:backlog",
    "waits for approval",
    "waits for conflict",
    "waits for hold",
)
"""How pull requests end: a fuzz in which one of these never comes about proves little."""


@dataclass(slots=True)
class Found:
    """A schedule that broke a law, and what was seen."""

    schedule: Schedule
    why: str

    @property
    def told(self) -> str:
        """Say it so that somebody can play it again."""
        again = f'python -m tests.chaos --replay "{self.schedule.words}"'
        return f"{self.why}\n\n{self.schedule.lines}\n\nplay it again: {again}"


@dataclass(slots=True)
class Campaign:
    """Many schedules on one kind of form."""

    form: Callable[[], Form]
    tally: Counter[str] = field(default_factory=Counter)
    found: Found | None = None
    played: int = 0

    def play(self, schedule: Schedule) -> Counter[str]:
        """Play one schedule and count what happened in it. Raises whatever went wrong, and keeps it."""
        try:
            with contextlib.closing(self.form()) as form:
                tally = form.run(played(form, schedule))
        except Exception as error:
            self.found = Found(schedule, f"{type(error).__name__}: {error}")
            raise
        self.tally += tally
        self.played += 1
        return tally

    def search(self, number: int, count: int, most: int = MOST_EVENTS) -> Found | None:
        """Play so many schedules drawn from a seed, each of at most so many events; give one that broke a law, small.

        None says that all laws held.
        """

        words = Words(tuple(TEXTS), SHAPES, KINDS, PHRASES)
        with _without_rubbish():
            for place in range(count):
                schedule = drawn(words, Random(f"{number}/{place}"), most)  # noqa: S311 - repeats by its seed, guards nothing
                if self._breaks(schedule):
                    break
        if self.found is not None:
            smallest(self.found.schedule, self._breaks)
        return self.found

    def _breaks(self, schedule: Schedule) -> bool:
        """Play a schedule: if it breaks a law, it is kept with what was seen."""
        try:
            self.play(schedule)
        except Exception:  # noqa: BLE001 - what was found is told with its schedule
            return True
        return False


@contextlib.contextmanager
def _without_rubbish() -> Iterator[None]:
    """Leave what is used no more where it is, until all schedules of a search were played: it fits into memory."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()


def missing(tally: Counter[str]) -> list[str]:
    """List the kinds of events and the outcomes that never occurred."""
    return [name for name in (*ACTS, *OUTCOMES) if not tally[name]]


def table(tally: Counter[str]) -> str:
    """Write how often each kind of event and each outcome occurred."""
    names = [*ACTS, *(name for name in OUTCOMES), *(name for name in sorted(tally) if name not in {*ACTS, *OUTCOMES})]
    return "\n".join(f"{tally[name]:8}  {name}" for name in names)


def quiet() -> None:
    """Keep the bot's log to itself: what goes wrong on purpose is no news."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Keep it to itself for a while."""
    before = structlog.get_config()
    quiet()
    try:
        yield
    finally:
        structlog.configure(**before)
