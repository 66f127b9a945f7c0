"""How a pull request that is too large is cut: what comes first, what stays together, what it is called."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rules.engine.evaluate import evaluate
from rules.engine.policy import Listed, Policy
from rules.engine.pull_request import Change, ChangedFile
from rules.engine.result import Mode
from rules.engine.split import Part, plan_of
from tests.factories import added, changed, code, deleted, hunk, modified, pull_request
from tests.rules.given_parts import SMALL, cut, parts


def lines(count: int, start: int, *first: str) -> list[str]:
    return [*first, *code(count - len(first), start=start)]


def test_what_is_small_enough_is_not_cut() -> None:
    assert cut(added("a.py", code(40))) == []


def test_a_revert_and_what_was_not_read_whole_are_not_cut() -> None:
    files = (added("a.py", code(30)), added("b.py", code(30, 100)))

    assert cut(*files, undoes="c" * 40) == []
    assert cut(*files, ChangedFile("c.py", Change.MODIFIED, 5, 0, None)) == []


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            [added("a/x.py", code(30)), added("b/y.py", code(30, 100))], [["a/x.py"], ["b/y.py"]], id="by directory"
        ),
        pytest.param(
            [
                added("a/x.py", lines(30, 0, "from z.tariff import Tariff")),
                added("z/tariff.py", lines(30, 100, "class Tariff:")),
            ],
            [["z/tariff.py"], ["a/x.py"]],
            id="definitions before uses",
        ),
        pytest.param(
            [
                added("a/first.py", lines(30, 0, "def opening(): closing()")),
                added("b/last.py", lines(30, 100, "def closing(): opening()")),
            ],
            [["b/last.py"], ["a/first.py"]],
            id="a circle is cut somewhere",
        ),
        pytest.param(
            [
                added("src/pay.py", code(20)),
                added("src/view.py", code(30, 100)),
                added("tests/test_pay.py", code(30, 200)),
                added("tests/test_view.py", code(10, 300)),
            ],
            [["src/pay.py", "tests/test_pay.py"], ["src/view.py", "tests/test_view.py"]],
            id="tests travel with their subject",
        ),
        pytest.param(
            [
                added("app/a.py", code(30)),
                added("app/b.py", code(20, 100)),
                added("db/migrations/0001_x.sql", code(2, 200)),
            ],
            [["db/migrations/0001_x.sql"], ["app/a.py"], ["app/b.py"]],
            id="migrations first and alone",
        ),
        pytest.param(
            [
                added("db/migrations/0000_w.py", code(20)),
                added("db/migrations/0001_x.py", code(15, 100)),
                added("db/migrations/0001_x.up.sql", code(15, 200)),
            ],
            [["db/migrations/0000_w.py"], ["db/migrations/0001_x.py", "db/migrations/0001_x.up.sql"]],
            id="the files of one migration stay together",
        ),
        pytest.param(
            [
                added("a/x.py", code(30)),
                added("b/y.py", code(30, 100)),
                changed("c/new.py", change=Change.RENAMED, previous_path="c/old.py"),
            ],
            [["c/new.py"], ["a/x.py"], ["b/y.py"]],
            id="renames first",
        ),
        pytest.param(
            [
                added("a/x.py", code(41)),
                modified("b/from.py", remove=code(60, 100)),
                added("c/to.py", code(60, 100)),
            ],
            [["b/from.py", "c/to.py"], ["a/x.py"]],
            id="moved lines stay with where they came from",
        ),
        pytest.param(
            [added("a/x.py", code(30)), added("b/y.py", code(30, 100)), added(".gitattributes", ["* text"])],
            [["a/x.py"], [".gitattributes", "b/y.py"]],
            id="attributes last",
        ),
        pytest.param(
            [added("b/lost\ufffd.py", code(30)), added("c/y.py", code(30, 100))],
            [["c/y.py"], ["b/lost\ufffd.py"]],
            id="what no command can name is last",
        ),
        pytest.param(
            [added("b/lost\ufffd.py", code(30)), added("c/.gitattributes", code(30, 100)), added("d.py", code(5, 200))],
            [["d.py"], ["b/lost\ufffd.py", "c/.gitattributes"]],
            id="what is last is together",
        ),
        pytest.param(
            [deleted("x", code(5)), added("x/y.py", code(30, 50)), added("a.py", code(30, 100))],
            [["a.py"], ["x", "x/y.py"]],
            id="a file that becomes a directory is not parted",
        ),
        pytest.param(
            [added(f"d/{number}.py", code(1, number)) for number in range(7)],
            [[f"d/{number}.py" for number in range(5)], ["d/5.py", "d/6.py"]],
            id="too many files",
        ),
        pytest.param(
            [
                added("a/package.json", code(10)),
                added("z/package-lock.json", ["{}"]),
                added("a/package-lock.json", ["{}"]),
                added("b/y.py", code(39, 100)),
            ],
            [["a/package-lock.json", "a/package.json", "z/package-lock.json"], ["b/y.py"]],
            id="a lock file travels with its manifest",
        ),
    ],
)
def test_parts(files: Sequence[ChangedFile], expected: list[list[str]]) -> None:
    assert cut(*files) == expected
    assert cut(*reversed(files)) == expected


def test_a_part_that_is_larger_than_its_files_are_alone_is_halved() -> None:
    """The test's copy of a moved block takes the place of the one that explained the move: both then count."""
    block = code(60)
    moving = changed("z.py", hunk(f"-{line}" for line in block), hunk((f"+{line}" for line in block), new_start=500))

    assert cut(added("a/test_q.py", block), moving) == [["z.py"], ["a/test_q.py"]]


