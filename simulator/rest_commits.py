"""Routes of commits: one with its files, and two compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator import shapes
from simulator.routing import Answer, Ask, Refusal, Route

if TYPE_CHECKING:
    from simulator.history import CommitFacts

MAX_FILES = 300  # OpenAPI, get a commit: more are on further pages


async def _commit(ask: Ask, sha: str) -> CommitFacts:
    found = await ask.repo.history.commit(sha)
    if found is None:
        raise Refusal(422, f"No commit found for SHA: {sha}")
    return found


async def commit(ask: Ask) -> Answer:
    """Show one commit and what it changed against its first parent; of a root commit no files are told."""
    facts = await _commit(ask, ask.parameters["ref"])
    files = await ask.repo.history.files(facts.parents[0], facts.sha) if facts.parents else ()
    shown = [shapes.file(ask.repo, file, facts.sha) for file in files[:MAX_FILES]]
    return Answer(200, {**shapes.commit(ask.repo, facts), "files": shown})


async def tree(ask: Ask) -> Answer:
    """List everything below a tree, which may be named by a commit."""
    facts = await _commit(ask, ask.parameters["tree_sha"])
    entries = await ask.repo.history.tree(facts.tree)
    place = f"{shapes.repository_api(ask.repo)}/git"
    listed = [
        {"path": path, "mode": mode, "type": kind, "sha": sha, "url": f"{place}/{kind}s/{sha}"}
        for mode, kind, sha, path in entries
        if "/" not in path or "recursive" in ask.query
    ]
    limit = ask.github.files.tree_limit
    address = f"{place}/trees/{facts.tree}"
    cut = len(listed) > limit
    return Answer(200, {"sha": facts.tree, "url": address, "tree": listed[:limit], "truncated": cut})


async def compare(ask: Ask) -> Answer:
    """Say how the head of `base...head` lies to its base, and what it changed since; commits are for other routes."""
    base_name, _, head_name = ask.parameters["basehead"].partition("...")
    repo, history = ask.repo, ask.repo.history
    base, head = await _commit(ask, base_name), await _commit(ask, head_name)
    start = await history.merge_base(base.sha, head.sha)
    if start is None:
        raise Refusal(404, "No common ancestor between them")
    ahead, behind = len(await history.commits(base.sha, head.sha)), len(await history.commits(head.sha, base.sha))
    status = {(True, True): "diverged", (True, False): "ahead", (False, True): "behind"}
    address = f"{shapes.repository_api(repo)}/compare/{base.sha}...{head.sha}"
    page = f"{shapes.SITE}/{repo.full_name}/compare/{base.sha}...{head.sha}"
    links = {"html_url": page, "permalink_url": page, "diff_url": f"{page}.diff", "patch_url": f"{page}.patch"}
    counts = {"ahead_by": ahead, "behind_by": behind, "total_commits": ahead, "commits": []}
    ends = {
        "base_commit": shapes.commit(repo, base),
        "merge_base_commit": shapes.commit(repo, await _commit(ask, start)),
    }
    relation = status.get((ahead > 0, behind > 0), "identical")
    files = [shapes.file(repo, one, head.sha) for one in (await history.files(start, head.sha))[:MAX_FILES]]
    return Answer(200, {"url": address, **links, **ends, "status": relation, **counts, "files": files})


ROUTES = (
    Route("GET", "/repos/{owner}/{repo}/commits/{ref}", commit, ("contents", "read")),
    Route("GET", "/repos/{owner}/{repo}/git/trees/{tree_sha}", tree, ("contents", "read")),
    Route("GET", "/repos/{owner}/{repo}/compare/{basehead}", compare, ("contents", "read")),
)
