"""The table of cases is whole: each id has tests that bear it, in the modules that the table names, or a reason."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from tools.cases import CASES, LEFT, TESTS, Case, cases_page

ROOT = Path(__file__).parents[2]
WHOLE = {"A": 19, "B": 24, "C": 19, "D": 14, "E": 17}
"""How many cases each part has."""

_IN_ROW = re.compile(r"\[((?:[A-E]\d+[ \-\]])+)")
_IN_NAME = re.compile(r"::test_((?:[a-e]\d+_)+)")


def ids_in(test: str) -> set[str]:
    """Read the ids that a test bears: at the beginning of its row, or of its name."""
    rows = _IN_ROW.search(test)
    named = _IN_NAME.search(test)
    return {*re.findall(r"[A-E]\d+", rows[1] if rows else ""), *(named[1].upper().split("_")[:-1] if named else ())}


@pytest.fixture(scope="module")
def collected() -> dict[str, set[str]]:
    """Have pytest list its tests; give the modules that hold tests of each id."""
    arguments = ["-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", TESTS]
    listed = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, set[str]] = defaultdict(set)
    for test in listed.stdout.splitlines():
        for each in ids_in(test):
            found[each].add(Path(test.partition("::")[0]).stem)
    return found


@pytest.mark.parametrize(
    ("test", "ids"),
    [
        ("a.py::test_each_case[A9 an old success]", {"A9"}),
        ("a.py::test_each_case[D5 D6 labelled to go and to stay]", {"D5", "D6"}),
        ("a.py::test_case[E14-kept]", {"E14"}),
        ("a.py::test_case[B7]", {"B7"}),
        ("a.py::test_b18_a_push_while_in_line", {"B18"}),
        ("a.py::test_c13_c16_an_edited_comment", {"C13", "C16"}),
        ("a.py::test_a_push_that_is_held", set()),
        ("a.py::test_each_case[Beginning with a letter]", set()),
    ],
)
def test_a_test_bears_the_ids_at_the_beginning_of_its_row_or_name(test: str, ids: set[str]) -> None:
    assert ids_in(test) == ids


def test_every_case_is_answered_or_left_for_a_reason_and_none_twice() -> None:
    ids = [case.id for case in (*CASES, *LEFT)]

    assert sorted(ids) == sorted(f"{part}{number + 1}" for part, count in WHOLE.items() for number in range(count))
    assert all(left.why for left in LEFT)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"table {case.id}")
def test_every_case_has_its_tests_where_the_table_says(case: Case, collected: dict[str, set[str]]) -> None:
    assert collected[case.id] >= set(case.tests), f"no test bears {case.id} in one of {case.tests}"
    assert case.tests


def test_no_test_bears_the_id_of_a_case_that_was_left(collected: dict[str, set[str]]) -> None:
    assert {left.id for left in LEFT} & set(collected) == set()


def test_the_page_lists_each_case_once_in_order() -> None:
    listed = re.findall(r"^\| ([A-E]\d+) \|", cases_page(), re.MULTILINE)

    assert listed == [case.id for case in (*CASES, *LEFT)]
