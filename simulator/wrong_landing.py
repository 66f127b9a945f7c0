"""What lands is not what was merged: the failure of GitHub's own merge queue on 2026-04-23, on request."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from simulator.git import Draft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.repository import Repository

SCRATCH = "refs/scratch/wrong"


async def as_it_lands(repo: Repository, sha: str) -> str:
    """Give the commit that lands: the one that was made, or one beside it with other files where a test wants that."""
    if not repo.github.wrong_landings:
        return sha
    return await _made_wrong(repo, sha, repo.github.wrong_landings.pop(0))


async def _made_wrong(repo: Repository, sha: str, files: Mapping[str, str | bytes | None]) -> str:
    """Make a commit of the same parents, words and people that holds other files; None takes a file away."""
    facts = await repo.history.commit(sha)
    if facts is None:
        raise ValueError(f"there is no commit {sha}")
    scratch = await asyncio.to_thread(repo.git.commit, SCRATCH, sha, Draft(files, "scratch", facts.author))
    wrong = await repo.history.commit(scratch)
    if wrong is None:
        raise ValueError(f"there is no commit {scratch}")
    await asyncio.to_thread(repo.git.delete_ref, SCRATCH)
    people = (facts.author, facts.committer)
    return await asyncio.to_thread(repo.git.commit_tree, wrong.tree, facts.parents, f"{facts.message}\n", people)
