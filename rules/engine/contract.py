"""Writes a verdict as JSON values: the contract of a local run, of the API, and of tools built on either."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rules.engine.result import Finding, Note, RuleResult, Verdict


def as_json(verdict: Verdict) -> dict[str, object]:
    """Give the verdict as an object of plain JSON values; its keys are stable."""
    return {
        "conclusion": verdict.conclusion.value,
        "base": verdict.base,
        "head": verdict.head,
        "policy": verdict.policy,
        "kind": verdict.kind.value,
        "rules": [_rule(result) for result in verdict.results],
    }


def _rule(result: RuleResult) -> dict[str, object]:
    override = result.override
    return {
        "rule": result.rule,
        "mode": result.mode.value,
        "outcome": result.outcome.value,
        "facts": dict(result.facts),
        "findings": [_finding(finding) for finding in result.findings],
        **({"notes": [{**_finding(note), "fix": note.fix} for note in result.notes]} if result.notes else {}),
        **({"override": {"by": override.by, "reason": override.reason}} if override else {}),
    }


def _finding(finding: Finding | Note) -> dict[str, object]:
    return {
        "message": finding.message,
        "path": finding.path,
        "start_line": finding.start_line,
        "end_line": finding.end_line,
    }
