"""Telling code from comments, by the lines of a hunk alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.engine.comments import code_lines
from tests.factories import hunk


def numbers(path: str, lines: list[str]) -> list[int]:
    """Number the added lines from 1 and list those that are code."""
    _, added = code_lines(path, hunk(f"+{line}" for line in lines))
    return [line.number for line in added]


@pytest.mark.parametrize(
    ("path", "lines", "code"),
    [
        pytest.param("a.py", ["# no", "", "  ", "x = 1  # yes"], [4], id="hash comments and blank lines"),
        pytest.param("a.ts", ["// no", "run() // yes"], [2], id="slash comments"),
        pytest.param("a.js", ["/* no */", "/**", " * no", " */", "run()"], [5], id="block comments seen whole"),
        pytest.param("a.c", ["* p = 5;", "*p = 5;"], [1, 2], id="a star alone is no comment"),
        pytest.param("a.js", ["/* a */ run() /* b */"], [1], id="code between two comments"),
        pytest.param("a.js", ["/*", "*/ run()"], [1, 2], id="code after the end of a block"),
        pytest.param("a.js", ["/*", "run()"], [1, 2], id="a block that never ends is not believed"),
        pytest.param("a.js", ["/*", "`;", "run()", "*/"], [1, 2, 3, 4], id="a torn string inside a block"),
        pytest.param(
            "a.js", ["x = `", "/*", "`", "run()", "/* */"], [1, 2, 3, 4], id="a comment start inside a string"
        ),
        pytest.param("a.rs", ["#[derive(Debug)]", "// no"], [1], id="Rust attributes are code"),
        pytest.param("a.php", ["# no", "#[Route]"], [2], id="PHP attributes are code"),
        pytest.param("a.rb", ["# no", "#{run}"], [2], id="Ruby interpolation is code"),
        pytest.param("a.sql", ["-- no", "SELECT 1;"], [2], id="SQL"),
        pytest.param("a.html", ["<!-- no -->", "<!-- no --> <b> <!-- no -->", "<p>"], [2, 3], id="HTML"),
        pytest.param("Makefile", ["# no", "all: x"], [2], id="names without a suffix"),
        pytest.param("a.unknown", ["# yes", "// yes", ""], [1, 2], id="unknown languages have no comments"),
        pytest.param("a.py", ['"""Top."""', "x = 1"], [2], id="a module docstring"),
        pytest.param(
            "a.py", ["def f():", '    """No.', "", "    no", '    """', "    run()"], [1, 6], id="a docstring"
        ),
        pytest.param("a.py", ["def f(", "    x: int,", ") -> int:", '    """No."""'], [1, 2, 3], id="a long signature"),
        pytest.param("a.py", ['x = """', '"""', "run()", 'y = """', '"""'], [1, 2, 3, 4, 5], id="a string is data"),
        pytest.param(
            "a.py", ['x = """', "def f():", '"""', "run()", '"""', "#"], [1, 2, 3, 4, 5, 6], id="a def inside a string"
        ),
        pytest.param(
            "a.py", ['x = """', '""" + """', "# still text", '"""', "# no"], [1, 2, 3, 4], id="a string goes on"
        ),
        pytest.param("a.py", ["x = 1", '"""', "text", '"""'], [1, 2, 3, 4], id="a string below code is data"),
        pytest.param("a.py", ["class A:", '"""', "text", '""" + run()'], [1, 2, 3, 4], id="code behind a docstring"),
        pytest.param("a.py", ["async def f():", "'''no'''", "run()"], [1, 3], id="a docstring in other quotes"),
        pytest.param("a.py", ["defer():", '"""text"""'], [1, 2], id="what only starts like a definition"),
        pytest.param("a.ts", ["x = `a", "// text", "`", "// no"], [1, 2, 3], id="a template over several lines"),
        pytest.param("a.js", ["/* a */ /* b */", "run()"], [1, 2], id="two comments on one line are not looked into"),
        pytest.param("a.js", ["/*/", "run()", "*/"], [1, 2, 3], id="a comment with two ends is not believed"),
        pytest.param("a.html", ["<!-->", "run"], [1, 2], id="a comment of markup that never ends"),
        pytest.param("a.py", ["# a\rrun()"], [1], id="a carriage return hides code"),
        pytest.param("a.js", ["// a\u2028run()"], [1], id="a Unicode line separator hides code"),
        pytest.param("a.js", ["// no\r"], [], id="Windows line ends are no hiding place"),
    ],
)
def test_only_code_lines_are_listed(path: str, lines: list[str], code: list[int]) -> None:
    assert numbers(path, lines) == code


def test_the_two_sides_of_a_hunk_are_read_apart() -> None:
    removed, added = code_lines("a.js", hunk([" /*", "-*/", "-old()", "+ * still", " */", "+new()"]))

    assert [line.text for line in removed] == [b"old()"]
    assert [line.text for line in added] == [b"new()"]


def test_a_giant_line_counts_for_every_hundred_bytes() -> None:
    _, added = code_lines("a.js", hunk(["+" + "x" * 1000, "+" + "x" * 1001, "+" + "x" * 1100, "+a\rb\rc"]))

    assert [line.units for line in added] == [1, 11, 11, 3]


def test_a_docstring_at_the_top_of_a_hunk_is_one_only_at_the_top_of_the_file() -> None:
    text = ['+"""Words."""', "+run()"]

    (_, top), (_, below) = (code_lines("a.py", hunk(text, new_start=start)) for start in (1, 2))

    assert [[line.text for line in lines] for lines in (top, below)] == [[b"run()"], [b'"""Words."""', b"run()"]]


def test_a_docstring_that_went_was_one_at_the_top_of_the_old_file() -> None:
    text = ['-"""Words."""', "-run()"]

    (top, _), (below, _) = (code_lines("a.py", hunk(text, old_start=start)) for start in (1, 2))

    assert [[line.text for line in lines] for lines in (top, below)] == [[b"run()"], [b'"""Words."""', b"run()"]]


def test_lines_with_code_between_them_are_of_different_stretches() -> None:
    _, added = code_lines("a.js", hunk(["+a()", "+b()", " // no code", "+c()", " kept()", "+d()"]))

    assert [(line.number, line.stretch) for line in added] == [(1, 0), (2, 0), (4, 0), (6, 1)]


_LINES = st.sampled_from(
    [
        "",
        "  ",
        "x = 1",
        "  y()",
        "# no",
        "#[attr]",
        "// no",
        "-- no",
        "é = 2",
        "*/",
        "x" * 1001,
        "'''",
        '"""',
        "/*",
        "`",
        "<!--",
    ]
)


@given(
    path=st.sampled_from(["a.py", "a.go", "a.rs", "a.sql", "a.rb", "a.html", "a.unknown"]),
    signed=st.lists(st.tuples(st.sampled_from(" +-"), _LINES), max_size=12),
    start=st.integers(1, 3),
)
def test_a_hidden_break_beside_lines_changes_nothing_in_how_they_are_read(
    path: str, signed: list[tuple[str, str]], start: int
) -> None:
    lines = [f"{sign}{text}" for sign, text in signed]

    plain, careful = (code_lines(path, hunk(some, new_start=start)) for some in (lines, [*lines, " \f"]))

    assert plain == careful


def test_a_note_of_a_missing_newline_is_no_line() -> None:
    removed, added = code_lines("a.go", hunk(["-a()", "\\ No newline at end of file", "+b()", "+c()"]))

    assert [[line.number for line in side] for side in (removed, added)] == [[1], [1, 2]]
