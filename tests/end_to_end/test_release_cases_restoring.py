"""Releases that failed and are taken back, or not: each row a short story in virtual time, and how it must end."""

from __future__ import annotations

import pytest

from tests.end_to_end.release_steps import (
    FAILS,
    HOUR,
    IS_LIVE,
    RESTORED,
    RULES,
    End,
    Row,
    Step,
    checks,
    deploys,
    lands_all_reverts,
    lands_revert,
    merges_by_hand,
    opens,
    production,
    says,
    sets,
    ships,
    told,
    waits,
)
from tests.end_to_end.release_town import Town

REVERTS = "{via: deployment}"
BY_WORKFLOW = "{via: workflow_dispatch, workflow: ship.yml}"
BY_PUSH = "{via: push}"
BY_EVENT = "{via: repository_dispatch}"
CLOSES = "{via: deployment, on-failure: close-line}"
NOTHING = "{via: deployment, on-failure: nothing}"


def keeps_out(login: str) -> Step:
    async def step(town: Town) -> None:
        town.repository.outsiders.add(login)

    return step


def switches_issues_off() -> Step:
    async def step(town: Town) -> None:
        town.repository.has_issues = False

    return step


ROWS = (
    Row("E6 a rollback is done", REVERTS, (*FAILS, *IS_LIVE), RESTORED),
    Row("a failure by a workflow", BY_WORKFLOW, (*FAILS, *IS_LIVE), RESTORED),
    Row("a failure by an event", BY_EVENT, (*FAILS, *IS_LIVE), RESTORED),
    Row(
        "a failure of what deploys by itself",
        BY_PUSH,
        (*FAILS, *IS_LIVE),
        End({"a": "reverted", "revert": "live"}, starts=0, reverts=1, issues=1),
    ),
    Row(
        "a failure after the policy no longer deploys",
        REVERTS,
        (ships("a"), sets(RULES), deploys("a", "failure"), waits(90.0)),
        End({"a": "failed"}, "closed", words=("no longer says how to deploy",)),
    ),
    Row(
        "a failure in production",
        "{via: deployment, verify: {checks: [smoke], soak: 1m}}",
        (
            ships("a"),
            deploys("a", "success"),
            checks("a", "failure"),
            *IS_LIVE,
            checks("revert", "success"),
            waits(90.0),
        ),
        RESTORED,
    ),
    Row(
        "a failure that an address shows",
        "{via: deployment, verify: {probes: [checkout], soak: 1m}}",
        (
            ships("a"),
            deploys("a", "success"),
            waits(30.0),
            production(status=500),
            waits(60.0),
            production(status=200),
            *IS_LIVE,
            waits(90.0),
        ),
        RESTORED,
    ),
    Row(
        "a failure that a value shows",
        "{via: deployment, verify: {queries: [error-rate], soak: 1m}}",
        (
            ships("a"),
            deploys("a", "success"),
            waits(30.0),
            production(value="0.5"),
            waits(60.0),
            production(value="0"),
            *IS_LIVE,
            waits(90.0),
        ),
        RESTORED,
    ),
    Row(
        "E8 a failure with nothing to go back to",
        REVERTS,
        (*FAILS, waits(90.0)),
        End({"a": "failed"}, "closed", 1, 0, 1, words=("there is nothing to go back to",)),
        well=False,
    ),
    Row(
        "E8 a failure with nothing to go back to, and a person who asks",
        REVERTS,
        (*FAILS, says("bob", "a", "/andon revert it does not start"), waits(10.0), *IS_LIVE, waits(90.0)),
        RESTORED,
        well=False,
    ),
    Row(
        "E7 what landed between a failure and its revert",
        REVERTS,
        (ships("a", "b"), deploys("a", "failure"), *IS_LIVE, waits(90.0)),
        End({"a": "reverted", "b": "superseded", "revert": "live"}, starts=3, reverts=1, issues=1),
    ),
    Row(
        "E7 a person merges while production is restored",
        REVERTS,
        (*FAILS, merges_by_hand("b"), waits(90.0)),
        End({"a": "reverting", "b": "landed"}, "closed", 1, 1, 1, words=("it waits until #2, which it holds",)),
    ),
    Row(
        "E7 what a person merged before the revert is held by that",
        REVERTS,
        (*FAILS, merges_by_hand("b"), waits(2.0), *IS_LIVE, waits(90.0)),
        End({"a": "reverted", "b": "superseded", "revert": "live"}, starts=2, reverts=1, issues=1),
    ),
    Row(
        "E7 what a person merged after the revert is deployed after it",
        REVERTS,
        (
            *FAILS,
            lands_revert(),
            waits(2.0),
            merges_by_hand("b"),
            deploys("revert", "success"),
            waits(90.0),
            deploys("b", "success"),
        ),
        End({"a": "reverted", "b": "live", "revert": "live"}, starts=3, reverts=1, issues=1),
    ),
    Row(
        "two failures at once, the earlier one first",
        REVERTS,
        (ships("a", "b"), deploys("a", "failure"), deploys("b", "failure"), *IS_LIVE, waits(90.0)),
        End({"a": "reverted", "b": "superseded", "revert": "live"}, starts=3, reverts=1, issues=1),
    ),
    Row(
        "two failures at once, the later one first, until both are taken back",
        REVERTS,
        (
            ships("a", "b"),
            deploys("b", "failure"),
            deploys("a", "failure"),
            lands_all_reverts(),
            waits(90.0),
            deploys("revert 2", "success"),
            waits(90.0),
        ),
        End({"a": "reverted", "b": "reverted", "revert 2": "live"}, starts=4, reverts=2, issues=1),
    ),
    Row(
        "a deployment that is run again while its revert waits",
        REVERTS,
        (*FAILS, deploys("a", "success"), lands_revert(), waits(90.0)),
        End({"a": "live"}, "open", 1, 1, 1, ("revert",), ("nothing asks for that any more",)),
    ),
    Row(
        "a deployment that is run again after its revert landed",
        REVERTS,
        (*FAILS, lands_revert(), deploys("a", "success"), waits(90.0), deploys("revert", "success"), waits(90.0)),
        RESTORED,
    ),
    Row(
        "a check that failed, and a deployment that is run again",
        "{via: deployment, verify: {checks: [smoke], soak: 1m}}",
        (ships("a"), deploys("a", "success"), checks("a", "failure"), deploys("a", "success"), waits(90.0)),
        End({"a": "reverting"}, "closed", 1, 1, 1, words=("the check `smoke` gave failure",)),
    ),
    Row(
        "two failures at once",
        REVERTS,
        (ships("a", "b"), deploys("b", "failure"), deploys("a", "failure"), waits(90.0)),
        End({"a": "reverting", "b": "reverting"}, "closed", 2, 2, 1),
    ),
    Row(
        "a failure that a later release mends",
        REVERTS,
        (ships("a", "b"), deploys("a", "failure"), deploys("b", "success"), lands_revert(), waits(90.0)),
        End({"a": "failed", "b": "live"}, "open", 2, 1, 1, ("revert",)),
    ),
    Row(
        "a hotfix that is let through while the revert waits",
        REVERTS,
        (
            *FAILS,
            ships("fix"),
            says("bob", "fix", "/andon fix-forward restores the checkout"),
            waits(30.0),
            deploys("fix", "success"),
            waits(90.0),
        ),
        End({"a": "failed", "fix": "live"}, "open", 2, 1, 1),
    ),
    Row(
        "a person who asks for a revert of what is live",
        REVERTS,
        (ships("a"), deploys("a", "success"), says("bob", "a", "/andon revert wrong prices"), waits(10.0), *IS_LIVE),
        End({"a": "reverted", "revert": "live"}, starts=2, reverts=1),
    ),
    Row(
        "a person without write access who asks for a revert",
        REVERTS,
        (
            keeps_out("mallory"),
            ships("a"),
            deploys("a", "success"),
            says("mallory", "a", "/andon revert wrong prices"),
        ),
        End({"a": "live"}),
    ),
    Row(
        "a failure where the line is only closed",
        CLOSES,
        (*FAILS, ships("b"), waits(HOUR)),
        End({"a": "failed", "b": None}, "closed", 1, 0, 1, ("b",), ("on-failure: close-line",)),
    ),
    Row(
        "a failure from which nothing follows",
        NOTHING,
        (*FAILS, ships("b"), waits(60.0), deploys("b", "success")),
        End({"a": "failed", "b": "live"}, starts=2, issues=1),
    ),
    Row(
        "a maintainer who opens the line before the revert is live",
        REVERTS,
        (*FAILS, ships("b"), says("bob", "b", "/andon unfreeze"), waits(HOUR / 4)),
        End({"a": "reverting", "b": None}, "closed", 1, 1, 1, ("b",)),
    ),
    Row(
        "a freeze while production is restored",
        REVERTS,
        (*FAILS, opens("b"), says("bob", "b", "/andon freeze release party"), lands_revert(), waits(60.0)),
        End({"a": "reverting"}, "closed", 1, 1, 1, ("b", "revert"), ("is frozen (by `bob`",)),
    ),
    Row(
        "a repository without issues",
        REVERTS,
        (switches_issues_off(), *FAILS, *IS_LIVE),
        End({"a": "reverted", "revert": "live"}, starts=2, reverts=1),
    ),
    Row(
        "a policy that wants no issue",
        "{via: deployment, post-mortem: {issue: false}}",
        (*FAILS, *IS_LIVE),
        End({"a": "reverted", "revert": "live"}, starts=2, reverts=1),
    ),
    Row(
        "a second failure after the first was restored",
        REVERTS,
        (*FAILS, *IS_LIVE, ships("b"), deploys("b", "failure"), *IS_LIVE),
        End({"a": "reverted", "b": "reverted", "revert": "live"}, starts=4, reverts=2, issues=2),
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_failed_release_ends_as_it_should(row: Row) -> None:
    assert told(row) == row.end
