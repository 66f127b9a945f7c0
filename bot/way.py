"""What GitHub offers and has under way to bring a pull request into its base: values, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AutoMerge:
    """GitHub's auto-merge as it is armed: by whom, since when (Unix time).

    GitHub keeps no head with it: whatever the head is once its own requirements hold, it merges that.
    """

    by: str
    ours: bool
    method: str
    at: float


@dataclass(frozen=True, slots=True)
class Queued:
    """A pull request in GitHub's merge queue, at the head that it has there."""

    number: int
    head: str


@dataclass(frozen=True, slots=True)
class HeadBranch:
    """The branch a pull request comes from, as long as it is there, and the commit it points to.

    `goes_by_itself` says that the repository has GitHub delete merged branches. `needed_by` counts the open pull
    requests from it or onto it; None: not known.
    """

    name: str
    tip: str
    goes_by_itself: bool = False
    needed_by: int | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How a pull request may get into its base, and how far it is.

    `node_id` names it in GraphQL, `url` is its page. `may_arm` says that the repository allows auto-merge, `withdrawn`
    that this App was the last to disarm it. `queue` says that the base demands its merge queue, `queued` that it stands
    there. `may_bypass` says that this App may merge past the branch's own rules. `retargeted_at` is when a person last
    aimed it at another branch (Unix time).
    """

    node_id: str = ""
    url: str = ""
    may_arm: bool = False
    auto_merge: AutoMerge | None = None
    withdrawn: bool = False
    queue: bool = False
    queued: bool = False
    retargeted_at: float | None = None
    merged_by_us: bool = False
    may_bypass: bool = False
    head_branch: HeadBranch | None = None
