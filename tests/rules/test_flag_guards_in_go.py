"""Which added lines of Go run only with a flag on."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters

FLAGS = ("features.Has", "!features.Missing", "features.Variant", "WhenOn")
GO = {
    "the branch of a flag that is on": """
 func Pay(cart Cart) {
.    if features.Has("x") {
G        chargeTwice(cart)
.    } else {
X        chargeThrice(cart)
.    }
     charge(cart)
 }
""",
    "an early return": """
 func Pay(cart Cart) {
.    if !features.Has("x") {
.        return
.    }
G    chargeTwice(cart)
 }
""",
    "an early return on a line that stays": """
 func Pay(cart Cart) {
     if !features.Has("x") {
         return
     }
G    chargeTwice(cart)
 }
""",
    "an early exit by a panic": """
 func Pay(cart Cart) {
.    if !features.Has("x") {
X        panic("off")
.    }
G    chargeTwice(cart)
 }
""",
    "a flag that is asked for within the branch": """
 func Pay(cart Cart) {
.    if on, _ := features.Has("x"); on {
G        chargeTwice(cart)
.    }
 }
""",
    "a flag that is asked for together with an error": """
 func Pay(cart Cart) error {
.    on, err := features.Has("x")
X    if err != nil {
X        return err
.    }
.    if !on {
.        return nil
.    }
G    return chargeTwice(cart)
 }
""",
    "a variable": """
 func Pay(cart Cart) {
.    on := features.Has("x")
.    if on {
G        chargeTwice(cart)
.    }
 }
""",
    "a variable with a type": """
 func Pay(cart Cart) {
.    var on bool = features.Has("x")
.    if on {
G        chargeTwice(cart)
.    }
 }
""",
    "a variable that is off at first": """
 func Pay(cart Cart) {
.    on := false
X    if cart.Big {
.        on = features.Has("x")
.    }
.    if on {
G        chargeTwice(cart)
.    }
 }
""",
    "a variable that may come from elsewhere": """
 func Pay(cart Cart) {
X    on := features.Has("x")
X    on = cart.Big
X    if on {
X        chargeTwice(cart)
.    }
 }
""",
    "and keeps it, or does not": """
 func Pay(cart Cart) {
.    if cart.Big && features.Has("x") {
G        one(cart)
.    }
X    if cart.Big || features.Has("x") {
X        two(cart)
.    }
 }
""",
    "not turns it": """
 func Pay(cart Cart) {
.    if !features.Has("x") {
X        one(cart)
.    }
.    if !!features.Has("x") {
G        two(cart)
.    }
.    if features.Missing("x") {
X        three(cart)
.    } else {
G        four(cart)
.    }
 }
""",
    "compared with a truth": """
 func Pay(cart Cart) {
.    if features.Has("x") == true {
G        one(cart)
.    }
.    if features.Has("x") == false {
X        two(cart)
.    }
X    if features.Has("x") != nil {
X        three(cart)
.    }
 }
""",
    "else if": """
 func Pay(cart Cart) {
.    if features.Has("x") {
G        one(cart)
.    } else if features.Has("y") {
G        two(cart)
.    } else {
X        three(cart)
.    }
 }
""",
    "a branch without a flag whose both ends leave": """
 func Pay(cart Cart) {
X    if cart.Big {
.        if !features.Has("x") {
.            return
.        }
G        one(cart)
.    }
X    two(cart)
 }
""",
    "a switch of conditions": """
 func Pay(cart Cart) {
     switch {
.    case features.Has("x"):
G        one(cart)
X    case cart.Big:
X        two(cart)
.    default:
X        three(cart)
     }
 }
""",
    "a switch that first leaves without it": """
 func Pay(cart Cart) {
     switch {
.    case !features.Has("x"):
X        one(cart)
.    default:
G        two(cart)
     }
 }
""",
    "a predicate": """
.func isNew(cart Cart) bool {
.    return features.Has("x", cart)
.}
 func Pay(cart Cart) {
.    if isNew(cart) {
G        chargeTwice(cart)
.    }
 }
""",
    "a function that only guarded lines call": """
Gfunc chargeTwice(cart Cart) {
G    charge(cart)
G    charge(cart)
.}
 func Pay(cart Cart) {
.    if features.Has("x") {
G        chargeTwice(cart)
.    }
 }
""",
    "a function that nobody calls": """
Ifunc chargeTwice(cart Cart) {
I    charge(cart)
.}
Xfunc (s *Shop) Pay(cart Cart) {
X    charge(cart)
.}
""",
    "a helper that does nothing without it": """
 func Pay(cart Cart) {
G    chargeTwice(cart)
G    go chargeTwice(cart)
G    defer chargeTwice(cart)
G    use(chargeTwice)
X    use(chargeTwice, limit())
 }
Gfunc chargeTwice(cart Cart) {
.    if !features.Has("x") {
.        return
.    }
G    charge(cart)
.}
""",
    "a function that is run only if": """
 func Pay(cart Cart) {
G    WhenOn("x", func() {
G        chargeTwice(cart)
.    })
 }
""",
    "a loop": """
 func Pay(carts []Cart) {
G    for _, cart := range carts {
.        if !features.Has("x") {
.            continue
.        }
G        chargeTwice(cart)
.    }
 }
""",
    "a literal that hands it on": """
 func Pay(cart Cart) {
X    run(Options{
.        On: features.Has("x"),
X        Cart: cart,
.    })
 }
""",
    "types, imports and comments are no behaviour": """
.import (
.    "errors"
.    shop "example.org/shop"
.)
.type Cart struct {
.    ID int
.}
.// a comment
Ivar limit = 3
""",
}
LIBRARIES = {
    "LaunchDarkly": """
 import ld "github.com/launchdarkly/go-server-sdk/v7"
 func Pay(client *ld.LDClient, cart Cart) {
.    if on, _ := client.BoolVariation("x", cart.Context(), false); on {
G        chargeTwice(cart)
.    }
 }
""",
    "LaunchDarkly, by a variant": """
 import ld "github.com/launchdarkly/go-server-sdk/v7"
 func Pay(client *ld.LDClient, cart Cart) {
.    kind, _ := client.StringVariation("x", cart.Context(), "off")
.    if kind == "on" {
G        chargeTwice(cart)
.    }
 }
""",
    "Unleash": """
 import "github.com/Unleash/unleash-client-go/v4"
 func Pay(cart Cart) {
.    if !unleash.IsEnabled("x") {
.        return
.    }
G    chargeTwice(cart)
 }
""",
    "no library at all": """
 import "example.org/shop/switches"
 func Pay(client *switches.Client, cart Cart) {
X    if on, _ := client.BoolVariation("x", cart.Context(), false); on {
X        chargeTwice(cart)
.    }
 }
""",
}


@pytest.mark.parametrize("marked", [pytest.param(marked, id=name) for name, marked in GO.items()])
def test_go_lines_are_guarded_by(marked: str) -> None:
    found = letters("shop/pay.go", marked, FLAGS)

    assert found == expected(marked)


@pytest.mark.parametrize("marked", [pytest.param(marked, id=name) for name, marked in LIBRARIES.items()])
def test_go_libraries_are_known(marked: str) -> None:
    found = letters("shop/pay.go", marked, ())

    assert found == expected(marked)
