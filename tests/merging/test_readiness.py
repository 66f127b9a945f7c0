from datetime import timedelta
from typing import Any

import pytest

from bot.merging.readiness import Actor, mentions, readiness
from bot.snapshot import Asked, Mergeable, MergeState, MergeStatus, RequiredCheck
from rules.engine.pull_request import Change, ChangedFile, Check, CheckState, PullRequest
from rules.engine.sections import Merge
from tests.snapshots import CI_APP, NOON, OUR_APP, check, merge_state, pull_request, showing, snapshot

BLOCKED = (
    "GitHub blocks this and we cannot see why: every rule that andon may read is met. A classic branch protection may "
    "ask for more, and only its administrators see all of it"
)
LATER = NOON + timedelta(minutes=5)
PENDING = CheckState.PENDING
FAILED = CheckState.FAILED


def waits(
    pull: PullRequest | None = None, state: MergeState | None = None, merge: Merge | None = None
) -> list[tuple[str, Actor]]:
    seen = snapshot(pull_request=pull or pull_request(), merge_state=state or merge_state())
    return [(wait.what, wait.who) for wait in readiness(seen, merge or Merge(), our_app=OUR_APP)]


def test_nothing_is_missing_where_ci_is_green_and_github_says_clean() -> None:
    assert waits() == []


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        pytest.param((), "waiting for `ci` (never reported)", id="a required check that never reported is not ready"),
        pytest.param((check(state=PENDING),), "waiting for `ci` (running)", id="a pending one is waited for"),
        pytest.param((check(state=FAILED),), "`ci` failed", id="a failed one is named"),
        pytest.param((check(state=CheckState.STALE),), "`ci` is stale: GitHub gave up on it; run it again", id="stale"),
        pytest.param(
            (check(), check(state=PENDING, started_at=LATER)),
            "waiting for `ci` (running)",
            id="an old success does not hide a newer run that is pending",
        ),
        pytest.param(
            (check(started_at=NOON), check(state=FAILED, started_at=LATER)),
            "`ci` failed",
            id="an old success does not hide a newer failure",
        ),
        pytest.param(
            (check(started_at=LATER), check(state=PENDING, started_at=NOON)),
            "waiting for `ci` (running)",
            id="a running one beats all, whenever it started",
        ),
        pytest.param(
            (check(), check(is_status=True, app_id=None, state=FAILED)),
            "`ci` failed",
            id="a status and a check of one name must both pass: the status fails",
        ),
        pytest.param(
            (check(state=FAILED), check(is_status=True, app_id=None)),
            "`ci` failed",
            id="a status and a check of one name must both pass: the check fails",
        ),
    ],
)
def test_a_required_check_that_did_not_pass_is_waited_for(checks: tuple[Check, ...], expected: str) -> None:
    assert [what for what, _ in waits(pull_request(checks=checks))] == [expected]


@pytest.mark.parametrize("state", [CheckState.SUCCESS, CheckState.NEUTRAL, CheckState.SKIPPED])
def test_what_github_lets_pass_passes(state: CheckState) -> None:
    assert waits(pull_request(checks=(check(state=state),))) == []


def test_an_old_failure_does_not_outlive_a_newer_success() -> None:
    checks = (check(state=FAILED, started_at=NOON), check(started_at=LATER))

    assert waits(pull_request(checks=checks)) == []


def test_a_check_that_nobody_requires_may_fail() -> None:
    assert waits(pull_request(checks=(check(), check("lint", FAILED)))) == []


def test_a_check_from_another_app_than_the_ruleset_expects_does_not_count() -> None:
    state = merge_state(required=(RequiredCheck("ci", CI_APP),))

    forged = waits(pull_request(checks=(check(app_id=99),)), state)
    honest = waits(pull_request(checks=(check(app_id=99, state=FAILED), check(app_id=CI_APP))), state)

    assert forged == [(f"`ci` was reported by app 99, and app {CI_APP} is expected", Actor.MAINTAINER)]
    assert honest == []


def test_a_status_cannot_stand_in_for_a_check_that_an_app_must_report() -> None:
    state = merge_state(required=(RequiredCheck("ci", CI_APP),))

    found = waits(pull_request(checks=(check(is_status=True, app_id=None),)), state)

    assert found == [(f"`ci` was reported by a commit status, and app {CI_APP} is expected", Actor.MAINTAINER)]


