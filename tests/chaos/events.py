"""Schedules as values: what is drawn, what is shrunk, and the one line of words that plays it again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

FEWEST_EVENTS = 6
MOST_EVENTS = 14
NOTHING = "nothing"
"""A kind that does not happen: what an event shrinks to."""

MOST_PICKS = 8


class Fate(StrEnum):
    """What becomes of the deliveries that an event causes."""

    TOLD = "told"
    LOST = "lost"
    DOUBLED = "doubled"
    HELD = "held"


class Then(StrEnum):
    """How long the bot is left alone after an event.

    Not at all, a part of a second, a moment, until it is at rest, or until a sweep besides has come to rest.
    """

    GO = "go"
    BLINK = "blink"
    MOMENT = "moment"
    REST = "rest"
    SWEEP = "sweep"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens: its kind, to which pull request, in which of its variants, told how, and then what."""

    kind: str
    pull: int = 0
    pick: int = 0
    fate: Fate = Fate.TOLD
    then: Then = Then.GO

    @property
    def words(self) -> str:
        """Write it as one word of a schedule."""
        return f"{self.kind}.{self.pull}.{self.pick}.{self.fate}.{self.then}"


Drawn = SearchStrategy[Event]


@dataclass(frozen=True, slots=True)
class Schedule:
    """A whole history: the policy it begins with, the pull requests that are opened, and what happens to them."""

    policy: str
    shapes: tuple[str, ...]
    events: tuple[Event, ...]

    @property
    def words(self) -> str:
        """Write it as one line, which `read` reads."""
        return " ".join((self.policy, ",".join(self.shapes), *(event.words for event in self.events)))

    @property
    def lines(self) -> str:
        """Write it for people, one event a line."""
        opened = ", ".join(f"#{number} {shape}" for number, shape in enumerate(self.shapes, 1))
        told = [f"  {place:2} {_sentence(event)}" for place, event in enumerate(self.events, 1)]
        return "\n".join((f"policy `{self.policy}`; opened: {opened}", *told))


def _sentence(event: Event) -> str:
    delivered = "" if event.fate is Fate.TOLD else f", deliveries {event.fate}"
    return f"{event.kind} (variant {event.pick}) on #{event.pull + 1}{delivered}; then {event.then}"


def read(words: str) -> Schedule:
    """Read what `Schedule.words` wrote. Raises ValueError for anything else."""
    policy, shapes, *events = words.split()
    return Schedule(policy, tuple(shapes.split(",")), tuple(map(_event, events)))


def _event(word: str) -> Event:
    kind, pull, pick, fate, then = word.split(".")
    return Event(kind, int(pull), int(pick), Fate(fate), Then(then))


FATES = (Fate.TOLD, Fate.TOLD, Fate.TOLD, Fate.LOST, Fate.DOUBLED, Fate.HELD)
THENS = (Then.GO, Then.BLINK, Then.BLINK, Then.MOMENT, Then.REST, Then.REST, Then.SWEEP)


ANY: Final = -1
"""In a phrase, in place of a variant: whichever."""

Phrase = tuple[tuple[str, int, Then | None], ...]
"""Events that come in a row to one pull request, each a kind, a variant, and what then, where that is not drawn."""


@dataclass(frozen=True, slots=True)
class Words:
    """What schedules are made of; what is named twice is drawn twice as often."""

    policies: tuple[str, ...]
    shapes: tuple[str, ...]
    kinds: tuple[str, ...]
    phrases: tuple[Phrase, ...]


def schedules(words: Words, most: int) -> SearchStrategy[Schedule]:
    """Draw schedules of at most so many events.

    One part in four is a phrase: what must come in a row to matter would hardly ever be drawn event by event.
    """
    kinds = st.sampled_from((NOTHING, *words.kinds))
    alone = _event_of(kinds, st.integers(0, MOST_PICKS - 1), st.sampled_from(THENS)).map(lambda event: (event,))
    parts = st.one_of(alone, alone, alone, st.sampled_from(words.phrases).flatmap(_said))
    opened = st.lists(st.sampled_from(words.shapes), min_size=2, max_size=4).map(tuple)
    happened = st.lists(parts, min_size=min(FEWEST_EVENTS, most), max_size=most)
    happened_in_a_row = happened.map(lambda parts: _in_a_row(parts)[:most])
    return st.builds(Schedule, policy=st.sampled_from(words.policies), shapes=opened, events=happened_in_a_row)


def _event_of(kinds: SearchStrategy[str], picks: SearchStrategy[int], thens: SearchStrategy[Then]) -> Drawn:
    return st.builds(Event, kind=kinds, pull=st.integers(0, 3), pick=picks, fate=st.sampled_from(FATES), then=thens)


def _said(phrase: Phrase) -> SearchStrategy[tuple[Event, ...]]:
    """Draw what a phrase leaves open, for one pull request."""
    variants = st.integers(0, MOST_PICKS - 1)
    each = [
        _event_of(
            st.just(kind),
            variants if pick == ANY else st.just(pick),
            st.sampled_from(THENS) if then is None else st.just(then),
        )
        for kind, pick, then in phrase
    ]
    return st.tuples(*each).map(lambda said: tuple(replace(event, pull=said[0].pull) for event in said))


def _in_a_row(parts: list[tuple[Event, ...]]) -> tuple[Event, ...]:
    """Join the parts, without what does not happen."""
    return tuple(event for part in parts for event in part if event.kind != NOTHING)
