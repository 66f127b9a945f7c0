"""Routes that move branches: bring a pull request's up to date, and delete one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from simulator import shapes
from simulator.git import Person
from simulator.routing import Answer, Ask, Refusal, Route

if TYPE_CHECKING:
    from simulator.pull_request import PullRequest
    from simulator.records import User


MOVED = "expected_head_sha must match the current HEAD of the pull request"


async def update(ask: Ask) -> Answer:
    """Merge the base into a pull request's branch (OpenAPI, update a pull request branch)."""
    repo = ask.repo
    pull = repo.pulls.get(ask.number("pull_number"))
    if pull is None:
        raise Refusal(404, "Not Found")
    if await repo.history.contains(pull.head, repo.branches[pull.base]):
        raise Refusal(422, "There are no new commits on the base branch.")
    expected = ask.body.get("expected_head_sha")
    if expected is not None and expected != pull.head:
        raise Refusal(422, MOVED)
    if await bring_up_to_date(pull, ask.github.app.bot) is None:
        raise Refusal(422, "merge conflict between base and head")
    url = f"{shapes.SITE}/{repo.full_name}/pull/{pull.number}"
    return Answer(202, {"message": "Updating pull request branch.", "url": url})


async def bring_up_to_date(pull: PullRequest, by: User, *, tell: bool = True) -> str | None:
    """Merge the base into a pull request's branch, as its button does; give the new head, None where they conflict."""
    repo, head = pull.repo, pull.head
    sha = await asyncio.to_thread(_merged, pull, repo.branches[pull.base], by)
    if (pull.head, repo.branches.get(pull.head_branch)) != (head, head):
        raise Refusal(422, MOVED)
    if sha is not None:
        await repo.moved(pull.head_branch, sha, by, tell=tell)
        await asyncio.to_thread(repo.git.set_ref, f"refs/heads/{pull.head_branch}", sha)
    return sha


def _merged(pull: PullRequest, tip: str, by: User) -> str | None:
    git = pull.repo.git
    tree = git.merged_tree(pull.head, tip)
    if tree is None:
        return None
    now = pull.repo.github.now()
    people = (Person(by.login, by.email, now), Person("GitHub", "noreply@github.com", now))
    return git.commit_tree(tree, (pull.head, tip), f"Merge branch '{pull.base}' into {pull.head_branch}\n", people)


async def delete(ask: Ask) -> Answer:
    """Delete a branch (OpenAPI, delete a reference: 422 for one that is not there, or may not go)."""
    repo, ref = ask.repo, ask.parameters["ref"]
    branch = ref.removeprefix("heads/")
    if branch not in repo.branches:
        raise Refusal(422, "Reference does not exist")
    if branch == repo.default_branch or branch in repo.rulesets:
        raise Refusal(422, "Cannot delete protected branch")
    await repo.drop_branch(branch)
    return Answer(204)


ROUTES = (
    Route("PUT", "/repos/{owner}/{repo}/pulls/{pull_number}/update-branch", update, ("pull_requests", "write")),
    Route("DELETE", "/repos/{owner}/{repo}/git/refs/{ref}", delete, ("contents", "write")),
)
