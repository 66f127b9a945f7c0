"""Plain issues: the App's commands belong under pull requests, but GitHub sends the comments of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from simulator import comments, emit, pull_shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    labels: list[str] = field(default_factory=list)
    closed_at: float | None = None
    updated_at: float = 0.0
    is_deleted: bool = False

    def touched(self) -> None:
        """Record that something happened to it."""
        self.updated_at = self.repo.github.now()
        self.repo.github.changed()

    def issue_shape(self) -> Json:
        """Write it as GitHub does."""
        return pull_shapes.plain_issue(self)

    async def comment(self, by: str, body: str, *, tell: bool = True) -> Comment:
        """Write a comment under it."""
        return await comments.write(self, by, body, tell=tell)

    async def edit(self, body: str, by: str = "alice", *, tell: bool = True) -> None:
        """Write its text anew."""
        before, self.body = self.body, body
        self.touched()
        if tell:
            emit.issue(self, "edited", self.repo.github.user(by), changes={"body": {"from": before}})

    async def close(self, by: str = "alice", *, tell: bool = True) -> None:
        """Close it."""
        self.closed_at = self.repo.github.now()
        self.touched()
        if tell:
            emit.issue(self, "closed", self.repo.github.user(by))

    async def reopen(self, by: str = "alice", *, tell: bool = True) -> None:
        """Open it again."""
        self.closed_at = None
        self.touched()
        if tell:
            emit.issue(self, "reopened", self.repo.github.user(by))

    async def delete(self, by: str = "alice", *, tell: bool = True) -> None:
        """Delete it."""
        self.is_deleted = True
        self.touched()
        if tell:
            emit.issue(self, "deleted", self.repo.github.user(by))


async def opened(repo: Repository, by: str, words: tuple[str, str], labels: Sequence[str] = ()) -> Issue:
    """Open an issue with a title and a text, and tell of it and of each label."""
    title, body = words
    issue = repo.open_issue(title, body=body, author=by)
    issue.labels = list(dict.fromkeys(labels))
    issue.touched()
    emit.issue(issue, "opened", issue.author)
    for name in issue.labels:
        emit.issue(issue, "labeled", issue.author, label=pull_shapes.label(issue, name))
    return issue
