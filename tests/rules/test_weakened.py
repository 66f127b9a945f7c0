"""Tests that a pull request makes weaker: what goes, what only moves, and what is no longer collected."""

from __future__ import annotations

import pytest

from tests.rules.given_tests import between, judge, judged, weaknesses
from tests.rules.given_weaker import (
    CS,
    DA,
    EX,
    GO_,
    JAVA_,
    JS,
    KT,
    MINI,
    PHP_,
    PY,
    PYTHON,
    RS,
    RSPEC,
    SW,
    TEXTS,
    TS,
    TSX,
    case,
    changed_to,
)


@pytest.mark.parametrize("path", TEXTS)
def test_a_deleted_test_is_found_where_its_subject_stays(path: str) -> None:
    source = {
        PY: "shop/tax.py", JS: "src/tax.js", TS: "src/tax.ts", TSX: "src/tax.tsx", GO_: "pkg/tax.go",
        JAVA_: "src/main/java/Tax.java", RSPEC: "lib/tax.rb", MINI: "lib/tax.rb", KT: "src/main/kotlin/Tax.kt",
        CS: "Shop/Tax.cs", RS: "src/tax.rs", PHP_: "src/Tax.php", SW: "Sources/Tax.swift", DA: "lib/tax.dart",
        EX: "lib/tax.ex",
    }[path]  # fmt: skip
    before = {path: TEXTS[path], source: "vat\n"}

    result = judge(before, {source: "vat\n"})

    assert weaknesses(result) == ["deleted"]
    assert result.findings[0].message == f"`{path}` is deleted while `{source}`, which it tests, stays."


def test_a_test_may_go_with_what_it_tests() -> None:
    before = {"shop/tax.py": "def vat(): ...\n", "tests/test_tax.py": PYTHON, "shop/a.py": "a()\n"}

    assert weaknesses(judge(before, {"shop/a.py": "b()\n"})) == []


def test_assertions_may_go_with_the_function_that_they_held() -> None:
    before = {"shop/tax.py": "def vat():\n    pass\n\n\ndef duty():\n    pass\n", "tests/test_tax.py": PYTHON}
    after = {
        "shop/tax.py": "def vat():\n    rate()\n",
        "tests/test_tax.py": PYTHON.replace("\n\ndef test_duty():\n    assert duty(10) == 1\n", ""),
    }

    assert weaknesses(judge(before, after)) == []


def test_only_the_tests_of_what_went_may_shrink_where_they_are_named_after_it() -> None:
    both, one = "def rate():\n    pass\n\n\ndef more():\n    pass\n", "def rate():\n    change()\n"
    half = PYTHON.replace("\n\ndef test_duty():\n    assert duty(10) == 1\n", "")
    sources, reduced = {"shop/tax.py": one, "shop/page.py": both}, {"shop/tax.py": one, "shop/page.py": one}

    named = judge({**sources, "tests/test_tax.py": PYTHON}, {**reduced, "tests/test_tax.py": half})
    of_all = judge({**sources, "tests/test_flow.py": PYTHON}, {**reduced, "tests/test_flow.py": half})

    assert (weaknesses(named), weaknesses(of_all)) == (["fewer-assertions"], [])


def test_assertions_may_go_with_the_lines_that_they_held() -> None:
    half = PYTHON.replace("\n\ndef test_duty():\n    assert duty(10) == 1\n", "")
    flow = {"tests/test_flow.py": PYTHON}
    long, short = "def vat(a):\n    check(a)\n    return a\n", "def vat(a):\n    return a\n"

    own = judge({"shop/tax.py": long, "tests/test_tax.py": PYTHON}, {"shop/tax.py": short, "tests/test_tax.py": half})
    of_all = judge({"shop/tax.py": long, **flow}, {"shop/tax.py": short, "tests/test_flow.py": half})
    of_another = judge(
        {"shop/tax.py": short, "shop/page.py": long, "tests/test_tax.py": PYTHON},
        {"shop/tax.py": short, "shop/page.py": short, "tests/test_tax.py": half},
    )  # nothing but deleted lines: a removal
    too_many = judge(
        {"shop/tax.py": long, "tests/test_tax.py": PYTHON},
        {"shop/tax.py": short, "tests/test_tax.py": half.replace("    assert", "    print()\n    #")},
    )

    assert [weaknesses(one) for one in (own, of_all)] == [[], []]
    assert [weaknesses(one) for one in (of_another, too_many)] == [["fewer-assertions"], ["fewer-assertions"]]


@pytest.mark.parametrize(("rewritten", "found"), [(10, []), (9, ["fewer-assertions"])])
def test_a_few_assertions_may_be_joined_where_many_are_rewritten(rewritten: int, found: list[str]) -> None:
    def text(words: str, count: int) -> str:
        return "def test_vat():\n" + "".join(f"    assert vat({at}) {words} {at}\n" for at in range(count))

    assert weaknesses(judge({PY: text("==", rewritten + 1)}, {PY: text("is", rewritten)})) == found


