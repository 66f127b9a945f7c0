"""The sentences at the top of a backtest: right numbers, and no more certainty than they bear."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.backtest.findings import findings
from bot.backtest.folding import History, summed_up
from tests.backtest.histories import begun, history_of, judged, lines
from tests.factories import commit_files


def first_of(history: History) -> str:
    return findings(summed_up(history))[0]


@pytest.mark.parametrize(
    ("small", "large", "verdict"),
    [
        ((10, 800), (20, 200), "Large changes were reverted more often here: of the largest quarter, above 5 "),
        ((90, 800), (2, 200), "Large changes were reverted less often here: "),
        ((10, 800), (4, 200), "Whether size matters here is not certain: "),
        ((2, 800), (2, 200), "Reverted later: 4 of 1000 (0.4 %; 95 %: 0.2 % to 1.0 %), by the messages of later "),
        ((0, 800), (0, 200), "No message says that one of these changes was reverted later."),
    ],
)
def test_size_matters_only_where_chance_would_not_do_it(
    small: tuple[int, int], large: tuple[int, int], verdict: str
) -> None:
    assert first_of(history_of(small, large)).startswith(verdict)


def test_it_says_the_numbers_of_both_parts() -> None:
    said = first_of(history_of((10, 800), (20, 200)))

    assert "20 of 200 (10 %; 95 %: 6.6 % to 15 %) were reverted later" in said
    assert "of the others 10 of 800 (1.2 %; 95 %: 0.7 % to 2.3 %)" in said


def test_bumps_of_dependencies_make_no_small_changes_look_safe() -> None:
    said = findings(summed_up(history_of((10, 75), (3, 25), bumps=(0, 900))))

    assert said[0].startswith("Whether size matters here is not certain")
    assert "of the others 10 of 75" in said[0]
    assert said[-1] == (
        "900 of 1000 changes (90 %) only bump versions of dependencies. Of the others 90 of 100 have at most 500 "
        "effective lines; of all, 1."
    )


def test_the_limit_names_of_how_many_and_where() -> None:
    said = findings(summed_up(history_of((0, 90), (0, 10))))

    assert said[1] == (
        "A limit of 400 effective lines and 50 files would have stopped 10 of 100 (10 %; 95 %: 5.5 % to 17 %), most "
        "often in src/shop/ (10)."
    )


def test_a_rule_is_told_with_those_that_it_judges_and_its_places(tmp_path: Path) -> None:
    begun(tmp_path)
    commit_files(tmp_path, {"src/shop/cart/pay.py": lines(9), "pay.py": lines(9, 50)}, "Untested")
    commit_files(tmp_path, {"docs/a.md": "# A\n"}, "Docs")

    said = findings(summed_up(judged(tmp_path, "rules: {required-tests: hold}")))

    assert said[-1] == (
        "required-tests found something in 1 of 1 (100 %; 95 %: 21 % to 100 %) that it judges, most often in the top "
        "directory (1), src/shop/ (1)."
    )


def test_nothing_is_found_in_nothing(tmp_path: Path) -> None:
    assert findings(summed_up(judged(begun(tmp_path)))) == ()
