"""A group of GitHub's merge queue waits for our check: answer with what was decided on its pull requests.

GitHub builds one branch for each entry, `gh-readonly-queue/<base>/pr-<number>-<sha>`; the queue times out without an
answer (docs: "Managing a merge queue", event `merge_group`).
"""

from __future__ import annotations

import re

from bot.address import PullRequestAt, QueueGroupAt, Want
from bot.bench import LOOK_AGAIN, Bench
from bot.github.write import apply
from bot.published import CheckConclusion, CheckRun, CreateCheckRun
from bot.store.work import Claim

_REF = re.compile(r"(?:refs/heads/)?gh-readonly-queue/.+/pr-(\d+)-[0-9a-f]{40}")
_PASSED = ("passed", "warned")


async def answer(bench: Bench, claim: Claim, address: QueueGroupAt) -> float | None:
    """Report the verdict of the queued pull request on the group's commit; return when to look again."""
    found = _REF.fullmatch(address.ref)
    if found is None:
        return None
    number, place = int(found.group(1)), address.repository
    known = await bench.store.decision(place.owner, place.name, number)
    if known is None and claim.looks < len(LOOK_AGAIN):
        await bench.store.want([Want(PullRequestAt(place, number))])
        return bench.clock() + LOOK_AGAIN[claim.looks]
    conclusion = str((known or {}).get("conclusion") or "undecided")
    await apply(bench.github.connection, CreateCheckRun(place, group_check(address.sha, number, conclusion)))
    return None


def group_check(sha: str, number: int, conclusion: str) -> CheckRun:
    """Write the check of a queue group."""
    passed = conclusion in _PASSED
    return CheckRun(
        head=sha,
        conclusion=CheckConclusion.SUCCESS if passed else CheckConclusion.FAILURE,
        title=f"Pull request {number}: {conclusion}",
        summary=f"The verdict on pull request {number} is: {conclusion}."
        + ("" if passed else "\n\n**Next:** take it out of the queue and read the check on the pull request itself."),
    )
