"""A merge queue of the simplest kind: entries in order, each on top of the one before, merged once it has passed.

Sources: docs, "Managing a merge queue"; OpenAPI webhooks, merge_group.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from simulator import emit
from simulator.git import Person
from simulator.mergeability import contexts, unmet_checks
from simulator.under_way import QueueEntry
from simulator.wrong_landing import as_it_lands

if TYPE_CHECKING:
    from simulator.pull_request import PullRequest
    from simulator.records import User
    from simulator.repository import Repository


async def enqueue(pull: PullRequest, by: User) -> None:
    """Append a pull request, build its group, and ask for its checks. A second time changes nothing."""
    repo = pull.repo
    if any(entry.number == pull.number for entry in repo.queue):
        return
    base_sha, head, base = repo.queue[-1].sha if repo.queue else repo.branches[pull.base], pull.head, pull.base
    sha = await as_it_lands(repo, await asyncio.to_thread(_built, pull, base_sha))
    if not pull.open or (pull.head, pull.base) != (head, base):
        return  # it moved while its group was built: a push takes it out of the queue
    entry = QueueEntry(pull.number, head, base_sha, sha, base, by)
    repo.queue.append(entry)
    pull.touched()
    await asyncio.to_thread(repo.git.set_ref, f"refs/heads/{entry.branch}", sha)
    await emit.pull_request(pull, "enqueued", by)
    await emit.merge_group(repo, entry, by)


def _built(pull: PullRequest, base_sha: str) -> str:
    """Make the commit that the base would get. Raises ValueError for a conflict, which this queue does not know."""
    git = pull.repo.git
    tree = git.merged_tree(base_sha, pull.head)
    if tree is None:
        raise ValueError(f"#{pull.number} conflicts with the queue")
    queue = Person("GitHub", "noreply@github.com", pull.repo.github.now())
    words = f"{pull.now.title} (#{pull.number})\n"
    return git.commit_tree(tree, (base_sha,), words, (queue, queue))


async def leave(pull: PullRequest) -> None:
    """Take a pull request out of the queue, and build the entries behind it anew (docs: a push removes it)."""
    repo = pull.repo
    places = [place for place, entry in enumerate(repo.queue) if entry.number == pull.number]
    if not places:
        return
    behind = [repo.pulls[entry.number] for entry in repo.queue[places[0] + 1 :]]
    by = repo.queue[places[0]].by
    del repo.queue[places[0] :]
    pull.touched()
    for other in behind:
        await enqueue(other, by)


async def advance(repo: Repository) -> None:
    """Land from the front whatever passed all required checks on its own commit; take out what failed one."""
    while repo.queue:
        entry = repo.queue[0]
        found = contexts(repo, entry.sha)
        unmet = set(unmet_checks(repo, entry.base, found))
        if not unmet:
            await _land(repo, entry)
        elif unmet & {context.name for context in found if context.result == "failure"}:
            await leave(repo.pulls[entry.number])
        else:
            return


async def _land(repo: Repository, entry: QueueEntry) -> None:
    async with repo.merging:
        pull = repo.pulls[entry.number]
        tip = repo.branches[entry.base]
        del repo.queue[0]
        await asyncio.to_thread(repo.git.set_ref, f"refs/heads/{entry.base}", entry.sha)
        await pull.land(entry.sha, tip, repo.github.user("github-merge-queue[bot]"))
