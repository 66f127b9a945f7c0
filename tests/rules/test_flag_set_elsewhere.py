"""What a name holds that is set in another function than the one that declares it, and members that only ask."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters

FLAGS = ("features.has",)
JAVA, TYPESCRIPT, GO = "src/main/java/shop/Shop.java", "src/shop.ts", "shop/shop.go"
CASES = {
    "java: a field that another method sets": (
        JAVA,
        """
 class Shop {
   private boolean on = features.has("x");
   private boolean off = false;
   void refresh(boolean all) {
X    on = all;
.    off = features.has("x");
   }
   void pay(Cart cart) {
X    if (on) {
X      one(cart);
.    }
.    if (off) {
G      two(cart);
.    }
   }
 }
""",
    ),
    "java: a variable of the same name in a method": (
        JAVA,
        """
 class Shop {
   void refresh(boolean all) {
X    boolean on = all;
X    on = !on;
   }
   void pay(Cart cart) {
.    boolean on = features.has("x");
.    if (on) {
G      one(cart);
.    }
   }
 }
""",
    ),
    "java: a field of which the code does nothing but to ask": (
        JAVA,
        """
 class Shop {
.  private Features features;
X  private Till till;
   void pay(Cart cart) {
.    if (features.has("x")) {
G      one(cart);
.    }
X    till.open();
   }
 }
""",
    ),
    "typescript: a variable that an inner function sets": (
        TYPESCRIPT,
        """
 function pay(carts) {
X  let on = features.has("x");
X  carts.forEach((cart) => { on = cart.big; });
X  if (on) {
X    one(carts);
.  }
 }
""",
    ),
    "typescript: a field of which the code does nothing but to ask": (
        TYPESCRIPT,
        """
 class Shop {
.  private features: Features;
   pay(cart: Cart) {
.    if (this.features.has("x")) {
G      one(cart);
.    }
   }
 }
""",
    ),
    "go: a variable that another function sets": (
        GO,
        """
 package shop
 var on = features.has("x")
 func refresh(all bool) {
X  on = all
 }
 func pay(cart Cart) {
X  if on {
X    one(cart)
.  }
 }
""",
    ),
}


@pytest.mark.parametrize(("path", "marked"), [pytest.param(*case, id=name) for name, case in CASES.items()])
def test_a_name_holds_what_every_assignment_gives_it(path: str, marked: str) -> None:
    found = letters(path, marked, FLAGS)

    assert found == expected(marked)