def test_an_assertion_that_could_not_fail_before_is_not_new_in_other_words() -> None:
    before = {PY: "def test_vat():\n    assert True, 'one'\n"}

    assert weaknesses(judge(before, {PY: "def test_vat():\n    assert True, 'two'\n"})) == []


def test_assertions_may_move_to_a_file_that_has_a_list_of_cases() -> None:
    vat, duty = PYTHON.split("\n\ndef test_duty")
    cases = f"import pytest\n\n\n@pytest.mark.parametrize('a', [1, 2])\ndef test_duty{duty}    assert a\n"

    assert weaknesses(judge({PY: PYTHON}, {PY: vat, "tests/test_duty.py": cases})) == []


def test_a_test_by_its_name_stays_one_behind_an_annotation() -> None:
    before = "class TaxTest extends TestCase {\n  public void testVat() {\n    assertEquals(2, vat(10));\n  }\n}\n"
    after = before.replace("  public void", '  @SuppressWarnings("unused")\n  public void')

    assert weaknesses(judge({JAVA_: before}, {JAVA_: after})) == []


def test_tests_may_move_to_another_file_that_is_collected() -> None:
    before = {"shop/tax.py": "vat\n", "tests/test_tax.py": PYTHON}
    after = {"shop/tax.py": "vat\n", "tests/unit/test_money.py": PYTHON}

    assert weaknesses(judge(before, after)) == []


def test_tests_may_move_into_a_file_that_marks_them_by_annotations() -> None:
    named = "class TaxTest extends TestCase {\n  public void testVat() {\n    assertEquals(2, vat(10));\n  }\n}\n"
    marked = named.replace("  public void", "  @Test\n  public void")
    source = {"src/main/java/Tax.java": "class Tax {}\n"}

    result = judge({**source, "src/test/java/a/TaxTest.java": named}, {**source, "src/test/java/TaxTest.java": marked})

    assert weaknesses(result) == []


def test_a_skip_that_only_moved_is_not_new() -> None:
    skipped = PYTHON.replace("def test_vat", "@pytest.mark.skip\ndef test_vat")
    before = {"tests/test_tax.py": skipped, "tests/test_b.py": "import b\n"}
    after = {"tests/test_tax.py": "import b\n", "tests/test_b.py": skipped}

    assert weaknesses(judge(before, after)) == []


def test_a_skip_like_one_that_stays_is_new_all_the_same() -> None:
    once = PYTHON.replace("def test_duty", "@pytest.mark.skip\ndef test_duty")

    result = judge({PY: once}, {PY: once.replace("def test_vat", "@pytest.mark.skip\ndef test_vat")})

    assert [(finding.path, finding.start_line) for finding in result.findings] == [(PY, 4)]


def test_a_skip_that_moves_with_other_words_around_it_is_not_new() -> None:
    before = {PY: "@pytest.mark.skip\ndef test_a():\n    assert a()\n", "tests/test_b.py": "import b\n"}
    after = {PY: "import pytest\n", "tests/test_b.py": "import b\n\n@pytest.mark.skip\ndef test_c():\n    assert c()\n"}

    assert weaknesses(judge(before, after)) == []


def test_a_file_renamed_off_the_pattern_is_found() -> None:
    after = {"tests/tax_checks.py": PYTHON}
    pr = between({"tests/test_tax.py": PYTHON}, after, {"tests/tax_checks.py": "tests/test_tax.py"}, undoes=None)
    with_more = {**after, "shop/a.py": "a()\n"}
    both = between({"tests/test_tax.py": PYTHON}, with_more, {"tests/tax_checks.py": "tests/test_tax.py"})

    assert weaknesses(judged(pr, after)) == ["not-collected"]
    assert weaknesses(judged(both, with_more)) == ["not-collected"]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        case(PY, "def test_duty", "def _test_duty", id="an underscore"),
        case(PY, "def test_duty", "def xtest_duty", id="an x"),
        case(PY, "def test_duty", "def duty", id="no longer a test"),
        case(GO_, "func TestVat", "func xTestVat", id="an x"),
        case(MINI, "def test_vat", "def no_test_vat", id="a no"),
    ],
)
def test_a_test_function_renamed_off_the_pattern_is_found(path: str, old: str, new: str) -> None:
    assert changed_to(path, old, new) == ["not-collected"]


def test_a_function_beside_a_test_that_went_is_not_that_test() -> None:
    helped = PYTHON + "\n\ndef helper():\n    return 1\n"

    result = judge({PY: helped}, {PY: helped.replace("def test_duty", "def _test_duty")})

    assert [finding.start_line for finding in result.findings] == [9]


def test_each_finding_shows_its_line() -> None:
    after = PYTHON.replace("def test_duty", "@pytest.mark.skip\ndef test_duty")

    (finding,) = judge({PY: PYTHON}, {PY: after}).findings

    assert (finding.path, finding.start_line) == (PY, 9)
    assert finding.message == "`@pytest.mark.skip` is skipped now."
    assert finding.fix == "Mend the test, or delete it together with what it tests."
