"""Values that are looked up by which they are."""

from __future__ import annotations

from rules.engine.same import Same


def test_a_key_equals_one_that_holds_the_very_same_value_alone() -> None:
    value, alike = [1], [1]

    told = {Same(value): "it"}

    assert (told.get(Same(value)), told.get(Same(alike))) == ("it", None)
    assert [Same(value) == other for other in (Same(value), Same(alike), value)] == [True, False, False]
