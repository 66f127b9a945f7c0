"""What GitHub remembers, as values: people, checks, statuses, reviews, deployments, and how each came to be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from simulator.reviewing import ReviewThread
    from simulator.under_way import AutoMerge

T = TypeVar("T")
Json = dict[str, Any]
REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket")
SATISFYING = frozenset({"success", "neutral", "skipped"})  # a required check passes on these (docs, status checks)


@dataclass(slots=True, eq=False)
class User:
    """An account. `kind` is User, Bot or Organization. It may be renamed or deleted; its id stays."""

    id: int
    login: str
    kind: str = "User"
    deleted: bool = False

    @property
    def email(self) -> str:
        """The address GitHub resolves to this account: `ID+login@users.noreply.github.com`."""
        return f"{self.id}+{self.login}@users.noreply.github.com"


@dataclass(frozen=True, slots=True)
class Version(Generic[T]):
    """One state a thing was in, and the number of the change that brought it there."""

    change: int
    value: T


class Versions(Generic[T]):
    """Every state a thing was in, so that a read can answer as of an earlier change."""

    def __init__(self, change: int, value: T) -> None:
        self.all = [Version(change, value)]

    @property
    def now(self) -> T:
        """The state it is in."""
        return self.all[-1].value

    @property
    def last_change(self) -> int:
        """The number of the change that brought its present state."""
        return self.all[-1].change

    def put(self, change: int, value: T) -> None:
        """Record a new state."""
        self.all.append(Version(change, value))

    def at(self, change: int | None) -> T | None:
        """Give the state as of one change (None: now), None where it did not exist yet."""
        if change is None:
            return self.now
        return next((version.value for version in reversed(self.all) if version.change <= change), None)


@dataclass(frozen=True, slots=True)
class App:
    """A GitHub App that reports checks: the one under test, or somebody else's CI."""

    id: int
    slug: str
    bot: User


@dataclass(frozen=True, slots=True)
class CheckRunState:
    """What a check run shows. Moments are Unix seconds."""

    status: str = "queued"
    conclusion: str | None = None
    started_at: float | None = None
    completed_at: float | None = None
    external_id: str = ""
    details_url: str | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: tuple[Json, ...] = ()
    actions: tuple[Json, ...] = ()


@dataclass(slots=True)
class CheckRun:
    """One check run on one commit; `history` holds every write to it. Two workflows of an App may use one name."""

    id: int
    name: str
    head_sha: str
    app: App
    history: Versions[CheckRunState]
    workflow: str = ""

    @property
    def state(self) -> CheckRunState:
        """What it shows now."""
        return self.history.now

    @property
    def status(self) -> str:
        """Queued, in_progress or completed."""
        return self.state.status

    @property
    def conclusion(self) -> str | None:
        """The conclusion shown now, None while it runs."""
        return self.state.conclusion

    @property
    def title(self) -> str | None:
        """The title shown now."""
        return self.state.title

    @property
    def summary(self) -> str | None:
        """The summary shown now."""
        return self.state.summary

    @property
    def text(self) -> str | None:
        """The text shown now."""
        return self.state.text

    @property
    def annotations(self) -> tuple[Json, ...]:
        """Every annotation ever added: GitHub never removes one."""
        return self.state.annotations

    @property
    def external_id(self) -> str:
        """The App's own mark on the run."""
        return self.state.external_id


@dataclass(frozen=True, slots=True)
class CommitStatus:
    """One commit status; the newest of a context counts."""

    id: int
    change: int
    sha: str
    context: str
    state: str
    description: str | None
    target_url: str | None
    creator: User
    at: float


@dataclass(frozen=True, slots=True)
class Review:
    """One submitted review. `state` is APPROVED, CHANGES_REQUESTED, COMMENTED or DISMISSED.

    `was` is the state before it was dismissed, and `dismissed_by` the commit whose push did so, if one did.
    """

    id: int
    author: User
    state: str
    commit: str
    body: str
    at: float
    was: str = ""
    dismissed_by: str | None = None


@dataclass(frozen=True, slots=True)
class ForcePush:
    """A head that was rewritten: from which commit to which, by whom and when."""

    before: str
    after: str
    by: User
    at: float


@dataclass(frozen=True, slots=True)
class Reaction:
    """One person's reaction; nobody has the same one twice."""

    id: int
    author: User
    content: str
    at: float


@dataclass(slots=True)
class Comment:
    """One comment. Who has the right may edit it; its author stays."""

    id: int
    author: User
    body: str
    created_at: float
    updated_at: float
    editor: User | None = None
    edited_at: float | None = None
    reactions: list[Reaction] = field(default_factory=list)

    def counts(self) -> Json:
        """Count the reactions of each kind."""
        counted = Counter(reaction.content for reaction in self.reactions)
        return {"total_count": len(self.reactions), **{content: counted[content] for content in REACTIONS}}


@dataclass(frozen=True, slots=True)
class DeploymentStatus:
    """One reported state of a deployment."""

    id: int
    state: str
    description: str
    creator: User
    at: float
    log_url: str = ""
    environment_url: str = ""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A `repository_dispatch` or `workflow_dispatch` that was asked for."""

    name: str
    ref: str | None
    payload: Json
    at: float


@dataclass(frozen=True, slots=True)
class Ruleset:
    """What a branch asks of a pull request. A check is (context, app id), None for any source.

    One of the `code_owners` (logins) must approve. `methods` are those that may merge, None for all. `others` are
    further rule types, such as REQUIRED_DEPLOYMENTS, that nothing here fulfils. `classic` makes it a branch protection:
    it is not listed among the rules (docs, rulesets). `bypass` lists this App among those who may pass it; a classic
    one may leave `admins` out.
    """

    checks: tuple[tuple[str, int | None], ...] = ()
    strict: bool = False
    approvals: int | None = None
    code_owners: tuple[str, ...] = ()
    last_push: bool = False
    dismiss_stale: bool = False
    threads: bool = False
    methods: tuple[str, ...] | None = None
    others: tuple[str, ...] = ()
    classic: bool = False
    queue: bool = False
    bypass: bool = False
    admins: bool = True

    def requires(self, context: str, app_id: int | None) -> bool:
        """Say whether a check or status of this name and source is required."""
        return any(name == context and source in {None, app_id} for name, source in self.checks)


@dataclass(frozen=True, slots=True)
class PullState:
    """Everything about a pull request that can change. Moments are Unix seconds."""

    title: str
    body: str
    head: str
    base: str
    base_oid: str  # the base's tip when head or base last moved: it lags behind the branch (seen by bors, lighthouse)
    draft: bool
    created_at: float
    updated_at: float
    state: str = "open"
    merged_at: float | None = None
    closed_at: float | None = None
    merge_commit: str | None = None
    merged_by: User | None = None
    landed_on: str | None = None  # the tip of the base just before the merge: the diff stays what it was
    labels: tuple[str, ...] = ()
    reviews: tuple[Review, ...] = field(default=())
    threads: tuple[ReviewThread, ...] = ()
    asked: tuple[str, ...] = ()  # logins whose review is requested
    pushed_by: str = ""  # who pushed the head; empty: the author
    auto_merge: AutoMerge | None = None

    @property
    def merged(self) -> bool:
        """Whether it was merged."""
        return self.merged_at is not None
