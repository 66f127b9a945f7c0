"""Laws of people: what they may do, what they are called, what they write and how they react, each with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from simulator import Repository, Simulator
    from tests.contracts.checker import ContractChecker
    from tests.simulator.app_client import AppClient, Ear, Reply

REPO = "/repos/octo/shop"
COMMENTS = (
    "nodes { databaseId body createdAt lastEditedAt authorAssociation viewerDidAuthor editor { login } "
    "author { __typename login ... on User { databaseId } ... on Bot { databaseId } } } "
    "totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
)


async def permission(client: AppClient, login: str) -> Reply:
    return await client.call("GET", f"{REPO}/collaborators/{login}/permission")


async def comments(client: AppClient, number: int, page: str) -> Any:
    where = f'repository(owner: "octo", name: "shop") {{ pullRequest(number: {number})'
    body = await client.ask(f"query Comments {{ {where} {{ comments({page}) {{ {COMMENTS} }} }} }} }}")
    return body["data"]["repository"]["pullRequest"]["comments"]


@pytest.mark.parametrize(
    ("role", "legacy", "pushes"),
    [
        ("admin", "admin", True),
        ("maintain", "write", True),
        ("write", "write", True),
        ("triage", "read", False),
        ("read", "read", False),
        ("none", "none", False),
    ],
)
async def test_a_role_comes_with_the_legacy_permission_below_it(
    shop: Repository, client: AppClient, role: str, legacy: str, pushes: bool
) -> None:
    """Source: REST, get repository permissions for a user: maintain is mapped to write, triage to read."""
    shop.settings.private = True
    shop.people.give("dora", role)

    reply = await permission(client, "Dora")

    assert (reply.status, reply.body["permission"], reply.body["role_name"]) == (200, legacy, role)
    assert (reply.body["user"]["login"], reply.body["user"]["permissions"]["push"]) == ("dora", pushes)


async def test_a_role_of_the_organisation_stands_on_a_base(shop: Repository, client: AppClient) -> None:
    """Source: REST, get repository permissions for a user: role_name includes custom roles."""
    shop.people.give("rita", "release-manager", base="write")

    reply = await permission(client, "rita")

    assert (reply.body["permission"], reply.body["role_name"]) == ("write", "release-manager")
    with pytest.raises(ValueError, match="say on which base"):
        shop.people.give("rita", "release-manager")


async def test_anybody_reads_a_public_repository_and_nobody_else_a_private_one(
    shop: Repository, client: AppClient
) -> None:
    """Source: GitHub docs, repository roles; visibility of a public repository."""
    await shop.open_pull_request(files={"a": "1"}, author="mallory", fork=True)
    public = await permission(client, "mallory")
    shop.settings.private = True
    private = await permission(client, "mallory")

    assert (public.body["permission"], private.body["permission"]) == ("read", "none")


async def test_a_role_can_be_taken_away_between_two_reads(shop: Repository, client: AppClient) -> None:
    """Source: REST, remove a repository collaborator: it holds from then on."""
    shop.people.give("dora", "maintain")
    before = await permission(client, "dora")
    shop.people.revoke("dora")
    after = await permission(client, "dora")
    shop.require_approvals("main", 1)
    pr = await shop.open_pull_request(files={"a": "1"})
    await pr.review("dora", "APPROVED")

    assert (before.body["role_name"], after.body["role_name"]) == ("maintain", "read")
    assert (await client.snapshot(pr.number))["reviewDecision"] == "REVIEW_REQUIRED"


@pytest.mark.parametrize(
    ("login", "message"),
    [("renovate[bot]", "renovate[bot] is not a user"), ("octo", "octo is not a user"), ("nobody", "Not Found")],
)
async def test_what_is_no_person_has_no_permission(
    github: Simulator, shop: Repository, client: AppClient, login: str, message: str
) -> None:
    """Source: anthropics/claude-code-action#1018: 404, `… is not a user`."""
    github.user("renovate[bot]")
    assert shop.owner.login == "octo"

    reply = await permission(client, login)

    assert (reply.status, reply.body["message"]) == (404, message)