def test_lines_that_move_from_one_part_to_another_count_in_both() -> None:
    moving = modified("a/from.py", remove=code(60), add=code(20, 100))

    found = parts(pull_request(moving, added("b/to.py", [*code(20), *code(15, 200)])))

    assert [(part["files"], part["effective_lines"]) for part in found] == [(["a/from.py"], 35), (["b/to.py"], 35)]


def test_a_file_too_large_by_itself_is_a_part_that_says_so() -> None:
    found = parts(pull_request(added("a/big.py", code(90)), added("b/y.py", code(30, 100))))

    assert [(part["title"], part["effective_lines"]) for part in found] == [
        ("a/big.py (needs splitting inside)", 90),
        ("b/y.py", 30),
    ]


def test_a_single_file_is_no_plan() -> None:
    (result,) = evaluate(
        Policy((Listed("small-diff", Mode.HOLD, SMALL),)), pull_request(added("a/big.py", code(90)))
    ).results

    assert result.findings[0].fix == (
        "Split the change in `a/`: first the preparation, then the new code, then the switch."
    )
    assert plan_of(result.facts) == ()


def test_nobody_is_asked_for_more_than_five_parts() -> None:
    found = parts(pull_request(*(added(f"{name}/x.py", code(39, 100 * at)) for at, name in enumerate("abcdefgh"))))

    assert [part["effective_lines"] for part in found] == [39, 39, 39, 39, 156]
    assert found[-1]["title"] == "The rest (needs splitting again)"


def test_small_directories_share_a_part_where_each_by_itself_would_be_too_many() -> None:
    found = cut(*(added(f"{name}/x.py", code(15, 100 * at)) for at, name in enumerate("abcdefgh")))

    assert found == [
        ["a/x.py", "b/x.py"], ["c/x.py", "d/x.py"], ["e/x.py", "f/x.py"], ["g/x.py", "h/x.py"]
    ]  # fmt: skip


