"""What one installation may ask of GitHub in a time, and who may still ask when little of that is left.

Figures: GitHub docs, "Rate limits for the REST API", "Rate limits and query limits for the GraphQL API" and "Best
practices for using the REST API"; ours stay a little below, for GitHub counts when a request arrives.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.github.errors import Later
from bot.github.urgency import Urgency, errand_now, urgency_now

MINUTE, HOUR = 60.0, 3600.0

PATIENCE = 2.0
"""A limit that ends within these seconds is waited for; a longer one goes back to the work table."""

PATIENCE_ONCE_BEGUN = 10.0
"""Seconds that a look waits once it has begun: to come again costs what it has read once more."""

APART = 0.25
"""Seconds between the times that are told to those who are sent away, or all would come back at once."""

LEAST_POINTS = 12
"""Points a minute that a process has however many there are: a write and what it rests on."""

LONGEST_APART = 300.0
"""No more seconds than this are added to when a limit ends."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an installation is allowed, a little below GitHub's limits.

    These are 100 at once, 900 points a minute by REST and 2,000 by GraphQL, 80 content writes a minute and 500 an hour.
    Content writes are those that notify people. `between_*` are seconds from one write to the next; `writes_in_a_burst`
    of them may go out without a pause, while content never does.
    """

    at_once: int = 48
    points_a_minute: int = 840
    graphql_points_a_minute: int = 1860
    content_a_minute: int = 72
    content_an_hour: int = 480
    between_content: float = 1.0
    between_writes: float = 0.5
    writes_in_a_burst: int = 30

    def shared_by(self, processes: int) -> Allowance:
        """Give the part of one of so many processes; what is left of the hour each reads from GitHub's headers."""
        return replace(
            self,
            at_once=max(1, self.at_once // processes),
            points_a_minute=max(LEAST_POINTS, self.points_a_minute // processes),
            graphql_points_a_minute=max(LEAST_POINTS, self.graphql_points_a_minute // processes),
            content_a_minute=max(1, self.content_a_minute // processes),
            content_an_hour=max(1, self.content_an_hour // processes),
            between_content=self.between_content * processes,
            between_writes=self.between_writes * processes,
            writes_in_a_burst=max(1, self.writes_in_a_burst // processes),
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """What a request takes: of which hourly limit, how many points of the minute, whether it writes or notifies.

    One that `mints` a token takes the points of a write and keeps no distance: it changes nothing that anybody sees.
    """

    resource: str
    points: int
    writes: bool = False
    notifies: bool = False
    mints: bool = False


CORE, GRAPHQL = "core", "graphql"
"""The resources by which GitHub counts (docs, `x-ratelimit-resource`)."""

READ, WRITE = 1, 5
"""Points of a request (docs, "Calculating points for the secondary rate limit")."""

_NOTIFYING = re.compile(r"POST \S*/(?:issues|issues/\d+/comments|pulls)|PUT \S*/pulls/\d+/merge")
"""What of our writes notifies people (OpenAPI, `x-github.triggersNotification`)."""

_MINTING = re.compile(r"POST /app/installations/\d+/access_tokens")
"""Kept apart as other writes are, a token would take each of four processes two seconds, and each needs its own."""

_MUTATION = re.compile(r"^\s*mutation\s+(\w+)", re.MULTILINE)
_NOTIFYING_MUTATIONS = frozenset({"RevertPullRequest"})


def rest_cost(method: str, path: str) -> Cost:
    """Say what a request to the REST API takes."""
    writes = method not in ("GET", "HEAD")
    notifies, mints = (kind.fullmatch(f"{method} {path}") is not None for kind in (_NOTIFYING, _MINTING))
    return Cost(CORE, WRITE if writes else READ, writes, notifies, mints)


def graphql_cost(query: str) -> Cost:
    """Say what a query or a mutation takes."""
    mutation = _MUTATION.search(query)
    if mutation is None:
        return Cost(GRAPHQL, READ)
    return Cost(GRAPHQL, WRITE, writes=True, notifies=mutation[1] in _NOTIFYING_MUTATIONS)


@dataclass(slots=True)
class Window:
    """What was spent within the last so many seconds."""

    seconds: float
    _spent: deque[tuple[float, int]] = field(default_factory=deque)
    _sum: int = 0

    def free_at(self, amount: int, limit: float, now: float) -> float:
        """Tell when so much more stays within a limit (Unix time): now where it does already."""
        while self._spent and self._spent[0][0] <= now - self.seconds:
            self._sum -= self._spent.popleft()[1]
        over = self._sum + amount - limit
        if over <= 0:
            return now
        for at, spent in self._spent:
            over -= spent
            if over <= 0:
                return at + self.seconds
        return now + self.seconds

    def spend(self, amount: int, now: float) -> None:
        """Take note of what is spent."""
        if amount:
            self._spent.append((now, amount))
            self._sum += amount


@dataclass(slots=True)
class Pacer:
    """Keeps writes apart: so many may follow one another at once, the others by so many seconds."""

    _level: float = 0.0

    def free_at(self, between: float, burst: int, now: float) -> float:
        """Tell when the next may go out (Unix time)."""
        return max(now, self._level - (burst - 1) * between)

    def take(self, between: float, now: float) -> None:
        """Take note of one that goes out."""
        self._level = max(self._level, now) + between


@dataclass(slots=True)
class Hour:
    """What GitHub said last of one hourly limit."""

    limit: int
    remaining: int
    reset_at: float


class Budget:
    """What one installation has left. Whoever asks waits a moment, or is told by Later when to come again."""

    def __init__(self, clock: Callable[[], float], allowance: Callable[[], Allowance] = Allowance) -> None:
        self._clock = clock
        self._allowance = allowance
        self._minutes: dict[str, Window] = {}
        self._content_minute, self._content_hour = Window(MINUTE), Window(HOUR)
        self._writes, self._content = Pacer(), Pacer()
        self._hours: dict[str, Hour] = {}
        self._closed_until = 0.0
        self._promised: dict[tuple[str, Urgency], float] = {}

    def close_until(self, moment: float) -> None:
        """Let nothing pass before this Unix time."""
        self._closed_until = max(self._closed_until, moment)

    def learn(self, headers: Mapping[str, str]) -> None:
        """Read from GitHub's answer what is left of the hour; answers may arrive in another order than they left."""
        numbers = [headers.get(f"x-ratelimit-{name}", "") for name in ("limit", "remaining", "reset")]
        resource = headers.get("x-ratelimit-resource", "")
        if not resource or not all(number.isdecimal() for number in numbers):
            return
        told = Hour(int(numbers[0]), int(numbers[1]), float(numbers[2]))
        known = self._hours.get(resource)
        if known is None or told.reset_at > known.reset_at or known.reset_at <= self._clock():
            self._hours[resource] = told
        elif told.reset_at == known.reset_at:
            known.remaining = min(known.remaining, told.remaining)

    async def admit(self, cost: Cost) -> None:
        """Wait until a request may go out, and count it. Raises Later where that takes longer than a moment."""
        errand = errand_now()
        has_begun = cost.writes or self in errand.begun
        # What was let begin may take half of what is left to others: it can also end.
        share = 1 - errand.urgency.reserve * (0.5 if has_begun else 1.0)
        while True:
            now = self._clock()
            at, why = max(self._limits(cost, share, now))
            if at <= now:
                errand.begun.add(self)
                return self._spend(cost, now)
            if at - now > (PATIENCE_ONCE_BEGUN if has_begun else PATIENCE):
                raise Later(f"GitHub's rate limit: {why}", self.promised(at, why))
            await asyncio.sleep(at - now)

    def promised(self, at: float, why: str) -> float:
        """Give whoever is sent away a time of their own (Unix time), at or shortly after the one when a limit ends."""
        key = (why, urgency_now())
        self._promised[key] = min(max(at, self._promised.get(key, 0.0) + APART), at + LONGEST_APART)
        return self._promised[key]

    def _limits(self, cost: Cost, share: float, now: float) -> Iterator[tuple[float, str]]:
        """Name every limit, of which a share may be used up, with when it lets the request pass (Unix time)."""
        allowed = self._allowance()
        yield self._closed_until, "closed by GitHub"
        yield self._hour_free_at(cost, share, now), f"the hour of {cost.resource}"
        yield self._minute_free_at(cost, allowed, share, now), f"points a minute of {cost.resource}"
        if cost.writes and not cost.mints:
            yield self._writes.free_at(allowed.between_writes, allowed.writes_in_a_burst, now), "writes keep apart"
        if cost.notifies:
            yield self._content.free_at(allowed.between_content, 1, now), "content keeps apart"
            yield self._content_minute.free_at(1, allowed.content_a_minute * share, now), "content a minute"
            yield self._content_hour.free_at(1, allowed.content_an_hour * share, now), "content an hour"

    def _minute_free_at(self, cost: Cost, allowed: Allowance, share: float, now: float) -> float:
        points = allowed.graphql_points_a_minute if cost.resource == GRAPHQL else allowed.points_a_minute
        return self._minute(cost.resource).free_at(cost.points, points * share, now)

    def _minute(self, resource: str) -> Window:
        return self._minutes.setdefault(resource, Window(MINUTE))

    def _hour_free_at(self, cost: Cost, share: float, now: float) -> float:
        hour = self._hours.get(cost.resource)
        if hour is None or hour.reset_at <= now or hour.remaining - 1 >= hour.limit * (1 - share):
            return now
        return hour.reset_at

    def _spend(self, cost: Cost, now: float) -> None:
        allowed = self._allowance()
        self._minute(cost.resource).spend(cost.points, now)
        if cost.resource in self._hours:
            self._hours[cost.resource].remaining -= 1
        if cost.writes and not cost.mints:
            self._writes.take(allowed.between_writes, now)
        if cost.notifies:
            self._content.take(allowed.between_content, now)
            self._content_minute.spend(1, now)
            self._content_hour.spend(1, now)
