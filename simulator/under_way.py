"""What is under way into a base branch, as values: armed auto-merges, and entries of the merge queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.records import User


@dataclass(frozen=True, slots=True)
class AutoMerge:
    """An auto-merge that is armed: by whom, by which method, in which words. GitHub keeps no head with it."""

    by: User
    method: str
    title: str | None
    message: str | None
    at: float


@dataclass(frozen=True, slots=True)
class AutoMergeMoment:
    """One time that auto-merge was armed or disarmed."""

    by: User
    at: float
    armed: bool


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """One pull request in the merge queue, at the head it had then, and the commit built for it."""

    number: int
    head: str
    base_sha: str
    sha: str
    base: str
    by: User

    @property
    def branch(self) -> str:
        """The branch of its group."""
        return f"gh-readonly-queue/{self.base}/pr-{self.number}-{self.base_sha}"
