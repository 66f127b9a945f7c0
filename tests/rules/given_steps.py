"""The steps that are remarked where a change is guarded in part."""

from __future__ import annotations

from rules.engine.result import Finding, Note
from tests.rules.given_flags import judge

GUARDED_ELSEWHERE = """
 def pay(cart):
.    if features.has("x"):
G        receipt(cart)
"""


def steps(sources: dict[str, str], path: str) -> list[tuple[int | None, int | None, str]]:
    """Judge a change that is guarded in part, and give the steps that are remarked on one file."""
    result = judge(sources)
    shown: list[Finding | Note] = [*result.findings, *result.notes]
    return [(one.start_line, one.end_line, one.fix) for one in shown if one.path == path and "run" in one.message]


def in_one(path: str, marked: str) -> list[tuple[int | None, int | None, str]]:
    return steps({path: marked}, path)
