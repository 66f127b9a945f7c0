"""What GitHub itself, and the maintainer's `merge:` section, still ask for before a merge. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.merging.required_checks import Judged, Standing, impostors, judged, optional_failures, required
from bot.merging.reviews import review_waits
from bot.snapshot import Mergeable, MergeState, MergeStatus, Snapshot
from bot.waiting import Actor, Wait
from rules.engine.policy import Policy
from rules.engine.result import Conclusion, Verdict
from rules.engine.sections import Merge

__all__ = ["Actor", "Wait", "all_waits", "is_hold", "mentions", "readiness"]

WORKFLOWS = ".github/workflows/"


def all_waits(snapshot: Snapshot, policy: Policy, verdict: Verdict, *, our_app: int) -> tuple[Wait, ...]:
    """List every reason against merging: the rules' own, then what GitHub and the `merge:` section ask for."""
    if policy.merge is None:
        return ()
    held = verdict.conclusion not in (Conclusion.PASSED, Conclusion.WARNED)
    waiting = tuple(Wait(wait.what, _actor(wait.who)) for wait in verdict.waits)
    said = Wait(f"andon's rules say: {verdict.conclusion}", Actor.AUTHOR, key="rules", of_head=True)
    waits = (waiting or ((said,) if held else ())) + readiness(snapshot, policy.merge, our_app=our_app)
    return tuple(map(_restoring, waits)) if snapshot.restores else waits


def _restoring(wait: Wait) -> Wait:
    """Say of an approval that is missing what it is worth, and who can give it."""
    if wait.who is not Actor.REVIEWER:
        return wait
    who = "" if "code owner" in wait.what else "; anybody else with write access may give it"
    return replace(wait, what=f"one approval restores production: {wait.what}{who}", shown=True)


def _actor(who: str) -> Actor:
    """Read who must act from a rule's words; rules of others may name anybody."""
    return Actor(who) if who in set(Actor) else Actor.MAINTAINER


def readiness(snapshot: Snapshot, merge: Merge, *, our_app: int) -> tuple[Wait, ...]:
    """List every reason against merging now; none means: merge."""
    state = snapshot.merge_state
    asked = (*_asked_for(snapshot, merge), *_for_people(snapshot))
    checks = tuple(_checks(snapshot, merge, our_app))
    passes = snapshot.restores and state.way.may_bypass
    reviews = () if passes else review_waits(snapshot)
    ours = tuple(_our_own(snapshot, our_app))
    mergeability = tuple(_mergeability(state, explained=bool(checks or reviews or ours or passes)))
    unread = (Wait(what, Actor.NOBODY, soon=True, key=f"unread:{what[:60]}") for what in state.unread)
    return (*asked, *checks, *reviews, *ours, *mergeability, *_method(state, merge), *unread)


def mentions(snapshot: Snapshot, merge: Merge, *, our_app: int) -> tuple[str, ...]:
    """Say what stops nothing and is worth knowing: what GitHub lets pass without success, and what failed unasked."""
    checks = snapshot.pull_request.checks
    wanted = required(snapshot.merge_state, merge, checks, our_app)
    found = [judged(one, checks) for one in wanted]
    return (
        *(f"`{one.name}` was skipped, which GitHub takes for success" for one in found if _is(one, Standing.SKIPPED)),
        *(f"`{one.name}` ended neutral, which GitHub takes for success" for one in found if _is(one, Standing.NEUTRAL)),
        *(f"`{name}` failed, and nothing requires it" for name in optional_failures(checks, wanted)),
    )


def _is(found: Judged, standing: Standing) -> bool:
    return found.standing is standing


