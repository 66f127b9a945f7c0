"""One snapshot in, everything that follows from it out: verdict, reasons to wait, writes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from bot.line.line import Entry, Standing
from bot.line.words import entry_json
from bot.merging.in_line import in_line, lane_of, standing_of
from bot.merging.merging import Stand, on_its_way, once_github_is_content, waits_on_the_way
from bot.merging.readiness import Actor, Wait, all_waits, is_hold, mentions
from bot.plan import calm_in, plan
from bot.published import Action, CheckRun, Wanted
from bot.snapshot import PolicyFile, PullRequestState, Snapshot
from bot.waiting import timed
from bot.words import preview, render
from bot.words.comment import comment, same
from bot.words.preview import Judged, Proposed
from rules.engine import evaluate as here
from rules.engine.contract import as_json
from rules.engine.needs import Needs
from rules.engine.policy import Policy, PolicyError, read_policy
from rules.engine.pull_request import PullRequest
from rules.engine.result import Conclusion, Override, Verdict
from rules.engine.trailers import read_co_authors
from rules.engine.tree import Problem
from rules.flag_wrapped import FlagWrapped

BREAKS_THE_POLICY = Wait("the policy in it cannot be read, and would stop everything once it is merged", Actor.AUTHOR)


@dataclass(frozen=True, slots=True)
class Decision:
    """What one look at a pull request came to.

    `verdict` is None where no policy governs it, and `wanted` too where GitHub is to show nothing at all. `standing`
    is where it stands in the line, if it is to stand there. `mentions` are remarks on checks that stop nothing.
    """

    snapshot: Snapshot
    policy: Policy | None
    verdict: Verdict | None
    waits: tuple[Wait, ...] = ()
    wanted: Wanted | None = None
    actions: tuple[Action, ...] = ()
    standing: Standing | None = None
    mentions: tuple[str, ...] = ()

    @property
    def entry(self) -> Entry | None:
        """Give the entry that it is to have in the line; None where it is to stand in none."""
        return self.standing.entry if self.standing else None

    @property
    def goes_on(self) -> bool:
        """Tell whether a further read may find more to do: whatever brings it in rests on a read of its own."""
        wanted = self.wanted
        if wanted is None:
            return False
        onwards = wanted.arm is not None or wanted.update or wanted.dequeue
        return wanted.merge is not None or (bool(self.actions) and onwards)

    @property
    def calm_in(self) -> float | None:
        """Tell in how many seconds our comment may be brought up to date; None where it says what it should."""
        shown = self.snapshot.comment
        if shown is None or self.wanted is None or self.wanted.comment is None:
            return None
        if same(shown.body, self.wanted.comment.body):
            return None
        return max(0.0, calm_in(self.snapshot))

    @property
    def undecided(self) -> bool:
        """Tell whether something could not be read, so that looking again may help."""
        return self.verdict is not None and self.verdict.conclusion is Conclusion.UNDECIDED


def needs_diff(snapshot: Snapshot) -> bool:
    """Tell whether deciding takes more than the snapshot: an open pull request that a policy governs, or that edits it.

    Only what is edited towards the default branch will ever count.
    """
    if snapshot.merge_state.state is not PullRequestState.OPEN:
        return False
    if snapshot.policy is None or _is_previewed(snapshot):
        return _is_previewed(snapshot)
    try:
        policy_of(snapshot.policy)
    except PolicyError:
        return True
    return governing(snapshot) is not None


def governing(snapshot: Snapshot) -> Policy | None:
    """Give the policy that an open pull request is held against; None where there is none that can be read."""
    if snapshot.merge_state.state is not PullRequestState.OPEN or snapshot.policy is None:
        return None
    try:
        policy = policy_of(snapshot.policy)
    except PolicyError:
        return None
    return policy if policy.governs(snapshot.pull_request.base_branch, snapshot.default_branch) else None


class Judges(Protocol):
    """Who holds a pull request against a policy: the rules here, or in a process of their own."""

    def evaluate(self, policy: Policy, pr: PullRequest, overrides: Sequence[Override] = ()) -> Verdict:
        """Give the verdict; what cannot be judged is unknown."""

    def needs_of(self, policy: Policy, pr: PullRequest) -> Needs:
        """Tell what must be read beyond the diff."""


def needs(snapshot: Snapshot, judge: Judges = here) -> Needs:
    """Tell what the rules of a snapshot with its diff must read beyond it; nothing where the policy cannot be read."""
    files = [snapshot.policy]
    if preview.is_asked(snapshot) and preview.may_be_tried(snapshot):
        files.append(preview.proposed_file(snapshot))
    wanted = Needs()
    for file in filter(None, files):
        with suppress(PolicyError):
            wanted |= judge.needs_of(policy_of(file), snapshot.pull_request)
    return wanted


@lru_cache(maxsize=512)
def policy_of(file: PolicyFile) -> Policy:
    """Read a policy file; its content is its key, so each version is read once. Raises PolicyError."""
    if file.text is None:
        raise PolicyError(file.source, [Problem(1, 1, "", "GitHub does not give it as text: UTF-8, at most 64 KiB")])
    return read_policy(file.text, file.source, owner=policy_of(file.owner) if file.owner else None)


def decide(snapshot: Snapshot, *, our_app: int, public_url: str = "", judge: Judges = here) -> Decision:
    """Decide on one pull request. The same snapshot always gives the same decision."""
    if snapshot.merge_state.state is not PullRequestState.OPEN:
        return Decision(snapshot, None, None)
    if snapshot.policy is None:
        return _without_policy(snapshot, our_app, judge)
    try:
        policy = policy_of(snapshot.policy)
    except PolicyError as error:
        return _with_wrong_policy(snapshot, error, judge)
    if not policy.governs(snapshot.pull_request.base_branch, snapshot.default_branch):
        return _without_policy(snapshot, our_app, judge)
    verdict = judge.evaluate(policy, snapshot.pull_request, snapshot.asked.overrides)
    check = render.check_run(verdict, snapshot, policy, details_url=_details_url(snapshot, public_url))
    waits = _waits(snapshot, policy, verdict, our_app)
    if preview.is_asked(snapshot):
        proposed = _proposed(snapshot, judge)
        check = preview.added_to(check, Judged(policy, verdict), proposed)
        waits += (BREAKS_THE_POLICY,) if policy.merge and isinstance(proposed, PolicyError) else ()
    stands = standing_of(snapshot, verdict, waits) if policy.merge else None
    waits = _timed(waits + in_line(stands, snapshot), snapshot)
    noted = mentions(snapshot, policy.merge, our_app=our_app) if policy.merge else ()
    check = render.with_waits(check, waits, noted)
    shown = Wanted(check, None, comment(verdict, snapshot, policy))
    wanted = _on_its_way(shown, snapshot, Judged(policy, verdict), waits, our_app)
    return Decision(snapshot, policy, verdict, waits, wanted, plan(snapshot, wanted), stands, noted)


def _timed(waits: tuple[Wait, ...], snapshot: Snapshot) -> tuple[Wait, ...]:
    pull_request = snapshot.pull_request
    return timed(waits, snapshot.known, head=pull_request.head, now=pull_request.fetched_at.timestamp())


def _waits(snapshot: Snapshot, policy: Policy, verdict: Verdict, our_app: int) -> tuple[Wait, ...]:
    return all_waits(snapshot, policy, verdict, our_app=our_app) + (waits_on_the_way(snapshot) if policy.merge else ())


def _on_its_way(shown: Wanted, snapshot: Snapshot, judged: Judged, waits: Sequence[Wait], our_app: int) -> Wanted:
    """Add what is to be done for the merge, where the policy has andon merge."""
    policy, verdict = judged.policy, judged.verdict
    if policy.merge is None or verdict is None:
        return shown
    breaks = any(wait.what == BREAKS_THE_POLICY.what for wait in waits)
    fails = verdict.conclusion not in (Conclusion.PASSED, Conclusion.WARNED)
    later = _waits(once_github_is_content(snapshot), policy, verdict, our_app)
    stand = Stand(
        held=fails or breaks or any(is_hold(wait) for wait in waits),
        ready=not waits,
        but_for_github=not later and not breaks,
        our_app=our_app,
        lane=lane_of(snapshot, verdict),
        undecided=verdict.conclusion is Conclusion.UNDECIDED,
    )
    return on_its_way(shown, snapshot, policy.merge, stand)


def _is_previewed(snapshot: Snapshot) -> bool:
    """Tell whether a pull request edits the policy in a way that will count."""
    return preview.is_asked(snapshot) and preview.lands_on_default(snapshot)


def _proposed(snapshot: Snapshot, judge: Judges) -> Proposed:
    """Hold a pull request that edits the policy against its own, to show what it would say."""
    file = preview.proposed_file(snapshot)
    if file is None:
        return None
    try:
        policy = policy_of(file)
    except PolicyError as error:
        return error
    if not preview.may_be_tried(snapshot):
        return Judged(policy, None)
    return Judged(policy, judge.evaluate(policy, snapshot.pull_request, snapshot.asked.overrides))


def _without_policy(snapshot: Snapshot, our_app: int, judge: Judges) -> Decision:
    """Stay silent, unless it brings a policy, or a ruleset waits for our check: then nobody is to wait for ever."""
    if _is_previewed(snapshot):
        return _showing(snapshot, preview.alone(snapshot.pull_request.head, _proposed(snapshot, judge)))
    asked = any(check.is_for(our_app) for check in snapshot.merge_state.required)
    return _showing(snapshot, render.no_policy(snapshot.pull_request.head)) if asked else Decision(snapshot, None, None)


def _with_wrong_policy(snapshot: Snapshot, error: PolicyError, judge: Judges) -> Decision:
    then = _proposed(snapshot, judge) if preview.is_asked(snapshot) else None
    check = render.policy_error(snapshot.pull_request.head, error, mended=isinstance(then, Judged))
    return _showing(snapshot, preview.added_to(check, None, then) if preview.is_asked(snapshot) else check)


def _showing(snapshot: Snapshot, check: CheckRun) -> Decision:
    wanted = Wanted(check)
    return Decision(snapshot, None, None, (), wanted, plan(snapshot, wanted))


def _details_url(snapshot: Snapshot, public_url: str) -> str:
    pull_request = snapshot.pull_request
    return f"{public_url}/api/repos/{pull_request.repository}/pulls/{pull_request.number}" if public_url else ""


def record(decision: Decision) -> Mapping[str, object]:
    """Write a decision as JSON for ledger and API: the contract of `andon check`, and what only GitHub knows."""
    snapshot, verdict = decision.snapshot, decision.verdict
    said = as_json(verdict) if verdict else {"conclusion": None, "head": snapshot.pull_request.head, "rules": []}
    return {
        **said,
        **ending(snapshot),
        "repository": snapshot.pull_request.repository,
        "number": snapshot.pull_request.number,
        "waiting_for": [wait.as_json for wait in decision.waits],
        "mentions": list(decision.mentions),
        "line": entry_json(decision.standing, snapshot.pull_request.base_branch) if decision.standing else None,
        "merges": bool(decision.wanted and decision.wanted.merge),
        "check": _check_json(decision.wanted),
    }


def ending(snapshot: Snapshot) -> Mapping[str, object]:
    """Write what may still change of a pull request's record after the last decision: how it ended."""
    state = snapshot.merge_state
    landed = [f"{one.name} <{one.email}>" for one in read_co_authors(state.merge_message).co_authors]
    return {"state": state.state.lower(), "merge_commit": state.merge_commit, "landed_co_authors": landed}


def flags_in(record: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read from a record which flags the change asks for anew, and which it asks for no more."""
    facts: Mapping[str, Any] = next(
        (rule["facts"] for rule in record.get("rules", ()) if rule["rule"] == FlagWrapped.name()), {}
    )
    flags = facts.get("flags") or {}
    return tuple(flags.get("added", ())), tuple(flags.get("removed", ()))


def _check_json(wanted: Wanted | None) -> Mapping[str, object] | None:
    if wanted is None:
        return None
    check = wanted.check
    return {
        "conclusion": check.conclusion,
        "title": check.title,
        "digest": check.digest,
        "annotations": len(check.annotations),
    }
