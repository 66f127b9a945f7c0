"""One immutable look at a pull request: what rules may know, and what GitHub says of merging and of our own check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.address import Repository
from rules.engine.pull_request import PullRequest

CHECK_NAME = "andon"
"""The name of our one check run, stable for ever: rulesets require it by this name."""


class PullRequestState(StrEnum):
    """GitHub GraphQL, PullRequestState."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    MERGED = "MERGED"


class Mergeable(StrEnum):
    """GitHub GraphQL, MergeableState: whether head and base merge without conflict; UNKNOWN while it computes."""

    MERGEABLE = "MERGEABLE"
    CONFLICTING = "CONFLICTING"
    UNKNOWN = "UNKNOWN"


class MergeStatus(StrEnum):
    """GitHub GraphQL, MergeStateStatus: GitHub's own opinion of the merge button."""

    BEHIND = "BEHIND"
    BLOCKED = "BLOCKED"
    CLEAN = "CLEAN"
    DIRTY = "DIRTY"
    DRAFT = "DRAFT"
    HAS_HOOKS = "HAS_HOOKS"
    UNKNOWN = "UNKNOWN"
    UNSTABLE = "UNSTABLE"


@dataclass(frozen=True, slots=True)
class RequiredCheck:
    """A check that a ruleset asks for; with `app_id`, only when that App reported it."""

    name: str
    app_id: int | None = None

    def is_for(self, our_app: int) -> bool:
        """Tell whether it asks for our own check, which is no reason for us to wait."""
        return self.name == CHECK_NAME and self.app_id in (None, our_app)


@dataclass(frozen=True, slots=True)
class MergeState:
    """What GitHub itself says and requires before a merge. `unread` names what could not be read, in words."""

    state: PullRequestState
    mergeable: Mergeable
    status: MergeStatus
    required: tuple[RequiredCheck, ...] = ()
    approvals_required: int = 0
    review_decision: str | None = None
    methods: frozenset[str] = frozenset({"merge", "squash", "rebase"})
    merge_commit: str | None = None
    merged_at: datetime | None = None
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishedCheck:
    """Our newest check run on the head: its id, and the digest of the state it shows."""

    id: int
    digest: str


@dataclass(frozen=True, slots=True)
class PublishedComment:
    """Our comment as it stands: its id, its text, and when it was last written (Unix time)."""

    id: int
    body: str
    written_at: float


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """`.github/andon.yml` at the tip of the default branch. `text` is None where GitHub cut it or it is no text."""

    source: str
    oid: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that one decision about one pull request rests on.

    `paths` are the first hundred changed paths: enough to ask for what lies beside them before the files are read.
    `proposed_policy` is the policy file's text at the head where the pull request itself changes it.
    `comments` counts all of them: where there are more than were read, an older one may be ours.
    """

    repository: Repository
    pull_request: PullRequest
    merge_state: MergeState
    published: PublishedCheck | None
    policy: PolicyFile | None
    default_branch: str
    trusted: str
    updated_at: str
    rollup: str = ""
    paths: tuple[str, ...] = ()
    proposed_policy: str | None = None
    comment: PublishedComment | None = None
    comments: int = 0
