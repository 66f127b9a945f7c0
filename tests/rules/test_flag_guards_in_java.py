"""Which added lines of Java run only with a flag on."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters

FLAGS = ("features.has", "!features.missing", "@Gate", "when_on")
JAVA = {
    "the branch of a flag that is on": """
 class Shop {
   void pay(Cart cart) {
.    if (features.has("x")) {
G      chargeTwice(cart);
.    } else {
X      chargeThrice(cart);
.    }
     charge(cart);
   }
 }
""",
    "an early return": """
 class Shop {
   Bill pay(Cart cart) {
.    if (!features.has("x")) {
.      return old(cart);
.    }
G    return chargeTwice(cart);
   }
 }
""",
    "an early return on a line that stays": """
 class Shop {
   void pay(Cart cart) {
     if (!this.features.has("x")) return;
G    chargeTwice(cart);
   }
 }
""",
    "an early exit by throwing": """
 class Shop {
   void pay(Cart cart) {
.    if (!features.has("x")) {
.      throw new Off();
.    }
G    chargeTwice(cart);
   }
 }
""",
    "and keeps it, or does not": """
 class Shop {
   void pay(Cart cart) {
.    if (cart.isBig() && features.has("x")) {
G      one(cart);
.    }
X    if (cart.isBig() || features.has("x")) {
X      two(cart);
.    }
   }
 }
""",
    "not turns it": """
 class Shop {
   void pay(Cart cart) {
.    if (!features.has("x")) {
X      one(cart);
.    }
.    if (!(!features.has("x"))) {
G      two(cart);
.    }
.    if (features.missing("x")) {
X      three(cart);
.    } else {
G      four(cart);
.    }
   }
 }
""",
    "compared with a truth": """
 class Shop {
   void pay(Cart cart) {
.    if (features.has("x") == true) {
G      one(cart);
.    }
.    if (features.has("x") == false) {
X      two(cart);
.    }
X    if (features.has("x") != null) {
X      three(cart);
.    }
   }
 }
""",
    "else if": """
 class Shop {
   void pay(Cart cart) {
.    if (features.has("x")) {
G      one(cart);
.    } else if (features.has("y")) {
G      two(cart);
.    } else {
X      three(cart);
.    }
   }
 }
""",
    "a ternary": """
 class Shop {
   Bill pay(Cart cart) {
G    return features.has("x") ? one(cart) : null;
   }
 }
""",
    "a variable": """
 class Shop {
   void pay(Cart cart) {
.    final boolean on = features.has("x");
.    if (on) {
G      chargeTwice(cart);
.    }
   }
 }
""",
    "a variable that may come from elsewhere": """
 class Shop {
   void pay(Cart cart, boolean on) {
X    if (on) {
X      chargeTwice(cart);
.    }
   }
 }
""",
    "a field": """
 class Shop {
.  private final boolean on = features.has("x");
   void pay(Cart cart) {
.    if (on) {
G      one(cart);
.    }
.    if (this.on) {
G      two(cart);
.    }
   }
   void other(Cart cart, boolean on) {
X    if (on) {
X      three(cart);
.    }
   }
 }
""",
    "a field that the constructor sets": """
 class Shop {
   private final boolean on;
   Shop(Features features) {
.    this.on = features.has("x");
   }
   void pay(Cart cart) {
.    if (!on) return;
G    chargeTwice(cart);
   }
 }
""",
    "a predicate": """
 class Shop {
   void pay(Cart cart) {
.    if (isNew(cart)) {
G      one(cart);
.    }
.    if (this.isNew(cart)) {
G      two(cart);
.    }
X    if (cart.isNew(cart)) {
X      three(cart);
.    }
   }
.  private boolean isNew(Cart cart) {
.    return features.has("x", cart);
.  }
 }
""",
    "a method that only guarded lines call": """
 class Shop {
   void pay(Cart cart) {
.    if (features.has("x")) {
G      chargeTwice(cart);
.    }
   }
G  private void chargeTwice(Cart cart) {
G    charge(cart);
.  }
X  private void chargeThrice(Cart cart) {
X    charge(cart);
.  }
 }
