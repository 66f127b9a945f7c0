"""What one policy says as a whole: the worst of its rules, and what is waited for."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from rules.engine.result import Conclusion, Kind, Mode, Outcome, Override, RuleResult, Verdict, Waiting

ANNA = Waiting("Ask `anna`.", "a reviewer")
BEN = Waiting("Ask `ben`.", "the author")
LET_PASS = Override("one", "anna", "It burns.")


def result(mode: Mode, outcome: Outcome, *waiting: Waiting, **fields: Any) -> RuleResult:
    return RuleResult("one", mode, outcome, {}, "", waiting=waiting, **fields)


def verdict(*results: RuleResult) -> Verdict:
    return Verdict("b" * 40, "a" * 40, "here", Kind.CHANGE, results)


ASKS = result(Mode.HOLD, Outcome.WAITING, ANNA)
BY_CONCLUSION = {
    Conclusion.PASSED: result(Mode.HOLD, Outcome.PASS),
    Conclusion.WARNED: result(Mode.WARN, Outcome.FOUND),
    Conclusion.HELD: result(Mode.HOLD, Outcome.FOUND),
    Conclusion.UNDECIDED: result(Mode.HOLD, Outcome.UNKNOWN),
    Conclusion.BLOCKED: result(Mode.BLOCK, Outcome.FOUND),
}


@pytest.mark.parametrize(("lighter", "heavier"), [*itertools.combinations(BY_CONCLUSION, 2)])
def test_the_worst_rule_concludes(lighter: Conclusion, heavier: Conclusion) -> None:
    both = [BY_CONCLUSION[lighter], BY_CONCLUSION[heavier]]

    assert verdict(*both).conclusion is verdict(*reversed(both)).conclusion is heavier


@pytest.mark.parametrize(
    ("mode", "outcome", "conclusion"),
    [
        (Mode.BLOCK, Outcome.WAITING, Conclusion.HELD),
        (Mode.BLOCK, Outcome.UNKNOWN, Conclusion.UNDECIDED),
        (Mode.HOLD, Outcome.WAITING, Conclusion.HELD),
        (Mode.HOLD, Outcome.NOT_APPLICABLE, Conclusion.PASSED),
        (Mode.OBSERVE, Outcome.UNKNOWN, Conclusion.PASSED),
        (Mode.OFF, Outcome.FOUND, Conclusion.PASSED),
        (Mode.WARN, Outcome.WAITING, Conclusion.WARNED),
    ],
)
def test_only_what_is_found_blocks_and_only_what_stops_counts(
    mode: Mode, outcome: Outcome, conclusion: Conclusion
) -> None:
    assert verdict(result(mode, outcome)).conclusion is conclusion


@pytest.mark.parametrize(
    ("mode", "force"),
    [
        (Mode.BLOCK, Mode.WARN),
        (Mode.HOLD, Mode.WARN),
        (Mode.WARN, Mode.WARN),
        (Mode.OBSERVE, Mode.OBSERVE),
        (Mode.OFF, Mode.OFF),
    ],
)
def test_a_rule_that_was_overridden_is_shown_and_stops_nothing(mode: Mode, force: Mode) -> None:
    assert result(mode, Outcome.FOUND, override=LET_PASS).force is force
    assert result(mode, Outcome.FOUND).force is mode


@pytest.mark.parametrize(
    ("results", "waits"),
    [
        pytest.param([], (), id="no rule"),
        pytest.param([ASKS], (ANNA,), id="one waits"),
        pytest.param([ASKS, result(Mode.BLOCK, Outcome.WAITING, BEN, ANNA)], (ANNA, BEN, ANNA), id="two wait"),
        pytest.param([ASKS, result(Mode.HOLD, Outcome.PASS)], (ANNA,), id="another passes"),
        pytest.param([ASKS, result(Mode.HOLD, Outcome.NOT_APPLICABLE)], (ANNA,), id="another does not apply"),
        pytest.param([ASKS, result(Mode.WARN, Outcome.FOUND)], (ANNA,), id="another only warns"),
        pytest.param([ASKS, result(Mode.HOLD, Outcome.FOUND)], (), id="another finds something"),
        pytest.param([ASKS, result(Mode.BLOCK, Outcome.UNKNOWN)], (), id="another does not know"),
        pytest.param(
            [ASKS, result(Mode.HOLD, Outcome.FOUND, override=LET_PASS)], (ANNA,), id="what another finds was let pass"
        ),
        pytest.param([result(Mode.WARN, Outcome.WAITING, BEN)], (), id="a warning waits for nobody"),
    ],
)
def test_somebody_is_waited_for_only_where_nothing_is_wrong_and_nothing_unknown(
    results: list[RuleResult], waits: tuple[Waiting, ...]
) -> None:
    assert verdict(*results).waits == waits
