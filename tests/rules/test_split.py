"""How a pull request that is too large is cut: what comes first, what stays together, what it is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from rules.engine.evaluate import evaluate
from rules.engine.policy import Listed, Policy
from rules.engine.pull_request import Change, ChangedFile, Commit, PullRequest
from rules.engine.result import Mode
from rules.engine.split import plan_of
from rules.small_diff import SmallDiff
from tests.factories import HEAD, added, changed, code, deleted, hunk, modified, pull_request

SMALL = SmallDiff(max_lines=40, good_lines=10, max_files=5)


def parts(pr: PullRequest) -> list[dict[str, Any]]:
    found = evaluate(Policy((Listed("small-diff", Mode.HOLD, SMALL),)), pr).results[0].facts["parts"]
    assert isinstance(found, list)
    return found


def cut(*files: ChangedFile, **fields: Any) -> list[list[str]]:
    return [part["files"] for part in parts(pull_request(*files, **fields))]


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


def by_commits(*touched: str) -> tuple[Commit, ...]:
    return tuple(
        Commit(f"{at:040}", f"Do {paths}\n\nBecause.", 1, (), (*paths.split(),)) for at, paths in enumerate(touched)
    )


FOUR = [added(f"{name}.py", code(15, 100 * at)) for at, name in enumerate("abcd")]


@pytest.mark.parametrize(
    ("commits", "expected"),
    [
        pytest.param(
            by_commits("d.py c.py", "b.py a.py"), [("Do d.py c.py", "c d"), ("Do b.py a.py", "a b")], id="as they are"
        ),
        pytest.param(
            by_commits("d.py", "d.py c.py", "b.py a.py"),
            [("Do d.py and 1 more commit", "c d"), ("Do b.py a.py", "a b")],
            id="commits that share a file are one",
        ),
        pytest.param(
            by_commits("d.py", "c.py", "b.py", "gone.py", "a.py"),
            [("Do d.py", "c d"), ("Do b.py", "a b")],
            id="neighbours share a part",
        ),
    ],
)
def test_commits_that_separate_cleanly_are_the_parts(
    commits: tuple[Commit, ...], expected: list[tuple[str, str]]
) -> None:
    found = parts(pull_request(*FOUR, commits=commits))

    assert [(part["title"], " ".join(path[0] for path in part["files"])) for part in found] == expected


@pytest.mark.parametrize(
    "commits",
    [
        pytest.param(by_commits("d.py c.py b.py", "a.py"), id="one commit is too large"),
        pytest.param(by_commits("d.py c.py", "b.py"), id="a file is in no commit"),
        pytest.param(by_commits("a.py d.py", "c.py b.py", "d.py"), id="a file is in commits far apart"),
        pytest.param((*by_commits("d.py c.py", "a.py b.py")[:1], Commit("1", "Merge", 2)), id="a merge"),
    ],
)
def test_other_commits_do_not_matter(commits: tuple[Commit, ...]) -> None:
    assert cut(*FOUR, commits=commits) == [["a.py", "b.py"], ["c.py", "d.py"]]


def test_commits_that_bring_a_migration_too_late_do_not_matter() -> None:
    files = (added("a.py", code(30)), added("b.py", code(30, 100)), added("db/migrations/1.sql", code(5, 200)))

    found = cut(*files, commits=by_commits("a.py", "b.py", "db/migrations/1.sql"))

    assert found == [["db/migrations/1.sql"], ["a.py"], ["b.py"]]


def test_commits_that_bring_attributes_too_early_do_not_matter() -> None:
    files = (added(".gitattributes", ["* text"]), added("b.py", code(30)), added("c.py", code(30, 100)))

    found = cut(*files, commits=by_commits(".gitattributes c.py", "b.py"))

    assert found == [["b.py"], [".gitattributes", "c.py"]]


def test_on_github_the_commands_fetch_first_and_name_no_commit_of_the_base() -> None:
    pr = pull_request(added("a/x.py", code(30)), added("b/y.py", code(30, 100)), number=7, base_branch="main")

    first, second = (part["commands"] for part in parts(pr))

    assert first == [
        "git fetch origin refs/heads/main refs/pull/7/head",
        f'git switch -c split-aaaaaaa-1 "$(git merge-base origin/main {HEAD})"',
        f"git restore --source {HEAD} --staged --worktree -- a/x.py",
        "git commit -m a/x.py",
    ]
    assert second == [
        "git switch -c split-aaaaaaa-2 split-aaaaaaa-1",
        f"git restore --source {HEAD} --staged --worktree :/",
        "git commit -m b/y.py",
    ]


def test_a_directory_stands_for_its_files_only_where_nothing_else_changes() -> None:
    files = [
        added("src/a/x.py", code(10)), added("src/a/y.py", code(10, 20)), added("src/b/z.py", code(10, 40)),
        added("src/c.py", code(39, 60)), added("src/d*.py", code(39, 160)), added("e.py", code(39, 260)),
    ]  # fmt: skip

    restores = [command for part in parts(pull_request(*files)) for command in part["commands"] if "restore" in command]

    assert [command.partition(" --worktree ")[2] for command in restores] == [
        "-- e.py", "-- src/c.py", "-- 'src/d*.py'", ":/"
    ]  # fmt: skip
    assert ["--literal-pathspecs" in command for command in restores] == [False, False, True, False]


PART = {"title": "a", "files": ["a"], "effective_lines": 1, "commands": []}


@pytest.mark.parametrize("nonsense", [None, 3, [], [PART], [PART, {}], [PART, PART | {"title": 1}], ["a", "b"]])
def test_facts_that_are_no_plan_are_not_shown(nonsense: object) -> None:
    assert plan_of({"parts": nonsense}) == ()
