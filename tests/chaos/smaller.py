"""Makes a schedule that breaks a law smaller, as long as it breaks one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.chaos.events import Event, Fate, Schedule, Then

MOST_PLAYS = 60
"""Schedules that are tried; one takes a part of a second."""


def smallest(schedule: Schedule, breaks: Callable[[Schedule], bool]) -> Schedule:
    """Try ever simpler schedules, and give the simplest that still breaks a law."""
    left = MOST_PLAYS
    tries = _simpler(schedule)
    while left and (simpler := next(tries, None)) is not None:
        left -= 1
        if breaks(simpler):
            schedule, tries = simpler, _simpler(simpler)
    return schedule


def _simpler(schedule: Schedule) -> Iterator[Schedule]:
    """Give simpler schedules, the boldest first: without half of the events, without one, each told at once."""
    events, shapes = schedule.events, schedule.shapes
    half = len(events) // 2
    if half:
        yield replace(schedule, events=events[:half])
        yield replace(schedule, events=events[half:])
    for place in reversed(range(len(events))):
        yield replace(schedule, events=events[:place] + events[place + 1 :])
    if len(shapes) > 1:
        yield replace(schedule, shapes=shapes[:-1])
    for place, event in enumerate(events):
        for plain in _plainer(event):
            yield replace(schedule, events=(*events[:place], plain, *events[place + 1 :]))


def _plainer(event: Event) -> Iterator[Event]:
    """Give what is easier to read: told, and with rest behind it."""
    if event.fate is not Fate.TOLD:
        yield replace(event, fate=Fate.TOLD)
    if event.then is Then.SWEEP:
        yield replace(event, then=Then.REST)
