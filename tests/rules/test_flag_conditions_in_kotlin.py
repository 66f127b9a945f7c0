"""How Kotlin turns and joins conditions: which added lines run only with a flag on."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters
from tests.rules.given_kotlin import FLAGS

KOTLIN = {
    "not in front of a chain, which turns all of it": """
 class Shop {
   fun pay(cart: Cart) {
.    if (!features.has("x")) {
X      one(cart)
.    } else {
G      two(cart)
.    }
.    if (!shop.features.has("x")) {
X      three(cart)
.    } else {
G      four(cart)
.    }
   }
 }
""",
    "not in front of a chain with safe calls": """
 class Shop {
   fun pay(cart: Cart) {
.    if (!shop?.features!!.has("x")) return
G    chargeTwice(cart)
   }
 }
""",
    "not in front of a chain inside and, and or": """
 class Shop {
   fun pay(cart: Cart) {
.    if (!features.has("x") || cart.isEmpty()) return
G    chargeTwice(cart)
   }
   fun charge(cart: Cart) {
X    if (!features.has("x") && cart.isEmpty()) return
X    chargeTwice(cart)
   }
 }
""",
    "not in front of brackets, and of another not": """
 class Shop {
   fun pay(cart: Cart) {
.    if (!(features.has("x") && cart.isBig())) return
G    one(cart)
   }
   fun charge(cart: Cart) {
.    if (!(!features.has("x"))) {
G      two(cart)
.    }
.    if (!!features.has("x")) {
G      three(cart)
.    }
   }
 }
""",
    "not in front of a variable, and of a predicate": """
 class Shop {
   fun pay(cart: Cart) {
.    val on = features.has("x")
.    if (!on) return
G    one(cart)
   }
   fun charge(cart: Cart) {
.    if (!isNew()) {
X      two(cart)
.    } else {
G      three(cart)
.    }
   }
.  fun isNew() = features.has("x")
 }
""",
    "not in front of a chain that is called with a block": """
 class Shop {
   fun pay(cart: Cart) {
.    if (!features.has { "x" }) {
X      one(cart)
.    } else {
G      two(cart)
.    }
   }
 }
""",
    "not in front of a chain over several lines": """
 class Shop {
   fun pay(cart: Cart) {
.    if (!shop
.        .features
.        .has("x")
.    ) {
.      return
.    }
G    one(cart)
   }
 }
""",
    "not by its method": """
 class Shop {
   fun pay(cart: Cart) {
.    if (features.has("x").not()) return
G    chargeTwice(cart)
   }
 }
""",
    "not of a flag that is on where it is off": """
 class Shop {
   fun pay(cart: Cart) {
.    if (!features.missing("x")) {
G      one(cart)
.    }
.    if (features.missing("x")) {
X      two(cart)
.    }
   }
 }
""",
    "minus, which turns nothing": """
 class Shop {
   fun pay(cart: Cart) {
X    val left = -cart.rest()
X    charge(left)
   }
 }
""",
    "and keeps it, or does not": """
 class Shop {
   fun pay(cart: Cart) {
.    if (cart.isBig() && features.has("x")) {
G      one(cart)
.    }
X    if (cart.isBig() || features.has("x")) {
X      two(cart)
.    }
.    if (cart.isBig() and features.has("x")) {
G      three(cart)
.    }
X    if (cart.isBig() or features.has("x")) {
X      four(cart)
.    }
   }
 }
""",
    "compared with a truth": """
 class Shop {
   fun pay(cart: Cart) {
.    if (features?.has("x") == true) {
G      one(cart)
.    }
.    if (features.has("x") == false) {
X      two(cart)
.    }
X    if (features.has("x") != null) {
X      three(cart)
.    }
.    if (features?.has("x") != true) return
G    four(cart)
   }
 }
""",
    "a flag that may be missing": """
 class Shop {
   fun pay(cart: Cart) {
.    if (features?.has("x") ?: false) {
G      one(cart)
.    }
X    if (features?.has("x") ?: true) {
X      two(cart)
.    }
   }
 }
""",
    "a cast": """
 class Shop {
   fun pay(cart: Cart) {
.    if (features.has("x") as Boolean) {
G      chargeTwice(cart)
.    }
   }
 }
""",
}


@pytest.mark.parametrize("marked", [pytest.param(marked, id=name) for name, marked in KOTLIN.items()])
def test_kotlin_lines_are_guarded_by(marked: str) -> None:
    found = letters("src/main/kotlin/shop/Shop.kt", marked, FLAGS)

    assert found == expected(marked)


def test_a_line_of_a_chain_that_is_read_alone_is_as_exposed_as_the_whole() -> None:
    marked = """
 package shop
 class Shop {
   fun pay(cart: Cart) {
     if (!shop
X        .carts(cart)
         .isEmpty()
     ) {
       one(cart)
     }
   }
 }
"""

    found = letters("src/main/kotlin/shop/Shop.kt", marked, FLAGS)

    assert found == expected(marked)
