"""What Kotlin names, holds and hands on: which added lines run only with a flag on, by the uses of their names."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters
from tests.rules.given_kotlin import FLAGS

KOTLIN = {
    "a variable": """
 class Shop {
   fun pay(cart: Cart) {
.    val on: Boolean = features.has("x")
.    if (on) {
G      chargeTwice(cart)
.    }
   }
 }
""",
    "a variable that is the flag by default": """
 class Shop {
   fun pay(cart: Cart, on: Boolean = features.has("x")) {
.    if (on) {
G      chargeTwice(cart)
.    }
   }
 }
""",
    "a variable of a loop, a catch or a block, which hides that of the flag": """
 class Shop {
   fun pay(carts: List<Cart>) {
X    val on = features.has("x")
X    for (on in carts) {
X      if (on) one()
.    }
X    carts.forEach { on ->
X      if (on) two()
.    }
.    try {
X      charge()
X    } catch (on: Exception) {
X      if (on) three()
.    }
   }
 }
""",
    "what is taken apart, which is no flag": """
 class Shop {
   fun pay(cart: Cart) {
X    val (on, off) = cart.switches()
X    if (on) one(off)
   }
 }
""",
    "a property": """
 class Shop {
.  private val on = features.has("x")
   fun pay(cart: Cart) {
.    if (on) {
G      one(cart)
.    }
.    if (this.on) {
G      two(cart)
.    }
   }
   fun other(cart: Cart, on: Boolean) {
X    if (on) {
X      three(cart)
.    }
   }
 }
""",
    "a property with a getter": """
 class Shop {
.  private val on get() = features.has("x")
.  val off: Boolean
.    get() {
.      return !features.has("x")
.    }
   fun pay(cart: Cart) {
G    if (on) one(cart)
.    if (!this.off) {
G      two(cart)
.    }
.    if (off) return
G    three(cart)
   }
 }
""",
    "a getter beside a class": """
.val on get() = features.has("x")
 class Shop {
   fun pay(cart: Cart) {
.    if (!on) return
G    chargeTwice(cart)
   }
 }
""",
    "a property that is lazy": """
 class Shop {
.  private val on by lazy { features.has("x") }
   fun pay(cart: Cart) {
.    val seen = run {
.      features.has("y")
.    }
.    if (on) {
G      one(cart)
.    }
.    if (seen) {
G      two(cart)
.    }
   }
 }
""",
    "what a block gives last alone": """
 class Shop {
   private val on by lazy {
X    features.has("x")
X    true
   }
   private val off by watched { features.has("x") }
   fun pay(cart: Cart) {
X    if (on) {
X      one(cart)
.    }
X    if (off) {
X      two(cart)
.    }
   }
 }
""",
    "a property of the constructor that is the flag by default": """
 class Shop(private val on: Boolean = features.has("x")) {
   fun pay(cart: Cart) {
.    if (on) {
G      chargeTwice(cart)
.    }
   }
 }
""",
    "a property that is set elsewhere too": """
 class Shop {
   private var on = features.has("x")
   private var off = false
   fun refresh(all: Boolean) {
X    on = all
.    off = features.has("x")
   }
   fun pay(cart: Cart) {
X    if (on) {
X      one(cart)
.    }
.    if (off) {
G      two(cart)
.    }
   }
 }
""",
    "a variable that a block sets too": """
 class Shop {
   fun pay(carts: List<Cart>) {
X    var on = features.has("x")
X    carts.forEach { on = it.isBig() }
X    if (on) {
X      one(carts)
.    }
   }
 }
""",
    "what serves nothing but to ask": """
 class Shop(
.  private val features: Features,
.  private val till: Till,
 ) {
   fun pay(cart: Cart) {
.    if (this.features.has("x")) {
G      one(cart)
.    }
.    if (features.has("y", till)) {
G      two(cart)
.    }
   }
 }
""",
    "a text that only names a flag": """
 class Shop {
   fun pay(cart: Cart) {
.    if (features.has(KEY, OTHER) || features.has(Shop.KEY)) {
G      one(cart)
.    }
X    charge(cart, OTHER)
   }
   companion object {
.    private const val KEY = "x"
X    private const val OTHER = "y"
   }
 }
""",
    "a block that the constructor runs": """
 class Shop(private val features: Features) {
   init {
.    if (features.has("x")) {
G      chargeTwice()
.    }
X    charge()
   }
   constructor() : this(Features()) {
.    if (!features.has("x")) {
X      charge()
.    }
   }
 }
""",
    "a companion's property and predicate": """
 class Shop {
   companion object {
.    private val on = Features.features.has("x")
.    fun isNew() = features.has("x")
   }
   fun pay(cart: Cart) {
.    if (on) {
G      one(cart)
.    }
.    if (isNew()) {
G      two(cart)
.    }
   }
 }