def test_migrations_stay_alone_where_parts_are_filled_to_the_brim() -> None:
    migrations = [added(f"db/migrations/{at}.sql", code(2, 1000 + 10 * at)) for at in range(2)]
    large = [added(f"{name}/x.py", code(15, 100 * at)) for at, name in enumerate("abcdef")]
    small = [added(f"{name}/y.py", code(10, 100 * at + 50)) for at, name in enumerate("abcdef")]

    found = cut(*large, *small, *migrations)

    assert found == [
        ["db/migrations/0.sql", "db/migrations/1.sql"],
        ["a/x.py", "a/y.py", "b/x.py"], ["b/y.py", "c/x.py", "c/y.py"],
        ["d/x.py", "d/y.py", "e/x.py"], ["e/y.py", "f/x.py", "f/y.py"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "title"),
    [
        pytest.param([added("a/x.py", code(20)), added("a/y.py", code(10, 50))], "a/", id="a directory"),
        pytest.param([added("a/x.py", code(20)), added("b/y.py", code(10, 50))], "a/ and 1 more directory", id="two"),
        pytest.param(
            [added("a/x.py", code(10)), added("b/y.py", code(11, 50)), added("c/z.py", code(2, 90))],
            "b/ and 2 more directories",
            id="three, the largest first",
        ),
        pytest.param([added("x.py", code(20)), added("y.py", code(10, 50))], "the top", id="the top"),
        pytest.param(
            [added("a/x.py", code(2)), added("z/test_x.py", code(30, 50))], "a/", id="what tests follow, however small"
        ),
        pytest.param([added("db/migrate/1.rb", code(3))], "Migrations: db/migrate/1.rb", id="a migration"),
        pytest.param(
            [
                changed("b/x.py", change=Change.RENAMED, previous_path="a/x.py"),
                changed("b/y.py", change=Change.RENAMED, previous_path="a/y.py"),
            ],
            "Renames: b/",
            id="renames",
        ),
        pytest.param([added("a`b\nc.py", code(20))], "a?b?c.py", id="a name that no line can hold"),
    ],
)
def test_a_part_is_called_by_where_most_of_it_lies(files: list[ChangedFile], title: str) -> None:
    found = parts(pull_request(*files, added("zz/large.py", code(39, 10_000)), added("zz/more.py", code(39, 20_000))))

    assert title in [part["title"] for part in found]


@pytest.mark.parametrize(("length", "title"), [(57, "x" * 57 + ".py"), (58, "x" * 58 + ".…")])
def test_a_long_name_is_shortened_in_a_title(length: int, title: str) -> None:
    found = parts(pull_request(added("x" * length + ".py", code(39)), added("zz.py", code(39, 10_000))))

    assert title in [part["title"] for part in found]


def test_a_test_travels_with_the_one_file_whose_new_names_it_uses() -> None:
    subject = added("z/billing.py", lines(20, 0, "def charge_card(card):"))
    other = added("a/y.py", code(20, 100))

    found = cut(subject, other, added("a/test_flow.py", lines(20, 200, "charge_card(mine)")))

    assert found == [["a/y.py"], ["a/test_flow.py", "z/billing.py"]]


def test_a_test_that_uses_two_files_travels_with_its_directory() -> None:
    charge = added("z/billing.py", lines(20, 0, "def charge_card(card):"))
    settle = added("y/paying.py", lines(20, 100, "def settle_bill(bill):"))

    found = cut(charge, settle, added("a/test_flow.py", lines(20, 200, "charge_card(settle_bill(mine))")))

    assert found == [["y/paying.py", "z/billing.py"], ["a/test_flow.py"]]


def test_a_test_too_large_to_land_with_its_subject_lands_apart() -> None:
    found = cut(added("src/pay.py", code(30)), added("tests/test_pay.py", code(30, 100)))

    assert found == [["src/pay.py"], ["tests/test_pay.py"]]


@pytest.mark.parametrize(("lines_moved", "bound"), [(24_979, True), (24_980, False)])
def test_in_a_change_beyond_measure_moves_are_not_looked_for(lines_moved: int, bound: bool) -> None:
    moving = [modified("b/from.py", remove=code(lines_moved)), added("c/to.py", code(lines_moved))]

    found = cut(*moving, added("a/x.py", code(41, 90_000)))

    assert (["b/from.py", "c/to.py"] in found) is bound
    assert sum(map(len, found)) == 3


PART = {"title": "a", "files": ["a"], "effective_lines": 1, "commands": []}


def test_a_plan_is_read_back_from_the_facts() -> None:
    second = {"title": "b", "files": ["b", "c"], "effective_lines": 2, "commands": ["git switch"]}

    assert plan_of({"parts": [PART, second]}) == (Part("a", ("a",), 1, ()), Part("b", ("b", "c"), 2, ("git switch",)))


def test_two_lines_that_both_files_share_are_no_move() -> None:
    shared, taken = code(2), modified("a/from.py", remove=code(2), add=code(19, 100))

    found = cut(taken, added("b/mid.py", code(20, 200)), added("c/to.py", [*shared, *code(8, 300)]))

    assert found == [["a/from.py", "b/mid.py"], ["c/to.py"]]


@pytest.mark.parametrize("nonsense", [None, 3, [], [PART], [PART, {}], [PART, PART | {"title": 1}], ["a", "b"]])
def test_facts_that_are_no_plan_are_not_shown(nonsense: object) -> None:
    assert plan_of({"parts": nonsense}) == ()
