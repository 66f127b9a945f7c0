"""Values that are looked up by comparing them."""

from __future__ import annotations

from rules.engine.same import Same


def test_a_key_finds_the_very_same_value_and_one_that_equals_it() -> None:
    value, alike, other = [1], [1], [2]

    told = {Same(value): "it"}

    assert [told.get(Same(one)) for one in (value, alike, other)] == ["it", "it", None]
    assert Same(value) != value


def test_the_very_same_value_is_not_compared() -> None:
    never = float("nan")

    assert Same(never) == Same(never)
