"""When the commits of a pull request are the parts that it is cut into."""

from __future__ import annotations

import pytest

from rules.engine.pull_request import Commit
from tests.factories import added, code, pull_request
from tests.rules.given_parts import cut, parts


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
