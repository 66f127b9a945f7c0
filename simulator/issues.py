"""Plain issues: the App's commands belong under pull requests, but GitHub sends the comments of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from simulator import comments, pull_shapes

if TYPE_CHECKING:
    from simulator.records import Comment, Json, User
    from simulator.repository import Repository


class Thread(Protocol):
    """What one can comment under: a pull request or an issue."""

    repo: Repository
    number: int
    comments: list[Comment]

    def touched(self) -> None:
        """Record that something happened to it."""

    def issue_shape(self) -> Json:
        """Write it as the issue that it is."""


@dataclass(slots=True, eq=False)
class Issue:
    """An issue that is no pull request."""

    repo: Repository
    number: int
    id: int
    author: User
    title: str
    body: str
    created_at: float
    comments: list[Comment] = field(default_factory=list)

    def touched(self) -> None:
        """Record that something happened to it."""
        self.repo.github.changed()

    def issue_shape(self) -> Json:
        """Write it as GitHub does."""
        return pull_shapes.plain_issue(self)

    async def comment(self, by: str, body: str, *, tell: bool = True) -> Comment:
        """Write a comment under it."""
        return await comments.write(self, by, body, tell=tell)
