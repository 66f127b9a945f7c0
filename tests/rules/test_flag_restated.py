"""Statements that say what they said before, in other lines, by other names or with another check, are not new."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters

FLAGS = ("features.has", "features.enabled?", "features.Has")

CHECKS = {
    "pay.py": """
 def pay(cart, big):
-    if big:
.    if big and not features.has("x", cart):
         old(cart)
     if (
-        not features.has("y", default=False)
.        not features.has("y")
         and big
     ):
         old(cart)
""",
    "pay.ts": """
 function pay(cart, big) {
-  if (big) {
.  if (big && !features.has("x")) {
     old(cart);
   }
-  return <Cart items={cart.items} />;
+}
""".replace("-  return <Cart items={cart.items} />;\n+}", " }"),
    "pay.go": """
 package pay
 func pay(cart Cart, big bool) {
-    if big {
.    if big && !features.Has("x") {
         old(cart)
     }
 }
""",
    "Pay.java": """
 class Pay {
     void pay(Cart cart, boolean big) {
-        if (big) {
.        if (big && !features.has("x")) {
             old(cart);
         }
     }
 }
""",
    "Pay.kt": """
 fun pay(cart: Cart, big: Boolean) {
-    if (big) {
.    if (big && !features.has("x")) {
         old(cart)
     }
 }
""",
    "pay.rb": """
 def pay(cart, big)
-  if big
.  if big && !features.enabled?(:x)
     old(cart)
   end
 end
""",
}

REFLOWED = {
    "pay.py": """
 def pay(cart):
-    send(cart, cart.total, "a text")
.    if features.has("x"):
.        send(
.            cart, cart.total, "a text"
.        )
G        send(cart, cart.total, "another text")
""",
    "pay.ts": """
 function pay(cart) {
-  send(cart, cart.total, "a text");
.  if (features.has("x")) {
.    send(
.      cart, cart.total, "a text",
.    );
G    send(cart, cart.total, "another text");
.  }
 }
""",
    "pay.go": """
 package pay
 func pay(cart Cart) {
-    send(cart, cart.total, "a text")
.    if features.Has("x") {
.        send(
.            cart, cart.total, "a text",
.        )
G        send(cart, cart.total, "another text")
.    }
 }
""",
    "Pay.java": """
 class Pay {
     void pay(Cart cart) {
-        send(cart, cart.total, "a text");
.        if (features.has("x")) {
.            send(
.                cart, cart.total, "a text");
G            send(cart, cart.total, "another text");
.        }
     }
 }
""",
    "Pay.kt": """
 fun pay(cart: Cart) {
-    send(cart, cart.total, "a text")
.    if (features.has("x")) {
.        send(
.            cart, cart.total, "a text"
.        )
G        send(cart, cart.total, "another text")
.    }
 }
""",
    "pay.rb": """
 def pay(cart)
-  send(cart, cart.total, "a text")
.  if features.enabled?(:x)
.    send(
.      cart, cart.total, "a text"
.    )
G    send(cart, cart.total, "another text")
.  end
 end
""",
}

TRAPS = {
    "an argument less": """
 def pay(cart):
-    send(cart, cart.total, 5)
.    if features.has("x"):
G        send(cart, cart.total)
""",
    "the same twice": """
 def pay(cart):
-    send(cart, cart.total, 5)
.    if features.has("x"):
.        send(cart,
.            cart.total, 5)
G        send(cart,
G            cart.total, 5)
""",
    "what stays is no old text": """
 def pay(cart):
     send(cart, cart.total, 5)
-    log(cart)
.    if features.has("x"):
G        send(cart, cart.total, 5)
""",
}

NAMED = {
    "an old expression gets a name behind a check": """
 def pay(cart):
-    use(cart.kind == Kind.BIG and cart.open)
.    if features.has("x"):
.        is_big = cart.kind == Kind.BIG and cart.open
G        one(cart, is_big)
G        two(cart)
""",
    "a second check behind the first": """
 def pay(cart):
     if features.has("x"):
-        log(cart)
.        on = features.has("y") and not features.has("z")
G        one(cart, on)
G        two(cart)
""",
    "other names": """
 def pay(cart, basket):
-    log(basket)
X    log(cart)
     note(cart)
-    total = price(fee)
.    total = price(charge)
-    if features.has("x", cart) and basket:
-        send(fee, total, basket)
.    if (
.        features.has("x")
.            and basket
.    ):
.        send(
.            charge, total, basket)
""",
    "a check that is turned again and again": """
 def pay(cart, big):
-    if big:
.    if big and not (not (not (not features.has("x")))):
         return
     old(cart)
""",
    "a check handed on": """
 def pay(cart):
-    draw(cart, size=cart.size)
.    draw(cart, size=cart.size, on=features.has("x"))
     if features.has("x"):
         one(cart)
""",
    "but a line too long to compare": f"""
 def pay(cart):
-    if features.has("x", 1): send({", ".join(["cart"] * 401)})
G    if features.has("x"): send({", ".join(["cart"] * 401)})
""",
}


@pytest.mark.parametrize("name", NAMED)
def test_an_old_expression_by_another_name_is_no_new_behaviour(name: str) -> None:
    marked = NAMED[name]

    found = letters("pay.py", marked, FLAGS)

    assert found == expected(marked)


@pytest.mark.parametrize("path", CHECKS)
def test_a_condition_that_is_only_joined_by_a_check_is_no_new_behaviour(path: str) -> None:
    marked = CHECKS[path]

    found = letters(path, marked, FLAGS)

    assert found == expected(marked)


@pytest.mark.parametrize("path", REFLOWED)
def test_an_old_statement_in_other_lines_behind_a_flag_is_no_new_behaviour(path: str) -> None:
    marked = REFLOWED[path]

    found = letters(path, marked, FLAGS)

    assert found == expected(marked)


@pytest.mark.parametrize("name", TRAPS)
def test_a_statement_that_only_resembles_an_old_one_stays_guarded(name: str) -> None:
    marked = TRAPS[name]

    found = letters("pay.py", marked, FLAGS)

    assert found == expected(marked)


def test_a_literal_that_is_only_read_in_part_fills_no_field() -> None:
    marked = """
 package pay
 func pay(cart Cart) {
     first := Options{
         Kind:  "a",
-        On: features.Has("x"),
.        On: features.Has("y"),
     }
     use(first)
 }
"""

    found = letters("pay.go", marked, FLAGS)

    assert found == expected(marked)