""",
    "a predicate": """
 class Shop {
   fun pay(cart: Cart) {
.    if (isNew(cart)) {
G      one(cart)
.    }
X    if (cart.isNew(cart)) {
X      two(cart)
.    }
.    if (!this.isNew(cart)) return
G    three(cart)
   }
.  private fun isNew(cart: Cart): Boolean {
.    return features.has("x", cart)
.  }
 }
""",
    "a function that leaves a block with something else, which is no predicate": """
 class Shop {
   fun pay(cart: Cart) {
X    if (isNew(cart)) {
X      one(cart)
.    }
   }
   private fun isNew(cart: Cart): Boolean {
X    cart.items.forEach { item ->
X      if (item.isOld) return@forEach
X      return true
.    }
X    return features.has("x", cart)
   }
 }
""",
    "a block held in a value, which is a predicate": """
 class Shop {
   fun pay(cart: Cart) {
.    val isNew = { features.has("x", cart) }
.    if (isNew()) {
G      one(cart)
.    }
   }
 }
""",
    "a method that only guarded lines call": """
 class Shop {
   fun pay(cart: Cart) {
.    if (features.has("x")) {
G      chargeTwice(cart)
.    }
   }
G  private fun chargeTwice(cart: Cart) {
G    charge(cart)
.  }
X  fun chargeThrice(cart: Cart) {
X    charge(cart)
.  }
 }
""",
    "a function that a text names, which runs in any case": """
 class Shop {
   fun pay(cart: Cart) {
.    if (features.has("x")) {
G      log(total)
.    }
X    log("total: $total, $ 5 and ${sum}")
   }
 }
Xval total = charge()
Xval sum = charge()
""",
    "a class that nobody names": """
Iclass NewShop(private val till: Till) {
I  fun pay(cart: Cart) {
I    till.charge(cart)
.  }
.}
""",
    "a class that something may find": """
.@Service
Xclass NewShop {
X  fun pay(cart: Cart) {
X    charge(cart)
.  }
.}
""",
    "a class that is one of others": """
Xclass NewShop : Shop() {
X  override fun pay(cart: Cart) {
X    charge(cart)
.  }
.}
""",
    "a class that only guarded lines make": """
 class Shop {
   fun pay(cart: Cart) {
.    if (features.has("x")) {
G      NewShop().pay(cart)
.    }
   }
 }
Gclass NewShop {
G  fun pay(cart: Cart) {
G    charge(cart)
.  }
.}
""",
    "a class whose type others name": """
 class Shop(private val shop: NewShop?) {
   fun pay(cart: Cart) {
.    if (features.has("x")) {
G      NewShop().pay(cart)
.    }
   }
 }
Xclass NewShop {
X  fun pay(cart: Cart) {
X    charge(cart)
.  }
.}
""",
}


@pytest.mark.parametrize("marked", [pytest.param(marked, id=name) for name, marked in KOTLIN.items()])
def test_kotlin_lines_follow_their_names(marked: str) -> None:
    found = letters("src/main/kotlin/shop/Shop.kt", marked, FLAGS)

    assert found == expected(marked)


ASKS = """
 package shop
 class Shop(private val features: Features, private val till: Till) {
   fun pay(cart: Cart) {
.    if (features.has("x")) {
G      till.chargeTwice(cart)
G      log(newTotal)
.    }
   }
 }
"""
TILL = """
 package shop
 class Till(
X  private val drawer: Drawer,
 ) {
   fun charge(cart: Cart) {
X    if (!cart.isEmpty()) open(cart.total)
   }
G  fun chargeTwice(cart: Cart, times: Int = 2) {
G    repeat(times) { drawer.open(cart.total) }
.  }
X  fun chargeThrice(cart: Cart) {
X    drawer.open(cart.total)
.  }
 }
"""
TOTAL = """
.package shop
Gval newTotal: Int
G  get() = sum()
Iclass NobodyNames
"""


@pytest.mark.parametrize("path", ["src/main/kotlin/shop/Till.kt", "src/main/kotlin/shop/Till.kts"])
def test_what_guarded_lines_of_another_file_call_alone_is_guarded(path: str) -> None:
    others = {"src/main/kotlin/shop/Shop.kt": ASKS, "src/main/kotlin/shop/Total.kt": TOTAL}

    found = letters(path, TILL, FLAGS, others)

    assert found == expected(TILL)


def test_a_name_of_the_same_package_needs_no_import() -> None:
    others = {"src/main/kotlin/shop/Shop.kt": ASKS, "src/main/kotlin/shop/Till.kt": TILL}

    found = letters("src/main/kotlin/shop/Total.kt", TOTAL, FLAGS, others)

    assert found == expected(TOTAL)
