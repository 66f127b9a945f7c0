"""Laws of what a read of GitHub answers: GraphQL's price and bounds, files, commits, authors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from simulator import Repository
    from tests.simulator.app_client import AppClient

REPO = "/repos/octo/shop"
WIDEST = (
    "pullRequests(first: 100) { nodes { commits(first: 100) { nodes { commit { authors(first: 100) { totalCount }}}}}}"
)
WHERE = 'repository(owner: "octo", name: "shop")'


async def test_the_snapshot_of_a_pull_request_costs_one_point(shop: Repository, client: AppClient) -> None:
    """Source: GraphQL rate limits: requests of each connection / 100, at least 1."""
    pr = await shop.open_pull_request(files={"a": "1"})
    await client.snapshot(pr.number)
    reply = await client.call("GET", "/rate_limit")

    assert reply.body["resources"]["graphql"]["used"] == 1


async def test_nested_connections_are_priced_by_their_parents(client: AppClient) -> None:
    """Source: GraphQL rate limits, the formula: 1 + 100 + 100 x 50 requests are 51 points."""
    labels = "labels(first: 10) { totalCount }"
    commits = f"commits(last: 50) {{ nodes {{ commit {{ authors(first: 1) {{ totalCount }} }} }} }} {labels}"
    many = f"pullRequests(first: 100) {{ nodes {{ {commits} }} }}"
    body = await client.ask(f"query Many {{ rateLimit {{ cost nodeCount }} {WHERE} {{ {many} }} }}")

    assert body["data"]["rateLimit"] == {"cost": 52, "nodeCount": 100 + 100 * 50 + 100 * 50 + 100 * 10}


@pytest.mark.parametrize(
    ("connection", "kind"),
    [
        ("pullRequests { totalCount }", "MISSING_PAGINATION_BOUNDARIES"),
        ("pullRequests(first: 101) { totalCount }", "EXCESSIVE_PAGINATION"),
        ("pullRequests(first: 0) { totalCount }", "EXCESSIVE_PAGINATION"),
        (
            WIDEST,
            "MAX_NODE_LIMIT_EXCEEDED",
        ),
    ],
    ids=["no page size", "more than 100", "fewer than 1", "more than 500 000 nodes"],
)
async def test_a_query_without_bounds_is_refused(client: AppClient, connection: str, kind: str) -> None:
    """Source: GraphQL query limits: `first` or `last` of 1 to 100 on every connection, 500,000 nodes in all."""
    body = await client.ask(f"query Wide {{ {WHERE} {{ {connection} }} }}")

    assert body["errors"][0]["type"] == kind
    assert "data" not in body


async def test_a_hidden_part_comes_as_null_with_an_error_beside_the_rest(shop: Repository, client: AppClient) -> None:
    """Source: GraphQL, FORBIDDEN `Resource not accessible by integration` beside partial data."""
    assert shop.installation is not None
    pr = await shop.open_pull_request(files={"a": "1"})
    await shop.ci.succeeds(pr.head)
    await client.mint(shop.installation.id, permissions={"pull_requests": "read"})
    rollup = "commits(last: 1) { nodes { commit { oid statusCheckRollup { state } } } }"
    body = await client.ask(f"query Part {{ {WHERE} {{ pullRequest(number: {pr.number}) {{ title {rollup} }} }} }}")

    assert body["data"]["repository"]["pullRequest"]["commits"]["nodes"] == [
        {"commit": {"oid": pr.head, "statusCheckRollup": None}}
    ]
    assert (body["errors"][0]["type"], body["errors"][0]["path"][-1]) == ("FORBIDDEN", "statusCheckRollup")


async def test_a_repository_beyond_the_token_is_not_found(client: AppClient) -> None:
    """Source: GraphQL, NOT_FOUND."""
    body = await client.ask('query None { repository(owner: "octo", name: "secret") { nameWithOwner } }')

    assert (body["data"], body["errors"][0]["type"]) == ({"repository": None}, "NOT_FOUND")


async def test_head_is_the_default_branch_and_texts_come_by_aliases(shop: Repository, client: AppClient) -> None:
    """Source: SDL, Repository.object(expression:); git's `rev:path`."""
    await shop.commit("main", {".github/andon.yml": "rules: {}\n", "b.bin": b"\0\1"})
    pr = await shop.open_pull_request(files={".github/andon.yml": "rules: none\n"})
    fields = "{ __typename ... on Blob { text byteSize isBinary } }"
    body = await client.ask(
        f'query Texts {{ {WHERE} {{ trunk: object(expression: "HEAD:.github/andon.yml") {fields} '
        f'head: object(expression: "{pr.head}:.github/andon.yml") {fields} '
        f'binary: object(expression: "HEAD:b.bin") {fields} none: object(expression: "HEAD:none") {fields} }} }}'
    )

    texts = body["data"]["repository"]
    assert texts["trunk"] == {"__typename": "Blob", "text": "rules: {}\n", "byteSize": 10, "isBinary": False}
    assert texts["head"]["text"] == "rules: none\n"
    assert (texts["binary"]["text"], texts["none"]) == (None, None)


