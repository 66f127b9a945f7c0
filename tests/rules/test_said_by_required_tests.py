"""What `required-tests` says is new, and the cure that it names for each way in which a test became weaker."""

from __future__ import annotations

import pytest

from tests.rules.given_tests import SHOP, TAX, between, judge, judged

PY = "tests/test_tax.py"
TEXT = "import pytest\n\n\ndef test_vat():\n    assert vat(10) == 2\n    assert vat(0) == 0\n"
SOURCE = {"src/tax.py": "vat\n"}
MEND = "Mend the test, or delete it together with what it tests."


@pytest.mark.parametrize(
    ("before", "after", "message", "fix"),
    [
        pytest.param(
            {PY: TEXT, **SOURCE},
            SOURCE,
            f"`{PY}` is deleted while `src/tax.py`, which it tests, stays.",
            "Keep the test, or delete what it tests as well.",
            id="deleted",
        ),
        pytest.param(
            {PY: TEXT},
            {PY: TEXT.replace("    assert vat(0) == 0\n", "")},
            f"1 fewer assertion in `{PY}` (2 before).",
            "Put the assertions back, or add others that hold what is right now.",
            id="one assertion fewer",
        ),
        pytest.param(
            {PY: TEXT},
            {PY: "def test_vat():\n    vat(10)\n"},
            f"2 fewer assertions in `{PY}` (2 before).",
            "Put the assertions back, or add others that hold what is right now.",
            id="two assertions fewer",
        ),
        pytest.param(
            {PY: TEXT},
            {PY: TEXT.replace("def", "@pytest.mark.skip\ndef")},
            "`@pytest.mark.skip` is skipped now.",
            MEND,
            id="skipped",
        ),
        pytest.param(
            {"a.test.js": "it('a', () => {\n  expect(a()).toBe(2);\n});\n"},
            {"a.test.js": "it.only('a', () => {\n  expect(a()).toBe(2);\n});\n"},
            "`it.only('a', () => {` runs alone now: every other test of its run is left out.",
            "Take the focus off before merging.",
            id="focused",
        ),
        pytest.param(
            {PY: TEXT},
            {PY: TEXT + "    assert True\n"},
            "`assert True` cannot fail.",
            "Assert on what the code gave back.",
            id="an assertion that cannot fail",
        ),
        pytest.param(
            {PY: TEXT},
            {PY: TEXT.replace("test_vat", "_test_vat")},
            "`def _test_vat` was a test: under its new name no test runner finds it.",
            "Give it a name that the test runner collects.",
            id="a function that no runner finds",
        ),
        pytest.param(
            {
                "web/a.js": "export const a = () => 1;\n",
                "web/__snapshots__/a.snap": "1\n",
                "web/a.test.js": "it('a');\n",
            },
            {
                "web/a.js": "export const a = () => 2;\n",
                "web/__snapshots__/a.snap": "2\n",
                "web/a.test.js": "it('a');\n",
            },
            "Only recorded output changed with the behaviour (`web/__snapshots__/a.snap`), and no test.",
            "Add an assertion that says what is right: a snapshot only says what is.",
            id="only snapshots",
        ),
    ],
)
def test_a_weaker_test_is_told_with_its_cure(
    before: dict[str, str], after: dict[str, str], message: str, fix: str
) -> None:
    (finding,) = judge(before, after).findings

    assert (finding.message, finding.fix) == (message, fix)


def test_a_file_that_no_runner_finds_is_told_with_both_names() -> None:
    after = {"tests/tax_checks.py": TEXT}

    (finding,) = judged(between({PY: TEXT}, after, {"tests/tax_checks.py": PY}), after).findings

    assert finding.message == f"`tests/tax_checks.py` was `{PY}`: under its new name no test runner finds it."


@pytest.mark.parametrize(
    ("after", "message"),
    [
        pytest.param(
            {"src/shop/duty.py": "def duty(price):\n    return price\n"},
            "`src/shop/duty.py`: a new source file (2 lines), and no test of it changed.",
            id="a file",
        ),
        pytest.param(
            {"src/shop/tax.py": TAX + "def duty(price):\n    return price\n"},
            "`src/shop/tax.py`: `duty` is new (2 lines), and no test of it changed.",
            id="a function",
        ),
        pytest.param(
            {"src/shop/tax.py": TAX + "def b(price):\n    return price\ndef a(price):\n    return b(price)\n"},
            "`src/shop/tax.py`: `a` and 1 more are new (4 lines), and no test of it changed.",
            id="two functions",
        ),
        pytest.param(
            {"src/shop/tax.py": TAX.replace("    return", "    if price < 0: return 0\n    return")},
            "`src/shop/tax.py`: line 2 branches anew (1 line), and no test of it changed.",
            id="a branch",
        ),
    ],
)
def test_new_behaviour_is_told_by_what_is_new(after: dict[str, str], message: str) -> None:
    (finding,) = judge(SHOP, {**SHOP, **after}).findings

    assert finding.message == message


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        pytest.param(SHOP, {**SHOP, "a.md": "x\n"}, "Nothing here needs a test.", id="nothing"),
        pytest.param(
            SHOP,
            {**SHOP, PY: SHOP[PY] + "    assert vat(0) == 0\n"},
            "Nothing here needs a test.",
            id="a test alone",
        ),
        pytest.param(
            {**SHOP, "src/shop/a.py": "def a():\n    return 1\n"},
            {
                "src/shop/tax.py": TAX + "def duty(price):\n    return price\n",
                PY: SHOP[PY] + "    assert duty(0) == 0\n",
                "src/shop/a.py": "def a():\n    return 1\ndef b():\n    return 1\n",
            },
            "2 source files need tests; 1 test file changed.",
            id="two sources that are held",
        ),
        pytest.param(
            SHOP,
            {**SHOP, PY: SHOP[PY].replace("def", "@pytest.mark.skip\ndef")},
            "0 source files need tests; 1 test file changed, 1 weakened.",
            id="a test that became weaker",
        ),
    ],
)
def test_one_sentence_says_how_much_is_held(before: dict[str, str], after: dict[str, str], sentence: str) -> None:
    assert judge(before, after).sentence == sentence
