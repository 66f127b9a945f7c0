"""What the base branch still asks of reviewers. GitHub counts the approvals; this says what is missing. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.snapshot import MergeState, MergeStatus, Snapshot
from bot.text.oids import as_on_github
from bot.waiting import Actor, Wait
from rules.engine.companions import is_same
from rules.engine.pull_request import Review, ReviewState


def review_waits(snapshot: Snapshot) -> tuple[Wait, ...]:
    """List what is missing of reviews, and who gives it. Nobody approves what is their own."""
    state, author = snapshot.merge_state, snapshot.pull_request.author
    reviews = [
        one for one in snapshot.pull_request.reviews if one.author is not None and not is_same(one.author, author)
    ]
    found = (*_decision(state, reviews), *_again(state, reviews), *_threads(state))
    return found or tuple(_behind_a_block(state, reviews, snapshot.pull_request.head))


def _decision(state: MergeState, reviews: Sequence[Review]) -> Iterator[Wait]:
    match state.review_decision:
        case "CHANGES_REQUESTED":
            who = _names(_logins(reviews, ReviewState.CHANGES_REQUESTED)) or "a reviewer"
            yield Wait(f"{who} asked for changes", Actor.AUTHOR, key="changes-requested", shown=True)
        case "REVIEW_REQUIRED":
            odd = bool(state.reviewing.without_access or state.reviewing.dismissed)  # the rest GitHub itself shows
            yield Wait(_required(state, reviews), Actor.REVIEWER, key="approval", shown=odd)
        case _:
            return


def _required(state: MergeState, reviews: Sequence[Review]) -> str:
    """Say how many approvals are there and how many it takes, and which do not count and why."""
    needed, given = max(state.asked.approvals, 1), len(_logins(reviews, ReviewState.APPROVED))
    words = f"{given} of {needed} required approval{'s' if needed > 1 else ''}"
    if state.asked.code_owners and state.reviewing.owners:
        words += f", and code owner review of {_names(state.reviewing.owners)} is required"
    if ignored := state.reviewing.without_access:
        words += f"; that of {_names(ignored)} does not count, for want of write access"
    for one in state.reviewing.dismissed:
        if one.by not in _logins(reviews, ReviewState.APPROVED):
            by = f"by the push of `{as_on_github(one.commit)}`" if one.commit else "by hand"
            words += f"; that of `{one.by}` was dismissed {by}"
    return words


def _again(state: MergeState, reviews: Sequence[Review]) -> Iterator[Wait]:
    """Wait for whoever approved and was asked to look again: GitHub itself would not."""
    asked = [login for login in _logins(reviews, ReviewState.APPROVED) if login in state.reviewing.requested]
    if asked:
        what = f"{_names(asked)} approved and was asked to review again"
        yield Wait(what, Actor.REVIEWER, key="review-again", shown=True)


def _threads(state: MergeState) -> Iterator[Wait]:
    count = state.reviewing.open_threads
    if state.asked.threads and count:
        what = f"{count} review conversation{'s are' if count > 1 else ' is'} not resolved"
        yield Wait(what, Actor.AUTHOR, key="conversations", shown=True)


def _behind_a_block(state: MergeState, reviews: Sequence[Review], head: str) -> Iterator[Wait]:
    """Name the rules on reviews that GitHub's decision does not show, where it blocks and they are not seen to be met.

    With such a rule alone `reviewDecision` is null (seen by chdsbd/kodiak#98).
    """
    if state.status is not MergeStatus.BLOCKED:
        return
    if state.asked.code_owners and (state.reviewing.owners or not _logins(reviews, ReviewState.APPROVED)):
        of_whom = f" of {_names(state.reviewing.owners)}" if state.reviewing.owners else ""
        yield Wait(f"waiting for code owner review{of_whom}", Actor.REVIEWER, key="code-owner", shown=True)
    elif state.asked.last_push and not _approved_at(reviews, head):
        what = "waiting for an approval of the last push, by somebody other than who pushed it"
        yield Wait(what, Actor.REVIEWER, key="last-push", of_head=True, shown=True)


def _approved_at(reviews: Sequence[Review], head: str) -> bool:
    return any(review.state is ReviewState.APPROVED and review.commit == head for review in reviews)


def _logins(reviews: Sequence[Review], state: ReviewState) -> list[str]:
    return [review.author.login for review in reviews if review.state is state and review.author is not None]


def _names(logins: Sequence[str]) -> str:
    return ", ".join(f"`{login}`" for login in logins)
