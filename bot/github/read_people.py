"""GitHub's JSON about people becomes typed values: who wrote the commits, and who reviewed them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.github.nodes import nodes
from bot.requests.requests import Remark
from bot.text.oids import as_on_github
from rules.engine.pull_request import Account, Author, Commit, Review, ReviewState

Json = Any


def account(node: Json) -> Account | None:
    """Read an actor; a deleted account is None."""
    if not node:
        return None
    return Account(node["login"], node.get("databaseId"), bot=node.get("__typename") == "Bot")


def commit(node: Json) -> Commit:
    """Read one commit of a pull request."""
    signature = node.get("signature") or {}
    return Commit(
        sha=node["oid"],
        message=node["message"],
        parents=node["parents"]["totalCount"],
        authors=tuple(_author(entry) for entry in nodes(node.get("authors"))),
        committer=_author(node["committer"]) if node.get("committer") else None,
        lines=node["additions"] + node["deletions"],
        tree=(node.get("tree") or {}).get("oid") or "",
        verified=bool(signature.get("isValid") and signature.get("wasSignedByGitHub")),
    )


def _author(node: Json) -> Author:
    """Read whom a commit names; GitHub writes a bot's login with its suffix here."""
    user = node.get("user")
    account = Account(user["login"], user.get("databaseId"), bot=user["login"].endswith("[bot]")) if user else None
    return Author(node.get("name") or "", node.get("email") or "", account)


def remark(node: Json) -> Remark:
    """Read one comment. Who edited it does not matter: what an edited one says may be anybody's words."""
    return Remark(
        id=node["databaseId"],
        author=account(node.get("author")),
        body=node["body"],
        at=datetime.fromisoformat(node["createdAt"]).timestamp(),
        edited=node.get("lastEditedAt") is not None,
    )


def remark_of_rest(node: Json) -> Remark:
    """Read one comment of the REST list, which tells of an edit by its time alone."""
    user = node.get("user") or {}
    gone = user.get("login") in (None, "ghost")
    author = None if gone else Account(user["login"], user.get("id"), bot=user.get("type") == "Bot")
    at = datetime.fromisoformat(node["created_at"]).timestamp()
    return Remark(node["id"], author, node.get("body") or "", at, node["updated_at"] != node["created_at"])


def unread_commits(node: Json) -> Iterator[str]:
    """Name the commits, and the authors of commits, that GitHub has beyond those it sent."""
    connection = node.get("commits")
    if connection is None:
        yield "GitHub did not tell the commits"
        return
    came = [entry["commit"] for entry in nodes(connection)]
    if connection["totalCount"] > len(came):
        yield f"GitHub has {connection['totalCount']} commits, and {len(came)} could be read"
    for each in came:
        authors = each.get("authors")
        if authors is None or authors["totalCount"] > len(nodes(authors)):
            yield f"GitHub did not tell all authors of commit {as_on_github(each['oid'])}"


def review(node: Json) -> Review:
    """Read one review. The query asks for those alone whose author may write now (SDL, `writersOnly`)."""
    author, seen = account(node.get("author")), node.get("commit") or {}
    return Review(
        author=replace(author, access=True) if author else None,
        state=ReviewState(node["state"]),
        commit=seen.get("oid"),
        tree=(seen.get("tree") or {}).get("oid"),
    )
