"""What is new, what is changed and what only moved, as far as `required-tests` asks for a test."""

from __future__ import annotations

from rules.engine.result import Outcome
from tests.rules.given_tests import OTHER_RATE, SHOP, TAX_TEST, judge


def test_a_moved_function_is_not_new() -> None:
    body = "".join(f"    total = total + price_of_step_{at}(price)\n" for at in range(6))
    moved = f"def tally(price, total):\n{body}    return total\n"
    before = {"src/shop/a.py": "import b\n" + moved, "tests/test_a.py": TAX_TEST}
    after = {"src/shop/a.py": "import b\n", "src/shop/c.py": "import b\n" + moved, "tests/test_a.py": TAX_TEST}

    assert judge(before, after).facts["needs_tests"] == []


def test_a_function_that_moves_and_changes_is_changed_and_not_new() -> None:
    duty = "def duty(price):\n    return price * {}\n"
    before = {"src/shop/a.py": duty.format("0.1"), "src/shop/b.py": "X = 1\n"}

    to_new_file = judge(before, {"src/shop/b.py": "X = 1\n", "src/shop/c.py": duty.format("0.3")})
    to_old_file = judge(before, {"src/shop/b.py": "X = 1\n" + duty.format("0.3")})

    assert [finding.message for finding in to_new_file.findings] == [
        "`src/shop/c.py`: 2 lines changed, and no test of it changed."
    ]
    assert [finding.message for finding in to_old_file.findings] == [
        "`src/shop/b.py`: 2 lines changed, and no test of it changed."
    ]


def test_a_branch_whose_condition_changes_is_not_new() -> None:
    guarded = "def vat(price):\n    if price {} 0:\n        return 0\n    return price * 0.2\n"
    before = {**SHOP, "src/shop/tax.py": guarded.format("<")}

    assert judge(before, {**SHOP, "src/shop/tax.py": guarded.format("<=")}).outcome is Outcome.PASS


def test_changed_behaviour_with_a_test_of_its_own_is_not_held_by_a_neighbours() -> None:
    body = "".join(f"    price = step(price, {at})\n" for at in range(31))
    flow = "from shop import flow\n\n\ndef test_flow():\n    assert flow.runs()\n"
    before = {**SHOP, "tests/test_flow.py": flow}
    after = {
        "src/shop/tax.py": f"def vat(price):\n{body}    return price * 0.2\n",
        "tests/test_tax.py": TAX_TEST,
        "tests/test_flow.py": flow + "    assert flow.ends()\n",
    }

    assert judge(before, after).outcome is Outcome.FOUND


def test_a_small_change_beside_a_large_one_is_held_by_a_test_of_its_package() -> None:
    flow = "def run():\n" + "".join(f"    step({at})\n" for at in range(31))
    flow_test = "from shop import flow\n\n\ndef test_flow():\n    assert flow.run() == {}\n"
    before = {**SHOP, "src/shop/flow.py": "def run():\n    step(0)\n", "tests/test_flow.py": flow_test.format(0)}
    after = {**SHOP, "src/shop/tax.py": OTHER_RATE, "src/shop/flow.py": flow, "tests/test_flow.py": flow_test.format(1)}

    assert judge(before, after).outcome is Outcome.PASS


def test_rust_tests_inside_the_file_count() -> None:
    source = "pub fn vat(p: i32) -> i32 {\n    p / 5\n}\n"
    tests = (
        "\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn fifth() {\n        assert_eq!(super::vat(10), 2);\n    }\n"
    )
    before = {"src/tax.rs": source + tests + "}\n"}
    more = tests + "    #[test]\n    fn zero() {\n        assert_eq!(super::duty(0), 0);\n    }\n}\n"
    new = "pub fn duty(p: i32) -> i32 {\n    p / 10\n}\n"

    with_test = judge(before, {"src/tax.rs": source + new + more})
    without = judge(before, {"src/tax.rs": source + new + tests + "}\n"})

    assert (with_test.outcome, without.outcome) == (Outcome.PASS, Outcome.FOUND)
