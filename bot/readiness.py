"""What GitHub itself, and the maintainer's `merge:` section, still ask for before a merge. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bot.snapshot import Mergeable, MergeState, MergeStatus, RequiredCheck, Snapshot
from rules.engine.policy import Merge
from rules.engine.pull_request import Check, CheckState, PullRequest

WORKFLOWS = ".github/workflows/"


class Actor(StrEnum):
    """Who must act before the wait ends."""

    AUTHOR = "the author"
    REVIEWER = "a reviewer"
    MAINTAINER = "a maintainer"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Wait:
    """One reason why this pull request is not merged yet. `soon` says that looking again shortly may end it."""

    what: str
    who: Actor
    soon: bool = False


def readiness(snapshot: Snapshot, merge: Merge, *, our_app: int) -> tuple[Wait, ...]:
    """List every reason against merging now; none means: merge."""
    pull_request, state = snapshot.pull_request, snapshot.merge_state
    return tuple(
        wait
        for waits in (
            _asked_for(snapshot, merge),
            _for_people(snapshot),
            _checks(pull_request, state, merge, our_app),
            _reviews(state),
            _mergeability(state),
            _method(state, merge),
            (Wait(what, Actor.NOBODY, soon=True) for what in state.unread),
        )
        for wait in waits
    )


def _asked_for(snapshot: Snapshot, merge: Merge) -> Iterator[Wait]:
    pull_request, asked = snapshot.pull_request, snapshot.asked
    if pull_request.draft:
        yield Wait("it is a draft", Actor.AUTHOR)
    if asked.held is not None:
        reason = f": {asked.held.request.reason}" if asked.held.request.reason else ""
        yield Wait(f"`{asked.held.request.by.login}` holds it{reason}; `/andon unhold` lets it go", Actor.MAINTAINER)
    wanted = merge.label.casefold()
    labelled = wanted in {label.casefold() for label in pull_request.labels}
    if merge.when == "label" and not labelled and asked.merge is None:
        yield Wait(f"neither the label `{merge.label}` is set, nor was `/andon merge` said", Actor.MAINTAINER)


def _for_people(snapshot: Snapshot) -> Iterator[Wait]:
    pull_request = snapshot.pull_request
    if pull_request.fork and snapshot.asked.merge is None:
        what = "it comes from a fork: a maintainer merges it, or says `/andon merge` for this head"
        yield Wait(what, Actor.MAINTAINER)
    paths = {path for file in pull_request.files for path in (file.path, file.previous_path or "")}
    if any(path.startswith(WORKFLOWS) for path in paths):
        yield Wait("it touches workflow files, which andon may not merge; a maintainer merges it", Actor.MAINTAINER)


def _checks(pull_request: PullRequest, state: MergeState, merge: Merge, our_app: int) -> Iterator[Wait]:
    required = [*state.required, *(RequiredCheck(name) for name in merge.required_checks)]
    known = {check.name for check in required}
    required += [
        RequiredCheck(check.name) for check in pull_request.checks if check.required and check.name not in known
    ]
    others = [check for check in required if not check.is_for(our_app)]
    if not others:
        yield Wait(
            "nothing here proves that it works: no ruleset requires a check. Require one, or name it in the policy "
            "under `merge: {required-checks: […]}`",
            Actor.MAINTAINER,
        )
    for check in dict.fromkeys(others):
        yield from _required(check, pull_request.checks)


def _required(wanted: RequiredCheck, checks: Sequence[Check]) -> Iterator[Wait]:
    """Judge one required check: a check run and a commit status of one name must both pass."""
    reported = [check for check in checks if check.name == wanted.name]
    ours = [check for check in reported if wanted.app_id in (None, check.app_id)]
    if not reported:
        yield Wait(f"`{wanted.name}` has not reported", Actor.NOBODY)
    elif not ours:
        apps = ", ".join(sorted({str(check.app_id or "a commit status") for check in reported}))
        yield Wait(f"`{wanted.name}` was reported by {apps}, and app {wanted.app_id} is expected", Actor.MAINTAINER)
    for kind in (True, False):
        of_kind = [check for check in ours if check.is_status is kind]
        if of_kind:
            yield from _newest(wanted.name, of_kind)


def _newest(name: str, checks: Sequence[Check]) -> Iterator[Wait]:
    """Judge the newest run of a name: a running one beats all, then the one that started last."""
    newest = max(checks, key=lambda check: (check.state is CheckState.PENDING, check.started_at or _NEVER))
    match newest.state:
        case CheckState.SUCCESS | CheckState.NEUTRAL | CheckState.SKIPPED:
            return
        case CheckState.PENDING:
            yield Wait(f"`{name}` is running", Actor.NOBODY)
        case CheckState.FAILED:
            yield Wait(f"`{name}` failed", Actor.AUTHOR)
        case CheckState.STALE:
            yield Wait(f"`{name}` is stale: GitHub gave up on it; run it again", Actor.AUTHOR)


_NEVER = datetime.min.replace(tzinfo=UTC)


def _reviews(state: MergeState) -> Iterator[Wait]:
    match state.review_decision:
        case "CHANGES_REQUESTED":
            yield Wait("a reviewer asked for changes", Actor.AUTHOR)
        case "REVIEW_REQUIRED":
            count = state.approvals_required
            needed = "an approval is required" if count <= 1 else f"{count} approvals are required"
            yield Wait(needed, Actor.REVIEWER)
        case _:
            return


def _mergeability(state: MergeState) -> Iterator[Wait]:
    if state.mergeable is Mergeable.UNKNOWN or state.status is MergeStatus.UNKNOWN:
        yield Wait("GitHub is still computing whether it can be merged", Actor.NOBODY, soon=True)
        return
    match state.status:
        case MergeStatus.CLEAN | MergeStatus.HAS_HOOKS | MergeStatus.UNSTABLE | MergeStatus.DRAFT:
            return
        case MergeStatus.DIRTY:
            yield Wait("it conflicts with its base branch", Actor.AUTHOR)
        case MergeStatus.BEHIND:
            yield Wait("it is behind its base branch, and the branch requires it to be up to date", Actor.AUTHOR)
        case MergeStatus.BLOCKED:
            yield Wait("GitHub blocks the merge by a rule of the base branch", Actor.MAINTAINER, soon=True)


def _method(state: MergeState, merge: Merge) -> Iterator[Wait]:
    if merge.method not in state.methods:
        allowed = ", ".join(sorted(state.methods)) or "none"
        yield Wait(f"the repository does not allow to {merge.method}; it allows: {allowed}", Actor.MAINTAINER)
