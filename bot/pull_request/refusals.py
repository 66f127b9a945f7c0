"""What GitHub's no to a step towards the base means; the same step is not tried again before something changes.

Nothing here decides whether to merge. A step is a merge, an armed auto-merge, a place in the merge queue, or a branch
brought up to date; each carries the head that was judged.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from bot.bench import Bench
from bot.decision import Decision
from bot.github.errors import Later, Refused
from bot.glimpse import as_seen
from bot.merging.in_line import REFUSED_KEY
from bot.merging.readiness import Actor, Wait
from bot.published import Action, ArmAutoMerge, Enqueue, MergePullRequest, UpdateBranch
from bot.snapshot import PullRequestState, Snapshot
from bot.store.ledger import TRIED_MARKS
from bot.text.oids import as_on_github

STEPS = (MergePullRequest, ArmAutoMerge, Enqueue, UpdateBranch)
"""What brings a pull request towards its base. Everything else that GitHub refuses is an error of ours."""

STANDS_SECONDS = 3600.0
"""How long a refusal stands where nothing changes that andon can see: permissions change without a trace."""

_BASE_MOVED = "Base branch was modified"
_OF_EVERYBODY = (
    "permissions requested are not granted",
    "not accessible by integration",
    "not authorized to push",
    "merges are not allowed on this repository",
    "was archived",
)
"""What GitHub says where no merge into the branch can succeed, whichever pull request it is of."""

_WOULD_MERGE_AT_ONCE = ("clean status", "unstable status")
_EVER = "ever"


@dataclass(frozen=True, slots=True)
class Tried:
    """A step that was tried: what it rested on, and the reason to wait that came of it. `at` is a Unix time."""

    rests_on: str
    what: str
    who: str
    at: float


async def standing_refusal(bench: Bench, decision: Decision, action: Action) -> Wait | None:
    """Give why a step is not to be tried now: it was, on the same grounds, or it merged this pull request before."""
    if not isinstance(action, STEPS):
        return None
    kept = await bench.store.mark(_key(decision.snapshot))
    tried = _read(kept)
    if tried is None or tried.rests_on not in (_EVER, _grounds(decision.snapshot, action)):
        return None
    if tried.rests_on != _EVER and bench.clock() - tried.at >= STANDS_SECONDS:
        return None
    return Wait(tried.what, Actor(tried.who))


async def refusal(bench: Bench, decision: Decision, action: Action, error: Refused | Later) -> Wait:
    """Say what the failure of a step means, and keep what is not to be tried again. Raises any other failure.

    What is a wait of the whole line is the line's to keep.
    """
    if not isinstance(action, STEPS) or (isinstance(error, Later) and error.retry_at is not None):
        raise error
    wait = meaning(action, error)
    if not wait.soon and wait.key != REFUSED_KEY:
        await _keep(bench, decision.snapshot, _grounds(decision.snapshot, action), wait)
    if isinstance(error, Later) and not wait.soon:
        return Wait(wait.what, Actor.NOBODY, soon=True)  # it may have happened: read before anybody is told to act
    return wait


def meaning(action: Action, error: Refused | Later) -> Wait:
    """Say what a failure means. `soon` says that the same may succeed, and is worth a few further tries. Pure."""
    if isinstance(error, Later):
        return _failed(error)
    passing = _passing(action, error)
    if passing:
        return Wait(passing, Actor.NOBODY, soon=True)
    key = REFUSED_KEY if _is_of_everybody(action, error) else ""
    if error.status == HTTPStatus.FORBIDDEN:
        return Wait(_not_allowed(error.message), Actor.MAINTAINER, key=key)
    if isinstance(action, UpdateBranch):
        return Wait(f"GitHub did not bring its branch up to date: {error.message}", Actor.AUTHOR)
    return Wait(f"GitHub refused to merge: {error.message}", Actor.MAINTAINER, key=key)


def _is_of_everybody(action: Action, error: Refused) -> bool:
    """Tell a refusal of every merge into the branch from one of this pull request, such as for a workflow file."""
    if isinstance(action, UpdateBranch) or "workflow" in error.message:
        return False
    said = error.message.lower()
    return error.status == HTTPStatus.FORBIDDEN or any(words in said for words in _OF_EVERYBODY)


def _passing(action: Action, error: Refused) -> str:
    """Say what is over by the next read; empty for what is not."""
    if error.status == HTTPStatus.CONFLICT:
        return "the head moved while it was being merged; it is judged again"
    if _BASE_MOVED in error.message:
        return "the base branch moved while it was being merged"
    if isinstance(action, ArmAutoMerge) and any(words in error.message for words in _WOULD_MERGE_AT_ONCE):
        return "GitHub would merge it at once, so there is nothing to arm"
    return ""


def _failed(error: Later) -> Wait:
    """Tell an error inside GitHub, after which a merge may be half done, from one that a further try may pass."""
    if error.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return Wait(f"GitHub failed while it merged ({error.why}); a maintainer looks and merges it", Actor.MAINTAINER)
    return Wait(f"GitHub did not answer the merge ({error.why}); it is read again first", Actor.NOBODY, soon=True)


def _not_allowed(said: str) -> str:
    """Name the permission that is missing."""
    needed = "Contents: write and Pull requests: write, and leave to push where the base branch is restricted"
    if "workflow" in said:
        needed = "Workflows: write, which andon does not ask for: a person merges what touches workflow files"
    return f"GitHub does not let andon do this ({said}); it takes {needed}"


async def done(bench: Bench, decision: Decision, action: Action) -> None:
    """Keep that a branch is being brought up to date: GitHub does so in its own time, and once is enough."""
    if isinstance(action, UpdateBranch):
        wait = Wait("its branch is being brought up to date with the base", Actor.NOBODY)
        await _keep(bench, decision.snapshot, _grounds(decision.snapshot, action), wait)


async def merged_for_good(bench: Bench, snapshot: Snapshot) -> None:
    """Keep that andon merged a pull request: should GitHub ever show it open again, it is not merged again."""
    state = snapshot.merge_state
    if state.state is not PullRequestState.MERGED or not state.way.merged_by_us:
        return
    if (tried := _read(await bench.store.mark(_key(snapshot)))) is not None and tried.rests_on == _EVER:
        return
    landed = as_on_github(state.merge_commit or "")
    wait = Wait(f"andon merged it already as `{landed}`, and merges nothing twice", Actor.MAINTAINER)
    await _keep(bench, snapshot, _EVER, wait)


async def _keep(bench: Bench, snapshot: Snapshot, grounds: str, wait: Wait) -> None:
    kept = {"rests_on": grounds, "what": wait.what, "who": wait.who.value, "at": bench.clock()}
    await bench.store.set_mark(_key(snapshot), json.dumps(kept))


def _key(snapshot: Snapshot) -> str:
    return f"{TRIED_MARKS}{snapshot.repository.key}/{snapshot.pull_request.number}"


def _read(kept: str | None) -> Tried | None:
    try:
        found: dict[str, Any] = json.loads(kept or "null") or {}
        return Tried(found["rests_on"], found["what"], found["who"], found["at"])
    except (KeyError, ValueError):
        return None


def _grounds(snapshot: Snapshot, action: Action) -> str:
    """Name all that a step rests on: when any of it changes, it is worth a try again."""
    seen = [type(action).__name__, snapshot.pull_request.base, as_seen(snapshot)]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:32]
