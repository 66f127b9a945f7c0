"""Flags that are given to blocks."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters, named

KOTLIN = {
    "a block that is given the flag": """
 fun run(cart: Cart) {
     features.has("x").let {
.        if (it) {
G            twice(cart)
.        }
     }
 }
""",
    "a block that names the flag": """
 fun run(cart: Cart) {
     features.has("x").combine(paid) { on, paid ->
.        if (on && paid) {
G            twice(cart)
.        }
     }
 }
""",
    "a block that is given something else": """
 fun run(cart: Cart) {
     features.has("x").send {
X        if (it) {
X            twice(cart)
.        }
     }
     onPaid { if (it) pay() }
 }
""",
    "a block that takes what it is given apart": """
 fun run(cart: Cart) {
     features.has("x").map { (on, off) ->
X        if (on) {
X            twice(cart)
.        }
     }
 }
""",
    "a block inside one that is given the flag": """
 fun run(cart: Cart) {
     features.has("x").map {
         later {
X            if (it) {
X                twice(cart)
.            }
         }
     }
 }
""",
}
CASES = {
    "src/Pay.kt": KOTLIN,
}


@pytest.mark.parametrize(("path", "marked"), named(CASES))
def test_a_flag_is_followed_to_where_it_is_taken(path: str, marked: str) -> None:
    found = letters(path, marked)

    assert found == expected(marked)
