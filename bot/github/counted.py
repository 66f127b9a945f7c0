"""What is seen of every request to GitHub from outside: its kind, its answer, how long it took, and GitHub's clock."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from bot.github.budget import Cost
from bot.metrics import Budget, Metrics

NO_ANSWER = "none"


@dataclass(slots=True)
class Call:
    """One request on its way; `status` is what came back."""

    status: str = NO_ANSWER


class Counted:
    """Counts requests, and knows what time it is at GitHub."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.metrics = Metrics()

    def now(self) -> float:
        """Give GitHub's time (Unix seconds), as far as its answers told it: what it holds our tokens against."""
        return self._clock() + (self.metrics.clock_skew or 0.0)

    @asynccontextmanager
    async def call(self, path: str, cost: Cost) -> AsyncIterator[Call]:
        """Count one request and how long it takes, also where no answer comes."""
        seen, began = Call(), time.monotonic()
        try:
            yield seen
        finally:
            self.metrics.called(_kind(path, cost), seen.status, time.monotonic() - began)

    def heard(self, installation: int, headers: Mapping[str, str]) -> None:
        """Read from an answer what time it is at GitHub, and what is left of the hour."""
        if (at := _time_of(headers.get("date", ""))) is not None:
            self.metrics.clock_skew = at - self._clock()
        numbers = [headers.get(f"x-ratelimit-{name}", "") for name in ("remaining", "limit", "reset")]
        resource = headers.get("x-ratelimit-resource", "")
        if installation and resource and all(number.isdecimal() for number in numbers):
            budget = Budget(int(numbers[0]), int(numbers[1]), float(numbers[2]))
            self.metrics.budgets[installation, resource] = budget


def _kind(path: str, cost: Cost) -> str:
    """Name what a request is: never its address, which holds names."""
    if cost.resource == "graphql":
        return "mutation" if cost.writes else "query"
    if path.startswith("/app"):
        return "app"
    return "write" if cost.writes else "read"


def _time_of(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None
