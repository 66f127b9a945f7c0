"""Laws of merging and deploying, each with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from simulator import PullRequest, Repository, Simulator
    from tests.simulator.app_client import AppClient, Ear, Reply

REPO = "/repos/octo/shop"


async def merged(client: AppClient, pr: PullRequest, **body: Any) -> Reply:
    return await client.call("PUT", f"{REPO}/pulls/{pr.number}/merge", {"sha": pr.head, **body})


async def drafted(pr: PullRequest) -> None:
    await pr.convert_to_draft()


async def closed(pr: PullRequest) -> None:
    await pr.close()


async def conflicting(pr: PullRequest) -> None:
    await pr.repo.commit("main", {"a": "other\n"})


async def unchecked(pr: PullRequest) -> None:
    pr.repo.require_checks("main", ("ci", None))


async def unapproved(pr: PullRequest) -> None:
    pr.repo.require_approvals("main", 1)


async def refused(pr: PullRequest) -> None:
    pr.repo.require_approvals("main", 1)
    await pr.review("bob", "APPROVED")
    await pr.review("carol", "CHANGES_REQUESTED")


async def behind(pr: PullRequest) -> None:
    pr.repo.require_checks("main", strict=True)
    await pr.repo.commit("main", {"b": "1"})


async def base_moved(pr: PullRequest) -> None:
    pr.repo.github.base_modified_next()


async def squash_forbidden(pr: PullRequest) -> None:
    pr.repo.settings.squash = False


async def squash_against_a_rule(pr: PullRequest) -> None:
    pr.repo.require("main", methods=("merge",))


@pytest.mark.parametrize(
    ("obstacle", "words"),
    [
        (drafted, "still a draft"),
        (closed, "not mergeable"),
        (conflicting, "not mergeable"),
        (unchecked, "Required status checks"),
        (unapproved, "reviews are missing"),
        (refused, "reviews are missing"),
        (behind, "not up to date"),
        (base_moved, "Base branch was modified"),
        (squash_forbidden, "Squash merges are not allowed"),
        (squash_against_a_rule, "squash is not a merge method of this branch"),
    ],
)
async def test_what_cannot_be_merged_is_refused_with_405(
    shop: Repository, client: AppClient, obstacle: Callable[[PullRequest], Awaitable[None]], words: str
) -> None:
    """Source: OpenAPI, merge a pull request: 405 if it cannot be performed."""
    pr = await shop.open_pull_request(files={"a": "1\n"})
    await obstacle(pr)
    tip = shop.head

    reply = await merged(client, pr, merge_method="squash")

    assert reply.status == 405
    assert words in reply.body["message"]
    assert (shop.head, pr.merged) == (tip, False)


async def test_a_head_that_moved_is_refused_with_409(shop: Repository, client: AppClient) -> None:
    """Source: OpenAPI, merge a pull request: 409 if `sha` was provided and the head did not match."""
    pr = await shop.open_pull_request(files={"a": "1"})
    old = pr.head
    await pr.push({"a": "2"})

    reply = await client.call("PUT", f"{REPO}/pulls/{pr.number}/merge", {"sha": old})

    assert (reply.status, reply.body["message"].partition(".")[0]) == (409, "Head branch was modified")


async def test_a_workflow_file_needs_the_workflows_permission(shop: Repository, client: AppClient) -> None:
    """Source: choosing permissions for a GitHub App: workflows."""
    assert shop.installation is not None
    pr = await shop.open_pull_request(files={".github/workflows/ci.yml": "on: push\n"})
    await client.mint(shop.installation.id, permissions={"contents": "write", "pull_requests": "write"})
    without = await merged(client, pr)
    await client.mint(shop.installation.id)
    granted = await merged(client, pr)

    assert (without.status, granted.status) == (403, 200)
    assert "refusing to allow a GitHub App" in without.body["message"]


async def test_each_method_makes_the_commits_it_is_known_for(shop: Repository, client: AppClient) -> None:
    """Source: about merge methods on GitHub."""
    shapes = {}
    for method in ("merge", "squash", "rebase"):
        pr = await shop.open_pull_request(files={f"{method}-1": "1"}, title=f"By {method}", author="bob")
        await pr.push({f"{method}-2": "2"}, "Second")
        await shop.commit("main", {f"meanwhile-{method}": "1"})
        tip = shop.head
        reply = await merged(client, pr, merge_method=method)
        landed = await shop.history.commits(tip, reply.body["sha"])
        shapes[method] = [(len(each.parents), each.author.name, each.message.split("\n")[0]) for each in landed]
        assert {change.path for change in await shop.history.files(tip, shop.head)} == {f"{method}-1", f"{method}-2"}

    assert shapes["squash"] == [(1, "bob", "By squash (#2)")]
    assert shapes["rebase"] == [(1, "bob", "By rebase"), (1, "bob", "Second")]
    assert shapes["merge"][-1] == (2, "andon[bot]", "Merge pull request #1 from topic-1")


async def test_a_merge_moves_the_base_closes_the_pull_request_and_keeps_the_branch(
    github: Simulator, shop: Repository, client: AppClient, ear: Ear
) -> None:
    """Source: OpenAPI webhooks, pull_request closed: `merged` is true; the head branch is left alone."""
    pr = await shop.open_pull_request(files={"a": "1"}, tell=False)
    reply = await merged(client, pr, merge_method="squash", commit_title="Title", commit_message="Body")
    await github.settled()

    push, gone = ear.of("push")[0].payload, ear.of("pull_request", "closed")[0].payload
    facts = await shop.history.commit(reply.body["sha"])
    assert facts is not None
    assert facts.message == "Title\n\nBody"
    assert (push["ref"], push["after"]) == ("refs/heads/main", reply.body["sha"])
    assert (gone["pull_request"]["merged"], gone["pull_request"]["merge_commit_sha"]) == (True, reply.body["sha"])
    assert gone["pull_request"]["changed_files"] == 1
    assert pr.head_branch in shop.branches


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({}, 409),
        ({"required_contexts": []}, 201),
        ({"required_contexts": ["lint"]}, 201),
        ({"required_contexts": ["ci"]}, 409),
    ],
    ids=["every context by default", "none", "a green one", "a red one"],
)
async def test_a_deployment_demands_green_contexts(
    shop: Repository, client: AppClient, wish: dict[str, Any], status: int
) -> None:
    """Source: OpenAPI, create a deployment: required_contexts."""
    await shop.ci.succeeds(shop.head, "lint")
    await shop.ci.fails(shop.head, "ci")

    reply = await client.call("POST", f"{REPO}/deployments", {"ref": "main", "auto_merge": False, **wish})

    assert reply.status == status


async def test_a_deployment_of_an_older_commit_needs_auto_merge_off(shop: Repository, client: AppClient) -> None:
    """Source: OpenAPI, create a deployment: auto_merge is true by default and merges the default branch."""
    old = shop.head
    await shop.commit("main", {"a": "1"})
    wish = {"ref": old, "required_contexts": []}
    by_default = await client.call("POST", f"{REPO}/deployments", wish)
    off = await client.call("POST", f"{REPO}/deployments", wish | {"auto_merge": False})

    assert (by_default.status, off.status) == (409, 201)
    assert (off.body["sha"], off.body["environment"]) == (old, "production")


async def test_an_inactive_deployment_is_not_told(
    github: Simulator, shop: Repository, client: AppClient, ear: Ear
) -> None:
    """Source: OpenAPI webhooks, deployment_status: no event for `inactive`."""
    await client.call("POST", f"{REPO}/deployments", {"ref": "main", "required_contexts": [], "payload": {"n": 1}})
    for state in ("success", "inactive"):
        await shop.deployments[0].status(state)
    await github.settled()

    told = [one.payload["deployment_status"]["state"] for one in ear.of("deployment_status", "created")]
    assert (told, shop.deployments[0].state) == (["success"], "inactive")


@pytest.mark.parametrize(("name", "keys", "status"), [("x" * 100, 10, 204), ("x" * 101, 1, 422), ("deploy", 11, 422)])
async def test_a_repository_dispatch_has_its_bounds(
    shop: Repository, client: AppClient, name: str, keys: int, status: int
) -> None:
    """Source: OpenAPI, create a repository dispatch event."""
    payload = {str(number): number for number in range(keys)}

    reply = await client.call("POST", f"{REPO}/dispatches", {"event_type": name, "client_payload": payload})

    assert reply.status == status
    assert len(shop.dispatches) == (1 if status == 204 else 0)


@pytest.mark.parametrize(
    ("inputs", "version", "status"), [(25, "2022-11-28", 204), (26, "2022-11-28", 422), (1, "2026-03-10", 200)]
)
async def test_a_workflow_dispatch_answers_by_version(
    shop: Repository, client: AppClient, inputs: int, version: str, status: int
) -> None:
    """Source: OpenAPI, create a workflow dispatch event; breaking changes of 2026-03-10."""
    body = {"ref": "main", "inputs": {str(number): "x" for number in range(inputs)}}
    path = f"{REPO}/actions/workflows/deploy.yml/dispatches"

    reply = await client.call("POST", path, body, **{"X-GitHub-Api-Version": version})

    assert reply.status == status
    assert [each.name for each in shop.workflow_dispatches] == ([] if status == 422 else ["deploy.yml"])
