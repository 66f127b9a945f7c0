"""One immutable look at a pull request: what rules may know, and what GitHub says of merging and of our own check."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.address import Repository
from bot.landed.landed import LandedAs
from bot.line.line import Line
from bot.requests.authority import StandingRequests, standing_requests
from bot.requests.requests import Answer, Remark
from bot.restore.restore import Restoring
from bot.waiting import Known
from bot.way import Way
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
    """A check that the base branch asks for; with `app_id`, only when that App reported it.

    `marked` says that only the reports count that GitHub itself marks as required: a classic protection does not tell
    which App it expects.
    """

    name: str
    app_id: int | None = None
    marked: bool = False

    def is_for(self, our_app: int) -> bool:
        """Tell whether it asks for our own check, which is no reason for us to wait."""
        return self.name == CHECK_NAME and self.app_id in (None, our_app)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the base branch asks of reviews and branches, by its rulesets and by its classic protection together.

    `others` names the kinds of rules that hold there and that andon cannot judge, in words.
    """

    approvals: int = 0
    code_owners: bool = False
    last_push: bool = False
    stale_dismissed: bool = False
    threads: bool = False
    strict: bool = False
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dismissed:
    """An approval that was taken back, and by the push of which commit; by hand where `commit` is None."""

    by: str
    commit: str | None


@dataclass(frozen=True, slots=True)
class Reviewing:
    """How the reviews stand, beside the opinions of those who may write.

    `requested` are those whose review is asked for now, `owners` those of them that GitHub asked as code owners;
    `without_access` approved and may not write; `open_threads` counts conversations that are not resolved.
    """

    requested: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    without_access: tuple[str, ...] = ()
    dismissed: tuple[Dismissed, ...] = ()
    open_threads: int = 0


class SquashMessage(StrEnum):
    """GitHub GraphQL, SquashMergeCommitMessage: what stands below the title where nobody writes it."""

    PR_BODY = "PR_BODY"
    COMMIT_MESSAGES = "COMMIT_MESSAGES"
    BLANK = "BLANK"


@dataclass(frozen=True, slots=True)
class MergeState:
    """What GitHub itself says and requires before a merge. `unread` names what could not be read, in words.

    `merge_message` is the message of the merge commit, empty before the merge, and `landed_as` that commit.
    `forked_from` are the commits of others that its own stand on, none where they were not all read. `way` is how it
    may get in.
    """

    state: PullRequestState
    mergeable: Mergeable
    status: MergeStatus
    required: tuple[RequiredCheck, ...] = ()
    asked: Asked = Asked()
    reviewing: Reviewing = Reviewing()
    review_decision: str | None = None
    methods: frozenset[str] = frozenset({"merge", "squash", "rebase"})
    squash_message: SquashMessage = SquashMessage.COMMIT_MESSAGES
    merge_commit: str | None = None
    merge_message: str = ""
    merged_at: datetime | None = None
    landed_as: LandedAs | None = None
    forked_from: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    way: Way = field(default_factory=Way)


@dataclass(frozen=True, slots=True)
class PublishedCheck:
    """Our newest check run on the head: its id, the digest of the state it shows, when it was written (Unix time)."""

    id: int
    digest: str
    written_at: float | None = None


@dataclass(frozen=True, slots=True)
class PublishedComment:
    """Our comment as it stands: its id, its text, and when it was last written (Unix time)."""

    id: int
    body: str
    written_at: float


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """`.github/andon.yml` at the tip of the default branch. `text` is None where GitHub cut it or it is no text.

    `owner` is the owner's policy that it builds on, where it says so; `oid` names the content of both.
    """

    source: str
    oid: str
    text: str | None
    owner: PolicyFile | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that one decision about one pull request rests on.

    `paths` are the first hundred changed paths: enough to ask for what lies beside them before the files are read.
    `proposed_policy` is the policy file's text at the head where the pull request itself changes it, and `owner_policy`
    then the owner's, which governs where the repository has none.
    `comments` counts all of them: where there are more than were read, an older one may be ours. `remarks` are the last
    of those that others wrote. `forced_at` is when the head was last moved by force (Unix time). `answers` is what
    became of people's requests so far, the oldest first. `line` is the line into the base branch, where one is kept,
    and `stacked_on` the open pull request whose head branch the base is. `known` tells since when it waits for what.
    `opened_at` is when the pull request was opened (Unix time), `restoring` what it is there to take back. Without
    commits (`has_commits`) GitHub shows no check of a head, not even ours. `is_torn` where the list of files is of
    another head.
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
    owner_policy: PolicyFile | None = None
    comment: PublishedComment | None = None
    comments: int = 0
    remarks: tuple[Remark, ...] = ()
    forced_at: float | None = None
    answers: tuple[Answer, ...] = ()
    line: Line | None = None
    stacked_on: int | None = None
    known: Known = field(default_factory=Known)
    opened_at: float | None = None
    restoring: Restoring | None = None
    has_commits: bool = True
    is_torn: bool = False

    @property
    def restores(self) -> bool:
        """Tell whether it is due to take something back, and holds just that: proven, or as andon opened it."""
        what, head = self.restoring, self.pull_request.head
        return what is not None and what.due and (self.pull_request.undoes == what.sha or what.head == head)

    @property
    def tree(self) -> str:
        """The id of all that the head holds; empty where it could not be read."""
        pull_request = self.pull_request
        return next((commit.tree for commit in pull_request.commits if commit.sha == pull_request.head), "")

    @property
    def asked(self) -> StandingRequests:
        """What people's requests come to for this head."""
        return standing_requests(self.answers, head=self.pull_request.head, tree=self.tree)
