"""What tests of merging do and look at again and again: a policy, a small pull request, and what was written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import MERGES, Shop, lines

ARMS, DISARMS = "query ArmAutoMerge", "query DisarmAutoMerge"
UPDATES = "PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch"
DELETES = "DELETE /repos/{owner}/{repo}/git/refs/{ref}"
CHECKED = "POST /repos/{owner}/{repo}/check-runs"
STEPS = (ARMS, DISARMS, MERGES, UPDATES, DELETES, CHECKED, "query Enqueue")
AUTO = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: ready, via: auto-merge}\n"
SILENT = "rules: {small-diff: {max-lines: 20}}\n"
Case = Callable[[Shop], Awaitable[None]]


def steps(shop: Shop, since: int = 0) -> list[str]:
    """List what was written on the way in, in order, by the last word of each call."""
    calls = [call for call in shop.stage.github.calls[since:] if call.kind in STEPS and call.status < 500]
    return [call.kind.removeprefix("query ").rpartition("/")[2].removesuffix("}") for call in calls]


async def governed(shop: Shop, policy: str, *, ours: bool = True) -> None:
    """Set a policy, on a branch that requires `ci` and, if `ours`, the check `andon` of this App."""
    checks = (("ci", None), ("andon", shop.stage.github.app_id)) if ours else (("ci", None),)
    shop.repository.require_checks("main", *checks)
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Set the policy")
    await shop.stage.at_rest()


async def small(shop: Shop, count: int = 5) -> PullRequest:
    """Open a pull request of so many lines and wait until it is judged and all is at rest."""
    pull = await shop.repository.open_pull_request(files={"app.py": lines(count)})
    await shop.stage.at_rest()
    return pull


async def waits_of(shop: Shop, pull: PullRequest) -> str:
    """Ask the API what a pull request waits for, and what was refused."""
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    return f"{[wait['what'] for wait in told['waiting_for']]} {told.get('refused')}"
