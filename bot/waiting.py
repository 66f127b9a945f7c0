"""What a pull request waits for, who ends it, since when, and how long that takes here. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from statistics import median

from bot.text.moments import day_and_minute_of

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0

ENOUGH = 5
"""Waits that must have ended before their median is told."""

LONGEST_NAME = 200
"""Characters of a name that the store keeps."""


class Actor(StrEnum):
    """Who must act before the wait ends."""

    AUTHOR = "the author"
    REVIEWER = "a reviewer"
    MAINTAINER = "a maintainer"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Wait:
    """One reason why this pull request is not merged yet. `soon` says that looking again shortly may end it.

    `key` names the wait whatever its words are at the moment (empty: its words do), and `of_head` says that it begins
    anew with each head. `shown` says that the check run tells of it. `since` is the Unix time at which it began;
    `usually` is the median of such waits in this repository in seconds, None where too few have ended; after `bound`
    seconds it is said to take too long.
    """

    what: str
    who: Actor
    soon: bool = False
    key: str = ""
    of_head: bool = False
    shown: bool = False
    since: float | None = None
    usually: float | None = None
    bound: float | None = None
    late: bool = False

    @property
    def name(self) -> str:
        """Name it as the store does."""
        return (self.key or self.what).replace("\0", "")[:LONGEST_NAME]

    @property
    def as_json(self) -> dict[str, object]:
        """Write it for ledger and API; times are Unix seconds."""
        times = {"since": self.since, "usually": self.usually, "bound": self.bound, "late": self.late}
        return {"what": self.what, "who": self.who.value, **times}

    @property
    def late_at(self) -> float | None:
        """Tell when it will have taken too long, as a Unix time; None where that is past or not known."""
        return None if self.late or self.since is None or self.bound is None else self.since + self.bound


@dataclass(frozen=True, slots=True)
class Begun:
    """A wait that has begun: at which head (empty: whatever the head), when (Unix time), how long it usually takes."""

    head: str
    since: float
    usually: float | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of waits by their names: those of this pull request that have begun, and the usual seconds."""

    begun: Mapping[str, Begun] = field(default_factory=dict)
    usual: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changed:
    """How waits changed from one look to the next: `begun` are new, `gone` are over.

    `ended` (names and seconds) are those of the gone that came to their end, and so tell how long such a wait takes.
    """

    begun: Mapping[str, Begun] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    ended: Mapping[str, float] = field(default_factory=dict)


def timed(waits: Sequence[Wait], known: Known, *, head: str, now: float) -> tuple[Wait, ...]:
    """Add to each wait since when it lasts, how long it usually does and when that is too long."""
    return tuple(_timed(wait, known, head, now) for wait in waits)


def _timed(wait: Wait, known: Known, head: str, now: float) -> Wait:
    begun = known.begun.get(wait.name)
    if begun is None or not _is_of(begun, wait, head):
        begun = Begun(head if wait.of_head else "", now, known.usual.get(wait.name))
    bound = wait.bound if wait.bound is not None else _bound(wait.who, begun.usually)
    late = now - begun.since >= bound
    return replace(wait, since=begun.since, usually=begun.usually, bound=bound, late=late, shown=wait.shown or late)


def _is_of(begun: Begun, wait: Wait, head: str) -> bool:
    return begun.head == (head if wait.of_head else "")


def _bound(who: Actor, usually: float | None) -> float:
    """Tell after how many seconds a wait takes too long: machines within four times the usual, people within a day."""
    if who is not Actor.NOBODY:
        return max(DAY, 4 * (usually or 0.0))
    return HOUR if usually is None else max(10 * MINUTE, 4 * usually)


def changed(known: Known, waits: Sequence[Wait], *, head: str, now: float) -> Changed:
    """Compare the waits of a look (timed) with what was known before it."""
    present = {wait.name: _begun(wait, head, now) for wait in waits}
    gone = {name: begun for name, begun in known.begun.items() if name not in present}
    return Changed(
        begun={name: begun for name, begun in present.items() if known.begun.get(name) != begun},
        gone=tuple(sorted(gone)),
        ended={name: now - begun.since for name, begun in sorted(gone.items()) if begun.head in ("", head)},
    )


def _begun(wait: Wait, head: str, now: float) -> Begun:
    return Begun(head if wait.of_head else "", now if wait.since is None else wait.since, wait.usually)


def dropped(known: Known) -> Changed:
    """Forget the waits of a pull request that is closed or merged: none of them came to its end."""
    return Changed(gone=tuple(sorted(known.begun)))


def usual(ended: Sequence[tuple[str, float]]) -> Mapping[str, float]:
    """Give the median seconds of each wait that ended often enough."""
    by_name: dict[str, list[float]] = {}
    for name, seconds in ended:
        by_name.setdefault(name, []).append(seconds)
    return {name: median(all_of) for name, all_of in by_name.items() if len(all_of) >= ENOUGH}


def sentence(wait: Wait) -> str:
    """Say it with its times. Nothing in it ticks: it changes only when the wait begins, ends or takes too long."""
    return ", ".join((wait.what, *_times(wait)))


def _times(wait: Wait) -> Iterator[str]:
    if wait.since is None:
        return
    usually = f" (usually {duration(wait.usually)})" if wait.usually is not None else ""
    yield f"since {day_and_minute_of(wait.since)}{usually}"
    if wait.late:
        yield "which is longer than it should take"


def duration(seconds: float) -> str:
    """Write a length of time as people say it: one number, rounded."""
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= unit * (2 if unit > MINUTE else 1):
            return f"{round(seconds / unit)} {name}"
    return f"{round(seconds)} s"
