"""How one required check stands, by everything that may be reported under its name."""

from datetime import timedelta
from typing import Any, Final

import pytest

from bot.merging.required_checks import Judged, Standing, impostors, judged, optional_failures, required
from bot.snapshot import RequiredCheck
from rules.engine.pull_request import Check, CheckState
from rules.engine.sections import Merge
from tests.snapshots import CI_APP, NOON, OUR_APP, check, merge_state

EARLIER, LATER = NOON - timedelta(minutes=5), NOON + timedelta(minutes=5)
PENDING, FAILED, SKIPPED = CheckState.PENDING, CheckState.FAILED, CheckState.SKIPPED
STATUS: Final[dict[str, Any]] = {"is_status": True, "app_id": None}


@pytest.mark.parametrize(
    ("checks", "standing"),
    [
        pytest.param((), Standing.ABSENT, id="nothing was reported"),
        pytest.param((check("lint"),), Standing.ABSENT, id="only another name was reported"),
        pytest.param((check(),), Standing.SUCCESS, id="success"),
        pytest.param((check(state=CheckState.NEUTRAL),), Standing.NEUTRAL, id="neutral"),
        pytest.param((check(state=SKIPPED),), Standing.SKIPPED, id="skipped"),
        pytest.param((check(state=PENDING),), Standing.PENDING, id="pending"),
        pytest.param((check(state=FAILED),), Standing.FAILED, id="failed"),
        pytest.param((check(state=CheckState.STALE),), Standing.STALE, id="stale"),
        pytest.param(
            (check(state=FAILED, started_at=LATER), check(started_at=EARLIER)),
            Standing.FAILED,
            id="the newest started counts, listed first",
        ),
        pytest.param(
            (check(started_at=EARLIER), check(state=FAILED, started_at=LATER)),
            Standing.FAILED,
            id="the newest started counts, listed last",
        ),
        pytest.param(
            (check(started_at=LATER), check(state=FAILED, started_at=EARLIER)),
            Standing.SUCCESS,
            id="an older failure does not count",
        ),
        pytest.param(
            (check(started_at=LATER), check(state=PENDING, started_at=None)),
            Standing.PENDING,
            id="a run in a queue has not started, and beats all",
        ),
        pytest.param((check(), check(state=FAILED, **STATUS)), Standing.FAILED, id="the status of the name failed"),
        pytest.param((check(state=FAILED), check(**STATUS)), Standing.FAILED, id="the run of the name failed"),
        pytest.param((check(state=PENDING), check(**STATUS)), Standing.PENDING, id="the run of the name is running"),
        pytest.param((check(), check(**STATUS)), Standing.SUCCESS, id="both passed"),
        pytest.param((check(state=SKIPPED), check(**STATUS)), Standing.SKIPPED, id="the weaker of two passes is told"),
    ],
)
def test_a_name_stands_by_its_newest_run_and_its_newest_status(checks: tuple[Check, ...], standing: Standing) -> None:
    assert judged(RequiredCheck("ci"), checks).standing is standing


@pytest.mark.parametrize("standing", list(Standing))
def test_only_what_github_lets_pass_passes(standing: Standing) -> None:
    passing = {Standing.SUCCESS, Standing.NEUTRAL, Standing.SKIPPED}

    assert standing.passes is (standing in passing)


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        pytest.param(
            (check(app_id=99),),
            Judged("ci", Standing.WRONG_APP, sources=("app 99",), expected=CI_APP),
            id="another App",
        ),
        pytest.param(
            (check(**STATUS), check(app_id=99)),
            Judged("ci", Standing.WRONG_APP, sources=("a commit status", "app 99"), expected=CI_APP),
            id="a status and another App",
        ),
        pytest.param(
            (check(app_id=99, started_at=LATER), check(state=FAILED, said="timed out")),
            Judged("ci", Standing.FAILED, "timed out"),
            id="a newer success of another App hides nothing",
        ),
        pytest.param(
            (check(app_id=99, state=FAILED, started_at=LATER), check()),
            Judged("ci", Standing.SUCCESS),
            id="a newer failure of another App stops nothing",
        ),
    ],
)
def test_where_the_source_is_pinned_only_that_app_counts(checks: tuple[Check, ...], expected: Judged) -> None:
    assert judged(RequiredCheck("ci", CI_APP), checks) == expected


def test_a_classic_protection_takes_what_github_marks_as_required() -> None:
    asked = RequiredCheck("ci", marked=True)

    unmarked = judged(asked, (check(),))
    marked = judged(asked, (check(state=FAILED), check(required=True)))

    assert unmarked == Judged("ci", Standing.WRONG_APP, sources=(f"app {CI_APP}",))
    assert marked.standing is Standing.SUCCESS


def test_what_must_pass_comes_from_the_branch_the_policy_and_githubs_marks_and_is_never_our_own() -> None:
    state = merge_state(required=(RequiredCheck("ci", CI_APP), RequiredCheck("andon"), RequiredCheck("andon", OUR_APP)))
    checks = (check(required=True), check("types", required=True), check("lint"))

    found = required(state, Merge(required_checks=("docs",)), checks, OUR_APP)

    assert found == (RequiredCheck("ci", CI_APP), RequiredCheck("docs"), RequiredCheck("types"))


def test_what_fails_unasked_is_named_once_by_its_newest_run() -> None:
    checks = (
        check(state=FAILED),
        check("lint", FAILED),
        check("lint", FAILED, **STATUS),
        check("docs", FAILED, started_at=EARLIER),
        check("docs", started_at=LATER),
        check("andon", FAILED, app_id=99),
    )

    assert optional_failures(checks, (RequiredCheck("ci"),)) == ("lint",)


def test_whoever_else_reports_our_name_is_named() -> None:
    assert impostors((check(), check("andon", app_id=99), check("andon", **STATUS))) == ("a commit status", "app 99")
