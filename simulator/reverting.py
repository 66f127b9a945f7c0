"""GitHub's own revert of a merged pull request: a branch that takes it back, and a pull request from there.

Sources: GraphQL, revertPullRequest; docs, "Reverting a pull request". The words of the refusal are those of the page.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from simulator import shapes
from simulator.auto_merge import UNPROCESSABLE, named_by
from simulator.connections import problem
from simulator.git import Person

if TYPE_CHECKING:
    from simulator.pull_request import PullRequest
    from simulator.records import Json, User
    from simulator.views import Reader

CONFLICT = (
    "Sorry, this pull request couldn’t be reverted automatically. It may have already been reverted, or the content "
    "may have changed since it was merged."
)


async def revert(reader: Reader, given: Json) -> Json:
    """Open a pull request that takes a merged one back. Refuses what git cannot take back by itself."""
    pull = named_by(reader, given).pull
    knobs = reader.github
    if knobs.counts_down("unwilling_reverts"):
        raise problem(UNPROCESSABLE, "Something went wrong while reverting")
    if not pull.merged:
        raise problem(UNPROCESSABLE, "Pull request is not merged")
    made = await opened(pull, reader.github.app.bot, given)
    return {
        "pullRequest": {"number": pull.number},
        "revertPullRequest": {
            "id": shapes.node_id("PR", made.id),
            "number": made.number,
            "headRefOid": made.head,
            "headRefName": made.head_branch,
        },
    }


async def opened(pull: PullRequest, by: User, given: Json) -> PullRequest:
    """Open the revert of a merged pull request in somebody's name, as the button on its page does."""
    repo, branch = pull.repo, f"revert-{pull.number}-{pull.head_branch}"
    landed, before, tip = str(pull.merge_commit), str(pull.now.landed_on), repo.branches[pull.base]
    tree = await asyncio.to_thread(repo.git.reverted_tree, landed, before, tip)
    facts = await repo.history.commit(tip)
    if tree is None or branch in repo.branches or (facts is not None and facts.tree == tree):
        raise problem(UNPROCESSABLE, CONFLICT)
    title = given.get("title") or f'Revert "{pull.now.title}"'
    message = f'Revert "{pull.now.title} (#{pull.number})"\n\nThis reverts commit {landed}.\n'
    now = repo.github.now()
    people = (Person(by.login, by.email, now), Person("GitHub", "noreply@github.com", now))
    sha = await asyncio.to_thread(repo.git.commit_tree, tree, (tip,), message, people)
    await asyncio.to_thread(repo.git.set_ref, f"refs/heads/{branch}", sha)
    await repo.moved(branch, sha, by)
    text = given.get("body") or f"Reverts {repo.full_name}#{pull.number}"
    draft = bool(given.get("draft"))
    return await repo.open_pull_request(
        head_branch=branch, base=pull.base, title=title, body=text, author=by.login, draft=draft
    )
