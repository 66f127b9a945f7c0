"""How a verdict stands, in the words that check run, comment and `andon check` share. Pure, and cheap to import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rules.engine.result import Conclusion, Mode, Outcome, RuleResult, Verdict

STEPS: Final = 3
"""Next steps that one row shows; the details hold all."""

SIGNS: Final = {
    Outcome.PASS: "✅",
    Outcome.FOUND: "❌",
    Outcome.WAITING: "⏳",
    Outcome.UNKNOWN: "❓",
    Outcome.NOT_APPLICABLE: "➖",
}

READ_AGAIN: Final = "Nothing: andon reads it again."
"""The step where something could not be read; our own words, which need no escaping."""

Level = Literal["failure", "warning", "notice"]
"""How loud a remark on a line is, in the words of GitHub's check runs."""


@dataclass(frozen=True, slots=True)
class Row:
    """One rule's row: what it saw, piece by piece, and what to do. Not escaped: each place escapes in its own way."""

    rule: str
    sign: str
    seen: tuple[str, ...]
    steps: tuple[str, ...]
    more: int = 0


def shown(verdict: Verdict) -> tuple[RuleResult, ...]:
    """List the results that people see."""
    return tuple(result for result in verdict.results if result.mode not in (Mode.OFF, Mode.OBSERVE))


def stopping(results: Sequence[RuleResult]) -> tuple[RuleResult, ...]:
    """List those that keep andon from merging."""
    return tuple(result for result in results if result.force in (Mode.HOLD, Mode.BLOCK) and not result.settled)


def level(result: RuleResult) -> Level:
    """Say how loud the findings of a rule are."""
    return "failure" if result.force is Mode.BLOCK else "warning" if result.force is Mode.HOLD else "notice"


def row(result: RuleResult) -> Row:
    """Write what a rule saw, and the smallest next steps."""
    seen = result.findings[0].message if result.findings else result.sentence
    seen = f"Not judged: {result.exempt}." if result.exempt else seen
    todo = [finding.fix for finding in result.findings if finding.fix] + [wait.what for wait in result.waiting]
    steps = tuple(dict.fromkeys(todo))
    if result.unknown and not steps:
        steps = (READ_AGAIN,)
    return Row(
        result.rule, SIGNS[result.outcome], (seen, *result.unknown), steps[:STEPS], more=max(0, len(steps) - STEPS)
    )


def apart(message: str, path: str | None) -> str:
    """Give a message without the path that it begins with, for where that stands in front of it anyway.

    What is left begins with a blank or a colon, or is the message with both.
    """
    name = f"`{path}`"
    return message.removeprefix(name) if message.startswith((f"{name}:", f"{name} ")) else f": {message}"


def headline(verdict: Verdict) -> str:
    """Say in one line how the verdict ends, and how many rules keep it so."""
    results = shown(verdict)
    count = len(stopping(results))
    rules = f"{count} of {len(results)} rule{'s' if len(results) > 1 else ''}"
    match verdict.conclusion:
        case Conclusion.PASSED:
            return "✅ Passed"
        case Conclusion.WARNED:
            return "✅ Passed with a warning"
        case Conclusion.UNDECIDED:
            return f"❓ Could not decide: {rules} could not be read whole"
        case Conclusion.BLOCKED:
            return f"⛔ Blocked: {rules} need{'s' if count == 1 else ''} work"
        case Conclusion.HELD if verdict.waits:
            return f"⏸ Waiting: {rules} wait{'s' if count == 1 else ''} for somebody"
        case Conclusion.HELD:
            return f"⏸ Held: {rules} need{'s' if count == 1 else ''} work"
