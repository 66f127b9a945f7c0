"""What a rule may know about a pull request: everything, fetched before any rule is asked, and frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from rules.engine.attributes import Attributes
    from rules.engine.coverage import Coverage
    from rules.engine.hunk import Hunk


class Side(StrEnum):
    """Which end of the diff is meant: the merge base or the head."""

    BASE = "base"
    HEAD = "head"


class Change(StrEnum):
    """What happened to a file between the merge base and the head."""

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One file of the diff between the merge base and the head.

    `added` and `deleted` count lines as `git diff --numstat` does; both are 0 for a binary file.
    `hunks` is None where the text of the diff could not be had although lines changed: the file is then incomplete.
    """

    path: str
    change: Change
    added: int
    deleted: int
    hunks: tuple[Hunk, ...] | None
    previous_path: str | None = None
    binary: bool = False
    submodule: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """A GitHub account. `id` outlives every rename; `access` says whether it may write now, None where nobody asked."""

    login: str
    id: int | None = None
    bot: bool = False
    access: bool | None = None


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody whom a commit names, in words that anybody may write; `account` is whom GitHub takes that for."""

    name: str
    email: str
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of the pull request. `authors` are the git author first, then the co-authors that its message names.

    `paths` are what it touches, the old name of a renamed file included; empty where nobody asked, as on GitHub.
    `lines` counts what it adds and deletes (0 on a local run), `tree` is the id of all that it holds (empty on a local
    run). `verified` says that GitHub itself signed it, so that its author is who it says.
    """

    sha: str
    message: str
    parents: int
    authors: tuple[Author, ...] = ()
    paths: tuple[str, ...] = ()
    committer: Author | None = None
    lines: int = 0
    tree: str = ""
    verified: bool = False


class ReviewState(StrEnum):
    """The opinion of a review that counts (GitHub GraphQL, PullRequestReviewState)."""

    APPROVED = "APPROVED"
    CHANGES_REQUESTED = "CHANGES_REQUESTED"
    COMMENTED = "COMMENTED"
    DISMISSED = "DISMISSED"
    PENDING = "PENDING"


@dataclass(frozen=True, slots=True)
class Review:
    """The latest opinion of one person with write access, on a commit and on all that it holds (`tree`)."""

    author: Account | None
    state: ReviewState
    commit: str | None
    tree: str | None = None


class CheckState(StrEnum):
    """Where one reported check stands. GitHub lets success, neutral and skipped satisfy a requirement."""

    PENDING = "pending"
    SUCCESS = "success"
    NEUTRAL = "neutral"
    SKIPPED = "skipped"
    FAILED = "failed"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Check:
    """One check run or commit status on the head. `app_id` is None for a commit status.

    `said` is how it ended in GitHub's words, such as "timed out"; empty while it runs.
    """

    name: str
    state: CheckState
    app_id: int | None
    started_at: datetime | None
    required: bool = False
    is_status: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """What GitHub says about the whole pull request: the number of files, and of lines added and deleted."""

    files: int
    added: int
    deleted: int


@dataclass(frozen=True, slots=True)
class PullRequest:
    """One pull request at one head, as rules see it.

    `base` is the tip of the base branch and `head` the evaluated commit (40 hex digits each); the diff runs from their
    merge base to the head (`merge_base`, where it is known). `number` and `author` are None on a local run.
    `incomplete` names, in words for people, every part that could not be read whole: a rule that needs it answers
    unknown, never pass. `undoes` is the landed commit that the whole pull request is proven to take back, byte for
    byte: a commit message alone proves nothing.

    `body_lands` says that the repository makes the description the message of a squashed commit.

    `confirmations` are the ids of accounts that may write and said, on this very tree, that they wrote it as a pair.

    `access` says of the ids of accounts that a rule asked about whether they may write now.

    `texts` holds the whole files that rules asked for, by side and path there; one that is not in it could not be read.
    `tree` lists every path at the head, None where nobody asked or it could not be read. `coverage` is a test run's own
    report of the lines that ran, None without one.
    """

    repository: str
    base: str
    head: str
    fetched_at: datetime
    files: tuple[ChangedFile, ...]
    totals: Totals
    attributes: Attributes
    number: int | None = None
    title: str = ""
    body: str = ""
    body_lands: bool = False
    author: Account | None = None
    base_branch: str = ""
    draft: bool = False
    fork: bool = False
    labels: frozenset[str] = frozenset()
    commits: tuple[Commit, ...] = ()
    reviews: tuple[Review, ...] = ()
    confirmations: frozenset[int] = frozenset()
    access: Mapping[int, bool] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    incomplete: tuple[str, ...] = field(default=())
    undoes: str | None = None
    merge_base: str = ""
    texts: Mapping[tuple[Side, str], bytes] = field(default_factory=dict)
    tree: frozenset[str] | None = None
    coverage: Coverage | None = None
