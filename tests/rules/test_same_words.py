"""Which changed lines run as before."""

from __future__ import annotations

import pytest

from rules.engine.comments import CodeLine
from rules.engine.counted import CountedFile
from rules.engine.kinds import FileKind
from rules.engine.same_words import unchanged_words
from tests.factories import changed


def unchanged(path: str, old: list[str], new: list[str]) -> frozenset[int]:
    removed, added = (
        tuple(CodeLine(number, line.encode(), 1, 0) for number, line in enumerate(side, start=1)) for side in (old, new)
    )
    return unchanged_words(CountedFile(changed(path), FileKind.SOURCE, added, removed))


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        pytest.param("a.py", "x = 1  # type: ignore", "x = 1", id="a comment goes from the end"),
        pytest.param("a.go", "json = enc.JSON", "json    = enc.JSON // fast", id="a line is aligned and explained"),
        pytest.param("a.ts", "const a = /*#__PURE__*/ b()", "const a = /*@__PURE__*/ b()", id="a comment inside"),
        pytest.param("a.py", "x(\"# a\", 'it') # why", "x(\"# a\",  'it')", id="strings stay"),
        pytest.param(
            "a.py",
            "def get(a, **b: t.Any) -> t.Callable:",
            "def get(a: list[int], **b) -> F:",
            id="types of a signature",
        ),
        pytest.param("a.unknown", "a   b", "a b", id="blanks in an unknown language"),
    ],
)
def test_a_line_that_runs_as_before_is_unchanged(path: str, old: str, new: str) -> None:
    assert unchanged(path, [old], [new]) == {1}


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        pytest.param("a.py", "x = 1", "x = 2", id="a number"),
        pytest.param("a.py", 'x = "a # b"', 'x = "a # c"', id="a sign of comments in a string"),
        pytest.param("a.py", "x = 'a  b'", "x = 'a b'", id="blanks in a string"),
        pytest.param("a.ts", "x = `a /* b */`", "x = `a /* c */`", id="a comment in a template"),
        pytest.param("a.py", "def get(a: int) -> int:", "def get(a: int, b: int) -> int:", id="one parameter more"),
        pytest.param("a.py", "def get(a: int = 1):", "def get(a: int = 2):", id="another default"),
        pytest.param("a.py", "go({a: b})", "go({a: c})", id="no signature"),
        pytest.param("a.py", "go()", "go()", id="the very same line, which moved"),
        pytest.param("a.py", "a" * 501 + " # b", "a" * 501 + " # c", id="a line too long to look into"),
    ],
)
def test_a_line_that_runs_otherwise_is_changed(path: str, old: str, new: str) -> None:
    assert unchanged(path, [old], [new]) == frozenset()


def test_one_deleted_line_explains_one_added_line() -> None:
    assert unchanged("a.py", ["x = 1"], ["x  = 1", "x =  1"]) == {1}
    assert unchanged("a.py", ["x = 1", "x = 1"], ["x  = 1", "x =  1", "x  =  1"]) == {1, 2}
    assert unchanged("a.py", [], ["x = 1"]) == frozenset()
