"""Says of each review whether a second person stands behind the head by it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from rules.engine.companions import is_same, wrote_alone
from rules.engine.people import is_human
from rules.engine.pull_request import ReviewState

if TYPE_CHECKING:
    from rules.engine.pull_request import PullRequest, Review


class Standing(StrEnum):
    """What a review is worth."""

    COUNTS = "counts"
    NO_APPROVAL = "no approval by a person"
    NOBODY_ELSE = "by the author, or by somebody without write access"
    OUTDATED = "of other content than the head's"
    ALONE = "by whoever wrote the newest commit without the author"


def standing(pr: PullRequest, review: Review) -> Standing:
    """Weigh one review; what is not known for certain does not count."""
    author = review.author
    if review.state is not ReviewState.APPROVED or author is None or not is_human(author):
        return Standing.NO_APPROVAL
    if is_same(author, pr.author) or author.access is not True:
        return Standing.NOBODY_ELSE
    if not _is_current(pr, review):
        return Standing.OUTDATED
    return Standing.ALONE if wrote_alone(pr, author) else Standing.COUNTS


def _is_current(pr: PullRequest, review: Review) -> bool:
    """Say whether a review saw the head, or a commit with the same content."""
    tree = next((commit.tree for commit in pr.commits if commit.sha == pr.head), "")
    return review.commit == pr.head or (bool(tree) and review.tree == tree)
