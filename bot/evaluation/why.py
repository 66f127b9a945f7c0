"""Says from the record of an evaluation why andon did what it did, and who must do what next. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from bot.text.oids import short

Record = Mapping[str, Any]

AUTHOR: Final = "the author"
MAINTAINER: Final = "a maintainer"
NOBODY: Final = "nobody"

_FIRST: Final = (AUTHOR, "a reviewer", MAINTAINER)
"""Who is named first where several must act: what one of them does may end what the next one waits for."""


class Standing(StrEnum):
    """Where a pull request stands after an evaluation."""

    MERGED = "merged"
    MERGES = "merges"
    WAITING = "waiting"
    HELD = "held"
    BLOCKED = "blocked"
    UNDECIDED = "undecided"
    WRONG_POLICY = "wrong-policy"
    UNGOVERNED = "ungoverned"
    CLOSED = "closed"

    @property
    def exit_code(self) -> int:
        """The exit code of `andon why --exit-code`: 0 merges or merged, 1 stopped, 3 only waiting."""
        match self:
            case Standing.MERGED | Standing.MERGES:
                return 0
            case Standing.HELD | Standing.BLOCKED | Standing.WRONG_POLICY | Standing.CLOSED:
                return 1
            case Standing.WAITING | Standing.UNDECIDED | Standing.UNGOVERNED:
                return 3


@dataclass(frozen=True, slots=True)
class Step:
    """The one thing that must happen next, and who must do it; `or_else` is another way."""

    what: str
    who: str
    or_else: str = ""


def standing(record: Record) -> Standing:
    """Tell where the pull request stands."""
    state = record.get("state")
    if state in (Standing.MERGED, Standing.CLOSED):
        return Standing(str(state))
    conclusion = record.get("conclusion")
    if conclusion is None:
        return Standing.WRONG_POLICY if record.get("policy_problems") else Standing.UNGOVERNED
    if conclusion in (Standing.BLOCKED, Standing.UNDECIDED):
        return Standing(str(conclusion))
    if conclusion == Standing.HELD and _found(record):
        return Standing.HELD
    return Standing.MERGES if record.get("merges") and not record.get("refused") else Standing.WAITING


def stops(rule: Record) -> bool:
    """Tell whether a rule keeps andon from merging."""
    unsettled = rule["outcome"] not in ("pass", "not-applicable")
    return unsettled and rule.get("force", rule["mode"]) in ("hold", "block")


def _found(record: Record) -> list[Record]:
    """List the rules that stop it by what they found, not by waiting for somebody."""
    return [rule for rule in record.get("rules", ()) if stops(rule) and rule["outcome"] != "waiting"]


def next_step(record: Record) -> Step:
    """Say what must happen next, and who must do it."""
    where = standing(record)
    match where:
        case Standing.WRONG_POLICY:
            return Step(f"mend the policy on the default branch: {record['policy_problems'][0]}", MAINTAINER)
        case Standing.UNDECIDED:
            return Step(f"andon reads it again by itself. {_unread(record)}".rstrip(), NOBODY)
        case Standing.HELD | Standing.BLOCKED:
            return _mend(_found(record))
        case Standing.WAITING:
            return _await(record)
        case Standing.MERGED:
            return _after(record)
        case Standing.CLOSED | Standing.UNGOVERNED | Standing.MERGES:
            return _SETTLED[where]


def _after(record: Record) -> Step:
    """Say what must happen once it landed."""
    restore = record.get("restore")
    if restore is not None and not restore["over"]:
        return _restore(restore)
    if is_astray(record):
        return Step(f"look at what landed: {_astray(record)}", MAINTAINER, ASTRAY)
    release = record.get("release") or {}
    if release.get("state") == "live" and release["detail"]:
        return Step(f"look at production: {release['detail']}", MAINTAINER)
    return _SETTLED[Standing.MERGED]


def _restore(restore: Record) -> Step:
    by = f"#{restore['revert']} takes it back: " if restore["revert"] is not None else ""
    why = f"`{restore['asked_by']}` asked for it back" if restore["asked_by"] else "its release failed"
    return Step(f"{why}; {by}{restore['said'] or 'andon looks at it'}", restore["who"] or NOBODY)


ASTRAY: Final = "a revert of it opens the line, or `/andon unfreeze` where it is right as it is"


def is_astray(record: Record) -> bool:
    """Tell whether it is proven that what landed is not what was judged."""
    return (record.get("landed") or {}).get("content") == "different"


def _astray(record: Record) -> str:
    first, *others = record["landed"]["differences"]
    more = f", and {len(others)} more" if others else ""
    return f"{short(str(record.get('merge_commit')))} is not what was judged ({first['path']}: {first['how']}{more})"


_SETTLED: Final[Mapping[Standing, Step]] = {
    Standing.MERGED: Step("it is merged", NOBODY),
    Standing.MERGES: Step("andon merges it by itself", NOBODY),
    Standing.CLOSED: Step("reopen it if it is still wanted: it was closed without being merged", AUTHOR),
    Standing.UNGOVERNED: Step("merge it by hand: no policy governs it, so andon does not", MAINTAINER),
}


def _unread(record: Record) -> str:
    return next((str(why) for rule in record.get("rules", ()) for why in rule.get("unknown", ())), "")


def _mend(found: Sequence[Record]) -> Step:
    """Name the smallest step that the first rule asks for, and the way around it."""
    if not found:
        return Step("push what is missing", AUTHOR)
    rule = found[0]
    fixes = [*rule.get("fixes", ()), *(one["message"] for one in rule.get("findings", ())), rule.get("sentence", "")]
    what = next(filter(None, fixes), f"satisfy the rule {rule['rule']}")
    return Step(what, AUTHOR, f"or a maintainer writes `/andon override {rule['rule']} <reason>`")


def waits_of(record: Record) -> Sequence[Record]:
    """List what is waited for; where andon does not merge, what its rules wait for."""
    said: Sequence[Record] = record.get("waiting_for", ())
    return said or [wait for rule in record.get("rules", ()) if stops(rule) for wait in rule.get("waiting", ())]


def _await(record: Record) -> Step:
    waits = waits_of(record)
    if not waits:
        return Step("merge it: the policy has no `merge:` section, so andon does not", MAINTAINER)
    by_who = {wait["who"]: wait for wait in reversed(waits)}
    first = next((by_who[who] for who in _FIRST if who in by_who), waits[0])
    return Step(first["what"], first["who"])


def sentence(record: Record) -> str:
    """Say in one sentence what andon decided and what must happen next."""
    place = f"{record['repository']}#{record['number']} at {short(str(record['head']))}"
    step = next_step(record)
    after = f"Next: {step.who}: {step.what}" if step.who != NOBODY else f"Nobody has to act: {step.what}"
    return f"{place} {_HOW[standing(record)]}. {_ended(after)}"


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


_HOW: Final[Mapping[Standing, str]] = {
    Standing.MERGED: "is merged",
    Standing.MERGES: "is let through",
    Standing.WAITING: "waits",
    Standing.HELD: "is held",
    Standing.BLOCKED: "is blocked",
    Standing.UNDECIDED: "is not decided",
    Standing.WRONG_POLICY: "is not judged: the policy is wrong",
    Standing.UNGOVERNED: "is not judged: no policy governs it",
    Standing.CLOSED: "is closed",
}


def told(record: Record) -> dict[str, object]:
    """Give a record with what it means: where it stands, the next step, one sentence, and the exit code for CI."""
    where, step = standing(record), next_step(record)
    return {
        **record,
        "standing": where.value,
        "sentence": sentence(record),
        "next": {"what": step.what, "who": step.who, "or_else": step.or_else},
        "exit_code": where.exit_code,
    }
