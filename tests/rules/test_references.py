"""Who uses what, as far as names in added lines tell."""

from __future__ import annotations

import pytest

from rules.engine.pull_request import Change, ChangedFile
from rules.engine.references import stem, uses
from tests.factories import added, changed, modified


@pytest.mark.parametrize(
    ("definition", "use"),
    [
        ("def charge_card(card):", "    charge_card(mine)"),
        ("class Tariff {", "let one = new Tariff()"),
        ("func Settle(x int) {", "billing.Settle(3)"),
        ("export const LIMIT = 3", "if (x > LIMIT) {"),
        ("type Invoice struct {", "var one Invoice"),
    ],
)
def test_a_file_uses_what_another_one_defines(definition: str, use: str) -> None:
    assert uses([modified("a", add=[use]), modified("b", add=[definition])]) == (frozenset({1}), frozenset())


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            [modified("a", add=["run_it()"]), modified("b", add=["def run_it():"] * 2)] * 2, id="two define it"
        ),
        pytest.param([modified("a", add=["run()"]), modified("b", add=["def run():"])], id="a name too short to tell"),
        pytest.param([modified("a", add=["run_it()"]), modified("b", remove=["def run_it():"])], id="it goes away"),
        pytest.param([modified("a", add=["def run_it():", "run_it()"])], id="it is its own"),
        pytest.param([modified("a", add=["import billing"]), modified("billing.py", add=["x()"])], id="it was there"),
    ],
)
def test_other_names_tell_nothing(files: list[ChangedFile]) -> None:
    assert set(uses(files)) == {frozenset()}


def test_a_new_or_renamed_file_is_used_by_its_name() -> None:
    files = [
        modified("a", add=["from shop import billing, tariffs"]),
        added("shop/billing.py", ["x()"]),
        changed("shop/tariffs.py", change=Change.RENAMED, previous_path="old.py"),
    ]

    assert uses(files)[0] == {1, 2}


def test_a_change_beyond_measure_is_not_searched() -> None:
    files = [added("a.py", ["run_it()"] * 50_000), added("b.py", ["def run_it():"])]

    assert uses(files) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/pay.test.ts", "pay"),
        ("x/a.py", "a"),
        ("..a.b", "."),
        (".gitignore", ".gitignore"),
        ("Makefile", "Makefile"),
        ("x/.a.b", ".a"),
    ],
)
def test_the_stem_ends_at_the_first_dot(path: str, name: str) -> None:
    assert stem(path) == name
