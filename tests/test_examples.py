"""The examples fit each other and the code: what one names, another or the code provides."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from bot.address import Repository
from bot.evidence.targets import read_targets
from bot.published import CreateDeployment, SendDispatch
from bot.release.deploying import Step, next_step
from bot.release.telling import TOLD, dispatch_of, event_type
from bot.store.ledger import ReleaseState
from rules.engine.policy import Policy, read_policy
from rules.engine.sections import Deploy
from tests.release.test_release import NOW, landed, release
from tests.workflow_runs import EXAMPLES, EXPRESSION, types_of, workflow

WORKFLOWS = sorted(path.name for path in (EXAMPLES / "github-actions").glob("*"))
POLICIES = sorted(path.name for path in (EXAMPLES / "policies").glob("*"))
TARGETS = read_targets((EXAMPLES / "targets.yml").read_text(encoding="utf-8"), {})
SHOP = Repository(7, "octo", "shop").full_name
PAYLOAD = re.compile(r"github\.event\.client_payload\.(\w+)")


def policy(name: str) -> Policy:
    return read_policy((EXAMPLES / "policies" / name).read_text(encoding="utf-8"), name)


def text(name: str) -> str:
    return (EXAMPLES / "github-actions" / name).read_text(encoding="utf-8")


def started(via: str) -> Step:
    return next_step(release(via=via), landed(via=via), NOW)


def steps() -> list[tuple[str, Any]]:
    found = [(name, job) for name in WORKFLOWS for job in workflow(name)["jobs"].values()]
    return [(name, step) for name, job in found for step in job["steps"]]


def test_every_example_of_a_policy_is_one() -> None:
    assert {name: len(policy(name).rules) for name in POLICIES} == {
        "alone.yml": 3,
        "ask-by-label.yml": 3,
        "by-dispatch.yml": 2,
        "four-eyes.yml": 4,
        "from-anybody.yml": 3,
        "on-push.yml": 2,
        "to-production.yml": 4,
    }


def test_what_a_policy_asks_of_production_is_there() -> None:
    verify = [one.verify for name in POLICIES if (one := policy(name).deploy) and one.verify]
    reported = {check for name in WORKFLOWS for check in re.findall(r"-f name=(\S+)", text(name))}

    assert {check for one in verify for check in one.checks} <= reported
    assert all(TARGETS.probe(probe, SHOP) for one in verify for probe in one.probes)
    assert all(TARGETS.query(query, SHOP) for one in verify for query in one.queries)
    assert [one.checks for one in verify] == [("smoke",)]


def test_a_dispatch_that_a_policy_sends_starts_a_workflow_and_holds_what_that_reads() -> None:
    deploys = [one for name in POLICIES if (one := policy(name).deploy) and one.via == "repository_dispatch"]
    start = started("repository_dispatch").start

    assert isinstance(start, SendDispatch)
    assert [one.event_type for one in deploys] == types_of("deploy-by-dispatch.yml") == [start.event_type]
    assert set(PAYLOAD.findall(text("deploy-by-dispatch.yml"))) <= set(start.payload)


def test_a_deployment_that_a_policy_asks_for_is_one_that_the_workflow_takes() -> None:
    start = started("deployment").start
    deploy = policy("to-production.yml").deploy

    assert isinstance(start, CreateDeployment)
    assert deploy is not None
    assert deploy.environment == Deploy().environment == start.environment
    assert workflow("deploy.yml")["jobs"]["deploy"]["if"].endswith(f"== '{start.environment}'")


def test_the_workflow_that_a_policy_follows_runs_for_each_push_to_its_branch() -> None:
    deploy = policy("on-push.yml").deploy

    assert deploy is not None
    assert deploy.via == "push"
    assert workflow(deploy.workflow)["on"] == {"push": {"branches": ["main"]}}


@pytest.mark.parametrize("name", ["smoke.yml", "after-release.yml"])
def test_what_is_told_is_what_listeners_read(name: str) -> None:
    sent = dispatch_of(release(state=ReleaseState.LIVE)).payload

    assert set(types_of(name)) <= {event_type(state) for state in TOLD}
    assert set(PAYLOAD.findall(text(name))) <= set(sent)


def test_whoever_listens_has_a_policy_that_tells() -> None:
    listeners = [name for name in WORKFLOWS if set(types_of(name)) & {event_type(state) for state in TOLD}]

    assert listeners == ["after-release.yml", "smoke.yml"]
    assert (deploy := policy("to-production.yml").deploy) is not None
    assert deploy.tell
    assert {one for name in listeners for one in types_of(name)} == {event_type(state) for state in TOLD}


def test_nothing_from_outside_stands_in_a_script() -> None:
    assert [name for name, step in steps() if EXPRESSION.search(step.get("run", ""))] == []


def test_each_job_is_given_what_it_needs_and_no_more() -> None:
    assert {name: workflow(name)["permissions"] for name in WORKFLOWS} == {name: {} for name in WORKFLOWS}
    checkouts = {name for name, step in steps() if "checkout" in step.get("uses", "")}
    assert all(
        step["with"]["persist-credentials"] == "false" for _, step in steps() if "checkout" in step.get("uses", "")
    )
    readers = {
        name
        for name in WORKFLOWS
        for job in workflow(name)["jobs"].values()
        if "contents" in job.get("permissions", {})
    }
    assert checkouts == readers


def test_the_payload_fits_what_github_takes() -> None:
    longest = release(state=ReleaseState.FAILED, detail="x" * 100_000, base_branch="b" * 250)

    sent = dispatch_of(longest)

    assert len(sent.event_type) <= 100
    assert len(sent.payload) <= 10
    assert len(json.dumps(dict(sent.payload))) < 64 * 1024


def test_the_targets_are_read_as_yaml_too() -> None:
    assert set(yaml.safe_load((EXAMPLES / "targets.yml").read_text(encoding="utf-8"))) == {"probes", "queries"}