def test_our_own_check_is_no_reason_to_wait_for_ourselves() -> None:
    state = merge_state(required=(RequiredCheck("ci"), RequiredCheck("andon", OUR_APP)))

    assert waits(state=state) == []


def test_without_any_required_check_there_is_no_evidence_and_no_merge() -> None:
    alone = merge_state(required=(RequiredCheck("andon", OUR_APP),))

    [(what, who)] = waits(state=alone)

    assert what.startswith("nothing here proves that it works")
    assert who is Actor.MAINTAINER


def test_the_policy_can_name_the_evidence_that_no_ruleset_asks_for() -> None:
    merge = Merge(required_checks=("ci",))

    assert waits(state=merge_state(required=()), merge=merge) == []


def test_classic_protection_is_known_from_the_checks_that_github_marks_as_required() -> None:
    found = waits(pull_request(checks=(check(required=True, state=PENDING),)), merge_state(required=()))

    assert found == [("waiting for `ci` (running)", Actor.NOBODY)]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"mergeable": Mergeable.UNKNOWN}, ("GitHub is still computing whether it can be merged", Actor.NOBODY)),
        ({"status": MergeStatus.UNKNOWN}, ("GitHub is still computing whether it can be merged", Actor.NOBODY)),
        ({"status": MergeStatus.DIRTY}, ("it conflicts with its base branch", Actor.AUTHOR)),
        (
            {"status": MergeStatus.BEHIND},
            ("it is behind its base branch, and the branch requires it to be up to date", Actor.AUTHOR),
        ),
        ({"status": MergeStatus.BLOCKED}, (BLOCKED, Actor.MAINTAINER)),
        ({"review_decision": "CHANGES_REQUESTED"}, ("a reviewer asked for changes", Actor.AUTHOR)),
        ({"review_decision": "REVIEW_REQUIRED"}, ("0 of 1 required approval", Actor.REVIEWER)),
        (
            {"review_decision": "REVIEW_REQUIRED", "asked": Asked(approvals=2)},
            ("0 of 2 required approvals", Actor.REVIEWER),
        ),
        ({"unread": ("GitHub did not tell the labels",)}, ("GitHub did not tell the labels", Actor.NOBODY)),
        (
            {"methods": frozenset({"rebase", "merge"})},
            ("the repository does not allow to squash into this branch; it allows: merge, rebase", Actor.MAINTAINER),
        ),
    ],
)
def test_what_github_itself_misses_is_said_with_who_must_act(
    state: dict[str, Any], expected: tuple[str, Actor]
) -> None:
    assert waits(state=merge_state(**state)) == [expected]


@pytest.mark.parametrize("status", [MergeStatus.CLEAN, MergeStatus.UNSTABLE, MergeStatus.HAS_HOOKS])
def test_what_github_would_merge_is_merged(status: MergeStatus) -> None:
    assert waits(state=merge_state(status=status)) == []


def test_a_draft_is_its_authors_business_whichever_way_github_says_it() -> None:
    expected = [("it is a draft", Actor.AUTHOR)]

    assert waits(pull_request(draft=True)) == expected
    assert waits(state=merge_state(status=MergeStatus.DRAFT)) == expected


def test_what_has_no_commits_is_not_merged() -> None:
    found = readiness(snapshot(has_commits=False), Merge(), our_app=OUR_APP)

    assert [(wait.what, wait.who, wait.key) for wait in found] == [
        ("it has no commits that its base lacks", Actor.AUTHOR, "empty")
    ]


def test_a_conflict_is_one_whatever_the_status_says() -> None:
    expected = [("it conflicts with its base branch", Actor.AUTHOR)]

    assert waits(state=merge_state(mergeable=Mergeable.CONFLICTING)) == expected
    assert waits(state=merge_state(mergeable=Mergeable.CONFLICTING, status=MergeStatus.DIRTY)) == expected


def test_while_github_computes_every_other_reason_is_told_as_well() -> None:
    state = merge_state(mergeable=Mergeable.UNKNOWN, review_decision="REVIEW_REQUIRED")

    found = [what for what, _ in waits(pull_request(draft=True), state, Merge(when="label"))]

    assert found == [
        "it is a draft",
        "neither the label `ship` is set, nor was `/andon merge` said",
        "0 of 1 required approval",
        "GitHub is still computing whether it can be merged",
    ]


