"""THE PATH for an incident: read the ledger and its issue, write the facts, and see whether people are through with it.

There is one issue for each incident. Its upper part is ours and follows what the releases say; the rest is people's.
"""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.address import CommitAt, IncidentAt, Repository, Want
from bot.bench import Bench
from bot.decision import policy_of
from bot.github.errors import Gone, Later, Refused
from bot.github.fence import prove
from bot.github.read_issues import Issue, is_nudged, issue_of, issues_about
from bot.github.write import apply
from bot.line.line import ClosedBy, closings
from bot.postmortem.actions import agreed
from bot.postmortem.facts import Facts
from bot.postmortem.issue import DOUBLE, body, doubled, nudge, renewed, title
from bot.published import AnswerIssue, EditIssue, OpenIssue
from bot.snapshot import PolicyFile
from bot.store.incidents_kept import KeptIncident, Post
from bot.store.ledger import Release, ReleaseState
from bot.store.line_kept import At
from rules.engine.policy import PolicyError
from rules.engine.sections import PostMortem

OVERLAP = 60.0
"""Seconds by which GitHub's clock may be behind ours when an issue is looked for."""

OPENED_WITHIN = 45.0
"""Seconds after which an issue that was about to be opened is there, or was not asked for: a request takes 30."""

SETTLES_WITHIN = 120.0
"""Seconds after which no second issue is looked for any more."""

PATIENCE = 0.01
"""How long an incident is left alone between two looks that no delivery asked for, as a part of its age."""

MOVING = frozenset({ReleaseState.FAILED, ReleaseState.LIVE, ReleaseState.REVERTED})
"""What a release reaches by which an incident may begin or end."""

NOT_WANTED = "the policy asks for no issue"
EDITED = "its upper part was edited by people, or is gone: andon leaves it alone"
GONE = "the issue was deleted, or moved to another repository"

_log = structlog.get_logger()


async def note(bench: Bench, release: Release) -> None:
    """Look at the incidents of a branch whose release has just failed, or mends one that did."""
    if release.state in MOVING:
        await _settle(bench, release.repository, release.base_branch)


async def look(bench: Bench, repository: Repository, branch: str) -> None:
    """Look at the incidents of a branch that are not over yet: something was done about one of them."""
    known = await bench.store.incidents.all_of(repository.owner, repository.name)
    there = (one for one in known if one.branch == branch and one.incident.restored_at is None)
    await bench.store.want(Want(IncidentAt(repository, one.incident.sha)) for one in there if not one.is_left)


async def visit(bench: Bench, repository: Repository) -> None:
    """Look at the incidents of a repository, should nothing have told of them; at older ones less often."""
    for branch in await bench.store.incidents.branches(repository):
        await _settle(bench, repository, branch)
    now = bench.clock()
    known = await bench.store.incidents.all_of(repository.owner, repository.name)
    wants = [Want(IncidentAt(repository, one.incident.sha)) for one in known if _is_due(one, now)]
    if wants:
        await bench.store.want(wants)


async def _settle(bench: Bench, repository: Repository, branch: str) -> None:
    changed = await bench.store.incidents.settle(repository, branch)
    if changed:
        await bench.store.want([Want(IncidentAt(repository, sha)) for sha in changed])


def _is_due(one: KeptIncident, now: float) -> bool:
    if one.is_over or one.is_left:
        return False
    return now - one.post.looked_at >= PATIENCE * (now - one.incident.began_at)


async def follow(bench: Bench, address: IncidentAt) -> float | None:
    """Bring the issue of one incident up to date; return when to look again (Unix time), or None.

    Anybody may have named the commit: most are no incident.
    """
    known = await bench.store.incidents.of(address.repository, address.sha)
    facts = None if known is None else await bench.store.incidents.facts(known)
    if known is None or facts is None or known.is_left:
        return None
    known, facts = await _with_line(bench, known, facts)
    try:
        post = await _written(bench, known, facts)
    except Refused as refused:
        post = replace(known.post, said=_refusal(refused))
        _log.warning("the issue of an incident is not written", incident=address.sha, why=post.said)
    await prove()
    looked = replace(post, looked_at=bench.clock())
    await bench.store.incidents.save(known, looked)
    return _settles_at(looked)


def _settles_at(post: Post) -> float | None:
    """Tell when it will be certain that there is one issue alone; None where that is so, or where there is none."""
    if post.issue is None or post.tried_at is None or post.looked_at >= post.tried_at + SETTLES_WITHIN:
        return None
    return post.tried_at + SETTLES_WITHIN


async def _with_line(bench: Bench, known: KeptIncident, facts: Facts) -> tuple[KeptIncident, Facts]:
    """Keep when the line closed for it, for as long as that can be seen."""
    if known.post.line_closed_at is not None or known.incident.restored_at is not None:
        return known, facts
    line = await bench.store.line.read(At.of(known.repository, known.branch))
    shut = next((one for one in closings(line, bench.clock()) if one.by is ClosedBy.PRODUCTION), None)
    if shut is None:
        return known, facts
    kept = await bench.store.incidents.save(known, replace(known.post, line_closed_at=shut.since))
    return kept, replace(facts, line_closed_at=shut.since)


