"""Laws of the words of a squash merge, each with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from simulator import Repository
    from tests.simulator.app_client import AppClient

REPO = "/repos/octo/shop"


async def landed_words(shop: Repository, client: AppClient, *commits: str, **wish: Any) -> str:
    """Squash a pull request titled "Sell" of these commits, the first by alice, the others by bob."""
    await shop.branch("topic", tell=False)
    for number, words in enumerate(commits):
        await shop.commit("topic", {"a": str(number)}, words, author="bob" if number else "alice", tell=False)
    pr = await shop.open_pull_request(head_branch="topic", title="Sell", body="Because we can.")
    body = {"sha": pr.head, "merge_method": "squash", **wish}
    reply = await client.call("PUT", f"{REPO}/pulls/{pr.number}/merge", body)
    facts = await shop.history.commit(reply.body["sha"])
    assert facts is not None
    return facts.message


@pytest.mark.parametrize(
    ("title", "message", "words"),
    [
        ("COMMIT_OR_PR_TITLE", "COMMIT_MESSAGES", "Sell (#1)\n\n* One\n\nWhy one\n\n* Two\n\n---------\n\n{bob}"),
        ("PR_TITLE", "PR_BODY", "Sell (#1)\n\nBecause we can.\n\n---------\n\n{bob}"),
        ("PR_TITLE", "BLANK", "Sell (#1)"),
    ],
)
async def test_a_squash_of_several_commits_is_worded_by_the_settings(
    shop: Repository, client: AppClient, title: str, message: str, words: str
) -> None:
    """Source: REST, update a repository: squash_merge_commit_title and squash_merge_commit_message."""
    shop.settings.squash_title, shop.settings.squash_message = title, message
    bob = shop.github.user("bob")

    landed = await landed_words(shop, client, "One\n\nWhy one", "Two")

    assert landed == words.format(bob=f"Co-authored-by: bob <{bob.email}>")


@pytest.mark.parametrize(
    ("title", "message", "words"),
    [
        ("COMMIT_OR_PR_TITLE", "COMMIT_MESSAGES", "One (#1)\n\nWhy one"),
        ("PR_TITLE", "COMMIT_MESSAGES", "Sell (#1)\n\nWhy one"),
        ("PR_TITLE", "PR_BODY", "Sell (#1)\n\nBecause we can."),
        ("PR_TITLE", "BLANK", "Sell (#1)"),
    ],
)
async def test_a_squash_of_one_commit_may_take_its_words(
    shop: Repository, client: AppClient, title: str, message: str, words: str
) -> None:
    """Source: REST, update a repository: the commit's title if there is only one, else the pull request's."""
    shop.settings.squash_title, shop.settings.squash_message = title, message

    landed = await landed_words(shop, client, "One\n\nWhy one")

    assert landed == words


async def test_trailers_of_the_commits_are_gathered_once_each(shop: Repository, client: AppClient) -> None:
    """Source: GitHub docs, creating a commit with multiple authors: squash merges keep co-authors."""
    eve = "Co-authored-by: Eve <eve@example.com>"

    landed = await landed_words(shop, client, f"One\n\n{eve}", f"Two\n\n{eve}")

    assert landed.count("\n\n---------\n\n") == 1
    bob = shop.github.user("bob")
    people = set(landed.partition("---------")[2].split("\n")) - {""}
    assert people == {eve, f"Co-authored-by: bob <{bob.email}>"}


async def test_a_trailer_of_the_only_commit_is_not_written_twice(shop: Repository, client: AppClient) -> None:
    """Source: GitHub docs, creating a commit with multiple authors."""
    eve = "Co-authored-by: Eve <eve@example.com>"

    landed = await landed_words(shop, client, f"One\n\n{eve}")

    assert landed == f"One (#1)\n\n{eve}"


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"commit_title": "Title", "commit_message": "Body"}, "Title\n\nBody"),
        ({"commit_title": "Title", "commit_message": ""}, "Title"),
        ({"commit_message": "Body"}, "Sell (#1)\n\nBody"),
    ],
    ids=["both", "an empty message", "a message alone"],
)
async def test_words_of_the_caller_replace_those_of_the_settings(
    shop: Repository, client: AppClient, wish: dict[str, str], words: str
) -> None:
    """Source: OpenAPI, merge a pull request: commit_title and commit_message; an explicit message gets no trailers."""
    landed = await landed_words(shop, client, "One", "Two", **wish)

    assert landed == words


async def test_the_settings_of_squashing_can_be_read(shop: Repository, client: AppClient) -> None:
    """Source: SDL, Repository.squashMergeCommitTitle and squashMergeCommitMessage."""
    query = 'query S { repository(owner: "octo", name: "shop") { squashMergeCommitTitle squashMergeCommitMessage } }'
    usual = (await client.ask(query))["data"]["repository"]
    shop.settings.squash_title, shop.settings.squash_message = "PR_TITLE", "PR_BODY"
    changed = (await client.ask(query))["data"]["repository"]

    assert usual == {"squashMergeCommitTitle": "COMMIT_OR_PR_TITLE", "squashMergeCommitMessage": "COMMIT_MESSAGES"}
    assert changed == {"squashMergeCommitTitle": "PR_TITLE", "squashMergeCommitMessage": "PR_BODY"}
