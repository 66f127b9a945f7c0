"""Pull requests that land without being merged themselves: all their commits came into the base with others.

GitHub marks such a one as merged when its head becomes reachable from the tip of its base, whatever is required of it
(docs, "About pull request merges", indirect merges).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator import emit

if TYPE_CHECKING:
    from simulator.records import User
    from simulator.repository import Repository


NOWHERE = "0" * 40


async def merge(repo: Repository, moved: tuple[str, str], by: User, *, tell: bool) -> None:
    """Mark what came along as merged when a branch moved, given with the tip that it had before."""
    branch, before = moved
    tip = repo.branches[branch]
    for pull in [pull for pull in repo.pulls.values() if pull.open and pull.base == branch]:
        if not await _came(repo, (before, tip), pull.head) or not pull.open:
            continue
        now = repo.github.now()
        pull.change(state="closed", merged_at=now, closed_at=now, merge_commit=tip, merged_by=by, landed_on=before)
        if tell:
            await emit.pull_request(pull, "closed", by)


async def _came(repo: Repository, tips: tuple[str, str], head: str) -> bool:
    """Tell whether the second tip contains a head that the first did not."""
    before, after = tips
    contains = repo.history.contains
    return before != NOWHERE and await contains(after, head) and not await contains(before, head)
