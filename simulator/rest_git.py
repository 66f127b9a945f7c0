"""Routes that write commits, branches and pull requests past GitHub's own buttons: its git database."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from simulator import pull_shapes, shapes
from simulator.git import Person
from simulator.routing import Answer, Ask, Refusal, Route

if TYPE_CHECKING:
    from simulator.records import Json
    from simulator.repository import Repository


async def commit(ask: Ask) -> Answer:
    """Write a commit of a tree that is there (OpenAPI, create a commit)."""
    repo, tree, message = ask.repo, ask.required("tree"), ask.required("message")
    parents = tuple(ask.body.get("parents", ()))
    for parent in parents:
        if await repo.history.commit(parent) is None:
            raise Refusal(422, "Parent SHA does not exist or is not a commit object")
    bot, now = ask.github.app.bot, repo.github.now()
    person = Person(bot.login, bot.email, now)
    sha = await asyncio.to_thread(repo.git.commit_tree, tree, parents, message, (person, person))
    return Answer(201, await _commit(repo, sha))


async def commit_of(ask: Ask) -> Answer:
    """Show a commit (OpenAPI, get a commit object)."""
    if await ask.repo.history.commit(ask.parameters["commit_sha"]) is None:
        raise Refusal(404, "Not Found")
    return Answer(200, await _commit(ask.repo, ask.parameters["commit_sha"]))


async def _commit(repo: Repository, sha: str) -> Json:
    facts = await repo.history.commit(sha)
    if facts is None:
        raise Refusal(404, "Not Found")
    whole = shapes.commit(repo, facts)
    inner = {name: whole["commit"][name] for name in ("author", "committer", "message", "tree", "url", "verification")}
    return {**{name: whole[name] for name in ("sha", "node_id", "html_url", "parents")}, **inner}


async def make_branch(ask: Ask) -> Answer:
    """Create a branch (OpenAPI, create a reference: 422 for one that is there)."""
    repo, ref, sha = ask.repo, ask.required("ref"), ask.required("sha")
    branch = ref.removeprefix("refs/heads/")
    if branch in repo.branches:
        raise Refusal(422, "Reference already exists")
    if await repo.history.commit(sha) is None:
        raise Refusal(422, "Object does not exist")
    await asyncio.to_thread(repo.git.set_ref, ref, sha)
    await repo.moved(branch, sha, ask.github.app.bot)
    return Answer(201, _ref(repo, branch))


async def branch_of(ask: Ask) -> Answer:
    """Show a branch (OpenAPI, get a reference)."""
    branch = ask.parameters["ref"].removeprefix("heads/")
    if branch not in ask.repo.branches:
        raise Refusal(404, "Not Found")
    return Answer(200, _ref(ask.repo, branch))


def _ref(repo: Repository, branch: str) -> Json:
    place, sha = f"{shapes.repository_api(repo)}/git", repo.branches[branch]
    points = {"type": "commit", "sha": sha, "url": f"{place}/commits/{sha}"}
    name = f"refs/heads/{branch}"
    return {"ref": name, "node_id": f"REF_{sha}", "url": f"{place}/{name}", "object": points}


async def open_pull_request(ask: Ask) -> Answer:
    """Open a pull request from a branch that is there (OpenAPI, create a pull request)."""
    repo, head, base = ask.repo, ask.required("head"), ask.required("base")
    if head not in repo.branches or base not in repo.branches:
        field = "head" if head not in repo.branches else "base"
        errors = [{"resource": "PullRequest", "field": field, "code": "invalid"}]
        raise Refusal(422, "Validation Failed", errors)
    known = (pull for pull in repo.pulls.values() if (pull.head_branch, pull.base, pull.state) == (head, base, "open"))
    if next(known, None) is not None:
        said = f"A pull request already exists for {repo.owner.login}:{head}."
        raise Refusal(422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": said}])
    made = await repo.open_pull_request(
        head_branch=head, base=base, title=ask.required("title"), body=ask.body.get("body", ""),
        author=ask.github.app.bot.login,
    )  # fmt: skip
    return Answer(201, await pull_shapes.full(made, made.now))


GIT = "/repos/{owner}/{repo}/git"
ROUTES = (
    Route("POST", f"{GIT}/commits", commit, ("contents", "write")),
    Route("GET", f"{GIT}/commits/{{commit_sha}}", commit_of, ("contents", "read")),
    Route("POST", f"{GIT}/refs", make_branch, ("contents", "write")),
    Route("GET", f"{GIT}/ref/{{ref}}", branch_of, ("contents", "read")),
    Route("POST", "/repos/{owner}/{repo}/pulls", open_pull_request, ("pull_requests", "write")),
)