async def test_an_account_keeps_its_id_and_its_role_under_a_new_name(
    github: Simulator, shop: Repository, client: AppClient
) -> None:
    """Source: GitHub docs, changing your username: the old name is free, and leads to nobody."""
    shop.people.give("dora", "admin")
    pr = await shop.open_pull_request(files={"a": "1"}, author="dora")
    await pr.comment("dora", "Mine")
    number = github.user("dora").id
    github.rename_user("dora", "theodora")
    renamed, old = await permission(client, "theodora"), await permission(client, "dora")
    page = await comments(client, pr.number, "first: 1")
    commit = (await client.snapshot(pr.number))["commits"]["nodes"][0]["commit"]

    assert (renamed.body["user"]["id"], renamed.body["role_name"], old.status) == (number, "admin", 404)
    assert page["nodes"][0]["author"] == {"__typename": "User", "login": "theodora", "databaseId": number}
    assert commit["authors"]["nodes"][0]["user"] == {"databaseId": number, "login": "theodora"}
    assert github.user("dora").id != number


async def test_an_outsider_stays_one_under_a_new_name(github: Simulator, shop: Repository, client: AppClient) -> None:
    """Source: GitHub docs, changing your username: access stays with the account."""
    await shop.open_pull_request(files={"a": "1"}, author="mallory", fork=True)
    github.rename_user("mallory", "molly")

    reply = await permission(client, "molly")

    assert (reply.body["permission"], shop.outsiders) == ("read", {"molly"})


async def test_a_deleted_account_is_nobody_in_graphql_and_ghost_in_rest(
    github: Simulator, shop: Repository, client: AppClient
) -> None:
    """Source: GitHub docs, deleting your personal account; SDL, `author` is nullable."""
    pr = await shop.open_pull_request(files={"a": "1"}, author="dora")
    await pr.comment("dora", "Mine")
    github.delete_user("dora")
    page = await comments(client, pr.number, "first: 1")
    listed = await client.call("GET", f"{REPO}/issues/{pr.number}/comments")

    assert page["nodes"][0]["author"] is None
    assert (await client.snapshot(pr.number))["author"] is None
    assert [row["user"]["login"] for row in listed.body] == ["ghost"]
    assert (await permission(client, "dora")).status == 404


async def test_comments_are_paged_from_both_ends(shop: Repository, client: AppClient) -> None:
    """Source: SDL, IssueCommentConnection; GraphQL pagination: `last` with `before`."""
    pr = await shop.open_pull_request(files={"a": "1"})
    for number in range(5):
        await pr.comment("bob", str(number))
    first = await comments(client, pr.number, "first: 2")
    second = await comments(client, pr.number, f'first: 2, after: "{first["pageInfo"]["endCursor"]}"')
    last = await comments(client, pr.number, "last: 2")
    before = await comments(client, pr.number, f'last: 2, before: "{last["pageInfo"]["startCursor"]}"')

    pages = [[node["body"] for node in page["nodes"]] for page in (first, second, last, before)]
    assert pages == [["0", "1"], ["2", "3"], ["3", "4"], ["1", "2"]]
    assert [page["totalCount"] for page in (first, last)] == [5, 5]
    assert (last["pageInfo"]["hasPreviousPage"], last["pageInfo"]["hasNextPage"]) == (True, False)


async def test_an_edited_comment_keeps_its_author_and_names_its_editor(
    github: Simulator, shop: Repository, client: AppClient
) -> None:
    """Source: SDL, Comment.editor and lastEditedAt."""
    pr = await shop.open_pull_request(files={"a": "1"}, author="mallory", fork=True)
    comment = await pr.comment("mallory", "/andon ship")
    fresh = (await comments(client, pr.number, "last: 1"))["nodes"][0]
    github.advance(60)
    await pr.edit_comment(comment, "/andon stop", by="carol")
    edited = (await comments(client, pr.number, "last: 1"))["nodes"][0]

    assert (fresh["lastEditedAt"], fresh["editor"], fresh["authorAssociation"]) == (None, None, "NONE")
    assert (edited["author"]["login"], edited["editor"]["login"], edited["body"]) == ("mallory", "carol", "/andon stop")
    assert edited["lastEditedAt"] > edited["createdAt"]


