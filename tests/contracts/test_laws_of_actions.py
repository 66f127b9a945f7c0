"""Laws of workflow runs and their artifacts, each with its source."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from simulator import Repository, Simulator
    from tests.simulator.app_client import AppClient, Ear

REPO = "/repos/octo/shop"
REPORT = {"coverage.xml": "<coverage/>"}


async def fetched(address: str, **headers: str) -> tuple[int, bytes]:
    async with aiohttp.ClientSession() as session, session.get(address, headers=headers) as got:
        return got.status, await got.read()


async def test_an_artifact_is_found_by_its_name_and_names_its_commit(shop: Repository, client: AppClient) -> None:
    """Source: OpenAPI, list artifacts for a repository: `name`, and `workflow_run.head_sha`."""
    pr = await shop.open_pull_request(files={"a": "1"})
    older = await shop.actions.uploads(pr.head, "coverage", REPORT)
    await shop.actions.uploads(pr.head, "logs", {"log": "x"})
    newer = await shop.actions.uploads(shop.head, "coverage", REPORT)
    listed = await client.call("GET", f"{REPO}/actions/artifacts?name=coverage")
    of_run = await client.call("GET", f"{REPO}/actions/runs/{older.run.id}/artifacts?name=coverage")
    missing = await client.call("GET", f"{REPO}/actions/runs/1/artifacts")

    assert [row["id"] for row in listed.body["artifacts"]] == [newer.id, older.id]
    assert [row["workflow_run"]["head_sha"] for row in listed.body["artifacts"]] == [shop.head, pr.head]
    assert listed.body["artifacts"][0]["workflow_run"]["repository_id"] == shop.id
    assert ([row["id"] for row in of_run.body["artifacts"]], missing.status) == ([older.id], 404)


async def test_runs_are_found_by_their_commit(shop: Repository, client: AppClient) -> None:
    """Source: OpenAPI, list workflow runs for a repository: `head_sha`; `status` is a status or a conclusion."""
    pr = await shop.open_pull_request(files={"a": "1"})
    run = await shop.actions.run(pr.head)
    await shop.actions.run(shop.head, event="push")
    running = await client.call("GET", f"{REPO}/actions/runs?head_sha={pr.head}&status=in_progress")
    await shop.actions.finish(run, "failure")
    failed = await client.call("GET", f"{REPO}/actions/runs?status=failure")
    pushed = await client.call("GET", f"{REPO}/actions/runs?event=push&branch=main")

    assert [each["id"] for each in running.body["workflow_runs"]] == [run.id]
    assert [(each["id"], each["status"]) for each in failed.body["workflow_runs"]] == [(run.id, "completed")]
    assert [each["head_sha"] for each in pushed.body["workflow_runs"]] == [shop.head]


async def test_the_bytes_are_on_another_host_for_one_minute_and_without_a_token(
    github: Simulator, shop: Repository, client: AppClient
) -> None:
    """Source: OpenAPI, download an artifact: `Location` expires after one minute."""
    artifact = await shop.actions.uploads(shop.head, "coverage", REPORT)
    reply = await client.call("GET", f"{REPO}/actions/artifacts/{artifact.id}/zip")
    place = reply.headers["Location"]
    status, content = await fetched(place)
    with_token, _ = await fetched(place, Authorization=f"Bearer {client.token}")
    github.advance(61)
    late, _ = await fetched(place)

    assert (reply.status, reply.body, place.startswith(github.url)) == (302, None, False)
    assert zipfile.ZipFile(io.BytesIO(content)).read("coverage.xml") == b"<coverage/>"
    assert (status, with_token, late) == (200, 401, 403)
    assert [each.authorization is None for each in github.blobs.fetched] == [True, False, True]


async def test_an_expired_artifact_is_listed_and_gone(shop: Repository, client: AppClient) -> None:
    """Source: OpenAPI, download an artifact: 410; `expired` in lists."""
    artifact = await shop.actions.uploads(shop.head, "coverage", REPORT)
    artifact.expired = True
    listed = await client.call("GET", f"{REPO}/actions/artifacts")
    reply = await client.call("GET", f"{REPO}/actions/artifacts/{artifact.id}/zip")
    other = await client.call("GET", f"{REPO}/actions/artifacts/{artifact.id}/tar")

    assert ([row["expired"] for row in listed.body["artifacts"]], reply.status, other.status) == ([True], 410, 404)


async def test_artifacts_need_the_actions_permission(shop: Repository, client: AppClient) -> None:
    """Source: GitHub docs, permissions required for GitHub Apps: actions."""
    assert shop.installation is not None
    await client.mint(shop.installation.id, permissions={"contents": "read"})

    assert (await client.call("GET", f"{REPO}/actions/artifacts")).status == 403


async def test_a_run_of_a_fork_names_the_fork_and_no_pull_request(
    github: Simulator, shop: Repository, client: AppClient, ear: Ear
) -> None:
    """Source: OpenAPI webhooks, workflow_run: head_repository; `pull_requests` is empty for forks."""
    pr = await shop.open_pull_request(files={"a": "1"}, author="mallory", fork=True, tell=False)
    artifact = await shop.actions.uploads(pr.head, "coverage", REPORT)
    await github.settled()
    listed = await client.call("GET", f"{REPO}/actions/artifacts")

    run = ear.of("workflow_run", "completed")[0].payload["workflow_run"]
    assert (run["head_sha"], run["conclusion"], run["pull_requests"]) == (pr.head, "success", [])
    assert (run["head_repository"]["full_name"], run["repository"]["full_name"]) == ("mallory/shop", "octo/shop")
    row = listed.body["artifacts"][0]
    assert (row["id"], row["workflow_run"]["repository_id"]) == (artifact.id, shop.id)
    assert row["workflow_run"]["head_repository_id"] == run["head_repository"]["id"] != shop.id


async def test_a_run_shows_as_a_check_of_github_actions(shop: Repository, client: AppClient) -> None:
    """Source: GitHub docs, about status checks: Actions reports each job as a check run."""
    pr = await shop.open_pull_request(files={"a": "1"})
    run = await shop.actions.run(pr.head)
    running = await client.call("GET", f"{REPO}/commits/{pr.head}/check-runs?app_id=15368")
    await shop.actions.finish(run, "failure")
    failed = await client.call("GET", f"{REPO}/commits/{pr.head}/check-runs?app_id=15368")

    shown = [(row["app"]["slug"], row["conclusion"]) for reply in (running, failed) for row in reply.body["check_runs"]]
    assert shown == [("github-actions", None), ("github-actions", "failure")]