async def _written(bench: Bench, known: KeptIncident, facts: Facts) -> Post:
    """Open the issue of an incident, or bring it up to date."""
    if known.post.issue is None:
        return await _opened(bench, known, facts)
    known, number = await _with_one(bench, known, known.post.issue)
    issue = await issue_of(bench.github.connection, known.repository, number)
    if issue is None:
        return replace(known.post, said=GONE)
    post = replace(known.post, closed=not issue.is_open, agreed=agreed(issue.body), said="")
    now = renewed(issue.body, facts)
    if now is None:
        post = replace(post, said=EDITED)
    elif now != issue.body:
        await apply(bench.github.connection, EditIssue(known.repository, issue.number, now))
    return await _nudged(bench, known, issue, post)


async def _opened(bench: Bench, known: KeptIncident, facts: Facts) -> Post:
    """Open the issue exactly once: where it may have been opened before, it is looked for first."""
    wanted, post = await _post_mortem(bench, known), known.post
    if wanted is None or not wanted.issue:
        return replace(post, said=NOT_WANTED)
    if post.tried_at is not None:
        there = await _there(bench, known)
        if there:
            return await _written(bench, replace(known, post=replace(post, issue=there[0].number, said="")), facts)
        if bench.clock() < post.tried_at + OPENED_WITHIN:
            raise Later("its issue may be on its way", post.tried_at + OPENED_WITHIN)
    await prove()
    known = await bench.store.incidents.save(known, replace(post, tried_at=bench.clock(), said=""))
    action = OpenIssue(known.repository, title(facts), body(facts), wanted.labels)
    try:
        answer = await apply(bench.github.connection, action)
    except Later as later:
        if not later.uncertain:
            await bench.store.incidents.save(known, post)
        raise
    return await _noted(bench, known, answer["number"])


async def _there(bench: Bench, known: KeptIncident) -> tuple[Issue, ...]:
    """Look for the issues of an incident that may be there already, the oldest first."""
    since = known.incident.began_at - OVERLAP
    return await issues_about(bench.github.connection, known.repository, known.incident.sha, since)


async def _noted(bench: Bench, known: KeptIncident, number: int) -> Post:
    """Keep the number of an issue that was just opened, also where another process has gone on with the incident.

    Where that one has opened another, a look finds both.
    """
    by_now = await bench.store.incidents.of(known.repository, known.incident.sha)
    others = by_now.post if by_now is not None and by_now.post.issue is not None else known.post
    post = replace(others, issue=others.issue or number, tried_at=bench.clock())
    await bench.store.incidents.save(known, post)
    if post.issue != number:
        await bench.store.want([Want(IncidentAt(known.repository, known.incident.sha))])
    return post


async def _with_one(bench: Bench, known: KeptIncident, number: int) -> tuple[KeptIncident, int]:
    """Keep the oldest issue where two processes opened one each, and close the others; give its number."""
    there = () if _settles_at(known.post) is None else await _there(bench, known)
    if not there:
        return known, number
    kept = there[0].number
    for one in there[1:]:
        if one.is_open and not one.body.startswith(DOUBLE):
            text = doubled(one.body, kept)
            await apply(bench.github.connection, EditIssue(known.repository, one.number, text, closes=True))
    return replace(known, post=replace(known.post, issue=kept)), kept


async def _nudged(bench: Bench, known: KeptIncident, issue: Issue, post: Post) -> Post:
    """Say once what is missing below an issue that was closed without an action; it is never opened again."""
    if not post.closed or post.agreed.is_complete or post.nudged:
        return post
    connection, place = bench.github.connection, known.repository
    if not await is_nudged(connection, place, issue.number):
        await apply(connection, AnswerIssue(place, issue.number, nudge()))
    return replace(post, nudged=True)


async def _post_mortem(bench: Bench, known: KeptIncident) -> PostMortem | None:
    """Read what the policy by now asks for; None where it says nothing of deployments, or cannot be read."""
    landed = await bench.github.landed_commit(CommitAt(known.repository, known.incident.sha))
    return None if landed is None else post_mortem_of(landed.policy)


def post_mortem_of(file: PolicyFile | None) -> PostMortem | None:
    """Give what a policy asks to be written of an incident; None without a `deploy:` that can be read."""
    try:
        policy = policy_of(file) if file is not None else None
    except PolicyError:
        return None
    return policy.deploy.post_mortem if policy is not None and policy.deploy is not None else None


def _refusal(refused: Refused) -> str:
    if isinstance(refused, Gone):
        return "GitHub has no issues here: they are turned off in this repository, or andon may not see them"
    return f"GitHub refused: {refused.message}"[:500]
