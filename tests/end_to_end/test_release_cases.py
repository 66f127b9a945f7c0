"""Releases on their way to live: each row a short story in virtual time, and how it must end."""

from __future__ import annotations

import pytest

from tests.end_to_end.release_steps import (
    HOUR,
    RULES,
    End,
    Row,
    breaks,
    deploys,
    opens,
    says,
    sets,
    ships,
    somebody_deploys,
    takes_back,
    told,
    waits,
)

BY_DEPLOYMENT = "{via: deployment, on-failure: close-line, within: 30m}"
BY_WORKFLOW = "{via: workflow_dispatch, workflow: ship.yml, on-failure: close-line, within: 30m}"
BY_EVENT = "{via: repository_dispatch, event-type: go-live, on-failure: close-line, within: 30m}"
BY_PUSH = "{via: push, on-failure: close-line, within: 30m}"
DEPLOYING = "POST /repos/{owner}/{repo}/deployments"
NEVER_CAME = "no deployment of it to production succeeded within 30 minutes"

DEPLOYED = (
    Row(
        "a deployment that succeeds",
        BY_DEPLOYMENT,
        (ships("a"), deploys("a", "in_progress", "success")),
        End({"a": "live"}),
    ),
    Row(
        "a workflow that andon starts and that deploys",
        BY_WORKFLOW,
        (ships("a"), deploys("a", "queued", "in_progress", "success")),
        End({"a": "live"}),
    ),
    Row(
        "a workflow that an event of andon starts",
        BY_EVENT,
        (ships("a"), deploys("a", "success")),
        End({"a": "live"}),
    ),
    Row(
        "a workflow that deploys by itself what lands",
        BY_PUSH,
        (ships("a"), deploys("a", "in_progress", "success")),
        End({"a": "live"}, starts=0),
    ),
    Row(
        "a workflow that deploys by itself, and fails",
        BY_PUSH,
        (ships("a"), deploys("a", "in_progress", "failure", said="no pod became ready")),
        End({"a": "failed"}, line="closed", starts=0, issues=1, words=("no pod became ready",)),
    ),
    Row(
        "a workflow that should deploy by itself, and does not",
        BY_PUSH,
        (ships("a"), waits(HOUR)),
        End({"a": "failed"}, line="closed", starts=0, issues=1, words=(NEVER_CAME,)),
    ),
    Row(
        "a deployment that fails with a reason",
        BY_DEPLOYMENT,
        (ships("a"), deploys("a", "failure", said="no pod became ready")),
        End({"a": "failed"}, line="closed", issues=1, words=("no pod became ready", "`on-failure: close-line`")),
    ),
    Row(
        "a deployment that was aborted without a word",
        BY_DEPLOYMENT,
        (ships("a"), deploys("a", "in_progress", "error")),
        End({"a": "failed"}, line="closed", issues=1, words=("the deployment reported error",)),
    ),
    Row(
        "a workflow that was cancelled before it deployed",
        BY_WORKFLOW,
        (ships("a"), waits(HOUR)),
        End({"a": "failed"}, line="closed", issues=1, words=(NEVER_CAME,)),
    ),
    Row(
        "an event that nobody listens to",
        BY_EVENT,
        (ships("a"), waits(HOUR)),
        End({"a": "failed"}, line="closed", issues=1, words=(NEVER_CAME,)),
    ),
    Row(
        "a deployment that never says anything",
        BY_DEPLOYMENT,
        (ships("a"), waits(HOUR)),
        End({"a": "failed"}, line="closed", issues=1, words=(NEVER_CAME,)),
    ),
    Row(
        "a deployment that waits for an approval which comes in time",
        BY_DEPLOYMENT,
        (ships("a"), deploys("a", "pending"), waits(HOUR / 3), deploys("a", "success")),
        End({"a": "live"}),
    ),
    Row(
        "a deployment that waits for an approval which comes too late",
        BY_DEPLOYMENT,
        (ships("a"), deploys("a", "pending"), waits(HOUR), deploys("a", "success")),
        End({"a": "live"}, issues=1),
    ),
    Row(
        "a deployment that fails and is run again",
        BY_DEPLOYMENT,
        (ships("a"), deploys("a", "failure", "in_progress", "success")),
        End({"a": "live"}, issues=1),
    ),
    Row(
        "a deployment that fails after it was live",
        BY_DEPLOYMENT,
        (ships("a"), deploys("a", "success", "failure", "success", "failure")),
        End({"a": "live"}),
    ),
    Row(
        "a deployment that GitHub refuses",
        BY_DEPLOYMENT,
        (breaks(DEPLOYING, status=409), ships("a")),
        End({"a": "failed"}, line="closed", starts=0, issues=1, words=("GitHub refused to start the deployment",)),
    ),
    Row(
        "a deployment whose answer was lost",
        BY_DEPLOYMENT,
        (breaks(DEPLOYING, after=True), ships("a"), waits(60.0), deploys("a", "success")),
        End({"a": "live"}),
    ),
    Row(
        "a deployment that never arrived",
        BY_DEPLOYMENT,
        (breaks(DEPLOYING), ships("a"), waits(60.0), deploys("a", "success")),
        End({"a": "live"}),
    ),
    Row(
        "a workflow that is not there",
        BY_WORKFLOW,
        (breaks("/dispatches", status=404), ships("a")),
        End({"a": "failed"}, "closed", 0, issues=1, words=("is the workflow named in the policy there?",)),
    ),
    Row(
        "an event whose answer was lost",
        BY_EVENT,
        (breaks("/dispatches", after=True), ships("a"), waits(60.0), deploys("a", "success")),
        End({"a": "live"}),
    ),
    Row(
        "another environment that fails",
        BY_WORKFLOW,
        (ships("a"), deploys("a", "failure", environment="staging")),
        End({"a": "deploying"}),
    ),
    Row(
        "a policy that no longer deploys while it deploys",
        BY_DEPLOYMENT,
        (ships("a"), sets(RULES), deploys("a", "success")),
        End({"a": "live"}),
    ),
    Row(
        "a policy that never deploys",
        "",
        (ships("a"),),
        End({"a": None}, starts=0),
    ),
    Row(
        "E10 what was live before is deployed from outside",
        BY_DEPLOYMENT,
        (ships("a"), somebody_deploys("first", "success"), deploys("a", "success")),
        End({"a": "live"}),
    ),
    Row(
        "E10 a deployment from outside that fails",
        BY_DEPLOYMENT,
        (ships("a"), somebody_deploys("a", "failure"), deploys("a", "success")),
        End({"a": "live"}),
    ),
)