async def test_head_follows_the_default_branch(shop: Repository, client: AppClient) -> None:
    """Source: git, HEAD names a branch, not a commit."""
    query = f'query Text {{ {WHERE} {{ object(expression: "HEAD:README.md") {{ ... on Blob {{ text }} }} }} }}'
    await client.ask(query)
    await shop.commit("main", {"README.md": "new\n"})

    assert (await client.ask(query))["data"]["repository"]["object"] == {"text": "new\n"}


async def test_authors_are_the_git_author_and_the_co_authors_once_each(shop: Repository, client: AppClient) -> None:
    """Source: SDL, Commit.authors: the git author and the Co-authored-by trailers, the git author first."""
    bob = shop.github.user("bob")
    trailers = [f"bob <{bob.email}>", "Eve <eve@example.com>", f"bob <{bob.email}>"]
    words = "Pair\n\n" + "".join(f"Co-authored-by: {who}\n" for who in trailers)
    pr = await shop.open_pull_request(files={"a": "1"}, author="alice")
    await pr.push({"a": "2"}, words)
    commit = (await client.snapshot(pr.number))["commits"]["nodes"][-1]["commit"]

    people = [(node["name"], node["user"] and node["user"]["login"]) for node in commit["authors"]["nodes"]]
    assert people == [("alice", "alice"), ("bob", "bob"), ("Eve", None)]
    assert commit["authors"]["totalCount"] == 3


async def test_a_bot_is_an_actor_without_its_suffix_and_an_author_with_it(shop: Repository, client: AppClient) -> None:
    """Source: SDL, Bot.login and GitActor.user; the suffix as the command line client shows it (from memory)."""
    pr = await shop.open_pull_request(files={"a": "1"}, author="renovate[bot]")
    seen = await client.snapshot(pr.number)
    rest = await client.call("GET", f"{REPO}/pulls/{pr.number}")

    author = seen["commits"]["nodes"][0]["commit"]["authors"]["nodes"][0]["user"]
    assert (seen["author"]["__typename"], seen["author"]["login"]) == ("Bot", "renovate")
    assert (author["login"], rest.body["user"]["login"]) == ("renovate[bot]", "renovate[bot]")
    assert author["databaseId"] == seen["author"]["databaseId"] == rest.body["user"]["id"]


