"""The record of one evaluation: what it rested on, what it said, what was done about it, how long it took. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, fields, is_dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from bot.decision import Decision, ending, policy_of, record
from bot.merging.readiness import Wait
from bot.published import (
    Action,
    AnswerIssue,
    ArmAutoMerge,
    CreateCheckRun,
    CreateComment,
    CreateDeployment,
    DeleteBranch,
    Dequeue,
    DisarmAutoMerge,
    EditIssue,
    Enqueue,
    MergePullRequest,
    OpenIssue,
    React,
    RevertPullRequest,
    RunWorkflow,
    SendDispatch,
    UpdateBranch,
    UpdateComment,
)
from bot.restore.reverting import PushRevert
from bot.snapshot import Snapshot
from bot.text.oids import short
from bot.version import our_version
from rules.engine.policy import PolicyError
from rules.engine.result import RuleResult

MOVES = ("base", "snapshot", "milliseconds", "version")
"""What of a record may differ from look to look although nothing new was decided."""

_OURS = frozenset(
    {"published", "comment", "comments", "remarks", "told", "known", "rollup", "paths", "updated_at", "fetched_at"}
)
"""Fields that no decision rests on: what we wrote, when we looked, and where to look next."""


_TICKS = frozenset({"place", "since", "unready_since"})
"""What of a place in the line may differ although nobody behind is told anything new."""


class Result(StrEnum):
    """What became of one planned action."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    NOT_TRIED = "not-tried"


@dataclass(frozen=True, slots=True)
class Became:
    """One action that was tried, and what became of it; `said` is GitHub's words where it was not done."""

    action: Action
    result: Result
    said: str = ""


@dataclass(frozen=True, slots=True)
class Spent:
    """Whole milliseconds of one evaluation, by what they went to."""

    reading: int
    judging: int
    writing: int

    @classmethod
    def between(cls, began: float, read: float, judged: float, written: float) -> Spent:
        """Take the differences of four times of one clock, in seconds."""
        return cls(*(round((after - before) * 1000) for before, after in pairwise((began, read, judged, written))))


@dataclass(frozen=True, slots=True)
class Carried:
    """A decision and what became of it.

    `refusal` is the refused merge as a reason to wait; `broke_off` says that GitHub failed before all was written.
    """

    decision: Decision
    became: Sequence[Became]
    spent: Spent
    refusal: Wait | None = None
    broke_off: bool = False


def evaluation(carried: Carried) -> dict[str, object]:
    """Write the whole record of an evaluation as JSON values."""
    decision, refusal = carried.decision, carried.refusal
    snapshot = decision.snapshot
    said = record(decision)
    waits = [*_list(said["waiting_for"]), *([refusal.as_json] if refusal else [])]
    results = decision.verdict.results if decision.verdict else ()
    return {
        **said,
        "rules": [{**rule, **_aside(one)} for rule, one in zip(_list(said["rules"]), results, strict=True)],
        "waiting_for": waits,
        "refused": refusal.what if refusal else None,
        "policy": _source(decision),
        "policy_oid": snapshot.policy.oid if snapshot.policy else None,
        "policy_problems": _problems(snapshot),
        "base": snapshot.pull_request.base,
        "base_branch": snapshot.pull_request.base_branch,
        "opened_at": snapshot.opened_at,
        "undoes": snapshot.pull_request.undoes,
        "merging": _merging(decision),
        "actions": [_action(one) for one in _all(decision, carried.became)],
        **_measured(snapshot, carried.spent),
    }


def ended(known: Mapping[str, object], carried: Carried) -> dict[str, object]:
    """Write the record of a pull request that is open no more: what was decided last, how it ended, what was tidied."""
    snapshot = carried.decision.snapshot
    actions = [_action(one) for one in _all(carried.decision, carried.became)]
    return {**known, **ending(snapshot), "actions": actions, **_measured(snapshot, carried.spent)}


def says(written: Mapping[str, object]) -> str:
    """Name what a record says, whatever was measured or written: the name of one that says the same is the same."""
    said = {
        key: value for key, value in written.items() if key not in {*MOVES, "actions", "check", "waiting_for", "line"}
    }
    waits = [{key: wait.get(key) for key in ("what", "who", "late")} for wait in _list(written.get("waiting_for"))]
    check = written.get("check") or {}
    shown = {key: check[key] for key in ("conclusion", "title") if key in check} if isinstance(check, Mapping) else {}
    place = written.get("line")
    line = {key: value for key, value in place.items() if key not in _TICKS} if isinstance(place, Mapping) else {}
    undone = [one for one in _list(written.get("actions")) if one["result"] != Result.DONE]
    return _hash({**said, "waits": waits, "check": shown, "line": line, "undone": undone})


