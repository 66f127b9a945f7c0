"""Which added lines of Kotlin run only with a flag on, by branches, exits, annotations, blocks and loops."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters
from tests.rules.given_kotlin import FLAGS

KOTLIN = {
    "the branch of a flag that is on": """
 class Shop {
   fun pay(cart: Cart) {
.    if (features.has("x")) {
G      chargeTwice(cart)
.    } else {
X      chargeThrice(cart)
.    }
     charge(cart)
   }
 }
""",
    "a branch without braces": """
 class Shop {
   fun pay(cart: Cart) {
.    if (features.has("x"))
G      chargeTwice(cart)
.    else
X      chargeThrice(cart)
X    charge(cart)
   }
 }
""",
    "an early return": """
 class Shop {
   fun pay(cart: Cart): Bill {
.    if (!features.has("x")) {
.      return old(cart)
.    }
G    return chargeTwice(cart)
   }
 }
""",
    "an early return on a line that stays": """
 class Shop {
   fun pay(cart: Cart) {
     if (!this.features.has("x")) return
G    chargeTwice(cart)
   }
 }
""",
    "an early exit by throwing": """
 class Shop {
   fun pay(cart: Cart) {
.    if (!features.has("x")) throw Off()
G    chargeTwice(cart)
   }
 }
""",
    "an early exit by what never returns": """
 class Shop {
   fun one(cart: Cart) {
.    if (!features.has("x")) {
X      error("off")
.    }
G    chargeTwice(cart)
   }
   fun two(cart: Cart) {
.    if (!features.has("x")) {
X      TODO()
.    }
G    chargeTwice(cart)
   }
   fun three(cart: Cart) {
.    if (!features.has("x")) {
X      exitProcess(1)
.    }
G    chargeTwice(cart)
   }
   fun four(cart: Cart) {
.    if (!features.has("x")) {
X      warn("off")
.    }
X    chargeTwice(cart)
   }
 }
""",
    "else if": """
 class Shop {
   fun pay(cart: Cart) {
.    if (features.has("x")) {
G      one(cart)
.    } else if (features.has("y")) {
G      two(cart)
.    } else {
X      three(cart)
.    }
   }
 }
""",
    "if as a value": """
 class Shop {
   fun pay(cart: Cart): Bill {
G    val bill = if (features.has("x")) one(cart) else null
.    val other =
.      if (features.has("x")) {
G        two(cart)
.      } else {
X        three(cart)
.      }
G    return if (features.has("x")) four(cart) else old(cart)
   }
 }
""",
    "when without a subject": """
 class Shop {
   fun pay(cart: Cart) {
.    when {
X      cart.isEmpty() -> one(cart)
.      features.has("x") -> {
G        two(cart)
.      }
.      else -> {
X        three(cart)
.      }
.    }
   }
 }
""",
    "when without a subject, by what is off": """
 class Shop {
   fun pay(cart: Cart) {
.    when {
.      !features.has("x") ->
X        one(cart)
X      cart.isBig() ->
G        two(cart)
.      else ->
G        three(cart)
.    }
   }
 }
""",
    "when over a flag": """
 class Shop {
   fun pay(cart: Cart) {
.    when (features.has("x")) {
.      true ->
G        one(cart)
.      false ->
X        two(cart)
.    }
   }
 }
""",
    "when over a subject that is no flag": """
 class Shop {
   fun pay(cart: Cart) {
X    when (val size = cart.size()) {
X      0, 1 -> one(size)
X      in 2..9 -> two(size)
X      is Big -> three(size)
X      else -> four(size)
.    }
   }
 }
""",
    "an annotated function": """
 class Shop {
.  @Gate("x")
G  fun pay(cart: Cart) {
G    charge(cart)
.  }
.  @Suppress("x")
X  fun other(cart: Cart) {
X    charge(cart)
.  }
 }
""",
    "an annotated class": """
.@Gate("x")
Gclass NewShop : Shop() {
G  override fun pay(cart: Cart) {
G    charge(cart)
.  }
.}
""",
    "a block that is run only if": """
 class Shop {
   fun pay(cart: Cart) {
.    features.whenEnabled("x") {
G      chargeTwice(cart)
.    }
.    whenEnabled {
G      chargeTwice(cart)
.    }
   }
 }
""",
    "a block that leaves": """
 class Shop {
   fun pay(carts: List<Cart>) {
G    carts.forEach {
.      if (!features.has("x")) return@forEach
G      chargeTwice(it)
.    }
X    load(carts).forEach {
.      if (!features.has("x")) return@forEach
G      chargeTwice(it)
.    }
G    carts.forEach { cart ->
.      if (features.has("x")) {
G        chargeTwice(cart)
.      }
.    }
X    scope.launch {
X      charge(carts)
.      if (!features.has("x")) {
.        return@launch
.      }
G      chargeTwice(carts)
.    }
   }
 }
""",
    "a block in a branch": """
 class Shop {
   fun pay(carts: List<Cart>) {
.    if (features.has("x")) {
G      carts.map { cart -> chargeTwice(cart) }
G        .forEach(::println)
.    }
   }
 }
""",
    "a loop": """
 class Shop {
   fun pay(carts: List<Cart>) {
X    for (cart in carts) {
.      if (!features.has("x")) continue
G      chargeTwice(cart)
.    }
X    outer@ for (cart in carts) {
.      if (!features.has("x")) break@outer
G      chargeTwice(cart)
.    }
.    while (features.has("x")) {
G      chargeTwice(carts)
.    }
   }
 }
""",
    "named arguments": """
 class Shop {
   fun pay(cart: Cart) {
.    if (features.has(key = "x", default = false)) {
G      chargeTwice(cart = cart, times = 2)
.    }
X    charge(
X      cart = cart,
.      isNew = features.has("x"),
.    )
   }
 }
""",
    "a flag that is watched": """
 class Shop {
   fun Screen() {
.    val on by remember { features.has("x") }.collectAsState(initial = false)
.    if (on) {
G      NewButton()
.    }
   }
 }
""",
    "an extension": """
 class Shop {
   fun pay(cart: Cart) {
.    if (features.has("x")) {
G      cart.chargeTwice<Bill>(2)
.    }
   }
 }
Gfun <T> Cart.chargeTwice(times: Int): Bill where T : Bill =
G  charge(this)
""",
    "what is no behaviour": """
.@file:Suppress("x")
.package shop
.import java.util.List
.typealias Carts = List<Cart>
 class Shop {
.  // a comment
.  /** Another
.   * of several lines. */
   fun pay(cart: Cart) {
X    charge(cart)
   }
 }
""",
}


@pytest.mark.parametrize("marked", [pytest.param(marked, id=name) for name, marked in KOTLIN.items()])
def test_kotlin_lines_are_guarded_by(marked: str) -> None:
    found = letters("src/main/kotlin/shop/Shop.kt", marked, FLAGS)

    assert found == expected(marked)
