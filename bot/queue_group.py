"""A group of GitHub's merge queue waits for our check: answer with the worst that was decided on its pull requests.

GitHub builds one branch for each entry, `gh-readonly-queue/<base>/pr-<number>-<sha>`, on top of those before it; the
queue times out without an answer (docs: "Managing a merge queue", event `merge_group`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.address import PullRequestAt, QueueGroupAt, Repository, Want
from bot.bench import LOOK_AGAIN, Bench
from bot.github.errors import Gone
from bot.github.write import apply
from bot.published import CheckConclusion, CheckRun, CreateCheckRun
from bot.pull_request.turns import unhealthy
from bot.store.work import Claim
from bot.way import Queued

_REF = re.compile(r"(?:refs/heads/)?gh-readonly-queue/(.+)/pr-\d+-[0-9a-f]{40}")
_FROM_BEST = ("passed", "warned", "held", "waiting", "undecided", "blocked")
_PASSED = ("passed", "warned")
UNDECIDED = "undecided"
NEXT = "**Next:** take it out of the queue and read the check on the pull request itself."


async def answer(bench: Bench, claim: Claim, address: QueueGroupAt) -> float | None:
    """Report on the group's commit; return when to look again (Unix time), or None.

    While production closes the line into the base nothing may land but fixes. A planned freeze lets a group finish.
    """
    found = _REF.fullmatch(address.ref)
    if found is None:
        return None
    place = address.repository
    try:
        members = await bench.github.queued_until(place, found.group(1), address.sha)
    except Gone:  # the App is no longer installed there
        return None
    closed = await unhealthy(bench, place, found.group(1), [member.number for member in members])
    conclusions = [await _conclusion(bench, place, member) for member in members]
    open_ones = [member for member, said in zip(members, conclusions, strict=True) if said == UNDECIDED]
    if (not members or open_ones) and not closed and claim.looks < len(LOOK_AGAIN):
        await bench.store.want(Want(PullRequestAt(place, member.number)) for member in open_ones)
        return bench.clock() + LOOK_AGAIN[claim.looks]
    said = [(member.number, one) for member, one in zip(members, conclusions, strict=True)]
    await apply(bench.github.connection, CreateCheckRun(place, group_check(address.sha, said, closed)))
    return None


async def _conclusion(bench: Bench, place: Repository, member: Queued) -> str:
    """Give what was decided on a member at the head that it has in the queue; of another head nothing is known."""
    known = await bench.store.decision(place.owner, place.name, member.number)
    if known is None or known.get("head") != member.head:
        return UNDECIDED
    return str(known.get("conclusion") or UNDECIDED)


def group_check(sha: str, said: Sequence[tuple[int, str]], closed: str | None = None) -> CheckRun:
    """Write the check of a queue group: the worst conclusion over its pull requests, by number. Pure."""
    if closed is not None:
        return _check(sha, "The line is closed", f"Nothing lands now: {closed}.", passed=False)
    if not said:
        words = "andon could not read which pull requests this group of the merge queue holds.\n\n" + NEXT
        return _check(sha, "Could not decide", words, passed=False)
    number, worst = max(said, key=lambda one: _FROM_BEST.index(one[1]) if one[1] in _FROM_BEST else len(_FROM_BEST))
    passed = worst in _PASSED
    listed = "\n".join(f"- Pull request {member}: {conclusion}" for member, conclusion in said)
    return _check(sha, f"Pull request {number}: {worst}", listed if passed else f"{listed}\n\n{NEXT}", passed=passed)


def _check(sha: str, title: str, summary: str, *, passed: bool) -> CheckRun:
    return CheckRun(sha, CheckConclusion.SUCCESS if passed else CheckConclusion.FAILURE, title, summary)