IN_LINE = (
    Row(
        "two that are deployed at once",
        BY_DEPLOYMENT,
        (ships("a", "b"), deploys("b", "success"), deploys("a", "success")),
        End({"a": "live", "b": "live"}, starts=2),
    ),
    Row(
        "one that never answers after a later one is live",
        BY_DEPLOYMENT,
        (ships("a", "b"), deploys("b", "success"), waits(HOUR)),
        End({"a": "failed", "b": "live"}, starts=2),
    ),
    Row(
        "one that fails after a later one is live",
        BY_DEPLOYMENT,
        (ships("a", "b"), deploys("b", "success"), deploys("a", "failure")),
        End({"a": "failed", "b": "live"}, starts=2),
    ),
    Row(
        "one that fails while a later one is deployed which mends it",
        BY_DEPLOYMENT,
        (ships("a", "b"), deploys("a", "failure"), deploys("b", "success")),
        End({"a": "failed", "b": "live"}, starts=2, issues=1),
    ),
    Row(
        "two that fail at once",
        BY_DEPLOYMENT,
        (ships("a", "b"), deploys("b", "failure"), deploys("a", "failure"), ships("c")),
        End({"a": "failed", "b": "failed"}, "closed", 2, issues=1, held=("c",)),
    ),
    Row(
        "who comes while the line is closed",
        BY_DEPLOYMENT,
        (ships("a"), deploys("a", "failure"), ships("b")),
        End({"a": "failed", "b": None}, "closed", issues=1, held=("b",), words=("production is unhealthy since",)),
    ),
    Row(
        "a maintainer who opens the line too early",
        BY_DEPLOYMENT,
        (ships("a"), deploys("a", "failure"), ships("b"), says("bob", "b", "/andon unfreeze"), waits(900.0)),
        End({"a": "failed", "b": None}, "closed", issues=1, held=("b",)),
    ),
    Row(
        "a hotfix while the line is closed",
        BY_DEPLOYMENT,
        (
            ships("a"),
            deploys("a", "failure"),
            ships("b", "fix"),
            says("bob", "fix", "/andon fix-forward mends the checkout"),
            waits(60.0),
            deploys("fix", "success"),
            waits(60.0),
            deploys("b", "success"),
        ),
        End({"a": "failed", "b": "live", "fix": "live"}, starts=3, issues=1),
    ),
    Row(
        "a hotfix that fails too",
        BY_DEPLOYMENT,
        (
            ships("a"),
            deploys("a", "failure"),
            ships("fix"),
            says("bob", "fix", "/andon fix-forward mends the checkout"),
            waits(60.0),
            deploys("fix", "failure"),
        ),
        End({"a": "failed", "fix": "failed"}, "closed", 2, issues=1),
    ),
    Row(
        "a revert by hand",
        BY_DEPLOYMENT,
        (ships("a"), deploys("a", "failure"), takes_back("a"), waits(60.0), deploys("by hand", "success"), waits(60.0)),
        End({"a": "reverted", "by hand": "live"}, starts=2, issues=1),
    ),
    Row(
        "a freeze while it is deployed",
        BY_DEPLOYMENT,
        (ships("a"), opens("b"), says("bob", "b", "/andon freeze migration"), deploys("a", "success")),
        End({"a": "live"}, "closed", held=("b",), words=("is frozen (by `bob`",)),
    ),
    Row(
        "more than may be undeployed",
        BY_DEPLOYMENT,
        (ships("a", "b"),),
        End({"a": "deploying", "b": None}, "closed", held=("b",), words=("too much is undeployed",)),
        more="line: {max-undeployed: 1}\n",
    ),
    Row(
        "more than may be undeployed, until one is live",
        BY_DEPLOYMENT,
        (ships("a", "b"), deploys("a", "success"), waits(60.0), deploys("b", "success")),
        End({"a": "live", "b": "live"}, starts=2),
        more="line: {max-undeployed: 1}\n",
    ),
)


@pytest.mark.parametrize("row", [*DEPLOYED, *IN_LINE], ids=lambda row: row.name)
def test_a_release_ends_as_it_should(row: Row) -> None:
    assert told(row) == row.end
