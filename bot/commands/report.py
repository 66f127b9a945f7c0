"""Prints a verdict for people at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from rules.engine.result import Conclusion, Mode, Outcome
from rules.engine.split import plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rules.engine.result import Finding, Note, RuleResult, Verdict
    from rules.engine.split import Part

_HEADLINES: Final = {
    Conclusion.PASSED: ("✅ Passed", "green"),
    Conclusion.WARNED: ("✅ Passed, with warnings", "yellow"),
    Conclusion.HELD: ("⏸ Held", "yellow"),
    Conclusion.BLOCKED: ("⛔ Blocked", "red"),
    Conclusion.UNDECIDED: ("❓ Could not decide", "magenta"),
}
_RESULTS: Final = {
    Outcome.PASS: "✅",
    Outcome.FOUND: "✋",
    Outcome.WAITING: "⏸",
    Outcome.UNKNOWN: "❓",
    Outcome.NOT_APPLICABLE: "–",
}
_SHORT: Final = 12  # digits of a SHA that a person reads


def report(verdict: Verdict) -> str:
    """Write the verdict as text. click drops the colours where the output is no terminal."""
    return "\n".join(_lines(verdict))


def _lines(verdict: Verdict) -> Iterator[str]:
    words, colour = _HEADLINES[verdict.conclusion]
    judged = [result for result in verdict.results if result.mode not in (Mode.OFF, Mode.OBSERVE)]
    todo = sum(result.outcome not in (Outcome.PASS, Outcome.NOT_APPLICABLE) for result in judged)
    count = f": {todo} of {len(judged)} rules need work" if todo else ""
    yield click.style(words + count, fg=colour, bold=True)
    width = max((len(result.rule) for result in verdict.results), default=0)
    for result in verdict.results:
        yield f"  {_RESULTS[result.outcome]} {result.rule:<{width}}  {_clean(result.sentence)}{_aside(result)}"
        yield from _details(result)
    yield click.style(
        f"Kind: {verdict.kind.value}. Counted at {verdict.head[:_SHORT]} against {verdict.base[:_SHORT]}, "
        f"policy {_clean(verdict.policy)}.",
        dim=True,
    )


def _aside(result: RuleResult) -> str:
    return f" Not judged: {result.exempt}." if result.exempt else ""


def _details(result: RuleResult) -> Iterator[str]:
    for finding in result.findings:
        yield f"      {_place(finding)}{_clean(finding.message)}"
        if finding.fix:
            yield click.style(f"        → {_clean(finding.fix)}", fg="cyan")
    for note in result.notes:
        yield f"      {_place(note)}{_clean(note.message)} It stops nothing."
        if note.fix:
            yield click.style(f"        → {_clean(note.fix)}", fg="cyan")
    for waiting in result.waiting:
        yield f"      Waiting for {_clean(waiting.who)}: {_clean(waiting.what)}"
    for reason in result.unknown:
        yield f"      Could not decide: {_clean(reason)}"
    yield from _plan(plan_of(result.facts))


def _plan(parts: Sequence[Part]) -> Iterator[str]:
    if parts:
        yield "      The plan, in bash or zsh at the top of a clean work tree:"
    for number, part in enumerate(parts, 1):
        files = f"{len(part.files)} file{'' if len(part.files) == 1 else 's'}"
        yield f"      {number}. {_clean(part.title)} ({part.effective_lines}, {files})"
        yield from (click.style(f"           {_clean(command)}", dim=True) for command in part.commands)


def _place(finding: Finding | Note) -> str:
    if finding.path is None or finding.start_line is None:
        return ""
    return f"{_clean(finding.path)}:{finding.start_line}–{finding.end_line}: "


def _clean(text: str) -> str:
    """Make text from outside harmless to a terminal: no escape sequences, no forged lines."""
    return "".join(char if char.isprintable() else "�" for char in text)
