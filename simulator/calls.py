"""The log of API calls, and what a call looks like while it is answered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from simulator.records import Json


@dataclass(frozen=True, slots=True)
class Asked:
    """A call before it is answered. `operation` names a GraphQL operation."""

    method: str
    template: str
    path: str
    operation: str | None = None

    @property
    def kind(self) -> str:
        """The call in short: `POST /repos/{owner}/{repo}/check-runs`, or `query PullRequestSnapshot`."""
        return f"query {self.operation}" if self.operation is not None else f"{self.method} {self.template}"


@dataclass(frozen=True, slots=True)
class Call:
    """One API call as it was answered. `at` is Unix seconds on the simulator's clock; `status` 0 for a reset."""

    asked: Asked
    body: object
    status: int
    token_permissions: Mapping[str, str] | None
    at: float

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.asked.method

    @property
    def route(self) -> str:
        """The route's template, in the words of the official description."""
        return self.asked.template

    @property
    def path(self) -> str:
        """The path as it was asked for."""
        return self.asked.path

    @property
    def kind(self) -> str:
        """The call in short."""
        return self.asked.kind


@dataclass(frozen=True, slots=True)
class Exchange:
    """One REST call and its answer, for observers."""

    asked: Asked
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: object
    status: int
    answer: object


class Observer(Protocol):
    """Somebody who watches everything that is said."""

    def on_exchange(self, exchange: Exchange) -> None:
        """See one REST call and its answer."""

    def on_webhook(self, event: str, payload: Json) -> None:
        """See one emitted event."""


def count(calls: Iterable[Call]) -> Counter[str]:
    """Count calls by kind."""
    return Counter(call.kind for call in calls)