""",
    "a class that nobody names": """
Iclass NewShop {
I  void pay(Cart cart) {
I    charge(cart);
.  }
.}
""",
    "a class that something may find": """
.@Service
Xclass NewShop {
X  void pay(Cart cart) {
X    charge(cart);
.  }
.}
""",
    "a class that only guarded lines make": """
 class Shop {
   void pay(Cart cart) {
.    if (features.has("x")) {
G      new NewShop().pay(cart);
.    }
   }
 }
Gclass NewShop {
G  void pay(Cart cart) {
G    charge(cart);
.  }
.}
""",
    "an annotated method": """
 class Shop {
.  @Gate("x")
G  void pay(Cart cart) {
G    charge(cart);
.  }
.  @Override
X  void other(Cart cart) {
X    charge(cart);
.  }
 }
""",
    "a lambda that is run only if": """
 class Shop {
   void pay(Cart cart) {
G    features.when_on("x", () -> {
G      chargeTwice(cart);
.    });
   }
 }
""",
    "a lambda that leaves": """
 class Shop {
   void pay(List<Cart> carts) {
G    carts.forEach(cart -> {
.      if (!features.has("x")) return;
G      chargeTwice(cart);
.    });
   }
 }
""",
    "a lambda in a branch": """
 class Shop {
   void pay(List<Cart> carts) {
.    if (features.has("x")) {
G      carts.forEach(cart -> chargeTwice(cart));
.    }
   }
 }
""",
    "a loop": """
 class Shop {
   void pay(List<Cart> carts) {
G    for (Cart cart : carts) {
.      if (!features.has("x")) continue;
G      chargeTwice(cart);
.    }
   }
 }
""",
    "what is no behaviour": """
.package shop;
.import java.util.List;
 class Shop {
.  // a comment
.  /** Another
.   * of several lines. */
   void pay(Cart cart) {
X    charge(cart);
   }
 }
""",
}
LIBRARIES = {
    "LaunchDarkly": """
 import com.launchdarkly.sdk.server.LDClient;
 class Shop {
   void pay(LDClient client, Cart cart) {
.    if (client.boolVariation("x", cart.context(), false)) {
G      chargeTwice(cart);
.    }
   }
 }
""",
    "LaunchDarkly, by a variant": """
 import com.launchdarkly.sdk.server.LDClient;
 class Shop {
   void pay(LDClient client, Cart cart) {
.    if (client.stringVariation("x", cart.context(), "off").equals("on")) {
G      one(cart);
.    }
.    if (client.stringVariation("x", cart.context(), "off").equals("off")) {
X      two(cart);
.    }
X    if (client.stringVariation("x", cart.context(), "off").equals()) {
X      three(cart);
.    }
   }
 }
""",
    "Togglz": """
 import org.togglz.core.Feature;
 class Shop {
   void pay(Cart cart) {
.    if (MyFeatures.NEW_CHECKOUT.isActive()) {
G      chargeTwice(cart);
.    }
   }
 }
""",
    "FF4J, by an annotation": """
 import org.ff4j.aop.Flip;
 class Shop {
.  @Flip(name = "x")
G  void pay(Cart cart) {
G    chargeTwice(cart);
.  }
 }
""",
    "no library at all": """
 import org.example.Switches;
 class Shop {
   void pay(Switches client, Cart cart) {
X    if (client.boolVariation("x", cart.context(), false)) {
X      chargeTwice(cart);
.    }
   }
 }
""",
}


@pytest.mark.parametrize("marked", [pytest.param(marked, id=name) for name, marked in JAVA.items()])
def test_java_lines_are_guarded_by(marked: str) -> None:
    found = letters("src/main/java/shop/Shop.java", marked, FLAGS)

    assert found == expected(marked)


@pytest.mark.parametrize("marked", [pytest.param(marked, id=name) for name, marked in LIBRARIES.items()])
def test_java_libraries_are_known(marked: str) -> None:
    found = letters("src/main/java/shop/Shop.java", marked, ())

    assert found == expected(marked)
