"""Which added lines of Kotlin run only with a flag on."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters

FLAGS = ("features.has", "!features.missing", "@Gate", "whenEnabled", "features.variant")
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
    "a cast": """
 class Shop {
   fun pay(cart: Cart) {
.    if (features.has("x") as Boolean) {
G      chargeTwice(cart)
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
LIBRARIES = {
    "LaunchDarkly": """
 import com.launchdarkly.sdk.server.LDClient
 class Shop(private val client: LDClient) {
   fun pay(cart: Cart) {
.    if (!client.boolVariation("x", cart.context, false)) return
G    chargeTwice(cart)
   }
 }
""",
    "LaunchDarkly, by a variant": """
 import com.launchdarkly.sdk.server.LDClient
 class Shop(private val client: LDClient) {
   fun pay(cart: Cart) {
.    when (client.stringVariation("x", cart.context, "off")) {
.      "new" ->
G        one(cart)
.      "off" ->
X        two(cart)
.      else ->
X        three(cart)
.    }
   }
 }
""",
    "Unleash": """
 import io.getunleash.Unleash
 class Shop(private val unleash: Unleash) {
   fun pay(cart: Cart) {
.    if (unleash.isEnabled("x")) {
G      chargeTwice(cart)
.    }
   }
 }
""",
    "OpenFeature": """
 import dev.openfeature.sdk.Client
 class Shop(private val client: Client) {
   fun pay(cart: Cart) {
.    if (client.getBooleanDetails("x", false).value) {
G      chargeTwice(cart)
.    }
   }
 }
""",
    "Togglz": """
 import org.togglz.core.Feature
 class Shop {
   fun pay(cart: Cart) {
.    if (!MyFeatures.NEW_CHECKOUT.isActive) return
G    chargeTwice(cart)
   }
 }
""",
    "FF4J, by an annotation": """
 import org.ff4j.aop.Flip
 class Shop {
.  @Flip(name = "x")
G  fun pay(cart: Cart) {
G    chargeTwice(cart)
.  }
 }
""",
    "no library at all": """
 import org.example.Switches
 class Shop(private val client: Switches) {
   fun pay(cart: Cart) {
X    if (!client.boolVariation("x", cart.context, false)) return
X    chargeTwice(cart)
   }
 }
""",
}


@pytest.mark.parametrize("marked", [pytest.param(marked, id=name) for name, marked in KOTLIN.items()])
def test_kotlin_lines_are_guarded_by(marked: str) -> None:
    found = letters("src/main/kotlin/shop/Shop.kt", marked, FLAGS)

    assert found == expected(marked)


@pytest.mark.parametrize("marked", [pytest.param(marked, id=name) for name, marked in LIBRARIES.items()])
def test_kotlin_libraries_are_known(marked: str) -> None:
    found = letters("src/main/kotlin/shop/Shop.kt", marked, ())

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
