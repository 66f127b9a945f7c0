"""Which added lines run only with a flag on: one source with a margin for each way to write it."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters

PYTHON = {
    "the branch of a flag that is on": """
 def pay(cart):
.    if features.has("x"):
G        charge_twice(cart)
     charge(cart)
""",
    "no flag at all": """
 def pay(cart):
X    charge_twice(cart)
     charge(cart)
""",
    "the other branch is not guarded": """
 def pay(cart):
.    if features.has("x"):
G        charge_twice(cart)
.    else:
X        charge_thrice(cart)
""",
    "not turns the branches": """
 def pay(cart):
.    if not features.has("x"):
X        charge_thrice(cart)
.    else:
G        charge_twice(cart)
""",
    "a flag that means off turns them too": """
 def pay(cart):
.    if features.missing("x"):
X        charge_thrice(cart)
.    else:
G        charge_twice(cart)
""",
    "and keeps the flag, whichever side it is on": """
 def pay(cart):
.    if features.has("x") and cart:
G        charge_twice(cart)
.    if cart and features.has("x"):
G        charge_thrice(cart)
""",
    "or does not guard the true side": """
 def pay(cart):
X    if features.has("x") or cart:
X        charge_twice(cart)
""",
    "or guards its false side": """
 def pay(cart):
.    if not features.has("x") or not cart:
X        charge(cart)
.    else:
G        charge_twice(cart)
""",
    "two flags by or guard": """
 def pay(cart):
.    if features.has("x") or features.has("y"):
G        charge_twice(cart)
""",
    "a flag compared with a truth": """
 def pay(cart):
.    if features.has("x") == True:
G        one(cart)
.    if features.has("x") is True:
G        two(cart)
.    if features.has("x") is False:
X        three(cart)
.    if features.has("x") is not False:
G        four(cart)
.    if features.has("x") != True:
X        five(cart)
.    if bool(features.has("x")):
G        six(cart)
""",
    "a flag compared with anything else": """
 def pay(cart):
X    if features.has("x") == cart.wants:
X        one(cart)
X    if features.has("x") is not None:
X        two(cart)
""",
    "what follows an early exit": """
 def pay(cart):
.    if not features.has("x"):
.        return charge(cart)
G    charge_twice(cart)
G    return receipt(cart)
""",
    "what follows an early exit that was there before": """
 def get(self, request):
     if not features.has("x"):
         return Response(status=404)
     rows = all_rows()
G    rows = sorted(rows)
G    audit(rows)
     return rows
""",
    "what follows the early exit of the flag that is on": """
 def pay(cart):
.    if features.has("x"):
G        return charge_twice(cart)
X    log(cart)
     return charge(cart)
""",
    "an exit that needs more than the flag to be off": """
 def pay(cart):
X    if not features.has("x") and cart.old:
X        return charge(cart)
X    charge_twice(cart)
""",
    "an exit by raise, by continue and by abort": """
 def pay(carts):
     for cart in carts:
.        if not features.has("x"):
.            continue
G        charge_twice(cart)
X    done(carts)
 def show():
.    if not features.has("x"):
.        raise NotFound
G    new_page()
 def other():
.    if not features.has("x"):
X        abort(404)
G    new_page(2)
""",
    "a loop that waits for the flag proves nothing": """
 def pay(cart):
.    while not features.has("x"):
.        break
X    charge_twice(cart)
""",
    "a loop while the flag is on": """
 def pay(cart):
.    while features.has("x"):
G        charge_twice(cart)
""",
    "an exit inside a with block": """
 def pay(cart):
     with lock:
.        if not features.has("x"):
.            return
G        charge_twice(cart)
G    done(cart)
""",
    "an exit inside a try block guards nothing after it": """
 def pay(cart):
     try:
.        if not features.has("x"):
.            raise Off
G        charge_twice(cart)
     except Off:
         pass
X    done(cart)
""",
    "an assertion of the flag": """
 def pay(cart):
X    assert features.has("x")
G    charge_twice(cart)
""",
    "elif after a flag": """
 def pay(cart):
.    if features.has("x"):
G        one(cart)
X    elif cart:
X        two(cart)
.    elif features.has("y"):
G        three(cart)
.    else:
X        four(cart)
""",
    "elif after a flag that is off": """
 def pay(cart):
.    if not features.has("x"):
X        one(cart)
G    elif cart:
G        two(cart)
.    else:
G        three(cart)
""",
    "elif without a flag": """
 def pay(cart):
X    if cart:
X        one(cart)
.    elif not features.has("x"):
X        two(cart)
G    elif cart.big:
G        three(cart)
.    else:
G        four(cart)
""",
    "every other path leaves": """
 def pay(cart):
