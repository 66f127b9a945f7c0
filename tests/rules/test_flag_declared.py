"""Flags that are asked through a parameter, by the type that it is declared as."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters

FLAGS = ("Feature.*.isOn", "!Feature.*.isOff", "Toggles.is_on", "has")

CASES = {
    "src/Shop.java": """
 class Shop {
   void add(final Feature feature, Cart cart, Feature... more) {
.    if (feature.isOn()) {
G      one(cart);
.    }
X    if (cart.isOn()) {
X      two(cart);
.    }
X    if (more.isOn()) {
X      two(cart);
.    }
.    if (feature.isOff()) {
X      three(cart);
.    }
   }
   void other(Cart feature) {
X    if (feature.isOn()) {
X      one(cart);
.    }
X    if (other.isOn()) {
X      one(cart);
.    }
   }
 }
""",
    "src/shop.kt": """
 fun add(feature: Feature, cart: Cart) {
.    if (feature.isOn()) {
G        one(cart)
.    }
X    if (cart.isOn()) {
X        two(cart)
.    }
 }
""",
    "src/shop.ts": """
 function add(feature?: shop.Feature, cart: Cart, [big]: Feature, bare) {
.  if (feature.isOn()) {
G    one(cart);
.  }
.  if (feature.isOn) {
G    two(cart);
.  }
X  if (cart.isOn() || bare.isOn()) {
X    three(cart);
.  }
 }
""",
    "src/shop.go": """
 package shop
 func add(feature *shop.Feature, cart, other Cart) {
.	if feature.isOn() {
G		one(cart)
.	}
X	if cart.isOn() {
X		two(cart)
.	}
 }
""",
    "src/shop.py": """
 def add(toggles: "Toggles", cart: Cart = None, *, more=3):
.    if toggles.is_on(cart):
G        one(cart)
X    if cart.is_on(cart):
X        two(cart)
""",
    "app/shop.rb": """
 def add(toggles, cart: Toggles.new)
X  if toggles.is_on(cart)
X    one(cart)
.  end
 end
""",
}


@pytest.mark.parametrize(("path", "marked"), [pytest.param(path, marked, id=path) for path, marked in CASES.items()])
def test_a_parameter_is_asked_as_its_type(path: str, marked: str) -> None:
    found = letters(path, marked, FLAGS)

    assert found == expected(marked)


def test_a_pattern_of_one_name_asks_no_type() -> None:
    marked = """
 class Shop {
   void add(Feature feature) {
X    if (feature.isOn()) {
X      one(feature);
.    }
   }
 }
"""

    found = letters("src/Shop.java", marked, ("*.isOn2", "isOn2"))

    assert found == expected(marked)


def test_a_helper_that_asks_what_it_is_given_does_nothing_without_it() -> None:
    marked = """
 class Shop {
   Shop() {
G    addIfEnabled(NEW_PAY, Pay.class);
X    other.addIfEnabled(NEW_PAY, Pay.class);
   }
   private void addIfEnabled(Feature feature, Class<?> resource) {
     if (feature.isOn()) {
       list(resource);
     }
   }
 }
"""

    found = letters("src/Shop.java", marked, FLAGS)

    assert found == expected(marked)