async def test_the_review_decision_follows_the_latest_opinion_of_each_writer(
    shop: Repository, client: AppClient
) -> None:
    """Source: SDL, PullRequest.reviewDecision and latestOpinionatedReviews(writersOnly:)."""
    pr = await shop.open_pull_request(files={"a": "1"})
    shop.outsiders.add("mallory")
    seen = [(await client.snapshot(pr.number))["reviewDecision"]]
    shop.require_approvals("main", 1)
    for who, state in [
        ("mallory", "APPROVED"),
        ("bob", "CHANGES_REQUESTED"),
        ("bob", "COMMENTED"),
        ("bob", "APPROVED"),
    ]:
        await pr.review(who, state)
        seen.append((await client.snapshot(pr.number))["reviewDecision"])
    reviews = (await client.snapshot(pr.number))["latestOpinionatedReviews"]["nodes"]

    assert seen == [None, "REVIEW_REQUIRED", "CHANGES_REQUESTED", "CHANGES_REQUESTED", "APPROVED"]
    assert [(each["author"]["login"], each["state"]) for each in reviews] == [("bob", "APPROVED")]


async def test_files_come_with_patch_rename_and_counts(shop: Repository, client: AppClient) -> None:
    """Source: OpenAPI, list pull requests files: `patch` absent for binary, `previous_filename` for renames."""
    text = "".join(f"{n}\n" for n in range(20))
    await shop.commit("main", {"old name.txt": text, "gone.txt": "x\n", "kept.txt": "a\nb"})
    changes: dict[str, str | bytes | None] = {"old name.txt": None, "ünder/new.txt": text, "gone.txt": None}
    pr = await shop.open_pull_request(files=changes | {"kept.txt": "a\nc\n", "x.bin": b"\0\1\2"})
    reply = await client.call("GET", f"{REPO}/pulls/{pr.number}/files")

    rows = {row["filename"]: row for row in reply.body}
    assert {name: row["status"] for name, row in rows.items()} == {
        "gone.txt": "removed", "kept.txt": "modified", "x.bin": "added", "ünder/new.txt": "renamed"
    }  # fmt: skip
    assert rows["ünder/new.txt"]["previous_filename"] == "old name.txt"
    assert rows["kept.txt"]["patch"] == "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c"
    assert [name for name, row in rows.items() if "patch" in row] == ["gone.txt", "kept.txt"]
    assert (rows["kept.txt"]["additions"], rows["kept.txt"]["deletions"], rows["kept.txt"]["changes"]) == (1, 1, 2)


async def test_files_are_paged_and_end_at_three_thousand(shop: Repository, client: AppClient) -> None:
    """Source: OpenAPI, list pull requests files: at most 3000 files, 100 on a page."""
    pr = await shop.open_pull_request(files={f"f/{n:04}": "x\n" for n in range(3001)})
    path: str | None = f"{REPO}/pulls/{pr.number}/files?per_page=100"
    names: list[str] = []
    pages = 0
    while path is not None:
        reply = await client.call("GET", path)
        names += [row["filename"] for row in reply.body]
        pages += 1
        links = [part for part in reply.headers.get("Link", "").split(", ") if 'rel="next"' in part]
        path = links[0].partition("<")[2].partition(">")[0] if links else None
    snapshot = await client.snapshot(pr.number)

    assert (len(names), len(set(names)), pages) == (3000, 3000, 30)
    assert (snapshot["changedFiles"], snapshot["files"]["totalCount"]) == (3001, 3001)


async def test_the_diff_starts_at_the_merge_base(shop: Repository, client: AppClient) -> None:
    """Source: about comparing branches: three-dot comparison."""
    pr = await shop.open_pull_request(files={"a": "1\n"})
    await shop.commit("main", {"b": "1\n"})

    reply = await client.call("GET", f"{REPO}/pulls/{pr.number}/files")

    assert [row["filename"] for row in reply.body] == ["a"]


