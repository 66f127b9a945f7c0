"""Lines that are guarded by who uses them, lines that nobody uses yet, and files that do what they did before."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters

ONE_FILE = {
    "a new function that is only called with the flag on": """
 def pay(cart):
.    if features.has("x"):
G        twice(cart)


G def twice(cart):
G    return charge(cart)
""",
    "a chain of new functions": """
 def pay(cart):
.    if features.has("x"):
G        twice(cart)
G def twice(cart):
G    return once(cart)
G def once(cart):
G    return charge(cart)
""",
    "functions that call each other": """
 def pay(cart):
.    if features.has("x"):
G        twice(cart, 2)
G def twice(cart, n):
G    return n and twice(cart, n - 1)
""",
    "a new function that is also called without": """
 def pay(cart):
.    if features.has("x"):
G        twice(cart)
X    twice(cart)
X def twice(cart):
X    return charge(cart)
""",
    "a public function that was there before": """
 def pay(cart):
.    if features.has("x"):
G        twice(cart)
 def twice(cart):
-    return charge(cart)
X    return charge(cart, 2)
""",
    "a private function that was there before": """
 def pay(cart):
.    if features.has("x"):
G        _twice(cart)
 def _twice(cart):
-    return charge(cart)
G    return charge(cart, 2)
""",
    "a new class": """
 def pay(cart):
.    if features.has("x"):
G        Twice(cart).run()
G class Twice:
G    def __init__(self, cart):
G        self.cart = cart
G    def run(self):
G        charge(self.cart)
""",
    "a new method": """
 class Shop:
     def pay(self, cart):
.        if features.has("x"):
G            self.twice(cart)
G    def twice(self, cart):
G        charge(cart)
""",
    "a new constant": """
GLIMIT = 3
 def pay(cart):
.    if features.has("x"):
G        twice(cart, LIMIT)
""",
    "a value that is prepared before the check": """
 def pay(cart):
G    rows = load(cart)
.    if features.has("x"):
G        twice(rows)
""",
    "a value that is also used without": """
 def pay(cart):
X    rows = load(cart)
.    if features.has("x"):
G        twice(rows)
X    log(rows)
""",
    "a gated helper and its calls": """
Gdef announce(cart):
.    if not features.has("x"):
.        return
G    mail(cart)
 def pay(cart):
G    announce(cart)
     charge(cart)
""",
    "a helper that does something first": """
X def announce(cart):
X    log(cart)
.    if not features.has("x"):
.        return
G    mail(cart)
 def pay(cart):
X    announce(cart)
""",
    "a new function that nobody uses": """
I def twice(cart):
I    return charge(cart)
 def pay(cart):
X    charge(cart, 2)
""",
    "functions that only use each other": """
I def twice(cart):
I    return once(cart)
I def once(cart):
I    return charge(cart)
""",
    "a new function that a decorator registers": """
X @app.route("/twice")
X def twice(cart):
X    return charge(cart)
""",
    "a new class that its base may register": """
X class Twice(Plugin):
X    def run(self):
X        return charge(self)
""",
    "a new method of a known class is found by its name": """
 class Shop:
     def pay(self, cart):
         charge(cart)
X    def save(self):
X        charge(self)
""",
    "a new function that is registered by hand": """
X def twice(cart):
X    return charge(cart)
X register(twice)
""",
    "a constant that nobody uses, and one that calls": """
ILIMIT = 3
XPOOL = connect()
""",
    "a function under a name that others call": """
Xdef handler(event):
X    return charge(event)
""",
    "a default of a parameter is a use": """
Xdef twice(cart):
X    return charge(cart)
 def pay(
     cart,
X    how=twice,
 ):
     return how(cart)
""",
    "flags made known in a registry": """
 def register(manager):
.    manager.add("organizations:x", OrganizationFeature, api_expose=True)
X    manager.start()
""",
    "lines that only carry a new name": """
-def vat(price):
.def tax(price):
-    return vat2(price) * vat(price)
.    return vat2(price) * tax(price)
-    log(price)
X    audit(price)
     log(price)
""",
}
JAVASCRIPT = {
    "a new component that only renders with the flag on": """
 export const Page = ({ cart }) => (
   <main>
G    {features.has("x") && <Twice cart={cart} />}
   </main>
 );
Gconst Twice = ({ cart }) => {
G  return <b>{total(cart)}</b>;
.};
""",
    "a new export that nobody uses": """
Iexport const twice = (cart) => {
I  return charge(cart);
.};
 other();
""",
    "an export by CommonJS is no use": """
Ifunction twice(cart) {
I  return charge(cart);
.}
Xmodule.exports = { twice, pay };
""",
    "a handler that its name registers": """
Xexport async function GET(request) {
X  return charge(request);
.}
""",
}
CONTAINED = {
    "old code that moved into the other branch": """
 def pay(cart):
-    charge(cart)
.    if features.has("x"):
G        twice(cart)
.    else:
.        charge(cart)
""",
    "old code that was joined in the other branch": """
 def pay(cart):
-    total = (
-        cart.total
-    )
.    if features.has("x"):
G        total = cart.total * 2
.    else:
.        total = (cart.total)
     charge(total)
""",
    "old code that is changed in the other branch": """
 def pay(cart):
-    charge(cart)
.    if features.has("x"):
G        twice(cart)
.    else:
X        charge(cart, 2)
""",
    "a value that becomes one of two": """
 def pay(cart):
-    rate = 2
G    rate = 3 if features.has("x") else 2
     return rate
""",
    "old code that only runs with the flag on now": """
 def pay(cart):
-    charge(cart)
-    log(cart)
.    if features.has("x"):
.        charge(cart)
X    log(cart, 2)
""",
}


@pytest.mark.parametrize("marked", [pytest.param(text, id=name) for name, text in {**ONE_FILE, **CONTAINED}.items()])
def test_python_lines_follow_their_uses(marked: str) -> None:
    found = letters("src/shop.py", marked)

    assert found == expected(marked)


@pytest.mark.parametrize("marked", [pytest.param(text, id=name) for name, text in JAVASCRIPT.items()])
def test_javascript_lines_follow_their_uses(marked: str) -> None:
    found = letters("src/shop.jsx", marked)

    assert found == expected(marked)
