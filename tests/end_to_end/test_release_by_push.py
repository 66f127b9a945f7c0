"""Releases that a push deploys by itself, and deployments that succeed after all: short stories and their ends."""

from __future__ import annotations

import pytest

from tests.end_to_end.release_steps import (
    FAILS,
    HOUR,
    End,
    Row,
    checks,
    deploys,
    lands_revert,
    runs,
    says,
    ships,
    somebody_deploys,
    told,
    waits,
)

BY_PUSH = "{via: push, workflow: ship.yml, on-failure: close-line, within: 30m}"
CLOSES = "{via: deployment, on-failure: close-line, within: 30m}"
REVERTS = "{via: deployment, within: 30m}"
VERIFIES = "{via: deployment, within: 30m, verify: {checks: [smoke], soak: 1m}}"
NEEDLESS = "nothing asks for that any more"
NEVER_CAME = "no deployment of it to production succeeded within 30 minutes"

PUSHED = (
    Row(
        "nothing is seen yet",
        BY_PUSH,
        (ships("a"),),
        End({"a": "landed"}, starts=0),
    ),
    Row(
        "a deployment is seen",
        BY_PUSH,
        (ships("a"), deploys("a", "in_progress")),
        End({"a": "deploying"}, starts=0),
    ),
    Row(
        "a deployment that succeeds",
        BY_PUSH,
        (ships("a"), deploys("a", "in_progress", "success")),
        End({"a": "live"}, starts=0),
    ),
    Row(
        "a run of the workflow that succeeds",
        BY_PUSH,
        (ships("a"), runs("a", "success", "ship.yml")),
        End({"a": "live"}, starts=0),
    ),
    Row(
        "a run of the workflow that fails",
        BY_PUSH,
        (ships("a"), runs("a", "failure", "ship.yml")),
        End({"a": "failed"}, "closed", 0, issues=1, words=("the workflow `ship.yml`: failure",)),
    ),
    Row(
        "a run of another workflow",
        BY_PUSH,
        (ships("a"), runs("a", "success", "tests.yml")),
        End({"a": "landed"}, starts=0),
    ),
    Row(
        "a run that succeeds beside a deployment that does not",
        BY_PUSH,
        (ships("a"), deploys("a", "in_progress"), runs("a", "success", "ship.yml")),
        End({"a": "deploying"}, starts=0),
    ),
    Row(
        "a run that was cancelled says nothing until the time is over",
        BY_PUSH,
        (ships("a"), runs("a", "cancelled", "ship.yml"), waits(HOUR)),
        End({"a": "failed"}, "closed", 0, issues=1, words=(NEVER_CAME, "which says nothing")),
    ),
    Row(
        "nobody deploys it",
        BY_PUSH,
        (ships("a"), waits(HOUR)),
        End({"a": "failed"}, "closed", 0, issues=1, words=(NEVER_CAME,)),
    ),
    Row(
        "a run that fails and is run again",
        BY_PUSH,
        (ships("a"), runs("a", "failure", "ship.yml"), runs("a", "success", "ship.yml")),
        End({"a": "live"}, starts=0, issues=1),
    ),
    Row(
        "production is asked whatever deploys it",
        "{via: push, within: 30m, verify: {deployment: false, checks: [smoke], soak: 1m}}",
        (ships("a"), checks("a", "success"), waits(90.0)),
        End({"a": "live"}, starts=0),
    ),
)

AFTER_ALL = (
    Row(
        "a deployment that fails and is run again",
        CLOSES,
        (ships("a"), deploys("a", "failure", "in_progress", "success")),
        End({"a": "live"}, issues=1),
    ),
    Row(
        "one that fails and is only begun again",
        CLOSES,
        (ships("a"), deploys("a", "failure", "in_progress")),
        End({"a": "failed"}, "closed", issues=1),
    ),
    Row(
        "somebody else deploys the same commit",
        CLOSES,
        (ships("a"), deploys("a", "failure"), somebody_deploys("a", "success")),
        End({"a": "live"}, issues=1),
    ),
    Row(
        "its revert is open and is not merged by itself any more",
        REVERTS,
        (*FAILS, deploys("a", "success"), waits(60.0), lands_revert(), waits(HOUR)),
        End({"a": "live"}, reverts=1, issues=1, held=("revert",), words=(NEEDLESS,)),
    ),
    Row(
        "its revert has landed already",
        REVERTS,
        (*FAILS, lands_revert(), deploys("a", "success"), deploys("revert", "success")),
        End({"a": "reverted", "revert": "live"}, starts=2, reverts=1, issues=1),
    ),
    Row(
        "a person asks to take it back even so",
        REVERTS,
        (*FAILS, deploys("a", "success"), says("bob", "a", "/andon revert it is wrong"), waits(60.0), lands_revert()),
        End({"a": "live", "revert": "deploying"}, starts=2, reverts=1, issues=1),
    ),
    Row(
        "a later one was live before",
        CLOSES,
        (ships("a", "b"), deploys("a", "failure"), deploys("b", "success"), waits(60.0), deploys("a", "success")),
        End({"a": "failed", "b": "live"}, starts=2, issues=1),
    ),
    Row(
        "production is looked at again, and the line stays closed until then",
        VERIFIES,
        (*FAILS, deploys("a", "success"), waits(30.0), lands_revert(), ships("b")),
        End({"a": "verifying"}, "closed", reverts=1, issues=1, held=("revert", "b"), words=(NEEDLESS,)),
    ),
    Row(
        "production is looked at again, and is well",
        VERIFIES,
        (*FAILS, deploys("a", "success"), checks("a", "success"), waits(90.0)),
        End({"a": "live"}, reverts=1, issues=1),
    ),
    Row(
        "production is looked at again, and is not well: its one revert is due again",
        VERIFIES,
        (*FAILS, deploys("a", "success"), checks("a", "failure"), waits(60.0), lands_revert(), waits(60.0)),
        End({"a": "reverting", "revert": "deploying"}, "closed", 2, reverts=1, issues=1),
    ),
    Row(
        "what failed in production stays so, for it was deployed all the time",
        VERIFIES.replace("verify", "on-failure: close-line, verify"),
        (ships("a"), deploys("a", "success"), checks("a", "failure"), deploys("a", "success")),
        End({"a": "failed"}, "closed", issues=1),
    ),
)


@pytest.mark.parametrize("row", [*PUSHED, *AFTER_ALL], ids=lambda row: row.name)
def test_it_ends_as_it_should(row: Row) -> None:
    assert told(row) == row.end