async def test_the_base_oid_lags_behind_the_branch(shop: Repository, client: AppClient) -> None:
    """Source: GoogleChrome/lighthouse#1618, rust-lang/bors#40: `baseRefOid` is stale until head or base moves."""
    pr = await shop.open_pull_request(files={"a": "1\n"})
    old = shop.head
    new = await shop.commit("main", {"b": "1\n"})
    query = (
        f"query B {{ {WHERE} {{ pullRequest(number: {pr.number}) {{ baseRefOid baseRef {{ target {{ oid }} }} }} }} }}"
    )
    lagging = (await client.ask(query))["data"]["repository"]["pullRequest"]
    await pr.push({"a": "2\n"})
    moved = (await client.ask(query))["data"]["repository"]["pullRequest"]

    assert lagging == {"baseRefOid": old, "baseRef": {"target": {"oid": new}}}
    assert moved["baseRefOid"] == new


async def test_checks_are_listed_by_branch_even_with_a_slash(shop: Repository, client: AppClient) -> None:
    """Source: OpenAPI, list check runs for a Git reference: `ref` is a SHA, branch or tag name."""
    await shop.branch("release/1")
    await shop.ci.succeeds(shop.head, "ci")
    reply = await client.call("GET", f"{REPO}/commits/release/1/check-runs?per_page=1&check_name=ci")

    assert [run["name"] for run in reply.body["check_runs"]] == ["ci"]


async def test_a_commit_leads_to_its_pull_requests_also_from_forks(shop: Repository, client: AppClient) -> None:
    """Source: OpenAPI, list pull requests associated with a commit."""
    pr = await shop.open_pull_request(files={"a": "1"}, author="mallory", fork=True)
    head = await client.call("GET", f"{REPO}/commits/{pr.head}/pulls")
    unknown = await client.call("GET", f"{REPO}/commits/{'0' * 40}/pulls")

    assert [(each["number"], each["head"]["label"]) for each in head.body] == [(pr.number, "mallory:topic-1")]
    assert (await client.snapshot(pr.number))["isCrossRepository"] is True
    assert unknown.status == 422


async def test_the_open_pull_requests_are_paged_by_cursor(shop: Repository, client: AppClient) -> None:
    """Source: SDL, pageInfo: `after` takes the `endCursor` of the page before."""
    for _ in range(3):
        await shop.open_pull_request(files={"a": "1"})
    await shop.pulls[2].close()
    fields = "{ totalCount pageInfo { hasNextPage endCursor } nodes { number } }"
    text = (
        f"query Page($after: String) {{ {WHERE} {{ pullRequests(states: OPEN, first: 1, after: $after) {fields} }} }}"
    )
    first = (await client.ask(text))["data"]["repository"]["pullRequests"]
    second = (await client.ask(text, after=first["pageInfo"]["endCursor"]))["data"]["repository"]["pullRequests"]

    assert (first["totalCount"], first["nodes"], first["pageInfo"]["hasNextPage"]) == (2, [{"number": 1}], True)
    assert (second["nodes"], second["pageInfo"]["hasNextPage"]) == ([{"number": 3}], False)


async def test_a_tree_lists_everything_below_it_and_says_where_it_was_cut(shop: Repository, client: AppClient) -> None:
    """Source: REST, get a tree: `recursive` by its presence alone, `truncated` beyond 100,000 entries."""
    await shop.commit("main", {"src/deep/a.py": "a\n", "b.py": "b\n"}, "Add files")
    flat = await client.call("GET", f"{REPO}/git/trees/{shop.head}")
    deep = await client.call("GET", f"{REPO}/git/trees/{shop.head}?recursive=1")
    client.github.files.tree_limit = 2

    cut = await client.call("GET", f"{REPO}/git/trees/{shop.head}?recursive=1")

    listed = {entry["path"]: entry["type"] for entry in deep.body["tree"]}
    assert {"src": "tree", "src/deep/a.py": "blob", "b.py": "blob"}.items() <= listed.items()
    assert {"src", "b.py"} <= {entry["path"] for entry in flat.body["tree"]}
    assert "src/deep/a.py" not in {entry["path"] for entry in flat.body["tree"]}
    assert (deep.body["truncated"], cut.body["truncated"], len(cut.body["tree"])) == (False, True, 2)
