"""The line: merges into one branch happen in order, one at a time, and none while the line is closed. Pure.

The same entries give the same order, in whatever order the events came. All times are Unix seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.line.barred import NotAllowed
from bot.line.orders import Order, freezes, opened_at

STEP_ASIDE = 900
MAX_UNDEPLOYED = 5


class Lane(StrEnum):
    """Which lane of the line: fixes and reverts go first, and alone pass a line that production closed."""

    FIX = "fix"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True)
class Entry:
    """One pull request in the line since `since`, when it first could be merged.

    `unready_since` is when it was last found waiting for something that nobody has to act on, such as a check that
    runs; None while it could be merged. `stacked_on` is the open pull request whose head branch is its base.
    """

    number: int
    head: str
    since: float
    lane: Lane = Lane.NORMAL
    stacked_on: int | None = None
    unready_since: float | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A release that failed and that no later one has made good; or a commit that is not what was judged.

    `revert` is the pull request that takes it back.
    """

    number: int
    sha: str
    since: float
    detail: str = ""
    revert: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """The one pull request that is being merged now; after `until` the turn is over by itself."""

    number: int
    taken_at: float
    until: float


@dataclass(frozen=True, slots=True)
class Terms:
    """What the policy says of the line: how much may be undeployed, and after how long its head steps aside.

    `deploys` says that what lands is sent to production at all; else production says nothing of the line. `arms` says
    that GitHub may have been told to merge by itself, before anybody stood in the line.
    """

    max_undeployed: int = MAX_UNDEPLOYED
    step_aside: float = STEP_ASIDE
    deploys: bool = False
    arms: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """All that is known of the line into one branch. `undeployed_since` is when each of those landed, oldest first.

    `strays` are the pull requests that landed otherwise than they were judged, and that nobody has taken back yet.
    """

    branch: str
    entries: tuple[Entry, ...] = ()
    orders: tuple[Order, ...] = ()
    failure: Failure | None = None
    undeployed_since: tuple[float, ...] = ()
    turn: Turn | None = None
    terms: Terms = Terms()
    strays: tuple[Failure, ...] = ()
    not_allowed: NotAllowed | None = None

    def entry(self, number: int) -> Entry | None:
        """Find the entry of a pull request."""
        return next((entry for entry in self.entries if entry.number == number), None)


class ClosedBy(StrEnum):
    """What closes a line."""

    FREEZE = "freeze"
    REFUSED = "refused"
    PRODUCTION = "production"
    LANDED = "landed"
    BACKLOG = "backlog"


UNHEALTHY = frozenset({ClosedBy.PRODUCTION, ClosedBy.LANDED})
"""What says that production is not, or will not be, what was judged: also what is under way is held by it."""


@dataclass(frozen=True, slots=True)
class Closing:
    """One reason why the line is closed, since when, and what it takes to open.

    A freeze has who, why and perhaps until when; GitHub's refusal of every merge whom it met first, and why; production
    the pull request whose release failed, how, and which takes it back; what landed otherwise than it was judged its
    pull request, its commit and the difference; a backlog how many releases are undeployed and how many may be.
    """

    by: ClosedBy
    since: float
    who: str = ""
    reason: str = ""
    until: float | None = None
    number: int | None = None
    count: int = 0
    limit: int = 0
    sha: str = ""
    revert: int | None = None

    def holds(self, lane: Lane) -> bool:
        """Tell whether it holds a lane: nobody passes a freeze or GitHub's refusal, else fixes do."""
        return self.by in (ClosedBy.FREEZE, ClosedBy.REFUSED) or lane is Lane.NORMAL


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a pull request stands: behind whom, what the line is closed by for it, who is being merged before it.

    `passes` are the closings that it goes through, `aside` says that it let others pass because it took too long, and
    `again_at` is when the line looks different by itself.
    """

    entry: Entry
    ahead: tuple[int, ...] = ()
    closings: tuple[Closing, ...] = ()
    passes: tuple[Closing, ...] = ()
    merging: int | None = None
    stacked_on: int | None = None
    aside: bool = False
    again_at: float | None = None

    @property
    def place(self) -> int:
        """Its place, the first being 1."""
        return len(self.ahead) + 1

    @property
    def may_merge(self) -> bool:
        """Tell whether the line lets it be merged now."""
        waits = self.ahead or self.closings or self.merging or self.stacked_on
        return not waits and self.entry.unready_since is None


def joined(line: Line, entry: Entry) -> Line:
    """Put an entry into the line. One that was there keeps its place, whatever else is new of it."""
    known = line.entry(entry.number)
    others = tuple(one for one in line.entries if one.number != entry.number)
    return _with(line, (*others, entry if known is None else kept_place(known, entry)))


def kept_place(known: Entry, now: Entry) -> Entry:
    """Give the entry as it is now with the time of the first one, and since when it is unready if it still is."""
    unready = now.unready_since
    if unready is not None and known.unready_since is not None:
        unready = known.unready_since
    return Entry(now.number, now.head, known.since, now.lane, now.stacked_on, unready)


def _with(line: Line, entries: tuple[Entry, ...]) -> Line:
    return replace(line, entries=entries)


def standings(line: Line, now: float) -> tuple[Standing, ...]:
    """Give where each stands, in order. At most one of them may merge."""
    shut = closings(line, now)
    turn = line.turn if line.turn is not None and line.turn.until > now else None
    entry_of_turn = line.entry(turn.number) if turn is not None else None
    merging = entry_of_turn.number if entry_of_turn is not None and entry_of_turn.unready_since is None else None
    found: list[Standing] = []
    ahead: list[int] = []
    for entry in in_order(line.entries):
        mine = turn if turn is not None and entry.number == merging else None
        stacked_on = entry.stacked_on
        aside = is_aside(entry, line.terms, now)
        standing = Standing(
            entry=entry,
            ahead=() if mine else tuple(ahead),
            closings=tuple(one for one in shut if one.holds(entry.lane) and not _in_flight(mine, one)),
            passes=tuple(one for one in shut if not one.holds(entry.lane)),
            merging=None if mine else merging,
            stacked_on=stacked_on,
            aside=aside,
            again_at=_again_at(line, shut, now),
        )
        found.append(standing)
        if not aside and stacked_on is None:
            ahead.append(entry.number)
    return tuple(found)


def standing(line: Line, number: int, now: float) -> Standing | None:
    """Give where one pull request stands; None where it is not in the line."""
    return next((one for one in standings(line, now) if one.entry.number == number), None)


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Sort: the fix lane first, then who came first; nothing before what it is stacked on."""
    known = {entry.number: entry for entry in entries}
    return tuple(sorted(known.values(), key=lambda entry: _rank(entry, known)))


