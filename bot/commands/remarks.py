"""What a verdict has to say, one remark after the other, for programs that show remarks at lines. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.words.standing import Level, level, shown
from rules.engine.result import Finding, Note, RuleResult, Verdict


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark of one rule. `start_line` and `end_line` count from 1 in `path` at the head; all three or none."""

    rule: str
    level: Level
    words: str
    path: str | None = None
    start_line: int | None = None
    end_line: int | None = None


def remarks(verdict: Verdict) -> Iterator[Remark]:
    """List what people see of a verdict: first what rules ask for, then what they only note."""
    results = shown(verdict)
    for result in results:
        yield from _asked(result)
    for result in results:
        yield from (_at(result.rule, "notice", note) for note in result.notes)


def _asked(result: RuleResult) -> Iterator[Remark]:
    loud = level(result)
    yield from (_at(result.rule, loud, finding) for finding in result.findings)
    yield from (Remark(result.rule, loud, f"Waiting for {wait.who}: {wait.what}") for wait in result.waiting)
    yield from (Remark(result.rule, loud, f"Could not decide: {reason}") for reason in result.unknown)


def _at(rule: str, loud: Level, one: Finding | Note) -> Remark:
    words = f"{one.message} {one.fix}".rstrip()
    if one.path is None or one.start_line is None:
        return Remark(rule, loud, words, one.path)
    return Remark(rule, loud, words, one.path, one.start_line, one.end_line or one.start_line)
