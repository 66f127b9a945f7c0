"""Laws of auto-merge and of the merge queue, each with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from simulator import merge_queue, shapes

if TYPE_CHECKING:
    from simulator import PullRequest, Repository, Simulator
    from tests.simulator.app_client import AppClient, Ear, Reply

ENABLE = (
    "mutation Arm($in: EnablePullRequestAutoMergeInput!) "
    "{ enablePullRequestAutoMerge(input: $in) { pullRequest { id } } }"
)
ENQUEUE = (
    "mutation Queue($in: EnqueuePullRequestInput!) { enqueuePullRequest(input: $in) { mergeQueueEntry { position } } }"
)

DEQUEUE = (
    "mutation Out($in: DequeuePullRequestInput!) { dequeuePullRequest(input: $in) { mergeQueueEntry { position } } }"
)


async def changed(client: AppClient, pr: PullRequest, mutation: str = ENABLE, **given: Any) -> Reply:
    wish = {"pullRequestId": shapes.node_id("PR", pr.id), **given}
    return await client.call("POST", "/graphql", {"query": mutation, "variables": {"in": wish}})


def words_of(reply: Reply) -> str:
    return str(reply.body.get("errors", [{"message": ""}])[0]["message"])


async def waiting(shop: Repository) -> PullRequest:
    shop.require_checks("main", ("ci", None))
    return await shop.open_pull_request(files={"a": "1"})


async def test_what_is_armed_merges_once_the_last_requirement_is_met(shop: Repository, client: AppClient) -> None:
    """Source: docs, automatically merging a pull request."""
    pr = await waiting(shop)
    await changed(client, pr, mergeMethod="SQUASH")
    before = pr.merged

    await shop.ci.succeeds(pr.head, "ci")

    assert (before, pr.merged) == (False, True)


@pytest.mark.parametrize(("lint", "words"), [("succeeds", "in clean status"), ("fails", "in unstable status")])
async def test_what_would_merge_at_once_cannot_be_armed(
    shop: Repository, client: AppClient, lint: str, words: str
) -> None:
    """Source: peter-evans/enable-pull-request-automerge, 343 and 355."""
    pr = await waiting(shop)
    await shop.ci.succeeds(pr.head, "ci")
    await getattr(shop.ci, lint)(pr.head, "lint")

    reply = await changed(client, pr)

    assert words in words_of(reply)
    assert pr.now.auto_merge is None


async def test_another_head_than_the_expected_one_is_refused(shop: Repository, client: AppClient) -> None:
    """Source: GraphQL, EnablePullRequestAutoMergeInput.expectedHeadOid."""
    pr = await waiting(shop)

    reply = await changed(client, pr, expectedHeadOid="0" * 40)

    assert words_of(reply) != ""
    assert pr.now.auto_merge is None


@pytest.mark.parametrize(("author", "armed"), [("alice", True), ("mallory", False)])
async def test_a_push_disarms_only_where_the_pusher_may_not_write(
    shop: Repository, client: AppClient, author: str, *, armed: bool
) -> None:
    """Source: docs, automatically merging a pull request: disabled by a push without write access."""
    pr = await waiting(shop)
    shop.people.give("mallory", "none")
    await changed(client, pr)

    await pr.push({"a": "2"}, author=author)

    assert (pr.now.auto_merge is not None) is armed


async def test_another_base_disarms(shop: Repository, client: AppClient) -> None:
    """Source: docs, automatically merging a pull request: disabled when the base branch is switched."""
    pr = await waiting(shop)
    await shop.branch("stable")
    await changed(client, pr)

    await pr.edit(base="stable")

    assert pr.now.auto_merge is None


async def test_a_queue_builds_a_group_asks_for_its_checks_and_lands_it(
    github: Simulator, shop: Repository, client: AppClient, ear: Ear
) -> None:
    """Source: docs, managing a merge queue; OpenAPI webhooks, merge_group."""
    shop.require("main", checks=(("ci", None),), queue=True)
    pr = await shop.open_pull_request(files={"a": "1"})
    await shop.ci.succeeds(pr.head, "ci")
    direct = await client.call("PUT", f"/repos/octo/shop/pulls/{pr.number}/merge", {"sha": pr.head})
    await changed(client, pr, ENQUEUE, expectedHeadOid=pr.head)
    await github.settled()
    [asked] = ear.of("merge_group", "checks_requested")
    group = asked.payload["merge_group"]

    await shop.ci.succeeds(group["head_sha"], "ci")

    assert (direct.status, "merge queue" in direct.body["message"]) == (405, True)
    assert f"gh-readonly-queue/main/pr-{pr.number}-" in group["head_ref"]
    assert (pr.merge_commit, shop.queue) == (group["head_sha"], [])


async def test_a_push_leaves_the_queue(shop: Repository, client: AppClient) -> None:
    """Source: docs, managing a merge queue: new commits remove a pull request."""
    shop.require("main", checks=(("ci", None),), queue=True)
    pr = await shop.open_pull_request(files={"a": "1"})
    await shop.ci.succeeds(pr.head, "ci")
    await changed(client, pr, ENQUEUE)
    queued = len(shop.queue)

    await pr.push({"a": "2"})

    assert (queued, len(shop.queue)) == (1, 0)


async def test_what_is_taken_out_of_the_queue_is_told_and_is_there_no_more(
    shop: Repository, client: AppClient, ear: Ear
) -> None:
    """Source: GraphQL, dequeuePullRequest; OpenAPI webhooks, pull_request dequeued."""
    first, second = [await shop.open_pull_request(files={name: "1"}) for name in "ab"]
    shop.require("main", checks=(("ci", None),), queue=True)
    for pr in (first, second):
        await merge_queue.enqueue(pr, shop.github.user("bob"))
    wish = {"query": DEQUEUE, "variables": {"in": {"id": shapes.node_id("PR", first.id)}}}

    replies = [await client.call("POST", "/graphql", wish) for _ in range(2)]

    await shop.github.settled()
    assert [words_of(reply) for reply in replies] == ["", "Pull request is not in the merge queue"]
    assert [entry.number for entry in shop.queue] == [second.number]
    assert [told.payload["reason"] for told in ear.of("pull_request", "dequeued")] == ["MANUAL"]
