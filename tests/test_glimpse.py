from dataclasses import replace

import pytest

from bot.glimpse import Glimpse, digest, moved
from bot.snapshot import Mergeable, MergeStatus
from tests.snapshots import HEAD, snapshot

SEEN = Glimpse(12, HEAD, "main", "2026-03-01T12:00:00Z", Mergeable.MERGEABLE, MergeStatus.CLEAN, "", "SUCCESS")
REMEMBERED = digest(snapshot(), undecided=False)
POLICY = "1234567"


def test_what_did_not_move_needs_no_look() -> None:
    assert not moved(REMEMBERED, POLICY, SEEN)


@pytest.mark.parametrize(
    "now",
    [
        replace(SEEN, head="c" * 40),
        replace(SEEN, base_branch="release"),
        replace(SEEN, updated_at="2026-03-01T12:00:01Z"),
        replace(SEEN, mergeable=Mergeable.CONFLICTING),
        replace(SEEN, status=MergeStatus.BLOCKED),
        replace(SEEN, review_decision="APPROVED"),
        replace(SEEN, rollup="FAILURE"),
    ],
)
def test_whatever_a_decision_rests_on_is_noticed(now: Glimpse) -> None:
    assert moved(REMEMBERED, POLICY, now)


def test_another_policy_is_noticed() -> None:
    assert moved(REMEMBERED, "7654321", SEEN)


def test_what_github_has_not_computed_counts_as_unchanged() -> None:
    unknown = replace(SEEN, mergeable=Mergeable.UNKNOWN, status=MergeStatus.UNKNOWN)

    assert not moved(REMEMBERED, POLICY, unknown)


def test_what_could_not_be_decided_is_looked_at_again() -> None:
    assert moved(digest(snapshot(), undecided=True), POLICY, SEEN)


def test_a_merge_of_something_else_into_the_base_is_no_reason_for_a_thousand_reads() -> None:
    elsewhere = snapshot()
    later = replace(elsewhere, pull_request=replace(elsewhere.pull_request, base="e" * 40), trusted="e" * 40)

    assert digest(later, undecided=False) == REMEMBERED
