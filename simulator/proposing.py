"""Opens pull requests: from new files or from a branch that exists, of the repository itself or of a fork."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator import emit
from simulator.pull_request import PullRequest
from simulator.records import PullState, Versions

if TYPE_CHECKING:
    from simulator.repository import Files, Repository


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a pull request is opened with, beside its content."""

    base: str = "main"
    title: str = ""
    body: str = ""
    author: str = "alice"
    draft: bool = False
    fork: bool = False


async def open_one(
    repo: Repository, content: tuple[str | None, Files | None], *, tell: bool = True, **proposal: object
) -> PullRequest:
    """Open a pull request from a branch with files added to it; of each there may be none."""
    asked = Proposal(**proposal)  # type: ignore[arg-type] # the names are checked by Proposal itself
    number = repo.next_number()
    branch, files = content[0] or f"topic-{number}", content[1]
    author = repo.github.user(asked.author)
    if files is not None:
        await _content(repo, (branch, files), asked, tell=tell)
    head = await _head(repo, branch, asked)
    now = repo.github.now()
    title = asked.title or f"Change {number}"
    state = PullState(title, asked.body, head, asked.base, repo.branches[asked.base], asked.draft, now, now)
    pull = PullRequest(repo, (number, repo.github.next_id()), (branch, author), Versions(repo.github.changed(), state))
    pull.fork = asked.fork
    if asked.fork:
        repo.outsiders.add(author.login)
    repo.pulls[number] = pull
    await asyncio.to_thread(repo.git.set_ref, f"refs/pull/{number}/head", head)
    if tell:
        await emit.suite_requested(repo, branch, head)
        await emit.pull_request(pull, "opened", author)
    return pull


async def _content(repo: Repository, content: tuple[str, Files], asked: Proposal, *, tell: bool) -> None:
    branch, files = content
    ref = f"refs/forks/{asked.author}/{branch}" if asked.fork else f"refs/heads/{branch}"
    start = repo.branches[asked.base] if asked.fork else repo.branches.get(branch, repo.branches[asked.base])
    sha = await repo.write(ref, start, files, (asked.title or "Change", asked.author))
    if not asked.fork:
        await repo.moved(branch, sha, repo.github.user(asked.author), tell=tell)


async def _head(repo: Repository, branch: str, asked: Proposal) -> str:
    if not asked.fork:
        return repo.branches[branch]
    sha = await asyncio.to_thread(repo.git.resolve, f"refs/forks/{asked.author}/{branch}")
    return sha or repo.branches[branch]