.    if features.has("x"):
G        one(cart)
.    else:
.        return None
G    two(cart)
""",
    "a conditional expression": """
 def pay(cart):
G    return charge_twice(cart) if features.has("x") else charge(cart)
""",
    "the arm of a boolean": """
 def pay(cart):
G    return features.has("x") and charge_twice(cart)
""",
    "the arm of a boolean that runs without the flag": """
 def pay(cart):
X    return features.has("x") or charge_twice(cart)
""",
    "a comprehension": """
 def pay(carts):
G    return [charge_twice(cart) for cart in carts if features.has("x", cart)]
""",
    "a decorated function": """
.@gate("x")
G def view(request):
G    return page(request)
""",
    "a flag held in a variable": """
 def pay(cart):
.    new = features.has("x")
     total(cart)
.    if new:
G        charge_twice(cart)
""",
    "a variable that holds a flag and more": """
 def pay(cart):
G    new = features.has("x") and cart.big
G    newer = new and cart.bigger
.    if newer:
G        charge_twice(cart)
""",
    "a variable that may be set otherwise": """
 def pay(cart):
X    new = features.has("x")
X    if cart:
X        new = cart.new
X    if new:
X        charge_twice(cart)
""",
    "a variable that starts as False": """
 def pay(cart):
.    new = False
     if cart:
.        new = features.has("x")
.    if new:
G        charge_twice(cart)
""",
    "a variable of another function": """
 def one(cart):
.    new = features.has("x")
.    return new
 def two(cart, new):
X    if new:
X        charge_twice(cart)
""",
    "a variable of the function around": """
 def one(cart):
.    new = features.has("x")
     def two():
.        if new:
G            charge_twice(cart)
     return two
""",
    "a parameter of the same name": """
 def one(cart):
.    new = features.has("x")
     def two(new):
X        if new:
X            charge_twice(cart)
     return two(cart)
""",
    "a loop variable of the same name": """
 def one(carts):
X    new = features.has("x")
X    for new in carts:
X        if new:
X            charge_twice(new)
""",
    "an attribute of the object": """
 class Shop:
     def __init__(self):
.        self.new = features.has("x")
     def pay(self, cart):
.        if self.new:
G            charge_twice(cart)
X        if cart.new:
X            charge_thrice(cart)
""",
    "a property": """
 class Shop:
.    @property
.    def new(self):
.        return features.has("x")
     def pay(self, cart):
.        if self.new:
G            charge_twice(cart)
""",
    "a method that asks": """
 class Shop:
.    def is_new(self):
.        return features.has("x")
     def pay(self, cart):
.        if not self.is_new():
.            return
G        charge_twice(cart)
""",
    "a predicate": """
.def is_new(cart):
.    if not cart:
.        return False
.    return features.has("x", cart)
 def pay(cart):
.    if is_new(cart):
G        charge_twice(cart)
""",
    "a function that may be true for another reason": """
X def is_new(cart):
X    if cart.big:
X        return True
X    return features.has("x", cart)
 def pay(cart):
X    if is_new(cart):
X        charge_twice(cart)
""",
    "a named expression": """
 def pay(cart):
.    if (new := features.has("x")) and cart:
G        charge_twice(cart)
.    if new:
G        charge_thrice(cart)
""",
    "a flag read as an attribute": """
 def pay(cart):
.    if ui.flags.new_pay:
G        charge_twice(cart)
X    if ui.other.new_pay:
X        charge_thrice(cart)
""",
    "a call that runs its function only if": """
 def pay(cart):
G    when_on("x", lambda: charge_twice(cart))
X    other("x", lambda: charge_twice(cart))
""",
    "a flag that is only logged": """
 def pay(cart):
X    log.info("flag", features.has("x"))
X    charge_twice(cart)
""",
    "a flag in a comment and in a text": """
 def pay(cart):
X    text = "if features.has('x'):"
.    # if features.has("x"):
X    charge_twice(cart, text)
""",
    "a flag handed to a function is no guard": """
 def pay(cart):
X    charge_twice(cart, features.has("x"))
""",
    "several statements on one line": """
 def pay(cart):
X    charge_twice(cart); features.has("x") and charge(cart)
""",
    "a nested function under a flag": """
 def pay(cart):
.    if features.has("x"):
G        def twice():
G            return charge(cart)
G        return twice()
""",
    "an early exit in a nested function guards only that": """
 def pay(cart):
G    def inner():
.        if not features.has("x"):
.            return
G        charge_twice(cart)
X    inner2(inner, cart.total())
X    charge(cart)
""",
}


@pytest.mark.parametrize("marked", [pytest.param(marked, id=name) for name, marked in PYTHON.items()])
def test_python_lines_are_guarded_by(marked: str) -> None:
    found = letters("src/shop.py", marked)

    assert found == expected(marked)
