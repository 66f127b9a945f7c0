"""Attributes and globs, with git itself as the judge."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rules.engine.attributes import Attributes
from rules.engine.globs import Glob
from tests.factories import git


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("*.x linguist-generated", True),
        ("*.x linguist-generated=true", True),
        ("*.x linguist-generated=1", True),
        ("*.x linguist-generated=false", False),
        ("*.x -linguist-generated", False),
        ("*.x !linguist-generated", None),
        ("*.x linguist-generated=perhaps", None),
        ("*.y linguist-generated", None),
        ("!*.x linguist-generated", None),
        ('"a*.x" linguist-generated', True),
        ("# *.x linguist-generated", None),
        ("*.x linguist-generated -linguist-generated", False),
        ("*.x " + "z" * 2100 + " linguist-generated", None),
    ],
)
def test_every_spelling_of_generated_is_understood(line: str, expected: bool | None) -> None:
    attributes = Attributes({"": line})

    assert attributes.generated("dir/a.x") is expected


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        (r"a\*bc", "a*bc", True),
        (r"a\*bc", "axbc", False),
        (r"a\\bc", "a\\bc", True),
        ("a?c", "a/c", False),
        ("a[!b]c", "axc", True),
        ("a[^b]c", "abc", False),
        ("a[]b]c", "a]c", True),
        ("a[b", "a[b", False),
        ("a[c-e]", "ad", True),
        ("a[e-c]", "ad", False),
        ("a[[:foo:]]", "aa", False),
        ("*", "\ud800", True),
        ("ü*", "ü\ud800", True),
        ("**/a", "b/c/a", True),
        ("a/**", "a/b/c", True),
        ("a/**/b/**/c", "a/x/b/y/z/c", True),
        ("a**/b", "ax/b", True),
        ("/a", "a", True),
        ("a/", "a", False),
    ],
)
def test_a_glob_means_what_git_means(pattern: str, path: str, matches: bool) -> None:
    assert Glob(pattern).matches(path) is matches


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("alnum", "0zA", "_"), ("alpha", "zA", "0"), ("blank", " \t", "\n"), ("cntrl", "\x01\x7f", " "),
        ("digit", "09", "a"), ("graph", "!~", " "), ("lower", "az", "A"), ("print", " ~", "\x7f"),
        ("punct", "!:@[`{~", "a "), ("space", " \t\r", "_"), ("upper", "AZ", "a"), ("xdigit", "09afAF", "gG"),
    ],
)  # fmt: skip
def test_a_named_class_holds_what_posix_says(name: str, inside: str, outside: str) -> None:
    glob = Glob(f"x[[:{name}:]]")

    assert [glob.matches(f"x{sign}") for sign in inside] == [True] * len(inside)
    assert [glob.matches(f"x{sign}") for sign in outside] == [False] * len(outside)


def test_the_last_line_wins_and_the_deeper_file_before_it() -> None:
    attributes = Attributes(
        {
            "": "*.x linguist-generated\nkeep.x -linguist-generated\n",
            "pkg/": "*.x -linguist-generated\n",
            "pkg/deep/": "*.x !linguist-generated\n",
        }
    )

    assert [attributes.generated(path) for path in ("a.x", "keep.x", "pkg/a.x", "pkg/deep/a.x", "pkgs/a.x")] == [
        True,
        False,
        False,
        None,
        True,
    ]


def test_a_macro_of_the_root_is_opened_and_one_elsewhere_is_not() -> None:
    root = Attributes({"": "[attr]made linguist-generated -diff\n*.x made\n"})
    elsewhere = Attributes({"": "*.x made\n", "pkg/": "[attr]made linguist-generated\n"})

    assert (root.generated("a.x"), elsewhere.generated("pkg/a.x")) == (True, None)


def test_vendored_is_its_own_mark() -> None:
    attributes = Attributes({"": "third_party/** linguist-vendored\n"})

    assert (attributes.vendored("third_party/a/b.c"), attributes.generated("third_party/a/b.c")) == (True, None)


PIECES = st.sampled_from(
    [
        "a",
        "b",
        "ab",
        "*",
        "**",
        "?",
        "/",
        "/",
        "a*",
        "*b",
        "[ab]",
        "[!a]",
        "[a-b]",
        "[^b]x",
        "\\a",
        ".x",
        "[[:alpha:]]",
        "é",
    ]
)
PATTERNS = st.lists(PIECES, min_size=1, max_size=6).map("".join)
STATES = st.sampled_from(["gen", "-gen", "!gen", "gen=true", "gen=no", "other", "gen -gen", "mac"])
FILES = st.lists(st.builds(lambda pattern, state: f"{pattern} {state}", PATTERNS, STATES), max_size=4).map("\n".join)
NAMES = st.lists(st.sampled_from(["a", "b", "ab", "aab", "a.x", "b.x", "é", "bx"]), min_size=1, max_size=4).map(
    "/".join
)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("attributes")
    git(directory, "init", "-q", "--bare")
    return directory


def oracle(repository: Path, texts: dict[str, str], names: list[str]) -> list[str]:
    """Ask `git check-attr` on an index that holds the given attribute files."""
    git(repository, "read-tree", "--empty")
    for directory, text in texts.items():
        blob = git(repository, "hash-object", "-w", "--stdin", stdin=text.encode()).decode().strip()
        git(repository, "update-index", "--add", "--cacheinfo", f"100644,{blob},{directory}.gitattributes")
    answer = git(
        repository,
        "check-attr",
        "--cached",
        "-z",
        "--stdin",
        "gen",
        stdin="".join(f"{name}\0" for name in names).encode(),
    )
    return answer.decode().split("\0")[2::3]


def spelled(attributes: Attributes, name: str) -> str:
    state = attributes.value(name, "gen")
    return {True: "set", False: "unset", None: "unspecified"}[state] if not isinstance(state, str) else state


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(root="a/**/b gen", deep="", names=["a/b", "a/a/b", "a/a/a/b"])
@example(root="**/a gen\n/b gen\na/ gen", deep="", names=["a", "b/a", "a/b", "b"])
@example(root="***/a gen", deep="", names=["a", "b/a", "b/b/a"])
@example(root="a** gen", deep="ab/** -gen", names=["aab", "a/ab/b"])
@given(root=FILES, deep=FILES, names=st.lists(NAMES, min_size=1, max_size=8))
def test_git_gives_the_same_answer(repository: Path, root: str, deep: str, names: list[str]) -> None:
    texts = {"": "[attr]mac gen=macro\n" + root, "a/": deep}

    answers = [spelled(Attributes(texts), name) for name in names]

    assert answers == oracle(repository, texts, names)


@pytest.mark.parametrize(
    ("pattern", "branch", "expected"),
    [
        ("main", "main", True),
        ("main", "feature/main", False),
        ("release/*", "release/1", True),
        ("release/*", "release/1/x", False),
        ("release/**", "release/1/x", True),
        ("[", "[", False),
    ],
)
def test_a_glob_means_the_whole_path(pattern: str, branch: str, expected: bool) -> None:
    assert Glob(pattern).matches(branch) is expected


@pytest.mark.parametrize(
    "pattern",
    ["a*" * 60 + "b", "**/" * 30 + "b", "**/a/" * 20 + "b", "*a?" * 40 + "b", "*/" * 20 + "*b", "[a-z]*" * 50 + "!"],
)
def test_no_pattern_runs_away(pattern: str) -> None:
    glob = Glob(pattern)

    started = time.process_time()
    for path in ("a" * 4000, "a/" * 2000 + "a", "aa/" * 1300):
        glob.matches(path)

    assert time.process_time() - started < 0.25


def test_a_line_with_a_name_that_git_refuses_says_nothing() -> None:
    attributes = Attributes({"": "*.x linguist-generated bad!name\n*.y linguist-generated\n"})

    assert (attributes.generated("a.x"), attributes.generated("a.y")) == (None, True)
