"""Policies that nobody wrote in good faith: each is answered, in time, with a place."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rules.engine.policy import Policy, PolicyError, read_policy

HERE = ".github/andon.yml"


_BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in itertools.pairwise("abcdefghi")
)
HOSTILE = {
    "one alias": "rules: *a",
    "an alias bomb": "a: &a [x,x]\n"
    + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)},*{chr(97 + n)}]\n" for n in range(20)),
    "deep lists": "[" * 30_000,
    "deep mappings": "{a: " * 15_000,
    "deep blocks": "".join(" " * n + "a:\n" for n in range(350)),
    "a huge scalar": "a: " + "x" * 65_000,
    "many keys": "".join(f"k{n}: 1\n" for n in range(6_000)),
    "many equal keys": "a: 1\n" * 12_000,
    "many unknown rules": "rules:\n" + "".join(f"  smal-dif{n}: warn\n" for n in range(3_000)),
    "many question marks": "? " * 30_000,
    "NULs": "\0" * 1_000,
    "surrogates": "a: " + "\udfff" * 100,
    "a huge number": "rules: {small-diff: {max-lines: " + "9" * 60_000 + "}}",
    "a huge exponent": "rules: {small-diff: {max-lines: 1e999}}",
    "comments": "#\n" * 30_000,
    "a bomb of 396 bytes": _BOMB,
    "aliases of paths": "rules: {small-diff: {paths: [" + "*a, " * 15_000 + "]}}",
    "many paths": "rules: {small-diff: {paths: [" + "src/, " * 10_000 + "]}}",
    "many kinds": "rules: {small-diff: {exempt-kinds: [" + "doc, " * 12_000 + "]}}",
    "many tags": "rules: {small-diff: {paths: [" + "!a b, " * 10_000 + "]}}",
    "500 deep": "rules: " + "{a: " * 500,
    "a megabyte": "a: " + "x" * 1_000_000,
    "a NUL in a word": "rules: {small-diff: {paths: [a\0b]}}",
    "second documents": "---\n{}\n" * 8_000,
    "stars": "rules: {small-diff: {paths: [" + '"' + "*a" * 15_000 + '/"' + "]}}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_answered_with_a_place_in_half_a_second(name: str) -> None:
    started = time.process_time()
    try:
        read_policy(HOSTILE[name], HERE)
    except PolicyError as error:
        assert [one for one in error.problems if one.line < 1] == []  # noqa: PT017 - comments are a valid policy
        assert error.problems  # noqa: PT017 - as above
    else:
        assert name == "comments"

    assert time.process_time() - started < 0.5


@example("{a: {b: [}]}")
@example("rules: {small-diff: {weights: [1]}}")
@example("rules: {small-diff: {weights: {source: {a: b}}}}")
@example("deploy: [1]")
@example("rules: {small-diff: {max-lines: .inf}}")
@example("? \n: x")
@given(st.one_of(st.text(), st.text("rulesma-diff:{}[]&*!?|>'\"%#,\n 0123\t", max_size=60)))
def test_any_text_is_a_policy_or_a_policy_error(text: str) -> None:
    try:
        policy = read_policy(text, HERE)
    except PolicyError as error:
        assert [one for one in error.problems if one.line < 1 or one.column < 1 or not one.message] == []  # noqa: PT017
    else:
        assert isinstance(policy, Policy)


KEYS = st.sampled_from(
    [
        "rules",
        "small-diff",
        "paths",
        "exempt-kinds",
        "max-lines",
        "weights",
        "source",
        "mode",
        "merge",
        "when",
        "deploy",
        "within",
        "branches",
        "extends",
        "x",
    ]
)
VALUES = st.recursive(
    st.sampled_from(
        ["3", "-1", "1.5", "warn", "null", "'3'", "true", "15m", "label", "1e5", "owner", "docs", "'!docs'", "!docs"]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2).map(lambda items: "[" + ", ".join(items) + "]"),
        st.dictionaries(KEYS, inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"{k}: {v}" for k, v in items.items()) + "}"
        ),
    ),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, max_size=3))
def test_any_mapping_is_a_policy_or_a_policy_error(sections: dict[str, str]) -> None:
    text = "".join(f"{key}: {value}\n" for key, value in sections.items())

    try:
        read_policy(text, HERE)
    except PolicyError as error:
        assert all(one.line <= len(sections) and one.column <= len(text) for one in error.problems)  # noqa: PT017


def test_a_list_may_hold_a_thousand_entries_and_no_more() -> None:
    longest, longer = (f"merge: {{required-checks: [{'x, ' * count}]}}" for count in (1000, 1001))

    policy = read_policy(longest, HERE)
    with pytest.raises(PolicyError) as caught:
        read_policy(longer, HERE)

    assert policy.merge is not None
    assert len(policy.merge.required_checks) == 1000
    assert caught.value.lines() == (f"{HERE}:1:3027: merge.required-checks: a list of more than 1000 entries.",)


def test_of_very_many_problems_the_first_hundred_are_named() -> None:
    with pytest.raises(PolicyError) as caught:
        read_policy("rules: {}\n" * 150, HERE)

    assert [one.line for one in caught.value.problems] == list(range(2, 102))
