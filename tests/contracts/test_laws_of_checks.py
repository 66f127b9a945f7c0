"""Laws of check runs, statuses and what GitHub makes of them, each with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from simulator import Repository, Simulator
    from tests.simulator.app_client import AppClient, Ear, Reply

PATH = "/repos/octo/shop/check-runs"
NOTE = {"path": "a", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m"}


async def written(client: AppClient, sha: str, **fields: Any) -> Reply:
    return await client.call("POST", PATH, {"name": "andon", "head_sha": sha, **fields})


def output(**fields: Any) -> dict[str, Any]:
    return {"output": {"title": "t", "summary": "s", **fields}}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        (output(annotations=[NOTE] * 50), 201),
        (output(annotations=[NOTE] * 51), 422),
        (output(summary="x" * 65_535), 201),
        (output(summary="x" * 65_536), 422),
        (output(text="x" * 65_536), 422),
        ({"status": "completed", "conclusion": "success"}, 201),
        ({"status": "completed"}, 422),
        ({"status": "completed", "conclusion": "stale"}, 422),
        ({"actions": [{"label": "l", "description": "d", "identifier": str(n)} for n in range(4)]}, 422),
        ({"actions": [{"label": "l" * 20, "description": "d" * 40, "identifier": "i" * 20}] * 3}, 201),
        ({"actions": [{"label": "l" * 21, "description": "d", "identifier": "i"}]}, 422),
        ({"actions": [{"label": "l", "description": "d" * 41, "identifier": "i"}]}, 422),
        ({"actions": [{"label": "l", "description": "d", "identifier": "i" * 21}]}, 422),
        ({"actions": [{"label": "l", "identifier": "i"}]}, 422),
        (output(annotations=[{**NOTE, "end_line": 2, "start_column": 1, "end_column": 2}]), 422),
    ],
    ids=[
        "50 annotations", "51 annotations", "a summary of 65 535 characters", "a summary of 65 536 characters",
        "a text of 65 536 characters", "completed with a conclusion", "completed without a conclusion",
        "a conclusion that is GitHub's alone", "four buttons", "three buttons of the longest words", "a label of 21",
        "a description of 41", "an identifier of 21", "a button without description", "columns across lines",
    ],
)  # fmt: skip
async def test_a_check_run_is_taken_within_its_bounds(
    shop: Repository, client: AppClient, fields: dict[str, Any], status: int
) -> None:
    """Source: OpenAPI, create a check run."""
    reply = await written(client, shop.head, **fields)

    assert reply.status == status


async def test_later_annotations_are_added_to_the_earlier(shop: Repository, client: AppClient) -> None:
    """Source: OpenAPI, update a check run: annotations of each request are appended."""
    made = await written(client, shop.head, **output(annotations=[NOTE] * 50))
    await client.call("PATCH", f"{PATH}/{made.body['id']}", output(annotations=[NOTE]))

    assert len(shop.check_runs[made.body["id"]].annotations) == 51


async def test_only_its_own_app_changes_a_check_run(shop: Repository, client: AppClient) -> None:
    """Source: OpenAPI, update a check run; checks belong to the App that made them."""
    run = await shop.ci.starts(shop.head, "ci")

    reply = await client.call("PATCH", f"{PATH}/{run.id}", {"status": "completed", "conclusion": "success"})

    assert (reply.status, run.conclusion) == (403, None)


async def test_the_newest_run_of_a_name_is_what_github_shows(shop: Repository, client: AppClient) -> None:
    """Source: OpenAPI, list check runs for a Git reference: `filter` is `latest` by default."""
    pr = await shop.open_pull_request(files={"a": "1"})
    await shop.ci.fails(pr.head, "ci")
    await shop.ci.succeeds(pr.head, "ci")
    shown = await client.call("GET", f"/repos/octo/shop/commits/{pr.head}/check-runs")
    every = await client.call("GET", f"/repos/octo/shop/commits/{pr.head}/check-runs?filter=all")

    assert [run["conclusion"] for run in shown.body["check_runs"]] == ["success"]
    assert every.body["total_count"] == 2
    assert (await client.snapshot(pr.number))["mergeStateStatus"] == "CLEAN"


@pytest.mark.parametrize(
    ("conclusion", "status"),
    [
        ("success", "CLEAN"),
        ("neutral", "CLEAN"),
        ("skipped", "CLEAN"),
        ("failure", "BLOCKED"),
        ("timed_out", "BLOCKED"),
    ],
)
async def test_a_required_check_passes_on_success_neutral_and_skipped(
    shop: Repository, client: AppClient, conclusion: str, status: str
) -> None:
    """Source: troubleshooting required status checks."""
    shop.require_checks("main", ("ci", None))
    pr = await shop.open_pull_request(files={"a": "1"})
    await shop.ci.finishes(pr.head, "ci", conclusion)

    assert (await client.snapshot(pr.number))["mergeStateStatus"] == status


async def test_a_required_check_of_one_app_is_not_met_by_another(
    github: Simulator, shop: Repository, client: AppClient
) -> None:
    """Source: OpenAPI, ruleset required_status_checks: integration_id."""
    shop.require_checks("main", ("andon", github.app_id))
    pr = await shop.open_pull_request(files={"a": "1"})
    await shop.ci.succeeds(pr.head, "andon")
    await shop.ci.status(pr.head, "andon", "success")
    foreign = await client.snapshot(pr.number)
    await written(client, pr.head, status="completed", conclusion="success")
    own = await client.snapshot(pr.number)

    assert (foreign["mergeStateStatus"], own["mergeStateStatus"]) == ("BLOCKED", "CLEAN")
    nodes = own["headCommit"]["nodes"][0]["commit"]["statusCheckRollup"]["contexts"]["nodes"]
    required = {
        (n["__typename"], n.get("checkSuite", {}).get("app", {}).get("databaseId")): n["isRequired"] for n in nodes
    }
    assert required == {("CheckRun", 2002): False, ("CheckRun", 1001): True, ("StatusContext", None): False}


async def test_a_check_and_a_status_of_one_required_name_both_count(shop: Repository, client: AppClient) -> None:
    """Source: troubleshooting required status checks: a check and a status with the same name must both pass."""
    shop.require_checks("main", ("ci", None))
    pr = await shop.open_pull_request(files={"a": "1"})
    await shop.ci.succeeds(pr.head, "ci")
    await shop.ci.status(pr.head, "ci", "failure")
    before = await client.snapshot(pr.number)
    await shop.ci.status(pr.head, "ci", "success")
    after = await client.snapshot(pr.number)

    assert (before["mergeStateStatus"], after["mergeStateStatus"]) == ("BLOCKED", "CLEAN")


async def test_the_apps_own_writes_come_back_as_events(
    github: Simulator, shop: Repository, client: AppClient, ear: Ear
) -> None:
    """Source: OpenAPI webhooks, check_run: an App with checks:write hears its own runs."""
    pr = await shop.open_pull_request(files={"a": "1"}, tell=False)
    await written(client, pr.head, status="completed", conclusion="failure")
    await github.settled()

    assert sorted(ear.names()) == ["check_run.completed", "check_run.created", "check_suite.completed"]
    run = ear.of("check_run", "created")[0].payload["check_run"]
    assert (run["app"]["id"], [pull["number"] for pull in run["pull_requests"]]) == (1001, [pr.number])


async def test_a_check_on_a_fork_names_no_pull_request(github: Simulator, shop: Repository, ear: Ear) -> None:
    """Source: check_run webhook: `pull_requests` is empty for forks; field reports in docs of other bots."""
    pr = await shop.open_pull_request(files={"a": "1"}, author="mallory", fork=True)
    await shop.ci.succeeds(pr.head, "ci")
    await github.settled()

    suite = ear.of("check_suite", "completed")[0].payload["check_suite"]
    assert ear.of("check_run", "completed")[0].payload["check_run"]["pull_requests"] == []
    assert (suite["pull_requests"], suite["head_branch"]) == ([], None)
