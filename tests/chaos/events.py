"""Schedules as values: how they are drawn, and the one line of words that plays one again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

FEWEST_EVENTS = 6
MOST_EVENTS = 14
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


def drawn(words: Words, by: Random, most: int) -> Schedule:
    """Draw a schedule of at most so many events, every kind as likely as it is named.

    Drawn evenly and not by Hypothesis, whose examples repeat what they had: of 150 schedules some kinds came up 441
    times and others never. One part in four is a phrase: what must come in a row to matter would hardly ever be drawn
    event by event.
    """
    count = by.randint(min(FEWEST_EVENTS, most), most)
    events: list[Event] = []
    while len(events) < count:
        phrase = by.choice(words.phrases) if not by.randrange(4) else ((by.choice(words.kinds), ANY, None),)
        events.extend(_said(phrase, by))
    shapes = tuple(by.choice(words.shapes) for _ in range(by.randint(2, 4)))
    return Schedule(by.choice(words.policies), shapes, tuple(events[:count]))


def _said(phrase: Phrase, by: Random) -> list[Event]:
    """Draw what a phrase leaves open, for one pull request."""
    pull = by.randrange(4)
    return [
        Event(
            kind=kind,
            pull=pull,
            pick=by.randrange(MOST_PICKS) if pick == ANY else pick,
            fate=by.choice(FATES),
            then=then or by.choice(THENS),
        )
        for kind, pick, then in phrase
    ]
