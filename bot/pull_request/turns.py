"""Brings pull requests into the line and out of it, gives each its turn, and calls those whose turn has come.

What the line lets through is read anew in the transaction that takes the turn, immediately before the merge request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.address import PullRequestAt, Repository, Want
from bot.bench import Bench
from bot.decision import Decision
from bot.line.barred import NotAllowed
from bot.line.line import UNHEALTHY, ClosedBy, Lane, Line, Terms, closings, is_aside, standings
from bot.line.words import NAMED, closed
from bot.merging.in_line import LINE_KEY, REFUSED_KEY, line_waits
from bot.snapshot import Snapshot
from bot.store.line_kept import At
from bot.waiting import Actor, Wait
from rules.engine.policy import Policy


async def lined(bench: Bench, snapshot: Snapshot, policy: Policy) -> Snapshot:
    """Add the line into the base branch, where the policy has andon merge; keep what the policy says of it."""
    if policy.merge is None:
        return snapshot
    at = At.of(snapshot.repository, snapshot.pull_request.base_branch)
    line = await bench.store.line.read(at)
    arms = policy.merge.via == "auto-merge"
    terms = Terms(policy.line.max_undeployed, policy.line.step_aside, policy.deploy is not None, arms)
    if line.terms != terms:
        await bench.store.line.keep_terms(at, terms)
    line = await _tried_anew(bench, snapshot, line)
    return replace(snapshot, line=replace(line, terms=terms))


async def _tried_anew(bench: Bench, snapshot: Snapshot, line: Line) -> Line:
    """Forget that GitHub refuses every merge into the branch once something changed that it may have rested on."""
    refused = line.not_allowed
    if refused is None or refused.rests_on == _grounds(snapshot):
        return line
    await try_anew(bench, snapshot.repository, line.branch)
    return replace(line, not_allowed=None)


def _grounds(snapshot: Snapshot) -> str:
    """Name what a refusal of every merge rests on, as far as andon sees it: the policy, the methods, the rules."""
    state, policy = snapshot.merge_state, snapshot.policy
    seen = (policy.oid if policy else "", sorted(state.methods), state.required, state.asked, state.way.queue)
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]


async def refused(bench: Bench, decision: Decision, wait: Wait) -> None:
    """Close the line where GitHub's refusal of a merge is one of every merge into the branch, and tell everybody."""
    snapshot = decision.snapshot
    if wait.key != REFUSED_KEY:
        return
    number, branch = snapshot.pull_request.number or 0, snapshot.pull_request.base_branch
    refusal = NotAllowed(number, wait.what, bench.clock(), _grounds(snapshot))
    await bench.store.line.keep_refusal(At.of(snapshot.repository, branch), refusal)
    await call(bench, snapshot.repository, branch, everybody=True)


async def try_anew(bench: Bench, repository: Repository, branch: str) -> None:
    """Open the line where GitHub's refusal of every merge closed it: somebody may have mended that."""
    at = At.of(repository, branch)
    if (await bench.store.line.read(at)).not_allowed is not None:
        await bench.store.line.keep_refusal(at, None)
        await call(bench, repository, branch, everybody=True)


async def stand(bench: Bench, decision: Decision) -> None:
    """Put a pull request that could be merged into the line; nothing is written where it stands there already.

    Where it lets others pass, they are called.
    """
    snapshot, entry = decision.snapshot, decision.entry
    if entry is None or snapshot.line is None or snapshot.line.entry(entry.number) == entry:
        return
    moved = await _elsewhere(bench, snapshot)
    await bench.store.line.join(At.of(snapshot.repository, snapshot.pull_request.base_branch), entry)
    if moved is not None:
        await call(bench, snapshot.repository, moved.branch)
    if is_aside(entry, snapshot.line.terms, bench.clock()):
        await call(bench, snapshot.repository, snapshot.pull_request.base_branch)


async def _elsewhere(bench: Bench, snapshot: Snapshot) -> At | None:
    """Tell in which line into another branch it stands: it was aimed elsewhere since."""
    known = await bench.store.line.entry(snapshot.repository, snapshot.pull_request.number or 0)
    return known[0] if known is not None and known[0].branch != snapshot.pull_request.base_branch else None


