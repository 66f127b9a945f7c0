"""The traffic of one installation, and what a request on its way takes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.github.budget import Allowance, Budget, Cost, rest_cost
from bot.github.places import Places


@dataclass(frozen=True, slots=True)
class Request:
    """One request on its way, what it takes of the budget, and whether it changes something for a look."""

    method: str
    path: str
    body: object
    cost: Cost
    changes: bool = False

    @classmethod
    def rest(cls, method: str, path: str, body: object = b"", *, changes: bool = False) -> Request:
        """Make a request to the REST API."""
        return cls(method, path, body, rest_cost(method, path), changes)


class Lane:
    """The traffic of one installation: its budget, and one place for a write."""

    def __init__(self, installation: int, clock: Callable[[], float], allowance: Callable[[], Allowance]) -> None:
        self.installation = installation
        self.budget = Budget(clock, allowance)
        self.writing = Places(1)
