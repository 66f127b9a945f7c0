"""Who may have a request carried out, and for what it then counts. Pure: the facts of the moment come in as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.requests.requests import Answer, Request, Verb
from bot.text.oids import as_on_github
from rules.engine.companions import is_same
from rules.engine.policy import Policy
from rules.engine.pull_request import Account
from rules.engine.result import Mode, Override

_BOUND = frozenset({Verb.OVERRIDE, Verb.PAIRED, Verb.MERGE, Verb.FIX_FORWARD})
"""What counts for the content that its author saw, and ends with it."""

_OWN = frozenset({Verb.RECHECK, Verb.HOLD, Verb.REQUEST_OVERRIDE})
"""What authors may ask for on their own pull request without write access."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The pull request at the moment of the answer.

    `judged_since` is the Unix time since which this head stands with our answer on it, None before the first. `now` is
    a Unix time.
    """

    head: str
    tree: str
    author: Account | None
    judged_since: float | None
    now: float


def answer(request: Request, *, may_write: bool, moment: Moment, policy: Policy) -> Answer:
    """Decide on one request. `may_write` is what GitHub says of its author's permission at this moment."""
    refusal = request.fault or _refusal(request, moment, policy, may_write=may_write)
    return Answer(request, moment.head, moment.tree, moment.now, refusal)


NO_ACCESS_TO_REVERT = "that takes write access to this repository; ask somebody who has it to write it"


def answer_landed(request: Request, *, may_write: bool, moment: Moment, taken_back_by: int | None) -> Answer:
    """Decide on a request to take back what has landed; `taken_back_by` is the pull request that does already."""
    refusal = request.fault or ("" if may_write else NO_ACCESS_TO_REVERT)
    if not refusal and taken_back_by is not None:
        refusal = f"#{taken_back_by} takes it back already; see there what it waits for"
    return Answer(request, moment.head, moment.tree, moment.now, refusal)


def _refusal(request: Request, moment: Moment, policy: Policy, *, may_write: bool) -> str:
    """Say why not, or nothing."""
    is_author = is_same(request.by, moment.author)
    if not may_write and not (is_author and request.verb in _OWN):
        return "that takes write access to this repository"
    if request.verb in _BOUND and (stale := _too_early(request, moment)):
        return stale
    match request.verb:
        case Verb.OVERRIDE:
            return _no_override(request, policy, is_author=is_author)
        case Verb.PAIRED if is_author:
            return "the author cannot confirm the pair; who wrote it with them can"
        case Verb.MERGE | Verb.FIX_FORWARD | Verb.FREEZE | Verb.UNFREEZE if policy.merge is None:
            return "the policy has no `merge:` section, so andon merges nothing here"
        case _:
            return _NOT_YET if request.verb is Verb.REVERT else ""


_NOT_YET = "it has not landed, so there is nothing to take back; close it, or write `/andon hold`"


def _too_early(request: Request, moment: Moment) -> str:
    """Say so where the head came after the request: nobody is taken to have meant what they had not seen."""
    if not moment.tree:
        return "the content of the head could not be read; ask again"
    if request.head and request.head != moment.head:
        return "a newer commit was pushed since; look at it and ask again"
    if not request.head and (moment.judged_since is None or int(request.at) < int(moment.judged_since)):
        return f"it was asked before andon had answered for `{as_on_github(moment.head)}`; look at that and ask again"
    return ""


def _no_override(request: Request, policy: Policy, *, is_author: bool) -> str:
    names = [listed.name for listed in policy.rules if listed.mode not in (Mode.OFF, Mode.OBSERVE)]
    if request.rule not in names:
        known = ", ".join(f"`{name}`" for name in names) or "none"
        return f"no rule `{request.rule}` is on here; the rules are {known}"
    if is_author and not policy.overrides.by_author:
        return "authors do not override rules on their own pull request here; ask somebody else with write access"
    return ""


def rests_on(answers: Sequence[Answer], *, head: str, tree: str) -> tuple[Answer, ...]:
    """List the granted requests on which a merge of this content rests; each counts while its author may write."""
    bound = [one for one in answers if one.granted and one.request.verb in _BOUND]
    return tuple(one for one in bound if _is_of(one, head, tree))


def grantors(resting: Sequence[Answer]) -> tuple[Account, ...]:
    """List who granted what a merge rests on, each account once, by login."""
    return tuple(sorted({one.request.by for one in resting}, key=lambda by: by.login))


def _is_of(answer: Answer, head: str, tree: str) -> bool:
    """Tell whether an answer was given for this content: head or tree are still the same."""
    return answer.head == head or bool(tree and answer.tree == tree)


@dataclass(frozen=True, slots=True)
class StandingRequests:
    """What the answers so far come to for one head: who let which rule pass, who paired, who holds, who wants it in."""

    overrides: tuple[Override, ...] = ()
    confirmations: frozenset[int] = frozenset()
    held: Answer | None = None
    merge: Answer | None = None
    wanted: Answer | None = None
    fix: Answer | None = None
    refused: tuple[Answer, ...] = ()


def standing_requests(answers: Sequence[Answer], *, head: str, tree: str) -> StandingRequests:
    """Add the answers up, the oldest first. What is bound to content counts where head or tree are still the same."""
    granted = [one for one in answers if one.granted]
    here = [one for one in granted if _is_of(one, head, tree)]
    holds = [one for one in granted if one.request.verb in (Verb.HOLD, Verb.UNHOLD)]
    return StandingRequests(
        overrides=tuple(
            Override(one.request.rule, one.request.by.login, one.request.reason)
            for one in here
            if one.request.verb is Verb.OVERRIDE
        ),
        confirmations=frozenset(
            one.request.by.id for one in here if one.request.verb is Verb.PAIRED and one.request.by.id is not None
        ),
        held=holds[-1] if holds and holds[-1].request.verb is Verb.HOLD else None,
        merge=next((one for one in reversed(here) if one.request.verb is Verb.MERGE and one.head == head), None),
        wanted=next((one for one in reversed(here) if one.request.verb is Verb.REQUEST_OVERRIDE), None),
        fix=next((one for one in reversed(here) if one.request.verb is Verb.FIX_FORWARD), None),
        refused=tuple(one for one in answers if one.refusal and one.head == head),
    )
