"""What goes wrong on request: lost events, refused calls, late truths. Each knob names the failure it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from simulator.calls import Asked
    from simulator.history import FileDiff
    from simulator.pull_request import PullRequest
    from simulator.records import User
    from simulator.webhooks import Delivery

T = TypeVar("T")


class Failure(StrEnum):
    """How a call fails."""

    STATUS = "a 5xx answer"
    RESET = "the connection is reset"
    PRIMARY = "the hourly limit is used up"
    SECONDARY = "too much at once"
    SILENCE = "no answer for longer than anybody waits"
    CUT = "the answer breaks off within its JSON"
    SHORT = "a list ends early, and says that it is all"


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How a rate limit refuses a call; `retry_after` and `reset_in` are seconds.

    `status` is 403 or 429, or 200 for GraphQL's errors with a 200 (docs, rate limits of REST and GraphQL).
    """

    failure: Failure = Failure.SECONDARY
    status: int = 403
    retry_after: int | None = None
    reset_in: float = 60.0


@dataclass(slots=True)
class Next(Generic[T]):
    """The next `left` things for which `where` holds (None: any); `left` None means all of them."""

    left: int | None = 0
    where: Callable[[T], bool] | None = None

    def takes(self, thing: T) -> bool:
        """Say whether the knob strikes this thing, and count it."""
        if self.left == 0 or (self.where is not None and not self.where(thing)):
            return False
        if self.left is not None:
            self.left -= 1
        return True


@dataclass(slots=True)
class Fault:
    """One planned failure of API calls. `after` carries the write out before failing."""

    failure: Failure
    hits: Next[Asked]
    status: int = 502
    after: bool = False
    retry_after: int | None = None
    reset_in: float = 60.0


@dataclass(slots=True)
class FileKnobs:
    """What is withheld from lists of files; a tree shows no more than so many entries (docs, get a tree)."""

    limit: int | None = None
    tree_limit: int = 100_000
    without_patch: Callable[[FileDiff], bool] | None = None
    zero_counts: Callable[[FileDiff], bool] | None = None


@dataclass(slots=True)
class Knobs:
    """Everything a test can turn. All are off in the beginning. `witnesses` see each merge before it happens."""

    lost: Next[Delivery] = field(default_factory=Next)
    doubled: Next[Delivery] = field(default_factory=Next)
    holding: Next[Delivery] = field(default_factory=Next)
    delivery_deadline: float = 10.0
    faults: list[Fault] = field(default_factory=list)
    unknown_mergeable: int = 0
    stale: int = 0
    torn: int = 0
    base_modified: int = 0
    cuts_trees: int = 0
    unwilling_reverts: int = 0
    wrong_landings: list[Mapping[str, str | bytes | None]] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)
    files: FileKnobs = field(default_factory=FileKnobs)
    latency: float = 0.0
    witnesses: list[Callable[[PullRequest, User], None]] = field(default_factory=list)

    def loses_deliveries(self, count: int | None = None, where: Callable[[Delivery], bool] | None = None) -> None:
        """Lose the next `count` events that match (None: all from now on). 0 stops it."""
        self.lost = Next(count, where)

    def doubles_deliveries(self, count: int | None = None, where: Callable[[Delivery], bool] | None = None) -> None:
        """Deliver the next `count` events that match twice, under one GUID."""
        self.doubled = Next(count, where)

    def holds_deliveries(self, count: int | None = None, where: Callable[[Delivery], bool] | None = None) -> None:
        """Hold the next `count` events that match until `release_held`."""
        self.holding = Next(count, where)

    def fails_next(
        self,
        count: int | None = 1,
        where: Callable[[Asked], bool] | None = None,
        *,
        status: int = 502,
        after: bool = False,
    ) -> None:
        """Answer the next `count` matching calls with a 5xx, before or after carrying them out."""
        self.faults.append(Fault(Failure.STATUS, Next(count, where), status, after))

    def resets_next(
        self, count: int | None = 1, where: Callable[[Asked], bool] | None = None, *, after: bool = False
    ) -> None:
        """Cut the connection of the next `count` matching calls, before or after carrying them out."""
        self.faults.append(Fault(Failure.RESET, Next(count, where), after=after))

    def limits_next(
        self,
        count: int | None = 1,
        where: Callable[[Asked], bool] | None = None,
        limit: RateLimit | None = None,
    ) -> None:
        """Refuse the next `count` matching calls by a rate limit, a secondary one unless another is given."""
        limit = limit or RateLimit()
        hits = Next(count, where)
        self.faults.append(
            Fault(limit.failure, hits, limit.status, retry_after=limit.retry_after, reset_in=limit.reset_in)
        )

    def spoils_next(
        self, failure: Failure, count: int | None = 1, where: Callable[[Asked], bool] | None = None
    ) -> None:
        """Carry out the next `count` matching calls, and spoil their answers: SILENCE, CUT or SHORT."""
        self.faults.append(Fault(failure, Next(count, where), after=True))

    def fault_for(self, asked: Asked) -> Fault | None:
        """Find the planned failure that strikes a call."""
        return next((fault for fault in self.faults if fault.hits.takes(asked)), None)

    def mergeable_unknown(self, reads: int = 1) -> None:
        """Answer that mergeability is still being computed for the next reads of a pull request."""
        self.unknown_mergeable = reads

    def stale_reads(self, reads: int = 1) -> None:
        """Answer the next reads of one pull request with its state before the last change, where it had one.

        Its checks are part of that state; lists of pull requests stay fresh.
        """
        self.stale = reads

    def torn_reads(self, reads: int = 1) -> None:
        """Answer the next GraphQL reads of a pull request with the new head and the old commits."""
        self.torn = reads

    def partial_data(self, *fields: str) -> None:
        """Answer GraphQL fields (`Type.field`, once each) with null and an error beside the other data."""
        self.partial.extend(fields)

    def base_modified_next(self, merges: int = 1) -> None:
        """Refuse the next merges because the base branch moved meanwhile."""
        self.base_modified = merges

    def lands_wrongly(self, files: Mapping[str, str | bytes | None]) -> None:
        """Have the next merge land with other files than it made (None takes one away); a queue's group is built so."""
        self.wrong_landings.append(files)

    @property
    def disturbs_reads(self) -> bool:
        """Tell whether something is set by which a GraphQL read counts down, or differs from what is."""
        return bool(self.partial or self.stale or self.torn or self.unknown_mergeable or self.cuts_trees)

    def counts_down(self, knob: str) -> bool:
        """Use up one of a counted knob; say whether there was one left."""
        left: int = getattr(self, knob)
        setattr(self, knob, max(left - 1, 0))
        return left > 0
