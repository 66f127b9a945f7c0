"""The rule `required-tests`: which changes need a test, and what counts as one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules.engine.pull_request import Change, ChangedFile
from rules.engine.result import Outcome, Reported, Unknown
from rules.required_tests import RequiredTests
from tests.factories import pull_request
from tests.rules.given_tests import NEW_FUNCTION, OTHER_RATE, SHOP, TAX, TAX_TEST, between, judge, judged, weaknesses


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({}, {"src/shop/tax.py": TAX}, id="a new source file without a test"),
        pytest.param(SHOP, {**SHOP, "src/shop/tax.py": NEW_FUNCTION}, id="a new public function without a test"),
        pytest.param(
            SHOP,
            {
                **SHOP,
                "src/shop/tax.py": "def vat(price):\n    if price < 0:\n        return 0\n    return price * 0.2\n",
            },
            id="a new branch without a test",
        ),
        pytest.param(
            {"src/shop/tax.py": TAX},
            {"src/shop/tax.py": OTHER_RATE},
            id="a changed line of a file that has no test at all",
        ),
        pytest.param(
            {"src/shop/tax.py": TAX, "tests/test_flow.py": TAX_TEST},
            {
                "src/shop/tax.py": TAX.replace("    return", "    log(price)\n    return"),
                "tests/test_flow.py": TAX_TEST,
            },
            id="a line more in a file that only the tests of the project hold",
        ),
        pytest.param(
            SHOP,
            {**SHOP, "src/shop/tax.py": TAX.replace("vat", "tva")},
            id="a public name that goes while another comes",
        ),
        pytest.param(
            SHOP,
            {**SHOP, "src/shop/tax.py": NEW_FUNCTION, "tests/test_tax.py": "# soon\n" + TAX_TEST},
            id="a test that got nothing but a comment",
        ),
        pytest.param(
            {**SHOP, "src/web/page.py": "A = 1\n", "tests/web/test_page.py": "def test_a():\n    assert 1 + 1 == 2\n"},
            {
                **SHOP,
                "src/shop/tax.py": NEW_FUNCTION,
                "src/web/page.py": "A = 1\n",
                "tests/web/test_page.py": "def test_a():\n    assert 1 + 1 == 2\n    assert page() == 3\n",
            },
            id="a changed test of another package",
        ),
        pytest.param(
            SHOP,
            {**SHOP, "src/shop/tax.py": NEW_FUNCTION, "src/zzz.py": "# only words\n"},
            id="a file of comments that comes last",
        ),
    ],
)
def test_a_change_is_found_that_no_test_holds(before: dict[str, str], after: dict[str, str]) -> None:
    result = judge(before, after)

    assert result.outcome is Outcome.FOUND
    assert [finding.path for finding in result.findings] == ["src/shop/tax.py"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            SHOP,
            {"src/shop/tax.py": NEW_FUNCTION, "tests/test_tax.py": TAX_TEST + "    assert duty(10) == 1\n"},
            id="new behaviour with its test",
        ),
        pytest.param(
            {},
            {
                "src/shop/tax.py": TAX,
                "tests/shop/test_money.py": "from shop import money\n\ndef test_m():\n    assert money\n",
            },
            id="new behaviour with a test of its package",
        ),
        pytest.param(
            SHOP,
            {"src/shop/tax.py": NEW_FUNCTION, **SHOP, "checks/test_flow.py": TAX_TEST}
            | {"src/shop/tax.py": NEW_FUNCTION},
            id="new behaviour with a test elsewhere that imports it",
        ),
        pytest.param(SHOP, {**SHOP, "src/shop/tax.py": OTHER_RATE}, id="a small change that keeps every name"),
        pytest.param(SHOP, {**SHOP, "src/shop/tax.py": "# why\n" + TAX}, id="a comment"),
        pytest.param(
            SHOP,
            {**SHOP, "src/shop/tax.py": '"""Taxes.\n\nOf many lands.\n"""\n\n' + TAX},
            id="a docstring of many lines",
        ),
        pytest.param(SHOP, {**SHOP, "src/shop/tax.py": "import decimal\n" + TAX}, id="an import"),
        pytest.param(SHOP, {**SHOP, "src/shop/__init__.py": '__version__ = "1.2.3"\n'}, id="a version number"),
        pytest.param(SHOP, {**SHOP, "src/shop/tax.pyi": "def vat(price: int) -> int: ...\n"}, id="a stub of types"),
        pytest.param(SHOP, {**SHOP, "eslint.config.js": "export default [rule()];\n"}, id="configuration of a linter"),
        pytest.param(
            SHOP, {**SHOP, "rollup.dts.config.js": "export default [rule()];\n"}, id="configuration of a bundler"
        ),
        pytest.param(SHOP, {**SHOP, "examples/eu/shop.py": TAX}, id="an example"),
        pytest.param(SHOP, {**SHOP, "scripts/release.py": TAX}, id="a script of the repository"),
        pytest.param(
            SHOP, {**SHOP, "src/shop/TaxBenchmark.java": "class A { int a() { return b(); } }\n"}, id="a benchmark"
        ),
        pytest.param(
            {"src/types.rs": "pub const TYPES: &[(&str, &[&str])] = &[\n];\n"},
            {"src/types.rs": 'pub const TYPES: &[(&str, &[&str])] = &[\n    ("racket", &["*.rkt"]),\n];\n'},
            id="a row of literals",
        ),
        pytest.param(
            {"src/Tax.java": "class Tax {\n  int vat() { return 1; }\n}\n"},
            {"src/Tax.java": '@Documented\nclass Tax {\n  @SuppressWarnings("x")\n  int vat() { return 1; }\n}\n'},
            id="annotations for readers and compilers",
        ),
        pytest.param(SHOP, {**SHOP, "web/types.test-d.ts": "expectType(vat(1));\n"}, id="a test of types"),
        pytest.param(SHOP, {**SHOP, "web/sfc-playground/src/a.ts": "export const a = go();\n"}, id="a playground"),
        pytest.param(
            {"src/shop/tax.py": TAX},
            {"src/shop/tax.py": TAX.replace("0.2", "0.2  # the usual rate")},
            id="another comment at the end of a line that no test holds",
        ),
        pytest.param(
            {"src/shop/eu/tax.py": TAX, "tests/test_flow.py": TAX_TEST},
            {"src/shop/eu/tax.py": OTHER_RATE, "tests/test_flow.py": TAX_TEST},
            id="a small change that keeps every name, held by the tests of the project",
        ),
        pytest.param(SHOP, {**SHOP, "web/style.css": "a { color: red }\n"}, id="a language that nobody tests"),
        pytest.param(
            {"web/user.ts": "export const a = 1;\n"},
            {"web/user.ts": "export const a = 1;\nexport interface User {\n  name: string;\n}\n"},
            id="types of TypeScript",
        ),
    ],
)
def test_a_change_passes_that_is_held_or_needs_nothing(before: dict[str, str], after: dict[str, str]) -> None:
    result = judge(before, after)

    assert [finding.message for finding in result.findings] == []
    assert result.outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE)


def test_the_finding_says_what_where_and_the_next_step() -> None:
    result = judge(SHOP, {**SHOP, "src/shop/tax.py": NEW_FUNCTION})

    (finding,) = result.findings
    assert finding.message == "`src/shop/tax.py`: `duty` is new (2 lines), and no test of it changed."
    assert finding.fix == "Add the case to `tests/test_tax.py`."
    assert (finding.path, finding.start_line, finding.end_line) == ("src/shop/tax.py", 5, 6)
    assert result.sentence == "1 source file needs tests, 1 of them without a test; 0 test files changed."


MARK = "land `vendor/** linguist-vendored` in `.gitattributes`"


@pytest.mark.parametrize(
    ("path", "fix"),
    [
        ("web/cart.tsx", "Add a test, such as `cart.test.tsx`."),
        ("vendor/cart.tsx", f"If others wrote `vendor/`: {MARK} first, and it needs no test."),
    ],
)
def test_a_file_without_any_test_is_told_what_its_test_would_be_called_or_how_to_mark_it(path: str, fix: str) -> None:
    (finding,) = judge({}, {path: "export function cart() {\n  return 1;\n}\n"}).findings

    assert finding.fix == fix


def test_the_test_of_a_package_is_named_as_the_package() -> None:
    (finding,) = judge({}, {"shop/tax/__init__.py": "def vat(price):\n    return price\n"}).findings

    assert finding.fix == "Add a test, such as `test_tax.py`."


def test_the_facts_name_sources_tests_and_the_mapping() -> None:
    after = {"src/shop/tax.py": NEW_FUNCTION, "tests/test_tax.py": TAX_TEST + "    assert duty(10) == 1\n"}

    facts = judge(SHOP, after).facts

    assert facts == {
        "needs_tests": ["src/shop/tax.py"],
        "tests_changed": ["tests/test_tax.py"],
        "mapped": {"src/shop/tax.py": ["tests/test_tax.py"]},
        "weakened": [],
        "patch_coverage": None,
        "unread": [],
    }


@pytest.mark.parametrize(("lines", "outcome"), [(30, Outcome.PASS), (31, Outcome.FOUND)])
def test_a_refactoring_is_small_as_a_whole(lines: int, outcome: Outcome) -> None:
    body = "".join(f"    price = step(price, {at})\n" for at in range(lines))
    after = {**SHOP, "src/shop/tax.py": f"def vat(price):\n{body}    return price * 0.2\n"}

    assert judge(SHOP, after).outcome is outcome


def test_a_refactoring_is_unknown_where_nobody_could_list_the_files() -> None:
    pr = between(SHOP, {**SHOP, "src/shop/tax.py": OTHER_RATE})
    rule = RequiredTests()
    filled = rule.needs(pr).filled(pr, {"src/shop/tax.py": OTHER_RATE.encode()}, None)

    reported, unknown = rule.check(filled)

    assert isinstance(reported, Reported)
    assert unknown == Unknown("Whether a test of `src/shop/tax.py` exists is not known: no list of files.")


def test_a_diff_that_was_not_read_whole_does_not_pass() -> None:
    after = {**SHOP, "src/shop/tax.py": "# why\n" + TAX}
    pr = between(SHOP, after)
    torn = replace(pr, totals=replace(pr.totals, files=2))

    assert judged(torn, after).outcome is Outcome.UNKNOWN
    assert judged(torn, after).unknown == ("1 of 2 changed files were read: the others may need tests.",)


def test_only_the_first_run_of_changed_lines_is_pointed_at() -> None:
    text = "def vat(price):\n    a(price)\n    b(price)\n    return price\n\n\ndef duty(price):\n    return price\n"
    after = text.replace("a(price)", "c(price)").replace("b(price)", "d(price)").replace("return", "return 2 *")

    (finding,) = judge({"src/shop/tax.py": text}, {"src/shop/tax.py": after}).findings

    assert (finding.start_line, finding.end_line) == (2, 4)


def test_a_changed_file_among_tests_that_no_runner_collects_holds_nothing() -> None:
    fixture = {"tests/conftest.py": "from shop import tax\n\n\ndef shop():\n    return 1\n"}
    before = {**SHOP, **fixture}

    result = judge(
        before,
        {
            **before,
            "src/shop/tax.py": NEW_FUNCTION,
            "tests/conftest.py": fixture["tests/conftest.py"].replace("1", "tax.vat(1)"),
        },
    )

    assert (result.facts["tests_changed"], result.outcome) == (["tests/conftest.py"], Outcome.FOUND)


def test_what_could_not_be_read_is_named_one_by_one_up_to_five() -> None:
    torn = [ChangedFile(f"src/shop/{name}.py", Change.MODIFIED, 5, 0, None) for name in "abcdefg"]
    gone = ChangedFile("tests/test_tax.py", Change.DELETED, 0, 5, None)
    pr = pull_request(*torn, gone)

    unknown = [one.reason for one in RequiredTests().check(pr) if isinstance(one, Unknown)]

    assert unknown[:5] == [f"The changed lines of `src/shop/{name}.py` could not be read." for name in "abcde"]
    assert unknown[5:] == [
        "The changed lines of 2 further files could not be read.",
        "The list of all files could not be read: whether a deleted test's subject stays is not known.",
    ]


def test_only_recorded_output_that_changes_is_no_test() -> None:
    before = {
        "web/a.js": "export const a = () => 1;\n",
        "web/__snapshots__/a.snap": "1\n",
        "web/a.test.js": "it('a');\n",
    }
    after = {**before, "web/a.js": "export const a = () => 2;\n", "web/__snapshots__/a.snap": "2\n"}

    assert weaknesses(judge(before, after)) == ["only-snapshots"]


def test_a_file_too_large_to_parse_is_a_fact_and_needs_its_test() -> None:
    before = {**SHOP, "src/shop/tax.py": TAX + "#" * 20_001 + "\n"}

    result = judge(before, {**before, "src/shop/tax.py": OTHER_RATE + "#" * 20_001 + "\n"})

    assert result.facts["unread"] == ["src/shop/tax.py"]
    assert result.outcome is Outcome.FOUND
