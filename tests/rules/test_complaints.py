"""What is wrong with an option, in words that name what stands there and what should."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import Field, StringConstraints, field_validator

from rules.engine.policy import PolicyError, read_policy
from rules.engine.rule import Options, Rule


class Inner(Options):
    """What lies inside."""

    depth: int = Field(3, description="How deep.")


class Strict(Options):
    """What asks for something."""

    must: int = Field(description="What must be there.")


class Odd(Rule):
    """Take an option of every type."""

    whole: int = Field(1, ge=1, le=9, description="A whole number.")
    part: float = Field(0.5, gt=0, lt=1, description="A number.")
    truth: bool = Field(default=True, description="A truth.")
    word: Annotated[str, StringConstraints(min_length=2, pattern="^[a-z]*$")] = Field("ab", description="A word.")
    pair: tuple[str, ...] = Field((), max_length=2, description="A list.")
    some: list[str] = Field([], description="Another list.")
    named: dict[str, int] = Field({}, description="A mapping.")
    inner: Inner = Field(Inner(), description="Options.")
    strict: Strict | None = Field(None, description="Stricter options.")
    colour: Literal["green", "red"] = Field("green", description="A colour.")
    even: int = Field(2, description="An even number.")

    @field_validator("even")
    @classmethod
    def _is_even(cls, value: int) -> int:
        if value % 2:
            raise ValueError("should be even")
        return value


def complaints(option: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        read_policy(f"rules:\n  odd:\n    {option}\n", "p", {"odd": Odd})
    return [line.removeprefix("p:") for line in caught.value.lines()]


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("whole: x", '3:12: rules.odd.whole: should be a whole number, got "x".'),
        ("whole: []", "3:12: rules.odd.whole: should be a whole number, got a list."),
        ("whole: 1.5", "3:12: rules.odd.whole: should be a whole number, got 1.5."),
        ("whole: 0", "3:12: rules.odd.whole: should be at least 1, got 0."),
        ("whole: 10", "3:12: rules.odd.whole: should be at most 9, got 10."),
        ("part: x", '3:11: rules.odd.part: should be a number, got "x".'),
        ("part: {}", "3:11: rules.odd.part: should be a number, got a mapping."),
        ("part: 0", "3:11: rules.odd.part: should be greater than 0.0, got 0."),
        ("part: 1", "3:11: rules.odd.part: should be less than 1.0, got 1."),
        ("part: 1e999", "3:11: rules.odd.part: should be a finite number, got Infinity."),
        ("truth: 7", "3:12: rules.odd.truth: should be true or false, got 7."),
        ("truth: perhaps", '3:12: rules.odd.truth: should be true or false, got "perhaps".'),
        ("truth: []", "3:12: rules.odd.truth: should be true or false, got a list."),
        ("word: 7", "3:11: rules.odd.word: should be text, got 7."),
        ("word: a", '3:11: rules.odd.word: String should have at least 2 characters, got "a".'),
        ("pair: x", '3:11: rules.odd.pair: should be a list, got "x".'),
        ("pair: [a, b, c]", "3:11: rules.odd.pair: should be no longer than 2, got a list."),
        ("pair: [a, 7]", "3:15: rules.odd.pair[1]: should be text, got 7."),
        ("some: x", '3:11: rules.odd.some: should be a list, got "x".'),
        ("named: x", '3:12: rules.odd.named: should be a mapping, got "x".'),
        ("named: {a: x}", '3:16: rules.odd.named.a: should be a whole number, got "x".'),
        ("inner: x", '3:12: rules.odd.inner: should be a mapping of options, got "x".'),
        ("inner: {depth: x}", '3:20: rules.odd.inner.depth: should be a whole number, got "x".'),
        ("inner: {dept: 1}", '3:13: rules.odd.inner.dept: no such option. Did you mean "depth"?'),
        ("inner: {zzz: 1}", "3:13: rules.odd.inner.zzz: no such option. There are: depth."),
        ("strict: {}", "3:13: rules.odd.strict: is required, got a mapping."),
        ("colour: rot", '3:13: rules.odd.colour: should be one of green, red, got "rot".'),
        ("colour: grene", '3:13: rules.odd.colour: should be one of green, red, got "grene". Did you mean "green"?'),
        ("colour: 7", "3:13: rules.odd.colour: should be one of green, red, got 7."),
        ("even: 3", "3:11: rules.odd.even: should be even, got 3."),
        ("wole: 3", '3:5: rules.odd.wole: no such option. Did you mean "whole"?'),
        ("whole: " + "x" * 58, f'3:12: rules.odd.whole: should be a whole number, got "{"x" * 58}".'),
        ("whole: " + "x" * 59, f'3:12: rules.odd.whole: should be a whole number, got "{"x" * 59}…'.rstrip() + "."),
    ],
)
def test_a_complaint_names_place_option_and_what_should_stand_there(option: str, said: str) -> None:
    assert complaints(option) == [said]


def test_a_word_that_is_like_none_is_told_all_there_are() -> None:
    (said,) = complaints("zzzzzz: 1")

    assert said == (
        "3:5: rules.odd.zzzzzz: no such option. There are: whole, part, truth, word, pair, some, named, inner, strict, "
        "colour, even, mode, paths, exempt-kinds."
    )


def test_an_option_is_spelled_as_policies_do_and_not_as_python_does() -> None:
    with pytest.raises(PolicyError, match=r"max_lines: no such option\. Did you mean \"max-lines\"\?$"):
        read_policy("rules: {small-diff: {max_lines: 3}}", "p")
