"""Rate limits: what is counted, and how GitHub says that it is enough."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.knobs import Failure
from simulator.routing import Answer
from simulator.secondary import AT_ONCE, RETRY_AFTER, Caller

if TYPE_CHECKING:
    from simulator.calls import Asked
    from simulator.github import Simulator
    from simulator.knobs import Fault
    from simulator.records import Json

HOURLY = 5000  # requests or points for an installation (docs, rate limits for the REST API and for GraphQL)
HOUR = 3600.0
SUCCESS = 200


@dataclass(slots=True)
class Bucket:
    """One hour's allowance of one token's REST calls or GraphQL points."""

    resource: str
    limit: int
    reset_at: float
    used: int = 0

    @property
    def remaining(self) -> int:
        """What is left of the hour."""
        return max(self.limit - self.used, 0)

    def headers(self) -> dict[str, str]:
        """Write the allowance as every answer carries it."""
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-reset": str(int(self.reset_at)),
            "x-ratelimit-used": str(self.used),
            "x-ratelimit-resource": self.resource,
        }

    def shape(self) -> Json:
        """Write the allowance as `GET /rate_limit` does."""
        reset = int(self.reset_at)
        return {"limit": self.limit, "remaining": self.remaining, "reset": reset, "used": self.used}


class Limits:
    """The allowances of every installation on the simulator's clock; `overstepped` names every secondary limit met."""

    def __init__(self, github: Simulator) -> None:
        self.github = github
        self.hourly = HOURLY
        self.overstepped: list[str] = []
        self._buckets: dict[tuple[object, str], Bucket] = {}
        self._callers: defaultdict[object, Caller] = defaultdict(Caller)

    def bucket(self, whose: object, resource: str) -> Bucket:
        """Give the running hour's bucket of an installation (or the App), `core` or `graphql`."""
        now = self.github.now()
        bucket = self._buckets.get((whose, resource))
        if bucket is None or bucket.reset_at <= now:
            bucket = self._buckets[whose, resource] = Bucket(resource, self.hourly, now + HOUR)
        return bucket

    def secondary(self, whose: object, asked: Asked, query: str, bucket: Bucket) -> Answer | None:
        """Count a call against the secondary limits; refuse one that is too much, and write down for which."""
        too_many = self.github.server.busy > AT_ONCE
        over = "at once" if too_many else self._callers[whose].overstepped(asked, query, self.github.now())
        if over is None:
            return None
        self.overstepped.append(over)
        return refused(Failure.SECONDARY, 403, bucket.headers() | {"retry-after": str(RETRY_AFTER)})

    def exhausted(self, bucket: Bucket) -> Answer:
        """Refuse because the hour's allowance is used up: GraphQL says so with a 200 (docs, GraphQL limits)."""
        fault_status = SUCCESS if bucket.resource == "graphql" else 403
        return refused(Failure.PRIMARY, fault_status, bucket.headers() | {"x-ratelimit-remaining": "0"})

    def refusal(self, fault: Fault, bucket: Bucket) -> Answer:
        """Refuse as a planned fault says."""
        headers = bucket.headers()
        if fault.failure is Failure.PRIMARY:
            reset = int(self.github.now() + fault.reset_in)
            headers |= {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)}
        if fault.retry_after is not None:
            headers["retry-after"] = str(fault.retry_after)
        return refused(fault.failure, fault.status, headers)


def refused(failure: Failure, status: int, headers: dict[str, str]) -> Answer:
    """Write a refusal by a limit, in REST's words or, with a 200, in GraphQL's."""
    primary = failure is Failure.PRIMARY
    message = (
        "API rate limit exceeded for installation."
        if primary
        else "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    )
    if status == SUCCESS:
        kind = "RATE_LIMITED" if primary else "RATE_LIMIT"
        return Answer(status, {"errors": [{"type": kind, "message": message}]}, headers)
    return Answer(status, {"message": message, "documentation_url": "https://docs.github.com/rest"}, headers)
