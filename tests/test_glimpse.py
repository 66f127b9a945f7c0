from dataclasses import replace

import pytest

from bot.glimpse import Glimpse, asks, digest, moved
from bot.snapshot import Mergeable, MergeStatus, RequiredCheck
from tests.snapshots import HEAD, snapshot

A_MINUTE_AGO = "2026-03-01T11:59:00Z"
READ = snapshot(updated_at=A_MINUTE_AGO)
STATE = READ.merge_state
ASKS = asks(STATE.required, STATE.asked, STATE.methods)
SEEN = Glimpse(12, HEAD, "main", A_MINUTE_AGO, Mergeable.MERGEABLE, MergeStatus.CLEAN, "", "SUCCESS", ASKS, opinions=0)
REMEMBERED = digest(READ, undecided=False)
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
        replace(SEEN, asks=asks((*STATE.required, RequiredCheck("e2e")), STATE.asked, STATE.methods)),
        replace(SEEN, asks=asks(STATE.required, replace(STATE.asked, approvals=1), STATE.methods)),
        replace(SEEN, asks=asks(STATE.required, STATE.asked, STATE.methods - {"squash"})),
        replace(SEEN, opinions=1),
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
    assert moved(digest(READ, undecided=True), POLICY, SEEN)


def test_a_merge_of_something_else_into_the_base_is_no_reason_for_a_thousand_reads() -> None:
    elsewhere = READ
    later = replace(elsewhere, pull_request=replace(elsewhere.pull_request, base="e" * 40), trusted="e" * 40)

    assert digest(later, undecided=False) == REMEMBERED


@pytest.mark.parametrize(("updated_at", "again"), [("2026-03-01T12:00:00Z", True), ("2026-03-01T11:59:57Z", False)])
def test_what_was_read_in_the_moment_of_its_change_is_looked_at_once_more(updated_at: str, again: bool) -> None:
    remembered = digest(snapshot(updated_at=updated_at), undecided=False)

    assert moved(remembered, POLICY, replace(SEEN, updated_at=updated_at)) is again


def test_the_order_in_which_rules_are_listed_is_no_change() -> None:
    checks = (RequiredCheck("ci"), RequiredCheck("e2e"))

    assert asks(checks, STATE.asked, ["squash", "merge"]) == asks(checks[::-1], STATE.asked, ["merge", "squash"])
