"""By which way a pull request gets into its base, and what of that is taken back. Pure.

andon merges itself, at the head that it judged. GitHub's auto-merge keeps no head: it merges whatever the head is by
then. It is therefore armed only where GitHub itself requires our check on that very head, and for nothing but what
GitHub itself still waits for; and it is disarmed before anything else is said of another head or verdict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.line.line import UNHEALTHY, Entry, Lane, Standing, joined, standing
from bot.line.words import closed
from bot.merging.readiness import Actor, Wait
from bot.merging.squash import message_below
from bot.published import CheckRun, Merge, Wanted
from bot.snapshot import CHECK_NAME, MergeStatus, PullRequestState, RequiredCheck, Snapshot
from bot.text.escape import formatted
from bot.way import AutoMerge
from rules.engine.pull_request import Check, CheckState
from rules.engine.sections import Merge as Terms

WITHDRAWN = (
    "GitHub's auto-merge is withdrawn as long as this is held, whoever armed it: it would merge without asking andon "
    "again. A person may still merge by hand."
)

CLOSED = "GitHub's auto-merge is withdrawn until the line is open: "

_PLACE = re.compile(r"\{(title|number)\}")

_GITHUBS_OWN = frozenset({MergeStatus.BLOCKED, MergeStatus.BEHIND, MergeStatus.UNSTABLE})
"""What GitHub says while its own requirements are open, or what it does not require has failed."""


@dataclass(frozen=True, slots=True)
class Stand:
    """How a judged pull request stands: held by a rule, a person or a wrong policy; how much is open, and for whom.

    `ready` says that nothing is missing, `but_for_github` that nothing is but what GitHub itself still requires.
    `lane` is the one that it takes in the line; `undecided` says that it is held only until more can be read.
    """

    held: bool
    ready: bool
    but_for_github: bool
    our_app: int
    lane: Lane = Lane.NORMAL
    undecided: bool = False


def waits_on_the_way(snapshot: Snapshot) -> tuple[Wait, ...]:
    """List what is in the way of a merge besides what is asked of it: nothing to merge, or GitHub is at it already."""
    found = []
    if not snapshot.pull_request.commits and not snapshot.pull_request.incomplete and not snapshot.pull_request.files:
        found.append(Wait("it has no commits", Actor.AUTHOR))
    if snapshot.merge_state.way.queued:
        found.append(Wait("it is in GitHub's merge queue", Actor.NOBODY))
    return tuple(found)


def once_github_is_content(snapshot: Snapshot) -> Snapshot:
    """Give the snapshot as it will be once all that GitHub itself requires is there, and nothing has changed beside.

    A check that failed stays failed, and a reviewer who asked for changes still asks: somebody must push first.
    """
    state = snapshot.merge_state
    status = MergeStatus.CLEAN if state.status in _GITHUBS_OWN else state.status
    decision = None if state.review_decision == "REVIEW_REQUIRED" else state.review_decision
    content = replace(state, status=status, review_decision=decision, asked=type(state.asked)())
    checks = tuple(_passed(snapshot.pull_request.checks, state.required))
    return replace(snapshot, merge_state=content, pull_request=replace(snapshot.pull_request, checks=checks))


def _passed(checks: Sequence[Check], required: Sequence[RequiredCheck]) -> Iterator[Check]:
    for check in checks:
        asked = check.required or any(one.name == check.name for one in required)
        yield replace(check, state=CheckState.SUCCESS) if asked and check.state is CheckState.PENDING else check
    reported = {check.name for check in checks}
    for one in required:
        if one.name not in {*reported, CHECK_NAME}:
            yield Check(one.name, CheckState.SUCCESS, one.app_id, None, required=True)


def on_its_way(shown: Wanted, snapshot: Snapshot, terms: Terms, stand: Stand) -> Wanted:
    """Add to what is shown what is to be done for the merge, and why something is taken back."""
    merge, in_line = _merge(snapshot, terms), _in_line(snapshot, stand.lane)
    may_arm = _may_arm(snapshot, terms, stand)
    arm = merge if may_arm and _lets(snapshot, in_line) else None
    way, armed = snapshot.merge_state.way, snapshot.merge_state.way.auto_merge
    withdraw = armed is not None and (stand.held or (armed.ours and _is_stale(armed, snapshot, arm, stand)))
    says = _withdrawn(snapshot, stand, in_line if may_arm else None) if withdraw or way.withdrawn else ""
    return replace(
        shown,
        check=_saying(shown.check, says),
        merge=merge if stand.ready else None,
        arm=arm,
        withdraw=withdraw,
        dequeue=way.queued and _may_not_land(stand, in_line),
        update=_updates(snapshot, stand),
        again_at=in_line.again_at if may_arm and arm is None and in_line is not None else None,
    )


def _may_not_land(stand: Stand, in_line: Standing | None) -> bool:
    """Tell whether what GitHub has in its queue may not land: it is held by now, or production is unhealthy.

    What could not be read is no reason: its group fails by itself where nothing was decided at its head.
    """
    unhealthy = in_line is not None and any(one.by in UNHEALTHY for one in in_line.closings)
    return unhealthy or (stand.held and not stand.undecided)


def _withdrawn(snapshot: Snapshot, stand: Stand, in_line: Standing | None) -> str:
    """Say why no auto-merge stands: it is held, or the line is closed, as long as nothing but that keeps it."""
    if stand.held or in_line is None:
        return WITHDRAWN if stand.held else ""
    why = [formatted(closed(one, snapshot.pull_request.base_branch)) for one in in_line.closings]
    return f"{CLOSED}{'; '.join(why)}." if why else ""


def _saying(check: CheckRun, said: str) -> CheckRun:
    return replace(check, summary=f"{check.summary}\n\n{said}") if said else check


def _merge(snapshot: Snapshot, terms: Terms) -> Merge:
    message = message_below(snapshot, terms)
    head, queue = snapshot.pull_request.head, snapshot.merge_state.way.queue
    return Merge(head, terms.method, message, _title(snapshot, terms), queue=queue)


def _title(snapshot: Snapshot, terms: Terms) -> str | None:
    """Fill in the first line of the commit in one pass: a title that reads like a place to fill in stays a title."""
    if terms.title is None or terms.method == "rebase":
        return None
    words = {"title": snapshot.pull_request.title, "number": str(snapshot.pull_request.number)}
    return _PLACE.sub(lambda place: words[place[1]], terms.title)


def _may_arm(snapshot: Snapshot, terms: Terms, stand: Stand) -> bool:
    """Tell whether GitHub may merge it by itself if the line lets it. What it would merge at once, andon merges."""
    state = snapshot.merge_state
    return (
        terms.via == "auto-merge"
        and state.way.may_arm
        and not state.way.queue
        and asks_for_us(state.required, stand.our_app)
        and stand.but_for_github
        and not stand.ready
        and not stand.held
    )


def asks_for_us(required: Sequence[RequiredCheck], our_app: int) -> bool:
    """Tell whether a ruleset requires our check from this App: else somebody else could report it."""
    return any(check.name == CHECK_NAME and check.app_id == our_app for check in required)


def _in_line(snapshot: Snapshot, lane: Lane) -> Standing | None:
    """Tell where it would stand in the line if it could be merged now; None where there is no line."""
    line, number, now = snapshot.line, snapshot.pull_request.number, snapshot.pull_request.fetched_at.timestamp()
    if line is None or number is None:
        return None
    entry = Entry(number, snapshot.pull_request.head, now, lane, snapshot.stacked_on)
    return standing(joined(line, entry), number, now)


def _lets(snapshot: Snapshot, in_line: Standing | None) -> bool:
    """Tell whether the line lets it through; where there is none, nothing is in the way."""
    return in_line.may_merge if in_line is not None else snapshot.line is None


def _is_stale(armed: AutoMerge, snapshot: Snapshot, arm: Merge | None, stand: Stand) -> bool:
    """Tell whether what we armed is not what should be armed now.

    A head without our check run is a new one: what is armed was meant for another. So is what was armed before the pull
    request was aimed at this base.
    """
    retargeted = snapshot.merge_state.way.retargeted_at
    if snapshot.published is None or (retargeted is not None and armed.at < retargeted):
        return True
    if stand.ready:
        return False
    return arm is None or arm.method != armed.method


def _updates(snapshot: Snapshot, stand: Stand) -> bool:
    """Tell whether the base is to be merged into the branch: it must be up to date, and nothing else is open."""
    state = snapshot.merge_state
    behind = state.state is PullRequestState.OPEN and state.status is MergeStatus.BEHIND
    open_ones = behind and stand.but_for_github and not stand.ready and not snapshot.pull_request.fork
    return open_ones and _green(snapshot) and _lets(snapshot, _in_line(snapshot, stand.lane))


def _green(snapshot: Snapshot) -> bool:
    """Tell whether nothing but the base's move is open on GitHub: its other requirements are met on this head."""
    checks = [check for check in snapshot.pull_request.checks if check.state is CheckState.PENDING and check.required]
    return not checks and snapshot.merge_state.review_decision != "REVIEW_REQUIRED"