def _asked_for(snapshot: Snapshot, merge: Merge) -> Iterator[Wait]:
    pull_request, asked = snapshot.pull_request, snapshot.asked
    labels = {label.casefold() for label in pull_request.labels}
    if pull_request.draft or snapshot.merge_state.status is MergeStatus.DRAFT:
        yield Wait("it is a draft", Actor.AUTHOR, key="draft")
    if not snapshot.has_commits:
        yield Wait("it has no commits that its base lacks", Actor.AUTHOR, key="empty")
    if asked.held is not None:
        reason = f": {asked.held.request.reason}" if asked.held.request.reason else ""
        what = f"`{asked.held.request.by.login}` holds it{reason}; `/andon unhold` lets it go"
        yield Wait(what, Actor.MAINTAINER, key="hold")
    for label in merge.hold_labels:
        if label.casefold() in labels:
            yield Wait(f"the label `{label}` holds it", Actor.MAINTAINER, key=f"label:{label}")
    if (what := _needless(snapshot)) and asked.merge is None:
        yield Wait(what, Actor.MAINTAINER, key="hold", shown=True)
    wanted = merge.label.casefold() in labels or asked.merge is not None or snapshot.restores
    if merge.when == "label" and not wanted:
        what = f"neither the label `{merge.label}` is set, nor was `/andon merge` said"
        yield Wait(what, Actor.MAINTAINER, key="asked")


def _needless(snapshot: Snapshot) -> str:
    """Say why what would take something back is not to be merged by itself; empty where it is."""
    restoring = snapshot.restoring
    if restoring is None or restoring.due:
        return ""
    return (
        f"it would take #{restoring.number} back, and nothing asks for that any more; close it, or say `/andon merge`"
    )


def is_hold(wait: Wait) -> bool:
    """Tell whether it is a person's hold that somebody waits for, by command or by label."""
    return wait.key == "hold" or wait.key.startswith("label:")


def _for_people(snapshot: Snapshot) -> Iterator[Wait]:
    pull_request = snapshot.pull_request
    if pull_request.fork and snapshot.asked.merge is None:
        what = "it comes from a fork: a maintainer merges it, or says `/andon merge` for this head"
        yield Wait(what, Actor.MAINTAINER, key="fork", of_head=True)
    paths = {path for file in pull_request.files for path in (file.path, file.previous_path or "")}
    if any(path.startswith(WORKFLOWS) for path in paths):
        what = "it touches workflow files, which andon may not merge; a maintainer merges it"
        yield Wait(what, Actor.MAINTAINER, key="workflows", shown=True)


def _checks(snapshot: Snapshot, merge: Merge, our_app: int) -> Iterator[Wait]:
    checks = snapshot.pull_request.checks
    wanted = required(snapshot.merge_state, merge, checks, our_app)
    if not wanted:
        what = (
            "nothing here proves that it works: no ruleset requires a check. Require one, or name it in the policy "
            "under `merge: {required-checks: […]}`"
        )
        yield Wait(what, Actor.MAINTAINER, key="evidence", shown=True)
    for one in wanted:
        yield from _of_check(judged(one, checks), strictly=one.name in merge.must_succeed)
    if sources := impostors(checks):
        what = (
            f"`andon` was also reported by {', '.join(sources)}; only this App speaks for andon. A push clears it; pin "
            "the source in the ruleset"
        )
        yield Wait(what, Actor.MAINTAINER, key="impostor", of_head=True, shown=True)


def _of_check(found: Judged, *, strictly: bool) -> Iterator[Wait]:
    """Say what one required check still lacks, and who must act."""
    name, reported = found.name, f"check:{found.name}"
    match found.standing:
        case Standing.ABSENT:
            yield Wait(f"waiting for `{name}` (never reported)", Actor.NOBODY, key=reported, of_head=True)
        case Standing.PENDING:
            yield Wait(f"waiting for `{name}` (running)", Actor.NOBODY, key=reported, of_head=True)
        case Standing.WRONG_APP:
            yield Wait(_wrong_app(found), Actor.MAINTAINER, key=f"source:{name}", of_head=True, shown=True)
        case Standing.FAILED:
            how = f" ({found.said})" if found.said not in ("", "failure") else ""
            yield Wait(f"`{name}` failed{how}", Actor.AUTHOR, key=f"failed:{name}", of_head=True, shown=True)
        case Standing.STALE:
            what = f"`{name}` is stale: GitHub gave up on it; run it again"
            yield Wait(what, Actor.AUTHOR, key=f"failed:{name}", of_head=True, shown=True)
        case Standing.NEUTRAL | Standing.SKIPPED if strictly:
            what = f"`{name}` ended {found.standing}, and the policy wants it to succeed"
            yield Wait(what, Actor.AUTHOR, key=f"failed:{name}", of_head=True, shown=True)
        case Standing.SUCCESS | Standing.NEUTRAL | Standing.SKIPPED:
            return


