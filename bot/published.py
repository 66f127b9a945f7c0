"""What GitHub should show of a decision, and the writes that make it so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from bot.address import Repository
from bot.restore.reverting import PushRevert

ANNOTATIONS = 50
"""Annotations that one request carries (docs: "Create a check run")."""


LONGEST_TEXT = 65_000
"""Characters of summary and of text, below the 65,535 that GitHub takes (docs: "Create a check run")."""


class CheckConclusion(StrEnum):
    """What our check run may conclude; None in its place means in progress. Source: GitHub REST, check runs."""

    SUCCESS = "success"
    NEUTRAL = "neutral"
    FAILURE = "failure"
    ACTION_REQUIRED = "action_required"


@dataclass(frozen=True, slots=True)
class Annotation:
    """One remark on lines of the diff, new side. `level` is notice, warning or failure."""

    path: str
    start_line: int
    end_line: int
    level: str
    message: str
    title: str


@dataclass(frozen=True, slots=True)
class Button:
    """One button of a check run (docs: "Create a check run": 20, 40 and 20 characters at most; three buttons)."""

    label: str
    description: str
    identifier: str


@dataclass(frozen=True)
class CheckRun:
    """The one check run `andon` as it should stand on one head. `conclusion` None means in progress.

    `told` stands for `text` where that holds what a lost database forgets, such as since when somebody waits: the same
    state is not written anew for it.
    """

    head: str
    conclusion: CheckConclusion | None
    title: str
    summary: str
    text: str = ""
    annotations: tuple[Annotation, ...] = ()
    details_url: str = ""
    buttons: tuple[Button, ...] = ()
    told: str = ""

    @cached_property
    def digest(self) -> str:
        """Name this state: equal digests mean that GitHub shows it already."""
        shown = [self.head, self.conclusion, self.title, self.summary, self.told or self.text, self.details_url]
        notes = [(note.path, note.start_line, note.end_line, note.level, note.message) for note in self.annotations]
        buttons = [button.identifier for button in self.buttons]
        return hashlib.sha256(json.dumps([shown, notes, buttons]).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Comment:
    """The one comment as it should stand. `begins` says that it is worth beginning one where none stands yet."""

    body: str
    begins: bool


@dataclass(frozen=True, slots=True)
class Merge:
    """Merge at exactly this head, by this method; through the merge queue where the base demands that.

    `message` stands below the title; None leaves either to GitHub.
    """

    head: str
    method: str
    message: str | None = None
    title: str | None = None
    queue: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What GitHub should show and do for one pull request.

    `arm` is what GitHub may merge by itself once its own requirements hold, `withdraw` says that no auto-merge may stay
    armed, `dequeue` that it may not stay in the merge queue, `update` that the base is to be merged into the branch
    first. `again_at` is when the line may let it be armed without any event (Unix time).
    """

    check: CheckRun
    merge: Merge | None = None
    comment: Comment | None = None
    arm: Merge | None = None
    withdraw: bool = False
    dequeue: bool = False
    update: bool = False
    again_at: float | None = None


@dataclass(frozen=True, slots=True)
class CreateCheckRun:
    """Write a new check run on a head."""

    repository: Repository
    check: CheckRun


@dataclass(frozen=True, slots=True)
class CreateComment:
    """Begin the one comment on a pull request."""

    repository: Repository
    number: int
    body: str


@dataclass(frozen=True, slots=True)
class UpdateComment:
    """Bring our comment up to date, in place."""

    repository: Repository
    id: int
    body: str


@dataclass(frozen=True, slots=True)
class React:
    """Answer a comment without a word: `content` is one of GitHub's reactions. A second time changes nothing."""

    repository: Repository
    comment: int
    content: str


@dataclass(frozen=True, slots=True)
class MergePullRequest:
    """Merge one pull request, refused by GitHub unless its head is still the one that was evaluated."""

    repository: Repository
    number: int
    merge: Merge


@dataclass(frozen=True, slots=True)
class ArmAutoMerge:
    """Have GitHub merge one pull request by itself, refused unless its head is still the one that was evaluated."""

    repository: Repository
    node_id: str
    merge: Merge


@dataclass(frozen=True, slots=True)
class DisarmAutoMerge:
    """Take GitHub's auto-merge of one pull request back, whoever armed it."""

    repository: Repository
    node_id: str


@dataclass(frozen=True, slots=True)
class Enqueue:
    """Put one pull request into its base's merge queue, refused unless its head is still the one evaluated."""

    repository: Repository
    node_id: str
    head: str


@dataclass(frozen=True, slots=True)
class Dequeue:
    """Take one pull request out of its base's merge queue, whoever put it there."""

    repository: Repository
    node_id: str


@dataclass(frozen=True, slots=True)
class UpdateBranch:
    """Merge the base into the branch of one pull request, refused unless its head is still this one."""

    repository: Repository
    number: int
    head: str


@dataclass(frozen=True, slots=True)
class DeleteBranch:
    """Delete the branch of a merged pull request; one that is gone or protected stays so."""

    repository: Repository
    branch: str


@dataclass(frozen=True, slots=True)
class CreateDeployment:
    """Ask for one landed commit to be deployed; whoever listens to deployments carries it out."""

    repository: Repository
    sha: str
    environment: str
    payload: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SendDispatch:
    """Tell workflows that listen to `repository_dispatch` to deploy one landed commit."""

    repository: Repository
    event_type: str
    payload: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RunWorkflow:
    """Start one workflow by `workflow_dispatch` to deploy one landed commit."""

    repository: Repository
    workflow: str
    ref: str
    inputs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RevertPullRequest:
    """Have GitHub open the pull request that takes a merged one back."""

    repository: Repository
    node_id: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class OpenIssue:
    """Open an issue."""

    repository: Repository
    title: str
    body: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EditIssue:
    """Write the text of an issue anew, and with `closes` close it by the same request."""

    repository: Repository
    number: int
    body: str
    closes: bool = False


@dataclass(frozen=True, slots=True)
class AnswerIssue:
    """Write a comment below an issue."""

    repository: Repository
    number: int
    body: str


Action = (
    CreateCheckRun
    | CreateComment
    | UpdateComment
    | React
    | MergePullRequest
    | ArmAutoMerge
    | DisarmAutoMerge
    | Enqueue
    | Dequeue
    | UpdateBranch
    | DeleteBranch
    | CreateDeployment
    | SendDispatch
    | RunWorkflow
    | RevertPullRequest
    | PushRevert
    | OpenIssue
    | EditIssue
    | AnswerIssue
)