async def test_a_comment_tells_of_its_writing_its_edit_and_its_deletion(
    github: Simulator, shop: Repository, ear: Ear
) -> None:
    """Source: OpenAPI webhooks, issue_comment: `issue.pull_request` is there for pull requests alone."""
    pr = await shop.open_pull_request(files={"a": "1"}, tell=False)
    comment = await pr.comment("bob", "/andon ship")
    await pr.edit_comment(comment, "/andon stop", by="carol")
    await pr.delete_comment(comment, by="dora")
    await shop.open_issue().comment("bob", "/andon ship")
    await github.settled()

    heard = sorted(ear.heard, key=lambda one: str(one.action))
    told = {one.action: (one.payload["sender"]["login"], one.payload["comment"]["body"]) for one in heard[1:]}
    assert told == {
        "created": ("bob", "/andon ship"), "edited": ("carol", "/andon stop"), "deleted": ("dora", "/andon stop")
    }  # fmt: skip
    assert ear.of("issue_comment", "edited")[0].payload["changes"] == {"body": {"from": "/andon ship"}}
    assert [("pull_request" in one.payload["issue"]) for one in ear.of("issue_comment", "edited")] == [True]
    created = {one.payload["issue"]["number"]: "pull_request" in one.payload["issue"] for one in heard[:2]}
    assert created == {pr.number: True, pr.number + 1: False}
    assert pr.comments == []


async def test_a_reaction_is_there_once_for_each_person_and_content(
    shop: Repository, client: AppClient, checker: ContractChecker
) -> None:
    """Source: OpenAPI, create reaction for an issue comment: 201, and 200 where it exists."""
    pr = await shop.open_pull_request(files={"a": "1"})
    comment = await pr.comment("bob", "/andon ship")
    pr.react(comment, "eyes", by="carol")
    where = f"{REPO}/issues/comments/{comment.id}/reactions"
    made = [await client.call("POST", where, {"content": content}) for content in ("eyes", "eyes", "rocket")]
    refused = await client.call("POST", where, {"content": "thumbsup"})
    eyes = await client.call("GET", f"{where}?content=eyes")
    shown = await client.call("GET", f"{REPO}/issues/comments/{comment.id}")

    assert [reply.status for reply in (*made, refused)] == [201, 200, 201, 422]
    assert made[0].body["id"] == made[1].body["id"]
    assert [row["user"]["login"] for row in eyes.body] == ["carol", "andon[bot]"]
    counted = shown.body["reactions"]
    assert (counted["total_count"], counted["eyes"], counted["rocket"], counted["+1"]) == (3, 2, 1, 0)
    assert sorted(set(checker.violations)) == []


async def test_an_app_takes_back_its_own_reactions_alone(shop: Repository, client: AppClient) -> None:
    """Source: OpenAPI, delete an issue comment reaction."""
    pr = await shop.open_pull_request(files={"a": "1"})
    comment = await pr.comment("bob", "Hello")
    theirs = pr.react(comment, "heart", by="carol")
    where = f"{REPO}/issues/comments/{comment.id}/reactions"
    ours = await client.call("POST", where, {"content": "eyes"})
    gone = await client.call("DELETE", f"{where}/{ours.body['id']}")
    kept = await client.call("DELETE", f"{where}/{theirs.id}")

    assert (gone.status, kept.status) == (204, 404)
    assert comment.reactions == [theirs]
    with pytest.raises(ValueError, match="none of GitHub's reactions"):
        pr.react(comment, "clap", by="carol")


async def test_a_rewritten_head_is_on_the_time_line(shop: Repository, client: AppClient) -> None:
    """Source: SDL, HeadRefForcePushedEvent; a push on top of the head is none."""
    pr = await shop.open_pull_request(files={"a": "1"})
    await pr.push({"a": "2"})
    before = pr.head
    after = await pr.force_push({"a": "3"})
    item = "... on HeadRefForcePushedEvent { createdAt actor { login } beforeCommit { oid } afterCommit { oid } }"
    asked = f"timelineItems(itemTypes: [HEAD_REF_FORCE_PUSHED_EVENT], last: 5) {{ totalCount nodes {{ {item} }} }}"
    where = f'repository(owner: "octo", name: "shop") {{ pullRequest(number: {pr.number})'
    body = await client.ask(f"query Rewritten {{ {where} {{ {asked} }} }} }}")

    found = body["data"]["repository"]["pullRequest"]["timelineItems"]
    [node] = found["nodes"]
    assert found["totalCount"] == 1
    assert (node["beforeCommit"]["oid"], node["afterCommit"]["oid"], node["actor"]["login"]) == (before, after, "alice")
