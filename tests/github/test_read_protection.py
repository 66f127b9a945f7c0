"""What a base branch asks and how reviews stand, as GitHub's GraphQL tells it."""

from typing import Any

import pytest

from bot.github.read_protection import asked, required_checks, reviewing, unread
from bot.snapshot import Asked, Dismissed, RequiredCheck, Reviewing


def connection(*found: Any) -> dict[str, Any]:
    return {"totalCount": len(found), "nodes": list(found)}


def rule(kind: str, **parameters: Any) -> dict[str, Any]:
    return {"type": kind, "parameters": parameters or None}


CHECKS = rule("REQUIRED_STATUS_CHECKS", requiredStatusChecks=[{"context": "ci", "integrationId": 7}])
CLASSIC = {
    "requiredApprovingReviewCount": 2,
    "requiredStatusCheckContexts": ["ci", "docs", None],
    "requiresCodeOwnerReviews": True,
    "requiresConversationResolution": True,
    "requiresLinearHistory": True,
    "requiresSignatures": False,
}


def test_a_branch_that_asks_nothing_asks_nothing() -> None:
    assert (required_checks(None), asked(None)) == ((), Asked())
    assert asked({"rules": connection(), "refUpdateRule": None}) == Asked()


def test_of_rulesets_and_classic_protection_the_strictest_counts() -> None:
    reviews = rule("PULL_REQUEST", requiredApprovingReviewCount=1, requireLastPushApproval=True)
    stale = rule("PULL_REQUEST", requiredApprovingReviewCount=0, dismissStaleReviewsOnPush=True)

    found = asked({"rules": connection(CHECKS, reviews, stale), "refUpdateRule": CLASSIC})

    assert found == Asked(
        approvals=2,
        code_owners=True,
        last_push=True,
        stale_dismissed=True,
        threads=True,
        others=("required linear history",),
    )


def test_a_name_that_a_ruleset_pins_is_not_asked_for_a_second_time() -> None:
    found = required_checks({"rules": connection(CHECKS), "refUpdateRule": CLASSIC})

    assert found == (RequiredCheck("ci", 7), RequiredCheck("docs", marked=True))


def test_rules_that_can_block_a_merge_and_are_not_read_are_named() -> None:
    kinds = ("CREATION", "NON_FAST_FORWARD", "WORKFLOWS", "REQUIRED_DEPLOYMENTS", "PULL_REQUEST", "NEW_ONE")

    assert asked({"rules": connection(*map(rule, kinds))}).others == ("new one", "required deployments", "workflows")


def test_reviews_are_told_apart_by_who_may_write_and_who_is_awaited() -> None:
    review = {"state": "APPROVED", "author": {"login": "bob"}}
    node = {
        "latestOpinionatedReviews": connection(review),
        "opinions": connection(review, {"state": "APPROVED", "author": {"login": "mallory"}}),
        "reviewRequests": connection(
            {"asCodeOwner": True, "requestedReviewer": {"slug": "owners"}},
            {"asCodeOwner": False, "requestedReviewer": {"login": "carol"}},
            {"asCodeOwner": False, "requestedReviewer": None},
        ),
        "reviewThreads": connection({"isResolved": True}, {"isResolved": False}),
        "dismissals": connection(
            {"previousReviewState": "APPROVED", "pullRequestCommit": {"commit": {"oid": "a1"}}, "review": review},
            {"previousReviewState": "APPROVED", "pullRequestCommit": None, "review": {"author": None}},
            {"previousReviewState": "CHANGES_REQUESTED", "pullRequestCommit": None, "review": review},
        ),
    }

    assert reviewing(node) == Reviewing(
        requested=("owners", "carol", "somebody that andon may not see"),
        owners=("owners",),
        without_access=("mallory",),
        dismissed=(Dismissed("bob", "a1"), Dismissed("somebody whose account is gone", None)),
        open_threads=1,
    )


THREADS = rule("PULL_REQUEST", requiredReviewThreadResolution=True)
WHOLE = {
    "labels": connection(),
    "latestOpinionatedReviews": connection(),
    "reviewThreads": connection(),
    "baseRef": {"rules": connection(THREADS)},
}


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"labels": None}, ["GitHub did not tell the labels"], id="labels"),
        pytest.param(
            {"latestOpinionatedReviews": {"totalCount": 51, "nodes": []}},
            ["GitHub has 51 reviews, and 0 could be read"],
            id="reviews",
        ),
        pytest.param({"reviewThreads": None}, ["GitHub did not tell the review conversations"], id="conversations"),
        pytest.param({"baseRef": {"rules": None}}, ["GitHub did not tell the branch rules"], id="rules"),
        pytest.param(
            {"baseRef": {"rules": connection()}, "reviewThreads": None}, [], id="conversations, not asked for"
        ),
    ],
)
def test_what_github_did_not_tell_is_named(missing: dict[str, Any], said: list[str]) -> None:
    assert list(unread({**WHOLE, **missing})) == said