def acted(written: Mapping[str, object]) -> bool:
    """Tell whether the evaluation changed something on GitHub."""
    return any(one["result"] == Result.DONE for one in _list(written["actions"]))


def seen(written: Mapping[str, object]) -> dict[str, object]:
    """Give what of a record may differ although it says the same."""
    return {key: written[key] for key in MOVES if key in written}


def snapshot_digest(snapshot: Snapshot) -> str:
    """Name all that a decision rests on (SHA-256 in hex), the same in every process and on every machine.

    What we wrote ourselves and when we looked are no part of it.
    """
    return _hash(snapshot)


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: object) -> object:
    """Make a value JSON in one way only: sets have no order of their own, and keys may be of any kind."""
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, AbstractSet):
        return sorted(value)
    if is_dataclass(value):
        return {one.name: _listed(getattr(value, one.name)) for one in fields(value) if one.name not in _OURS}
    return str(value)


def _listed(value: object) -> object:
    return sorted(value.items()) if isinstance(value, Mapping) else value


def _measured(snapshot: Snapshot, spent: Spent) -> dict[str, object]:
    return {"snapshot": snapshot_digest(snapshot), "milliseconds": asdict(spent), "version": our_version()}


def _aside(result: RuleResult) -> dict[str, object]:
    """Write what people are told of one rule beside what `andon check` prints as JSON."""
    return {
        "force": result.force.value,
        "sentence": result.sentence,
        "exempt": result.exempt,
        "fixes": [finding.fix for finding in result.findings],
        "waiting": [asdict(wait) for wait in result.waiting],
        "unknown": list(result.unknown),
    }


def _source(decision: Decision) -> str | None:
    """Name the policy that was held against the pull request, or the file that could not be read as one."""
    if decision.policy is not None:
        return decision.policy.source
    return decision.snapshot.policy.source if decision.snapshot.policy else None


def _problems(snapshot: Snapshot) -> list[str]:
    if snapshot.policy is None:
        return []
    try:
        policy_of(snapshot.policy)
    except PolicyError as error:
        return list(error.lines())
    return []


def _merging(decision: Decision) -> dict[str, object] | None:
    merge = decision.policy.merge if decision.policy else None
    if merge is None:
        return None
    return {"when": merge.when, "label": merge.label, "method": merge.method, "via": merge.via}


def _all(decision: Decision, became: Sequence[Became]) -> list[Became]:
    """List every planned action; those behind one that failed were not tried."""
    return [*became, *(Became(action, Result.NOT_TRIED) for action in decision.actions[len(became) :])]


def _action(one: Became) -> dict[str, object]:
    return {
        "action": kind_of(type(one.action)),
        "what": WORDS[type(one.action)](one.action),
        "result": one.result.value,
        "said": one.said,
    }


def kind_of(action: type[Action]) -> str:
    """Name a kind of action as records do."""
    name = action.__name__
    return "".join(f"-{sign.lower()}" if sign.isupper() else sign for sign in name).lstrip("-")


WORDS: Mapping[type[Action], Callable[[Any], str]] = {
    CreateCheckRun: lambda one: f"write the check run “{one.check.title}”",
    CreateComment: lambda _: "begin the comment",
    UpdateComment: lambda _: "edit the comment",
    React: lambda _: "answer a comment by a reaction",
    MergePullRequest: lambda one: f"merge it at {short(one.merge.head)} by {one.merge.method}",
    ArmAutoMerge: lambda one: f"arm GitHub's auto-merge at {short(one.merge.head)} by {one.merge.method}",
    DisarmAutoMerge: lambda _: "take GitHub's auto-merge back",
    Enqueue: lambda one: f"put {short(one.head)} into the merge queue",
    Dequeue: lambda _: "take it out of the merge queue",
    UpdateBranch: lambda one: f"merge the base into its branch at {short(one.head)}",
    DeleteBranch: lambda one: f"delete the branch {one.branch}",
    CreateDeployment: lambda one: f"deploy {short(one.sha)} to {one.environment}",
    SendDispatch: lambda one: f"tell workflows: {one.event_type}",
    RunWorkflow: lambda one: f"run the workflow {one.workflow}",
    RevertPullRequest: lambda one: f"open “{one.title}”",
    PushRevert: lambda one: f"push {one.branch} and open “{one.title}”",
    OpenIssue: lambda one: f"open the issue “{one.title}”",
    EditIssue: lambda one: (
        f"close issue #{one.number}" if one.closes else f"write the facts in issue #{one.number} anew"
    ),
    AnswerIssue: lambda one: f"say below issue #{one.number} what is missing",
}
"""What each action does, in words."""


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, Sequence) else []