def _our_own(snapshot: Snapshot, our_app: int) -> Iterator[Wait]:
    """Wait for our own check where GitHub asks for it and it is not there yet: it is about to be written."""
    state = snapshot.merge_state
    asked = any(one.is_for(our_app) for one in state.required)
    if asked and snapshot.published is None and state.status is MergeStatus.BLOCKED:
        yield Wait("GitHub waits for andon's own check", Actor.NOBODY, soon=True, key="own-check", of_head=True)


def _wrong_app(found: Judged) -> str:
    expected = "another App is expected" if found.expected is None else f"app {found.expected} is expected"
    return f"`{found.name}` was reported by {', '.join(found.sources)}, and {expected}"


def _mergeability(state: MergeState, *, explained: bool) -> Iterator[Wait]:
    """Say what GitHub itself sees in the way. `explained`: checks or reviews account for a block already."""
    if state.mergeable is Mergeable.UNKNOWN or state.status is MergeStatus.UNKNOWN:
        what = "GitHub is still computing whether it can be merged"
        yield Wait(what, Actor.NOBODY, soon=True, key="computing")
        return
    if state.mergeable is Mergeable.CONFLICTING:
        yield Wait("it conflicts with its base branch", Actor.AUTHOR, key="conflict", shown=True)
        return
    match state.status:
        case MergeStatus.CLEAN | MergeStatus.HAS_HOOKS | MergeStatus.UNSTABLE | MergeStatus.DRAFT:
            return
        case MergeStatus.DIRTY:
            yield Wait("it conflicts with its base branch", Actor.AUTHOR, key="conflict", shown=True)
        case MergeStatus.BEHIND:
            what = "it is behind its base branch, and the branch requires it to be up to date"
            yield Wait(what, Actor.AUTHOR, key="behind")
        case MergeStatus.BLOCKED if not explained:
            yield Wait(_blocked(state), Actor.MAINTAINER, soon=True, key="blocked")
        case MergeStatus.BLOCKED:
            return


def _blocked(state: MergeState) -> str:
    """Own that the reason is not known, and say what could not be read."""
    if state.asked.others:
        kinds = ", ".join(state.asked.others)
        return f"GitHub blocks this and we cannot see why: the base branch has rules that andon cannot judge: {kinds}"
    return (
        "GitHub blocks this and we cannot see why: every rule that andon may read is met. A classic branch protection "
        "may ask for more, and only its administrators see all of it"
    )


_AGAINST = {
    "rebase": ("required signatures", "the branch requires signed commits, and GitHub signs none that it rebases"),
    "merge": ("required linear history", "the branch requires a linear history"),
}
"""The rule of a branch that a method never satisfies, by the method, and why."""


def _method(state: MergeState, merge: Merge) -> Iterator[Wait]:
    if merge.method not in state.methods:
        allowed = ", ".join(sorted(state.methods)) or "none"
        what = f"the repository does not allow to {merge.method} into this branch; it allows: {allowed}"
        yield Wait(what, Actor.MAINTAINER, key="method", shown=True)
    elif (rule := _AGAINST.get(merge.method)) is not None and rule[0] in state.asked.others:
        what = f"{rule[1]}, so the policy's `method: {merge.method}` can merge nothing into this branch"
        yield Wait(what, Actor.MAINTAINER, key="method", shown=True)