async def take(bench: Bench, decision: Decision) -> Wait | None:
    """Take the turn of a pull request; where the line does not let it be merged by now, give why."""
    snapshot, number = decision.snapshot, decision.snapshot.pull_request.number or 0
    if decision.entry is None:
        return None
    found = await bench.store.line.take_turn(At.of(snapshot.repository, snapshot.pull_request.base_branch), number)
    if found is None:
        return Wait("it is not in line any more; it is judged again", Actor.NOBODY, soon=True, key=LINE_KEY)
    waits = line_waits(found, snapshot.pull_request.base_branch)
    return replace(waits[0], soon=True) if waits else None


def is_of_line(wait: Wait) -> bool:
    """Tell whether it is the line that somebody waits for."""
    return wait.key.startswith(LINE_KEY)


async def give_back(bench: Bench, snapshot: Snapshot) -> None:
    """End the turn of a pull request that was not merged."""
    at = At.of(snapshot.repository, snapshot.pull_request.base_branch)
    await bench.store.line.give_back(at, snapshot.pull_request.number or 0)


async def settle(bench: Bench, decision: Decision, *, refused: bool = False) -> None:
    """Take a pull request out of the line that is to stand there no more, and call those behind it.

    Neither is one whose merge GitHub refuses: whoever stands behind it would wait for a person.
    """
    if decision.entry is None or refused:
        await leave(bench, decision.snapshot.repository, decision.snapshot.pull_request.number or 0)


async def leave(bench: Bench, repository: Repository, number: int) -> None:
    """Take a pull request out of whatever line it stands in."""
    known = await bench.store.line.entry(repository, number)
    if known is not None:
        at, _ = known
        await bench.store.line.leave(at, number)
        await call(bench, repository, at.branch)
        for _, line in await bench.store.line.of_repository(repository):
            await bench.store.want(_looks(repository, [one.number for one in line.entries if one.stacked_on == number]))


async def call(bench: Bench, repository: Repository, branch: str, *, everybody: bool = False) -> None:
    """Look at those of a line for whom something changed: the first few, or everybody where it opens or closes.

    Where GitHub may merge by itself, or production is unhealthy, everybody is every open pull request: what a person or
    andon armed or queued must be taken back.
    """
    line = await bench.store.line.read(At.of(repository, branch))
    standing = standings(line, bench.clock())
    numbers = {one.entry.number for one in (standing if everybody else standing[: NAMED + 1])}
    if everybody and (line.terms.arms or line.failure is not None or line.strays):
        numbers |= set(await bench.store.open_pull_requests(repository))
    await bench.store.want(_looks(repository, sorted(numbers)))


async def landed(bench: Bench, repository: Repository, branch: str) -> None:
    """Look at everybody where the line closes by what has just landed: too much is undeployed by now."""
    line = await bench.store.line.read(At.of(repository, branch))
    if any(one.by is ClosedBy.BACKLOG for one in closings(line, bench.clock())):
        await call(bench, repository, branch, everybody=True)


async def unhealthy(bench: Bench, repository: Repository, branch: str, numbers: Sequence[int]) -> str | None:
    """Say why production closes the line for these pull requests together; None where it does not, or all may pass."""
    line = await bench.store.line.read(At.of(repository, branch))
    lanes = {entry.lane if entry else Lane.NORMAL for entry in map(line.entry, numbers)}
    if lanes == {Lane.FIX}:
        return None
    shut = (one for one in closings(line, bench.clock()) if one.by in UNHEALTHY)
    return next((closed(one, branch) for one in shut), None)


async def call_the_next(bench: Bench, repository: Repository) -> None:
    """Look at whoever may merge now in any line of a repository, should no event have told."""
    for _, line in await bench.store.line.of_repository(repository):
        may = [one.entry.number for one in standings(line, bench.clock()) if one.may_merge]
        await bench.store.want(_looks(repository, may))


def _looks(repository: Repository, numbers: Iterable[int]) -> list[Want]:
    return [Want(PullRequestAt(repository, number)) for number in numbers]
