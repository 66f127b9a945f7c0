"""Secondary rate limits: too many at once, too many points a minute, too much content that notifies people.

Figures: docs, "Rate limits for the REST API" and "Rate limits and query limits for the GraphQL API"; which requests
notify people is `x-github.triggersNotification` of the official description.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.calls import Asked

AT_ONCE = 100
MINUTE, HOUR = 60.0, 3600.0
POINTS = {"core": 900, "graphql": 2000}
CONTENT_A_MINUTE, CONTENT_AN_HOUR = 80, 500
READ, WRITE = 1, 5
RETRY_AFTER = 60
MUTATION = re.compile(r"^\s*mutation\b", re.MULTILINE)
NOTIFYING = frozenset(
    {
        "POST /repos/{owner}/{repo}/issues",
        "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
        "POST /repos/{owner}/{repo}/pulls",
        "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
        "query RevertPullRequest",
    }
)


@dataclass(slots=True)
class Recent:
    """What was counted within the last so many seconds."""

    seconds: float
    counted: deque[tuple[float, int]] = field(default_factory=deque)
    total: int = 0

    def at(self, now: float) -> int:
        """Sum up what is not too old."""
        while self.counted and self.counted[0][0] <= now - self.seconds:
            self.total -= self.counted.popleft()[1]
        return self.total

    def add(self, amount: int, now: float) -> None:
        """Count some more."""
        self.counted.append((now, amount))
        self.total += amount


@dataclass(slots=True)
class Caller:
    """What one installation, or the App itself, has asked for lately."""

    points: dict[str, Recent] = field(default_factory=lambda: {name: Recent(MINUTE) for name in POINTS})
    content_minute: Recent = field(default_factory=lambda: Recent(MINUTE))
    content_hour: Recent = field(default_factory=lambda: Recent(HOUR))

    def overstepped(self, asked: Asked, query: str, now: float) -> str | None:
        """Count a call with its GraphQL text, if any; or, uncounted, name the limit that it is too much for."""
        points, notifies = points_of(asked, query), asked.kind in NOTIFYING
        resource = "core" if asked.operation is None else "graphql"
        if self.points[resource].at(now) + points > POINTS[resource]:
            return "points a minute"
        if notifies and self.content_minute.at(now) >= CONTENT_A_MINUTE:
            return "content a minute"
        if notifies and self.content_hour.at(now) >= CONTENT_AN_HOUR:
            return "content an hour"
        self.points[resource].add(points, now)
        if notifies:
            self.content_minute.add(1, now)
            self.content_hour.add(1, now)
        return None


def points_of(asked: Asked, query: str) -> int:
    """Count the points of a call (docs, "Calculating points for the secondary rate limit")."""
    if asked.operation is not None:
        return WRITE if MUTATION.search(query) else READ
    return READ if asked.method in {"GET", "HEAD"} else WRITE
