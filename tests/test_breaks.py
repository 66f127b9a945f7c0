"""What the mutation run breaks, and what it leaves alone."""

import ast

import pytest

from tools.breaks import mutants


def breaks(source: str) -> list[tuple[str, str]]:
    return [(one.before, one.after) for one in mutants("rules/x.py", source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", ("a < b", "a <= b")),
        ("a is not b", ("a is not b", "a is b")),
        ("a and b", ("a and b", "a or b")),
        ("not a", ("not a", "a")),
        ("a + b", ("a + b", "a - b")),
        ("7", None),
        ("x = 7", ("7", "8")),
        ("x = True", ("True", "False")),
        ("x = 'a'", ("'a'", "'XXa'")),
        ("x = a if b else c", ("a if b else c", "a if not b else c")),
        ("f()", ("f()", "pass")),
        ("n += m", ("n += m", "n = m")),
        ("def f():\n    return x", ("return x", "return None")),
        ("while x:\n    continue", ("continue", "break")),
    ],
)
def test_a_place_is_broken_in_its_own_way(source: str, expected: tuple[str, str] | None) -> None:
    assert (expected in breaks(source)) if expected else breaks(source) == []


def test_what_runs_for_nobody_is_left_alone() -> None:
    doc = '"""Doc."""'
    source = f'{doc}\nfrom a import b\nif TYPE_CHECKING:\n    x = 1\ndef f(a: Literal["x"]) -> "y":\n    {doc}\n'

    assert breaks(source) == []


def test_each_break_changes_one_place_and_the_source_stays_python() -> None:
    source = "def f(a, b):\n    if a < 3 and not b:\n        return a + 1\n    return None\n"

    written = list(mutants("rules/x.py", source))

    assert len({one.source for one in written}) == len(written) == 7
    assert all(ast.dump(ast.parse(one.source)) != ast.dump(ast.parse(source)) for one in written)
    assert [one.line for one in written if one.before == "a + 1"] == [3]
