"""The flag libraries that are known in Kotlin."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters

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


@pytest.mark.parametrize("marked", [pytest.param(marked, id=name) for name, marked in LIBRARIES.items()])
def test_kotlin_libraries_are_known(marked: str) -> None:
    found = letters("src/main/kotlin/shop/Shop.kt", marked, ())

    assert found == expected(marked)
