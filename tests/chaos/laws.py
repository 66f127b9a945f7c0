"""What must hold whenever everything is at rest, whatever happened before. Each law raises Breach with what it saw."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator

from bot.address import PullRequestAt
from bot.decision import Decision, decide
from bot.glimpse import as_seen
from bot.merging.in_line import LINE_KEY
from bot.published import Action, CreateCheckRun, DeleteBranch
from bot.pull_request import refusals
from bot.pull_request.patience import recalled
from bot.pull_request.tidying import tidied
from bot.reconcile import whole
from simulator.calls import Call
from simulator.pull_request import PullRequest
from simulator.records import Comment
from tests.chaos.oracle import BOT, forbidden
from tests.chaos.policies import POLICY, Terms, terms_of
from tests.chaos.world import Breach, Landing, World

CHECKED = "POST /repos/{owner}/{repo}/check-runs"
COMMENTED = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments"
EDITED = "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}"
READS = ("GET", "HEAD")


async def decided(world: World, pull: PullRequest) -> Decision:
    """Decide on a pull request afresh, by a read of its own, and carry nothing out."""
    bench = world.form.bench
    snapshot = await bench.github.snapshot(PullRequestAt(world.place, pull.number))
    if snapshot is None:
        raise Breach(f"#{pull.number} cannot be read")
    snapshot = await recalled(bench, await whole(bench, snapshot))
    return tidied(await bench.judge.run(decide, snapshot, our_app=bench.github.app_id, judge=bench.judge))


async def everything_is_done(world: World) -> None:
    """GitHub shows what a fresh decision says, and nobody who may be merged is left."""
    for pull in world.pulls:
        decision = await decided(world, pull)
        for action in decision.actions:
            if _was_stacked_on(world, pull, action):
                world.tally["a branch stays that one was stacked on"] += 1
                continue
            if await _is_hidden(world, pull, decision, action):
                world.tally["no sweep could see it"] += 1
                break
            known = await refusals.standing_refusal(world.form.bench, decision, action)
            if known is None:
                raise Breach(
                    f"#{pull.number} still wants {action}; it waits for {[one.what for one in decision.waits]}"
                )
            world.tally["refused"] += 1
            break
        _count(world, pull, decision)


async def _is_hidden(world: World, pull: PullRequest, decision: Decision, action: Action) -> bool:
    """Tell whether our check run lags in its text alone, by a check that nobody told of and no sweep could see.

    A sweep counts checks by their states: one that succeeded again beside another App's of its name counts alike.
    """
    shown = pull.check_run("andon")
    if not world.checks_unheard or not isinstance(action, CreateCheckRun) or shown is None:
        return False
    known = await world.form.bench.store.open_pull_requests(world.place)
    seen = known[pull.number].digest if pull.number in known else ""
    same = (shown.conclusion, shown.title) == (action.check.conclusion, action.check.title)
    return same and seen == as_seen(decision.snapshot)


def _was_stacked_on(world: World, pull: PullRequest, action: Action) -> bool:
    """Tell whether a branch is left because another was based on it when it landed: nothing tells when that is over."""
    based = (one.base for moment in world.moments for one in moment.facts.values())
    return isinstance(action, DeleteBranch) and pull.head_branch in based


def _count(world: World, pull: PullRequest, decision: Decision) -> None:
    """Count how pull requests ended."""
    tally = world.tally
    ended = "merged" if pull.merged else "open" if pull.open else "closed"
    tally[f"is {ended}"] += 1
    if decision.verdict is not None:
        tally[f"is {decision.verdict.conclusion}"] += 1
    if pull.now.auto_merge is not None:
        tally["is armed"] += 1
    if any(entry.number == pull.number for entry in world.repository.queue):
        tally["is queued"] += 1
    for wait in decision.waits:
        whole = wait.key.startswith(LINE_KEY)
        tally[f"waits for {wait.key if whole else wait.key.partition(':')[0] or 'rules'}"] += 1


def one_comment(world: World) -> None:
    """Nobody is written to twice."""
    for pull in world.pulls:
        mine = [one for one in pull.comments if one.author.login == BOT]
        if len(mine) > 1:
            raise Breach(f"#{pull.number} has {len(mine)} comments of ours")


def no_check_twice(world: World) -> None:
    """No head carries the same check run of ours twice in a row, unless somebody asked, or a write seemed to fail."""
    if world.disturbed_ever:
        return
    asked = {head for number in world.rechecked for head in world.heads[number]}
    for head in world.repository.checks_on.keys() - asked:
        runs = world.repository.checks_on[head]
        mine = [run.external_id for run in runs if run.app.id == world.form.github.app_id]
        twice = [one for one, other in itertools.pairwise(mine) if one == other]
        if twice:
            raise Breach(f"{head[:7]} carries the check {twice[0]} twice in a row")


def one_deployment(world: World) -> None:
    """What landed is deployed once."""
    counted = Counter(one.sha for one in world.repository.deployments)
    for sha, count in counted.items():
        if count > 1:
            raise Breach(f"{sha[:7]} was deployed {count} times")


async def nothing_forbidden_landed(world: World) -> None:
    """Whatever andon brought in was allowed by the policy, at exactly that head."""
    for landing in world.landings:
        if landing.by == BOT or landing.by.startswith("github-merge-queue"):
            await _was_allowed(world, landing)
        world.tally[_landed_as(landing)] += 1
    world.landings.clear()


def _landed_as(landing: Landing) -> str:
    if landing.by.startswith("github-merge-queue"):
        return "landed by the queue"
    if landing.by != BOT:
        return "landed by hand"
    return "landed armed" if landing.armed else "landed by andon"


async def _was_allowed(world: World, landing: Landing) -> None:
    """Hold one landing against every state in which andon may have read it; the head is never another."""
    facts, against = landing.facts, list[str]()
    for one in landing.candidates:
        if one.head != facts.head:
            continue
        blob = await world.repository.history.blob(one.trunk, POLICY)
        terms = terms_of(blob.content.decode() if blob else None)
        said = [*forbidden(one, terms, await world.repository.history.files(one.tip, one.head))]
        closed = [] if landing.by != BOT else [*_closed(world, landing, terms), *_unshown(landing)]
        if not said and not closed:
            return
        against += [*said, *closed]
    raise Breach(f"#{facts.number} landed at {facts.head[:7]}, and {'; '.join(dict.fromkeys(against))}")


def _unshown(landing: Landing) -> Iterator[str]:
    """Say so where this very head did not carry our passing check."""
    if landing.shown != "success":
        yield f"our check on it said {landing.shown}"


def _closed(world: World, landing: Landing, terms: Terms) -> Iterator[str]:
    """Say what was known to close the line: by when everything was at rest last, or by what andon itself merged."""
    facts = landing.facts
    if landing.frozen and not any(one.words.startswith("/andon unfreeze") for one in world.said[world.known.heard :]):
        yield f"the line was frozen: {landing.frozen}"
    fixes = facts.restores or any(one.words.startswith("/andon fix-forward") for one in facts.said)
    if not terms.deploys or fixes:
        return
    if landing.production_failed is not None:
        yield f"the release of #{landing.production_failed} had failed"
    if landing.undeployed >= terms.backlog and not landing.armed and not world.policy_moved:
        yield f"{landing.undeployed} were undeployed, the limit is {terms.backlog}"


def remember(world: World) -> None:
    """Keep what is settled by now: who froze the line, and whose release failed that no later one made good."""
    known = world.known
    known.heard, known.frozen, known.failed = len(world.said), "", None
    merged = sorted((pull for pull in world.pulls if pull.merged and pull.base == "main"), key=_merged_at)
    states = {one.sha: one.state for one in world.repository.deployments}
    for pull in merged:
        state = states.get(pull.merge_commit or "")
        if state == "success":
            known.failed = None
        elif state == "failure" and known.failed is None:
            known.failed = pull.number
    for one in world.said:
        granted = any((each.author.login, each.content) == (BOT, "+1") for each in world.comments[one.id].reactions)
        if not granted or world.repository.pulls[one.number].retargeted:
            continue
        if one.words.startswith("/andon freeze") and " until " not in one.words:
            known.frozen = one.words
        if one.words.startswith("/andon unfreeze"):
            known.frozen = ""


def _merged_at(pull: PullRequest) -> float:
    return pull.now.merged_at or 0.0


def one_merge_at_a_time(world: World) -> None:
    """No merge is asked for while another one is under way: all go into one branch, and that moves by each."""
    for overlap in world.form.merges.overlaps:
        raise Breach(f"merges at once: {', '.join(overlap)}")


async def nothing_is_given_up(world: World) -> None:
    """No address is parked."""
    parked = await world.form.bench.store.parked()
    if parked:
        raise Breach(f"given up: {parked[0].address}: {parked[0].error}")


def everybody_is_answered(world: World) -> None:
    """Every command of a person on an open pull request, where andon merges or judges, carries a reaction."""
    for one in world.said:
        pull = world.repository.pulls[one.number]
        comment: Comment = world.comments[one.id]
        asked = one.words.startswith("/andon") and not one.by.endswith("[bot]") and not one.edited
        shown = pull.check_run("andon")
        ours = shown is not None and shown.app.id == world.form.github.app_id
        answered = any(reaction.author.login == BOT for reaction in comment.reactions)
        if asked and pull.open and ours and world.governed and pull.base == "main" and not answered:
            raise Breach(f"nobody answered {one.by}'s `{one.words}` on #{one.number}")


def writes(calls: list[Call]) -> list[Call]:
    """List the calls that changed something and that GitHub carried out."""
    mutations = ("ArmAutoMerge", "DisarmAutoMerge", "Enqueue", "Dequeue")
    return [
        call
        for call in calls
        if 200 <= call.status < 300
        and "access_tokens" not in call.route
        and (call.asked.operation in mutations or (call.asked.operation is None and call.method not in READS))
    ]
