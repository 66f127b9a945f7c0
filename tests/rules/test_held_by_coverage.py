"""Changed behaviour that a report of coverage holds, or shows to run never."""

from __future__ import annotations

import pytest

from rules.engine.coverage import Coverage
from rules.engine.result import Outcome
from tests.rules.given_tests import OTHER_RATE, SHOP, TAX_TEST, judge


@pytest.mark.parametrize(
    ("ran", "outcome", "share"),
    [
        pytest.param(12, Outcome.PASS, 1.0, id="all lines ran"),
        pytest.param(10, Outcome.PASS, 0.8333, id="ten of twelve"),
        pytest.param(9, Outcome.FOUND, 0.75, id="nine of twelve"),
    ],
)
def test_changed_behaviour_is_held_by_a_coverage_report(ran: int, outcome: Outcome, share: float) -> None:
    before = {"src/shop/tax.py": "".join(f"step({at})\n" for at in range(40))}
    after = {"src/shop/tax.py": before["src/shop/tax.py"] + "".join(f"leap({at})\n" for at in range(12))}
    report = Coverage({"shop/tax.py": {line: line - 40 <= ran for line in range(1, 53)}})

    result = judge(before, after, coverage=report)

    assert (result.outcome, result.facts["patch_coverage"]) == (outcome, share)


def test_lines_that_never_run_are_shown_where_they_stand() -> None:
    before = {**SHOP, "src/shop/tax.py": "".join(f"step({at})\n" for at in range(40))}
    after = {
        "src/shop/tax.py": before["src/shop/tax.py"] + "".join(f"leap({at})\n" for at in range(12)),
        "tests/test_tax.py": TAX_TEST + "    assert leap(3)\n",
    }
    report = Coverage({"src/shop/tax.py": {line: line not in {44, 45, 46} for line in range(1, 53)}})

    (finding,) = judge(before, after, coverage=report).findings

    assert finding.message == "`src/shop/tax.py`: 3 of 12 new lines never run."
    assert finding.fix == "Add a test that reaches them."
    assert (finding.path, finding.start_line, finding.end_line) == ("src/shop/tax.py", 44, 46)


def test_under_ten_coverable_lines_a_report_judges_nothing() -> None:
    report = Coverage({"src/shop/tax.py": {2: False}})

    result = judge(SHOP, {**SHOP, "src/shop/tax.py": OTHER_RATE}, coverage=report)

    assert (result.outcome, result.facts["patch_coverage"]) == (Outcome.PASS, None)
