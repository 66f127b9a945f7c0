"""When `required-tests` asks for a coverage report, and what it makes of one that could not be read."""

from __future__ import annotations

import pytest

from rules.engine.coverage import Coverage
from rules.engine.needs import Needs
from rules.engine.result import Outcome
from rules.required_tests import RequiredTests
from tests.factories import added, code, deleted, pull_request
from tests.rules.given_tests import judge

WISHES = (Needs(), Needs(coverage=True))
LEFT_OUT = "A coverage report was left out: it is broken."


@pytest.mark.parametrize(
    ("path", "lines", "rule", "asked"),
    [
        ("src/tax.py", 10, RequiredTests(), True),
        ("src/tax.py", 9, RequiredTests(), False),
        ("src/tax.py", 1, RequiredTests(min_coverable_lines=0), True),
        ("tests/test_tax.py", 50, RequiredTests(), False),
        ("checks/tax.py", 50, RequiredTests(map={"src/**": "checks/{stem}.py"}), False),
        ("legacy/tax.py", 50, RequiredTests(exempt=("legacy/**",)), False),
        ("README.md", 50, RequiredTests(), False),
    ],
    ids=[
        "as many lines as are judged", "fewer", "a floor of none", "a test", "a test of the maintainer's", "exempt",
        "prose",
    ],
)  # fmt: skip
def test_a_report_is_asked_for_only_where_it_could_change_the_answer(
    path: str, lines: int, rule: RequiredTests, *, asked: bool
) -> None:
    pr = pull_request(added(path, code(lines)))

    assert rule.needs(pr).coverage is asked


def test_what_is_only_taken_away_asks_for_no_report() -> None:
    pr = pull_request(deleted("src/tax.py", code(20)))

    assert RequiredTests(min_coverable_lines=0).needs(pr).coverage is False


def test_the_wish_for_a_report_survives_the_join_of_wishes() -> None:
    assert [(one | other).coverage for one in WISHES for other in WISHES] == [False, True, True, True]
    assert [bool(wish) for wish in WISHES] == [False, True]


def test_a_broken_report_beside_a_missing_test_is_unknown_and_beside_a_changed_test_a_remark() -> None:
    before = {"src/tax.py": "".join(f"step({at})\n" for at in range(40))}
    after = {"src/tax.py": before["src/tax.py"] + "".join(f"leap({at})\n" for at in range(12))}
    test = {"tests/test_tax.py": "from tax import leap\n\n\ndef test_leap():\n    assert leap(1) == 1\n"}
    broken = Coverage({}, ("it is broken",))

    missing = judge(before, after, coverage=broken)
    tested = judge(before, {**after, **test}, coverage=broken)

    assert (missing.outcome, missing.unknown) == (Outcome.FOUND, (LEFT_OUT,))
    assert (tested.outcome, tested.unknown) == (Outcome.PASS, ())
    assert tested.sentence.endswith(LEFT_OUT)


def test_a_report_excuses_neither_new_behaviour_nor_a_weakened_test() -> None:
    ran = Coverage({"src/tax.py": dict.fromkeys(range(1, 100), True)})
    before = {
        "src/tax.py": "".join(f"step({at})\n" for at in range(40)),
        "tests/test_tax.py": "def test_step():\n    assert step(1) == 1\n",
    }
    new = "".join(f"def leap_{at}():\n    return {at}\n" for at in range(6))

    unheld = judge(before, {**before, "src/tax.py": before["src/tax.py"] + new}, coverage=ran)
    weakened = judge(before, {**before, "tests/test_tax.py": "def test_step():\n    step(1)\n"}, coverage=ran)

    assert (unheld.outcome, unheld.facts["patch_coverage"]) == (Outcome.FOUND, 1.0)
    assert weakened.outcome is Outcome.FOUND
