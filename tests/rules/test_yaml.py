"""How a policy's text is read: scalars by the core schema of YAML 1.2, and what is refused, with its place."""

from __future__ import annotations

import math

import pytest

from rules.engine.tree import read_tree


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((word, None) for word in ("", "~", "null", "Null", "NULL")),
        *((word, True) for word in ("true", "True", "TRUE")),
        *((word, False) for word in ("false", "False", "FALSE")),
        *((word, word) for word in ("on", "off", "yes", "no", "nULL", "tRUE", "12:30:45", "2030-01-02", "1_000", "+")),
        ("'true'", "true"),
        ('"7"', "7"),
        ("7", 7),
        ("-7", -7),
        ("+007", 7),
        ("0o17", 15),
        ("0xfF", 255),
        ("0b1", "0b1"),
        ("9" * 18, 10**18 - 1),
        ("1.5", 1.5),
        (".5", 0.5),
        ("2.", 2.0),
        ("-1e3", -1000.0),
        ("1.5E-2", 0.015),
        ("1e", "1e"),
        (".", "."),
        (".inf", ".inf"),
    ],
)
def test_a_scalar_is_what_yaml_1_2_says(text: str, value: object) -> None:
    node, problems = read_tree(f"a: {text}\n")

    assert (node.plain(), problems) == ({"a": value}, ())
    assert isinstance(node.value, dict)
    assert type(node.value["a"].value) is type(value)


def test_an_integer_too_long_for_one_is_a_number_all_the_same() -> None:
    node, _ = read_tree("9" * 19)

    assert isinstance(node.value, float)
    assert math.isclose(node.value, 1e19)


def test_places_start_at_one_and_keys_have_theirs() -> None:
    node, _ = read_tree("a:\n  b: [1,\n    2]\n")

    assert isinstance(node.value, dict)
    inner = node.value["a"].value
    assert isinstance(inner, dict)
    assert (node.keys, node.value["a"].keys) == ({"a": (1, 1)}, {"b": (2, 3)})
    assert (inner["b"].line, inner["b"].column) == (2, 6)
    assert [(one.line, one.column) for one in inner["b"].value] == [(2, 7), (3, 5)]  # type: ignore[union-attr]  # a list
    assert node.plain() == {"a": {"b": [1, 2]}}


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("a: *b", [(1, 4, "a", "an alias (`*b`): write the value out.")]),
        ("a: &b 1", [(1, 4, "a", "an anchor (`&b`): write the value out.")]),
        ("&k a: 1", [(1, 1, "", "an anchor (`&k`): write the value out.")]),
        ("a: !b 1", [(1, 4, "a", "a tag (`!b`): put it in quotes.")]),
        ("a: !!str 1", [(1, 4, "a", "a tag (`tag:yaml.org,2002:str`): leave it out.")]),
        ("a: [1, !b c]", [(1, 8, "a[1]", "a tag (`!b`): put it in quotes.")]),
        ("a: {b: &c {}}", [(1, 8, "a.b", "an anchor (`&c`): write the value out.")]),
        ("a: 1\nb: 2\na: 3", [(3, 1, "a", "given twice; first in line 1.")]),
        ("a: 1\n---\nb: 2", [(2, 1, "", "a second document: keep one.")]),
        ("a: 1\n---\nb: 2\n---\nc: 3", [(2, 1, "", "a second document: keep one.")]),
        ("{a: 1}: 2", [(1, 1, "", "a key must be one word.")]),
    ],
)
def test_what_is_refused_is_named_with_its_place(text: str, problems: list[tuple[int, int, str, str]]) -> None:
    found = read_tree(text)[1]

    assert [(one.line, one.column, one.path, one.message) for one in found] == problems


@pytest.mark.parametrize(
    ("text", "place"), [("a: [b", (2, 1)), ("a: \0", (1, 1)), ("a: b: c", (1, 5)), ("\t- a", (1, 1))]
)
def test_what_is_no_yaml_is_said_to_be_none(text: str, place: tuple[int, int]) -> None:
    (problem,) = read_tree(text)[1]

    assert (problem.line, problem.column, problem.path) == (*place, "")
    assert problem.message.startswith("not valid YAML: ")
    assert "\n" not in problem.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 21 + "]" * 21, ""),
        ("[" * 22 + "]" * 22, "nested deeper than 20."),
        ("[" + "1," * 1000 + "]", ""),
        ("[" + "1," * 1001 + "]", "a list of more than 1000 entries."),
        ("#" * 65_536, ""),
        ("#" * 65_537, "larger than 64 KiB."),
        ("#" + "ü" * 32_768, "larger than 64 KiB."),
    ],
)
def test_a_text_may_be_this_large_and_no_larger(text: str, message: str) -> None:
    assert [one.message for one in read_tree(text)[1]] == ([message] if message else [])


@pytest.mark.parametrize("count", [99, 100, 101])
def test_a_hundred_problems_are_named(count: int) -> None:
    node, problems = read_tree("".join(f"k{at}: !t\n" for at in range(count)))

    assert len(problems) == min(count, 100)
    assert (node.plain() is None) is (count > 100)


def test_the_first_of_two_equal_keys_counts() -> None:
    assert read_tree("a: 1\na: 2\n")[0].plain() == {"a": 1}
