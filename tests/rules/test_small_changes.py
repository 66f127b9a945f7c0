"""How much may change of known behaviour before `required-tests` asks for more than the tests that are there."""

from __future__ import annotations

import pytest

from rules.engine.result import Outcome
from rules.required_tests import RequiredTests
from tests.rules.given_tests import SHOP, TAX, TAX_TEST, judge

FLOW_TEST = "from shop import flow\n\n\ndef test_flow():\n    assert flow.runs()\n"


def steps(count: int, word: str = "step") -> str:
    return "".join(f"    price = {word}(price, {at})\n" for at in range(count))


def vat(body: str) -> str:
    return f"def vat(price):\n{body}    return price * 0.2\n"


@pytest.mark.parametrize(("gone", "outcome"), [(4, Outcome.PASS), (5, Outcome.FOUND)])
def test_a_line_that_went_counts_a_quarter(gone: int, outcome: Outcome) -> None:
    before = {**SHOP, "src/shop/tax.py": vat(steps(gone, "old_step"))}

    assert judge(before, {**SHOP, "src/shop/tax.py": vat(steps(29))}).outcome is outcome


@pytest.mark.parametrize(("lines", "outcome"), [(30, Outcome.PASS), (31, Outcome.FOUND)])
def test_up_to_the_limit_a_neighbours_test_is_enough_beside_its_own(lines: int, outcome: Outcome) -> None:
    before = {**SHOP, "src/shop/page.py": vat(""), "tests/test_flow.py": FLOW_TEST, "tests/test_page.py": TAX_TEST}
    after = {
        **before,
        "src/shop/page.py": vat(steps(lines)),
        "tests/test_flow.py": FLOW_TEST + "    assert flow.ends()\n",
    }

    assert judge(before, after, RequiredTests(refactor_lines=30)).outcome is outcome


def test_without_room_for_refactorings_each_needs_a_changed_test() -> None:
    after = {**SHOP, "src/shop/tax.py": TAX.replace("0.2", "0.19")}

    assert judge(SHOP, after, RequiredTests(refactor_lines=0)).outcome is Outcome.FOUND
    assert judge(SHOP, after, RequiredTests(refactor_lines=1)).outcome is Outcome.FOUND
    assert judge(SHOP, after, RequiredTests(refactor_lines=2)).outcome is Outcome.PASS
