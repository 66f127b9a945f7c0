"""What a GraphQL query sees of an object of git: a commit, a directory or a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.commit_views import commit_view, tree_view
from simulator.connections import MAX_TEXT
from simulator.git import GitError

if TYPE_CHECKING:
    from simulator.records import Json
    from simulator.repository import Repository
    from simulator.views import Reader


async def named_object(reader: Reader, repo: Repository, asked: Json) -> Json | None:
    """Show what an expression or an id names: a commit, a directory, or a file of a commit."""
    reader.demand("contents")
    expression = asked.get("expression") or asked.get("oid") or ""
    revision, colon, path = expression.partition(":")
    sha = repo.head if revision == "HEAD" else repo.branches.get(revision.removeprefix("refs/heads/"), revision)
    if not colon:
        facts = await repo.history.commit(sha)
        if facts is not None:
            return {"__typename": "Commit", **commit_view(reader, repo, facts, None)}
        return await _tree(repo, sha)
    blob = await repo.history.blob(sha, path)
    if blob is None:
        return None
    binary = b"\0" in blob.content[:8000]
    return {
        "__typename": "Blob",
        "oid": blob.oid,
        "byteSize": len(blob.content),
        "isBinary": binary,
        "isTruncated": len(blob.content) > MAX_TEXT,
        "text": None if binary else blob.content[:MAX_TEXT].decode(errors="replace"),
    }


async def _tree(repo: Repository, sha: str) -> Json | None:
    try:
        await repo.history.tree(sha)
    except (GitError, KeyError):
        return None
    return tree_view(repo, sha)
