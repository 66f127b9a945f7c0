"""What is missing of reviews, and who gives it."""

from typing import Any

import pytest

from bot.merging.reviews import review_waits
from bot.snapshot import Asked, Dismissed, MergeStatus, Reviewing
from bot.waiting import Actor
from rules.engine.pull_request import Account, Review, ReviewState
from tests.snapshots import HEAD, merge_state, pull_request, snapshot

BOB = Review(Account("bob", 2), ReviewState.APPROVED, HEAD)
EARLIER = Review(Account("bob", 2), ReviewState.APPROVED, "e" * 40)
ALICE = Review(Account("alice", 1), ReviewState.APPROVED, HEAD)
AGAINST = Review(Account("carol", 3), ReviewState.CHANGES_REQUESTED, HEAD)
GONE = Review(None, ReviewState.CHANGES_REQUESTED, HEAD)
NEEDED = {"review_decision": "REVIEW_REQUIRED"}
BLOCKED = {"status": MergeStatus.BLOCKED}
LAST_PUSH = "waiting for an approval of the last push, by somebody other than who pushed it"


def waits(reviews: tuple[Review, ...], **state: Any) -> list[tuple[str, Actor]]:
    seen = snapshot(pull_request=pull_request(reviews=reviews), merge_state=merge_state(**state))
    return [(wait.what, wait.who) for wait in review_waits(seen)]


@pytest.mark.parametrize(
    ("reviews", "state", "expected"),
    [
        pytest.param((), NEEDED, "0 of 1 required approval", id="none"),
        pytest.param((BOB,), {**NEEDED, "asked": Asked(approvals=3)}, "1 of 3 required approvals", id="one of three"),
        pytest.param((ALICE,), NEEDED, "0 of 1 required approval", id="nobody approves what is their own"),
        pytest.param(
            (),
            {**NEEDED, "reviewing": Reviewing(without_access=("mallory", "eve"))},
            "0 of 1 required approval; that of `mallory`, `eve` does not count, for want of write access",
            id="without access",
        ),
        pytest.param(
            (),
            {**NEEDED, "reviewing": Reviewing(dismissed=(Dismissed("bob", "abcdef0123"), Dismissed("eve", None)))},
            "0 of 1 required approval; that of `bob` was dismissed by the push of `abcdef0`; "
            "that of `eve` was dismissed by hand",
            id="dismissed",
        ),
        pytest.param(
            (BOB,),
            {**NEEDED, "asked": Asked(approvals=2), "reviewing": Reviewing(dismissed=(Dismissed("bob", None),))},
            "1 of 2 required approvals",
            id="dismissed and given anew",
        ),
        pytest.param(
            (BOB,),
            {**NEEDED, "asked": Asked(approvals=2, code_owners=True), "reviewing": Reviewing(owners=("dora",))},
            "1 of 2 required approvals, and code owner review of `dora` is required",
            id="a code owner besides",
        ),
        pytest.param(
            (BOB,),
            {"reviewing": Reviewing(requested=("bob", "dora"))},
            "`bob` approved and was asked to review again",
            id="asked again",
        ),
        pytest.param(
            (BOB,),
            {**BLOCKED, "asked": Asked(code_owners=True), "reviewing": Reviewing(owners=("dora",))},
            "waiting for code owner review of `dora`",
            id="a code owner who is known",
        ),
        pytest.param(
            (),
            {**BLOCKED, "asked": Asked(code_owners=True)},
            "waiting for code owner review",
            id="a code owner whom andon may not see",
        ),
        pytest.param((EARLIER,), {**BLOCKED, "asked": Asked(last_push=True)}, LAST_PUSH, id="the last push"),
    ],
)
def test_a_reviewer_is_told_what_is_missing(reviews: tuple[Review, ...], state: dict[str, Any], expected: str) -> None:
    assert waits(reviews, **state) == [(expected, Actor.REVIEWER)]


@pytest.mark.parametrize(
    ("reviews", "state", "expected"),
    [
        pytest.param((BOB, AGAINST), {}, "`carol` asked for changes", id="by name, beside an approval"),
        pytest.param((GONE,), {}, "a reviewer asked for changes", id="by an account that is gone"),
    ],
)
def test_the_author_is_told_who_asked_for_changes(
    reviews: tuple[Review, ...], state: dict[str, Any], expected: str
) -> None:
    assert waits(reviews, review_decision="CHANGES_REQUESTED", **state) == [(expected, Actor.AUTHOR)]


@pytest.mark.parametrize(("count", "words"), [(1, "1 review conversation is"), (2, "2 review conversations are")])
def test_conversations_count_where_the_branch_asks_for_them(count: int, words: str) -> None:
    asked = waits((), asked=Asked(threads=True), reviewing=Reviewing(open_threads=count))
    unasked = waits((), reviewing=Reviewing(open_threads=count))

    assert asked == [(f"{words} not resolved", Actor.AUTHOR)]
    assert unasked == []


@pytest.mark.parametrize(
    "state",
    [
        pytest.param({"review_decision": "APPROVED"}, id="approved"),
        pytest.param({"asked": Asked(code_owners=True, last_push=True)}, id="nothing blocks"),
        pytest.param({**BLOCKED, "asked": Asked(code_owners=True, last_push=True)}, id="blocked by something else"),
        pytest.param(BLOCKED, id="no rule on reviews"),
    ],
)
def test_what_github_does_not_miss_is_not_asked_for(state: dict[str, Any]) -> None:
    assert waits((BOB,), **state) == []