def test_a_block_that_something_explains_is_no_riddle() -> None:
    state = merge_state(status=MergeStatus.BLOCKED)

    assert waits(pull_request(checks=()), state) == [("waiting for `ci` (never reported)", Actor.NOBODY)]


def test_a_block_by_rules_that_andon_cannot_judge_names_them_and_is_looked_at_again() -> None:
    state = merge_state(status=MergeStatus.BLOCKED, asked=Asked(others=("code scanning", "workflows")))

    [wait] = readiness(snapshot(merge_state=state), Merge(), our_app=OUR_APP)

    assert wait.what.endswith("the base branch has rules that andon cannot judge: code scanning, workflows")
    assert wait.soon


def test_a_block_before_our_own_check_is_there_waits_for_us() -> None:
    required = (RequiredCheck("ci"), RequiredCheck("andon", OUR_APP))
    state = merge_state(status=MergeStatus.BLOCKED, required=required)
    before = snapshot(merge_state=state)
    after = snapshot(merge_state=state, published=showing("digest"))

    assert [one.what for one in readiness(before, Merge(), our_app=OUR_APP)] == ["GitHub waits for andon's own check"]
    assert [one.what for one in readiness(after, Merge(), our_app=OUR_APP)] == [BLOCKED]


def test_a_label_that_holds_wins_over_one_that_asks_in_any_case_of_letters() -> None:
    merge = Merge(when="label", label="ship", hold_labels=("do-not-merge",))
    pull = pull_request(labels=frozenset({"Ship", "DO-NOT-MERGE"}))

    assert waits(pull, merge=merge) == [("the label `do-not-merge` holds it", Actor.MAINTAINER)]


def test_whoever_speaks_in_our_name_stops_the_merge() -> None:
    [(what, who)] = waits(pull_request(checks=(check(), check("andon", app_id=99))))

    assert what.startswith("`andon` was also reported by app 99; only this App speaks for andon.")
    assert who is Actor.MAINTAINER


def test_what_stops_nothing_is_mentioned() -> None:
    checks = (check(state=CheckState.SKIPPED), check("docs", CheckState.NEUTRAL), check("lint", FAILED))
    seen = snapshot(pull_request=pull_request(checks=checks))

    said = mentions(seen, Merge(required_checks=("docs",)), our_app=OUR_APP)

    assert said == (
        "`ci` was skipped, which GitHub takes for success",
        "`docs` ended neutral, which GitHub takes for success",
        "`lint` failed, and nothing requires it",
    )


@pytest.mark.parametrize("state", [CheckState.NEUTRAL, CheckState.SKIPPED])
def test_the_policy_may_want_a_check_to_succeed(state: CheckState) -> None:
    found = waits(pull_request(checks=(check(state=state),)), merge=Merge(must_succeed=("ci",)))

    assert found == [(f"`ci` ended {state}, and the policy wants it to succeed", Actor.AUTHOR)]
    assert waits(merge=Merge(must_succeed=("ci",))) == []


def test_with_when_label_the_label_must_be_set_in_any_case_of_letters() -> None:
    merge = Merge(when="label", label="ship")

    assert waits(merge=merge) == [("neither the label `ship` is set, nor was `/andon merge` said", Actor.MAINTAINER)]
    assert waits(pull_request(labels=frozenset({"Ship"})), merge=merge) == []


def test_forks_and_workflow_files_are_merged_by_a_person() -> None:
    fork = pull_request(fork=True)
    workflow = pull_request(files=(ChangedFile(".github/workflows/ci.yml", Change.MODIFIED, 1, 0, ()),))
    renamed = pull_request(
        files=(ChangedFile("old.yml", Change.RENAMED, 0, 0, (), previous_path=".github/workflows/ci.yml"),)
    )

    assert waits(fork) == [
        ("it comes from a fork: a maintainer merges it, or says `/andon merge` for this head", Actor.MAINTAINER)
    ]
    assert [who for _, who in waits(workflow)] == [Actor.MAINTAINER]
    assert [who for _, who in waits(renamed)] == [Actor.MAINTAINER]
