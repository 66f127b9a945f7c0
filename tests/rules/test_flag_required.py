"""Calls that fail where a flag is off: what comes after them is guarded."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters, named

TYPESCRIPT = {
    "an invariant": """
 function pay(cart) {
.  invariant(features.has("x"), "not yet");
G  twice(cart);
 }
""",
    "an invariant of something else": """
 function pay(cart) {
X  invariant(cart.paid, features.has("x"));
X  twice(cart);
 }
""",
    "an invariant of nothing": """
 function pay(cart) {
X  invariant();
X  twice(cart);
 }
""",
}
KOTLIN = {
    "something required": """
 fun pay(cart: Cart) {
.    require(features.has("x")) { "not yet" }
G    twice(cart)
 }
""",
    "something required that is off": """
 fun pay(cart: Cart) {
X    check(!features.has("x"))
X    twice(cart)
 }
""",
}
JAVA = {
    "a condition that is checked": """
 class Pay {
     void pay(Cart cart) {
.        Preconditions.checkState(features.has("x"), "not yet");
G        twice(cart);
     }
 }
""",
}
CASES = {
    "src/pay.tsx": TYPESCRIPT,
    "src/Pay.kt": KOTLIN,
    "src/Pay.java": JAVA,
}


@pytest.mark.parametrize(("path", "marked"), named(CASES))
def test_a_flag_is_followed_to_where_it_is_taken(path: str, marked: str) -> None:
    found = letters(path, marked)

    assert found == expected(marked)
