"""What landed beside what was judged: cases by sentence."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from bot.landed.landed import Content, Leaf, Quad, compare

FILE, RUNS, LINK, MODULE = 0o100644, 0o100755, 0o120000, 0o160000

Tree = Mapping[str, str | tuple[int, str]]
"""Texts by path, with a mode where it is no plain file."""

BASE = "".join(f"line {number}\n" for number in range(12))
TOP, BOTTOM = BASE.replace("line 1\n", "line one\n"), BASE.replace("line 10\n", "line ten\n")
BOTH = TOP.replace("line 10\n", "line ten\n")
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12\n"


@dataclass(frozen=True)
class Case:
    """Four trees, and what the comparison comes to: the content, and the paths that are named."""

    fork: Tree
    head: Tree
    before: Tree
    landed: Tree
    content: Content = Content.SAME
    named: tuple[str, ...] = ()
    series: bool = False


def leaf_of(value: str | tuple[int, str] | None) -> Leaf | None:
    if value is None:
        return None
    mode, text = value if isinstance(value, tuple) else (FILE, value)
    return Leaf(mode, oid(text))


def oid(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def quads_of(case: Case) -> list[Quad]:
    paths = sorted({path for tree in (case.fork, case.head, case.before, case.landed) for path in tree})
    quads = [
        Quad(
            path,
            leaf_of(case.fork.get(path)),
            leaf_of(case.head.get(path)),
            leaf_of(case.before.get(path)),
            leaf_of(case.landed.get(path)),
        )
        for path in paths
    ]
    return [one for one in quads if len({one.fork, one.head, one.before, one.landed}) > 1]


def texts_of(case: Case) -> dict[str, bytes]:
    values = [value for tree in (case.fork, case.head, case.before, case.landed) for value in tree.values()]
    texts = [value[1] if isinstance(value, tuple) else value for value in values]
    return {oid(text): text.encode() for text in texts}


SAME, DIFFERENT, UNSURE = Content.SAME, Content.DIFFERENT, Content.NOT_COMPARED

CASES = {
    "nothing changed and nothing landed": Case({"a": "1"}, {"a": "1"}, {"a": "1"}, {"a": "1"}),
    "a change landed": Case({"a": "1"}, {"a": "2"}, {"a": "1"}, {"a": "2"}),
    "a change is missing": Case({"a": "1"}, {"a": "2"}, {"a": "1"}, {"a": "1"}, DIFFERENT, ("a",)),
    "a change landed as something else": Case({"a": "1"}, {"a": "2"}, {"a": "1"}, {"a": "3"}, DIFFERENT, ("a",)),
    "an added file landed": Case({}, {"a": "1"}, {}, {"a": "1"}),
    "an added file is missing": Case({}, {"a": "1"}, {}, {}, DIFFERENT, ("a",)),
    "a deleted file is gone": Case({"a": "1"}, {}, {"a": "1"}, {}),
    "a deleted file is still there": Case({"a": "1"}, {}, {"a": "1"}, {"a": "1"}, DIFFERENT, ("a",)),
    "a deleted file is there with other content": Case({"a": "1"}, {}, {"a": "1"}, {"a": "2"}, DIFFERENT, ("a",)),
    "a renamed file landed": Case({"a": "1"}, {"b": "1"}, {"a": "1"}, {"b": "1"}),
    "a renamed file left its old name behind": Case(
        {"a": "1"}, {"b": "1"}, {"a": "1"}, {"a": "1", "b": "1"}, DIFFERENT, ("a",)
    ),
    "a file that runs landed so": Case({"a": "1"}, {"a": (RUNS, "1")}, {"a": "1"}, {"a": (RUNS, "1")}),
    "a file that runs landed as one that does not": Case(
        {"a": "1"}, {"a": (RUNS, "1")}, {"a": "1"}, {"a": "1"}, DIFFERENT, ("a",)
    ),
    "the base changed another path": Case(
        {"a": "1", "b": "1"}, {"a": "2", "b": "1"}, {"a": "1", "b": "2"}, {"a": "2", "b": "2"}
    ),
    "the change of the base on another path is lost": Case(
        {"a": "1", "b": "1"}, {"a": "2", "b": "1"}, {"a": "1", "b": "2"}, {"a": "2", "b": "1"}, DIFFERENT, ("b",)
    ),
    "a file that the base added is gone": Case({}, {"a": "1"}, {"b": "1"}, {"a": "1"}, DIFFERENT, ("b",)),
    "a file that the base deleted is back": Case(
        {"b": "1"}, {"a": "1", "b": "1"}, {}, {"a": "1", "b": "1"}, DIFFERENT, ("b",)
    ),
    "another's file landed with it": Case({}, {"a": "1"}, {}, {"a": "1", "c": "3"}, DIFFERENT, ("c",)),
    "the base had got the same change already": Case({"a": "1"}, {"a": "2"}, {"a": "2"}, {"a": "2"}),
    "the base had got the change already and it was undone": Case(
        {"a": "1"}, {"a": "2"}, {"a": "2"}, {"a": "1"}, DIFFERENT, ("a",)
    ),
    "both deleted a file": Case({"a": "1"}, {}, {}, {}),
    "one changed the mode and one the content": Case({"a": "1"}, {"a": (RUNS, "1")}, {"a": "2"}, {"a": (RUNS, "2")}),
    "one changed the mode and one the content, and the mode is lost": Case(
        {"a": "1"}, {"a": (RUNS, "1")}, {"a": "2"}, {"a": "2"}, DIFFERENT, ("a",)
    ),
    "both changed other lines of a file": Case({"a": BASE}, {"a": TOP}, {"a": BOTTOM}, {"a": BOTH}),
    "both changed other lines and the base's are lost": Case(
        {"a": BASE}, {"a": TOP}, {"a": BOTTOM}, {"a": TOP}, DIFFERENT, ("a",)
    ),
    "both changed other lines and the pull request's are lost": Case(
        {"a": BASE}, {"a": TOP}, {"a": BOTTOM}, {"a": BOTTOM}, DIFFERENT, ("a",)
    ),
    "both changed other lines and a third one came from nowhere": Case(
        {"a": BASE}, {"a": TOP}, {"a": BOTTOM}, {"a": f"{BOTH}more\n"}, DIFFERENT, ("a",)
    ),
    "both changed the same line and somebody decided": Case(
        {"a": BASE}, {"a": TOP}, {"a": BASE.replace("line 1\n", "line 1!\n")}, {"a": TOP}, UNSURE, ("a",)
    ),
    "both repeated a line and what is right depends on where": Case(
        {"a": "x\ny\n"}, {"a": "x\nx\ny\n"}, {"a": "x\ny\nx\n"}, {"a": "x\ny\ny\n"}, UNSURE, ("a",)
    ),
    "a series of commits proves nothing by its lines": Case(
        {"a": BASE}, {"a": TOP}, {"a": BOTTOM}, {"a": TOP}, UNSURE, ("a",), series=True
    ),
    "a series of commits that merged cleanly is the same": Case(
        {"a": BASE}, {"a": TOP}, {"a": BOTTOM}, {"a": BOTH}, series=True
    ),
    "a series of commits is different where the base left it alone": Case(
        {"a": "1"}, {"a": "2"}, {"a": "1"}, {"a": "1"}, DIFFERENT, ("a",), series=True
    ),
    "both changed a file that is no text": Case({"a": "1\0"}, {"a": "2\0"}, {"a": "3\0"}, {"a": "2\0"}, UNSURE, ("a",)),
    "the base renamed a file that the pull request changed": Case(
        {"a": BASE}, {"a": TOP}, {"b": BASE}, {"b": TOP}, UNSURE, ("a", "b")
    ),
    "the pull request renamed a file that the base changed": Case(
        {"a": BASE}, {"b": BASE}, {"a": TOP}, {"b": TOP}, UNSURE, ("a", "b")
    ),
    "the pull request renamed a file that the base changed, and another of its files is missing": Case(
        {"a": BASE, "c": "1"},
        {"b": BASE, "c": "2"},
        {"a": TOP, "c": "1"},
        {"b": TOP, "c": "1"},
        DIFFERENT,
        ("c", "a", "b"),
    ),
    "the base moved a directory into which the pull request puts a file": Case(
        {"d/a": "1"}, {"d/a": "1", "d/n": "2"}, {"e/a": "1"}, {"e/a": "1", "e/n": "2"}, UNSURE, ("d/n", "e/n")
    ),
    "a submodule moved on": Case(
        {"m": (MODULE, "1")}, {"m": (MODULE, "2")}, {"m": (MODULE, "1")}, {"m": (MODULE, "2")}
    ),
    "a submodule stayed behind": Case(
        {"m": (MODULE, "1")}, {"m": (MODULE, "2")}, {"m": (MODULE, "1")}, {"m": (MODULE, "1")}, DIFFERENT, ("m",)
    ),
    "both moved a submodule": Case(
        {"m": (MODULE, "1")}, {"m": (MODULE, "2")}, {"m": (MODULE, "3")}, {"m": (MODULE, "3")}, UNSURE, ("m",)
    ),
    "a link became a file": Case({"a": (LINK, "b")}, {"a": "b"}, {"a": (LINK, "b")}, {"a": "b"}),
    "a pointer of large files is a file like another": Case(
        {"a": LFS.format(1)}, {"a": LFS.format(2)}, {"a": LFS.format(1)}, {"a": LFS.format(1)}, DIFFERENT, ("a",)
    ),
    "a file became a directory": Case({"a": "1"}, {"a/b": "1"}, {"a": "1"}, {"a/b": "1"}),
}


@pytest.mark.parametrize("name", CASES)
def test_what_landed_is_compared_path_by_path(name: str) -> None:
    case = CASES[name]

    found = compare(quads_of(case), texts_of(case), series=case.series)

    named = (*(one.path for one in found.differences), *(one.path for one in found.not_compared))
    assert (found.content, named) == (case.content, case.named)


def test_texts_that_were_not_read_prove_nothing() -> None:
    case = CASES["both changed other lines and the base's are lost"]

    found = compare(quads_of(case))

    assert (found.content, found.differences) == (UNSURE, ())