def _rank(entry: Entry, known: dict[int, Entry]) -> tuple[bool, float, int, int]:
    """Rank by the last of the stack below, then by the height in it; a circle ends where it began."""
    below = list(_stack(entry, known))
    lane = any(one.lane is Lane.NORMAL for one in below)
    return lane, max(one.since for one in below), len(below), entry.number


def _stack(entry: Entry, known: dict[int, Entry]) -> Iterator[Entry]:
    seen: set[int] = set()
    one: Entry | None = entry
    while one is not None and one.number not in seen:
        seen.add(one.number)
        yield one
        one = known.get(one.stacked_on) if one.stacked_on is not None else None


def is_aside(entry: Entry, terms: Terms, now: float) -> bool:
    """Tell whether an entry has been waiting so long that others go before it."""
    return entry.unready_since is not None and now - entry.unready_since >= terms.step_aside


def _in_flight(turn: Turn | None, closing: Closing) -> bool:
    """Tell whether a merge began before a planned freeze: that one ends; production holds it even so."""
    return turn is not None and closing.by is ClosedBy.FREEZE and turn.taken_at < closing.since


def closings(line: Line, now: float) -> tuple[Closing, ...]:
    """List what closes the line now, a person's order first."""
    shut = [
        Closing(ClosedBy.FREEZE, order.at, order.by, order.reason, order.until) for order in freezes(line.orders, now)
    ]
    if (no := line.not_allowed) is not None and now < no.until:
        shut.append(Closing(ClosedBy.REFUSED, no.at, reason=no.why, until=no.until, number=no.number))
    opened = opened_at(line.orders)
    shut += [
        Closing(ClosedBy.LANDED, one.since, reason=one.detail, number=one.number, sha=one.sha)
        for one in line.strays
        if one.since >= opened
    ]
    if not line.terms.deploys:
        return tuple(shut)
    if (failure := line.failure) is not None:
        unwell = Closing(ClosedBy.PRODUCTION, failure.since, reason=failure.detail, number=failure.number)
        shut.append(replace(unwell, revert=failure.revert))
    waiting, limit = line.undeployed_since, line.terms.max_undeployed
    if len(waiting) >= limit:
        shut.append(Closing(ClosedBy.BACKLOG, waiting[limit - 1], count=len(waiting), limit=limit))
    return tuple(shut)


def _again_at(line: Line, shut: Iterable[Closing], now: float) -> float | None:
    """Tell when the line changes by itself: a freeze ends, somebody steps aside, a turn runs out."""
    times = [closing.until for closing in shut if closing.until is not None]
    times += [entry.unready_since + line.terms.step_aside for entry in line.entries if entry.unready_since is not None]
    times += [line.turn.until] if line.turn is not None else []
    return min((at for at in times if at > now), default=None)
