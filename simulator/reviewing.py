"""Reviews beyond their submission: requests for one, dismissals, conversations on lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulator import shapes
from simulator.commit_views import actor

if TYPE_CHECKING:
    from simulator.pull_request import PullRequest
    from simulator.records import Json, PullState, Review, User


@dataclass(frozen=True, slots=True)
class ReviewThread:
    """A conversation on lines of the diff. A collapsed one is only folded away, not resolved."""

    id: int
    by: User
    resolved: bool = False
    collapsed: bool = False


def ask(pull: PullRequest, login: str) -> None:
    """Request somebody's review, or request it again; an approval of theirs stays (seen by vercel/next.js#9041)."""
    pull.change(asked=(*(name for name in pull.now.asked if name != login), pull.repo.github.user(login).login))


def dismiss(pull: PullRequest, given: Review) -> None:
    """Dismiss one review by hand."""
    pull.change(reviews=tuple(_dismissed(one, None) if one.id == given.id else one for one in pull.now.reviews))


def after_push(pull: PullRequest, sha: str) -> tuple[Review, ...]:
    """Give the reviews as a push leaves them that made them stale: approvals go (docs, rulesets)."""
    return tuple(_dismissed(one, sha) if one.state == "APPROVED" else one for one in pull.now.reviews)


def _dismissed(given: Review, sha: str | None) -> Review:
    return given if given.state == "DISMISSED" else replace(given, state="DISMISSED", was=given.state, dismissed_by=sha)


def begin_thread(pull: PullRequest, by: str, *, collapsed: bool = False) -> ReviewThread:
    """Begin a conversation on a line."""
    github = pull.repo.github
    thread = ReviewThread(github.next_id(), github.user(by), collapsed=collapsed)
    pull.change(threads=(*pull.now.threads, thread))
    return thread


def resolve(pull: PullRequest, thread: ReviewThread) -> None:
    """Resolve a conversation."""
    resolved = (replace(one, resolved=True) if one.id == thread.id else one for one in pull.now.threads)
    pull.change(threads=tuple(resolved))


def threads(state: PullState) -> list[Json]:
    """Show the conversations."""
    return [
        {
            "id": shapes.node_id("PRRT", thread.id),
            "isCollapsed": thread.collapsed or thread.resolved,
            "isOutdated": False,
            "isResolved": thread.resolved,
        }
        for thread in state.threads
    ]


def requests(pull: PullRequest, state: PullState) -> list[Json]:
    """Show whose review is awaited: those asked, until they review, and the code owners by themselves."""
    owners = pull.repo.ruleset(state.base).code_owners
    reviewed = {given.author.login for given in state.reviews}
    waiting = [*state.asked, *(name for name in owners if name not in reviewed and name not in state.asked)]
    return [
        {"asCodeOwner": name in owners, "requestedReviewer": actor(pull.repo.github.user(name))} for name in waiting
    ]
