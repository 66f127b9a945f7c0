"""The git commands that build each part; that they work is shown with real git elsewhere."""

from __future__ import annotations

import pytest

from tests.factories import BASE, HEAD, added, code, pull_request
from tests.rules.given_parts import parts


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


@pytest.mark.parametrize(
    ("merge_base", "start"),
    [
        pytest.param("c" * 40, "c" * 40, id="a fork point that is known"),
        pytest.param(None, f'"$(git merge-base {BASE} {HEAD})"', id="a fork point that git must find"),
    ],
)
def test_on_a_local_repository_nothing_is_fetched(merge_base: str | None, start: str) -> None:
    pr = pull_request(added("a/x.py", code(30)), added("b/y.py", code(30, 100)), number=None, merge_base=merge_base)

    assert parts(pr)[0]["commands"][0] == f"git switch -c split-aaaaaaa-1 {start}"


def test_the_known_fork_point_is_named_on_github_too() -> None:
    pr = pull_request(added("a/x.py", code(30)), added("b/y.py", code(30, 100)), merge_base="c" * 40)

    assert parts(pr)[0]["commands"][1] == f"git switch -c split-aaaaaaa-1 {'c' * 40}"


def test_two_files_of_a_directory_where_nothing_else_changes_are_named_by_it() -> None:
    files = [added("a/b/x.py", code(10)), added("a/b/y.py", code(10, 20)), added("c/z.py", code(39, 60))]

    first, _ = parts(pull_request(*files))

    assert first["commands"][2] == f"git restore --source {HEAD} --staged --worktree -- a"


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
