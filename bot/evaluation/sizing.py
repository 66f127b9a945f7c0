"""Measures what is deployed by the yardstick of small-diff, also where a policy does not ask for that rule."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from bot.decision import Decision, Judges
from bot.dora.size import MEASURED, size_in
from rules.engine.policy import Policy, read_policy

Record = Mapping[str, Any]


def sized(decision: Decision, written: Record, judge: Judges) -> Record:
    """Add to the record of a pull request that would be deployed how large it is, where no rule says so. Blocks.

    The defaults of small-diff count; where the judge cannot tell, the lines are None.
    """
    policy = decision.policy
    if policy is None or policy.deploy is None or decision.verdict is None or "effective_lines" in size_in(written):
        return written
    verdict = judge.evaluate(_yardstick(), decision.snapshot.pull_request)
    facts: Mapping[str, object] = next((one.facts for one in verdict.results), {})
    return {**written, "size": {name: facts.get(name) for name in MEASURED}}


@cache
def _yardstick() -> Policy:
    return read_policy("rules: {small-diff: observe}\n", "andon's own yardstick")
