"""What GitHub's JSON says of those who wrote and reviewed."""

from __future__ import annotations

from typing import Any

import pytest

from bot.github.read_people import commit, review, unread_commits
from rules.engine.pull_request import Account, Author, Commit, Review, ReviewState

WEB = {"name": "GitHub", "email": "noreply@github.com", "user": {"login": "web-flow", "databaseId": 19864447}}
RENOVATE = {"name": "r", "email": "r@x.org", "user": {"login": "renovate[bot]", "databaseId": 7}}


def commit_node(**fields: Any) -> dict[str, Any]:
    plain = {
        "oid": "a" * 40,
        "message": "Work",
        "additions": 30,
        "deletions": 12,
        "tree": {"oid": "e" * 40},
        "signature": None,
        "parents": {"totalCount": 1},
        "authors": {"totalCount": 2, "nodes": [RENOVATE, {"name": None, "email": None, "user": None}]},
        "committer": WEB,
    }
    return plain | fields


def test_a_commit_knows_its_people_its_lines_and_its_tree() -> None:
    assert commit(commit_node()) == Commit(
        sha="a" * 40,
        message="Work",
        parents=1,
        authors=(Author("r", "r@x.org", Account("renovate[bot]", 7, bot=True)), Author("", "")),
        committer=Author("GitHub", "noreply@github.com", Account("web-flow", 19864447)),
        lines=42,
        tree="e" * 40,
    )


@pytest.mark.parametrize(
    ("signature", "verified"),
    [
        (None, False),
        ({"isValid": True, "wasSignedByGitHub": False}, False),
        ({"isValid": False, "wasSignedByGitHub": True}, False),
        ({"isValid": True, "wasSignedByGitHub": True}, True),
    ],
)
def test_only_github_s_own_valid_signature_proves_an_author(
    signature: dict[str, bool] | None, *, verified: bool
) -> None:
    assert commit(commit_node(signature=signature)).verified is verified


def test_a_reviewer_may_write_because_the_query_asks_for_no_others() -> None:
    node = {
        "state": "APPROVED",
        "author": {"__typename": "User", "login": "bob", "databaseId": 2},
        "commit": {"oid": "a" * 40, "tree": {"oid": "e" * 40}},
    }

    assert review(node) == Review(Account("bob", 2, access=True), ReviewState.APPROVED, "a" * 40, "e" * 40)
    assert review(node | {"author": None, "commit": None}) == Review(None, ReviewState.APPROVED, None)


def test_commits_and_authors_that_did_not_come_are_named() -> None:
    short = commit_node(authors={"totalCount": 11, "nodes": [RENOVATE]})
    connection = {"totalCount": 51, "nodes": [{"commit": short}, {"commit": commit_node()}]}

    assert list(unread_commits({"commits": connection})) == [
        "GitHub has 51 commits, and 2 could be read",
        "GitHub did not tell all authors of commit aaaaaaa",
    ]
    assert list(unread_commits({"commits": None})) == ["GitHub did not tell the commits"]
