"""What does as before while every flag is off, in whatever way the old code was moved."""

from __future__ import annotations

import pytest

from rules.engine.flags.before.spelled import Bound, Spelling
from tests.rules.given_flags import expected, letters

PYTHON = {
    "a value chosen by a flag stands where the old one stood": """
 def pay(cart):
-    send(cart)
G    bill = renew(cart) if features.has("x") else cart
G    send(bill)
""",
    "a list that got a name, so that a flag can add to it": """
 def pay(cart):
-    send({"items": [one(cart), two(cart)]})
G    items = [one(cart), two(cart)]
.    if features.has("x"):
G        items.append(three(cart))
G    send({"items": items})
""",
    "a name that is used where the flag is off, too": """
 def pay(cart):
X    bill = renew(cart)
.    if features.has("x"):
G        send(bill)
X    log(bill)
""",
    "a name that is bound twice is not written out": """
 def pay(cart):
-    send(cart)
X    bill = cart
X    bill = cart
X    send(bill)
.    if features.has("x"):
G        new(bill)
""",
    "a long value that is used twice is not written out": """
 def pay(cart):
-    send(total(cart))
-    log(total(cart))
X    bill = total(cart)
X    send(bill)
X    log(bill)
.    if features.has("x"):
G        new(cart)
""",
    "names that only serve each other": """
 def pay(cart):
G    one = first(cart)
G    two = second(one)
.    if features.has("x"):
G        new(two)
     old(cart)
""",
    "an old condition that a flag widens": """
 def pay(cart):
-    if cart.due:
.    if cart.due or features.has("x"):
         send(cart)
""",
    "an old condition that the off side of a flag narrows": """
 def pay(cart):
-    if cart.due:
.    if cart.due and not features.has("x"):
         send(cart)
""",
    "a kind that needs the flag leaves before an old condition that it widens": """
 def pay(cart):
G    is_gift = cart.kind == "gift"
.    if is_gift and not features.has("x"):
.        return
-    if cart.due:
.    if cart.due or is_gift:
         send(cart)
""",
    "what leaves with a value is no mere check": """
 def pay(cart):
X    is_gift = cart.kind == "gift"
.    if is_gift and not features.has("x"):
.        return old(cart)
-    if cart.due:
X    if cart.due or is_gift:
         send(cart)
""",
    "an old branch that becomes the second": """
 def pay(cart):
-    if cart.due:
.    if features.has("x"):
G        new(cart)
G    elif cart.due:
         send(cart)
     else:
         old(cart)
""",
    "a third branch between two old ones": """
 def pay(cart):
     if cart.due:
         send(cart)
.    elif features.has("x"):
G        new(cart)
     else:
         old(cart)
""",
    "a loop that does nothing while the flag is off": """
 def pay(cart):
G    for one in cart:
.        if features.has("x"):
G            new(one)
     old(cart)
""",
    "a loop that did nothing while the flag was off goes": """
 def pay(cart):
-    for one in cart:
-        if features.has("old"):
-            renew(one)
-    send(cart)
G    bill = renew(cart) if features.has("x") else cart
G    send(bill)
""",
    "a loop that did something in any case goes": """
 def pay(cart):
-    for one in cart:
-        log(one)
-    send(cart)
G    bill = renew(cart) if features.has("x") else cart
X    send(bill)
""",
    "a branch that does nothing while the flag is off": """
 def pay(cart):
G    if cart.due:
.        if features.has("x"):
G            new(cart)
.    else:
.        if features.has("y"):
G            newer(cart)
     old(cart)
""",
    "a branch that does something in one arm": """
 def pay(cart):
X    if cart.due:
.        if features.has("x"):
G            new(cart)
.    else:
X        newer(cart)
     old(cart)
""",
    "an exit where the function ends in any case": """
 def pay(cart):
     old(cart)
.    if not features.has("x"):
.        return
G    new(cart)
""",
    "one function does as before, and its neighbour does not": """
 def pay(cart):
-    send(cart)
.    if features.has("x"):
G        new(cart)
.    else:
.        send((cart))
 def ship(cart):
X    pack(cart)
     old(cart)
""",
    "methods of one name in two classes": """
 class One:
     def pay(self, cart):
-        send(cart)
.        if features.has("x"):
G            new(cart)
.        else:
.            send((cart))
 class Two:
     def pay(self, cart):
-        ship(cart)
.        if features.has("x"):
G            new(cart)
.        else:
X            send((cart))
""",
    "a function that comes a second time": """
 def pay(cart):
-    send(cart)
.    if features.has("x"):
G        new(cart)
.    else:
X        send((cart))
Xdef pay(cart):
X    pass_on(cart)
""",
    "the old code is not quite the same in the else": """
 def pay(cart):
-    send(cart)
.    if features.has("x"):
G        new(cart)
.    else:
X        send(cart, 1)
""",
    "a check that was there, asked in another place": """
 def pay(cart):
-    if features.has("x"):
-        new(cart)
-    old(cart)
.    if not features.has("x"):
.        old((cart))
.    else:
.        new(cart)
G        old((cart))
""",
    "the flag is gone, and what it guarded runs": """
 def pay(cart):
-    if features.has("x"):
-        new(cart)
.    new(cart)
X    newer(cart)
     old(cart)
""",
}
TYPESCRIPT = {
    "an element that is there with the flag on alone": """
 const Page = ({ cart }) => {
-  return <Bill cart={cart} />;
G  return <Bill cart={cart}>{features.has("x") && <New />}{features.has("y") ? <Newer /> : null}</Bill>;
 };
""",
    "an argument that only the flag reads": """
 function pay(
   cart,
.  more,
 ) {
.  if (features.has("x")) {
G    renew(more);
.  }
   old(cart);
 }
""",
    "an argument that something else reads, too": """
 function pay(
   cart,
X  more,
 ) {
.  if (features.has("x")) {
G    renew(more);
.  }
X  old(more);
   old(cart);
 }
""",
    "an exit in a loop without braces": """
 function pay(cart) {
X  for (const one of cart) if (!features.has("x")) return;
X  renew(cart);
 }
""",
    "a statement that comes to nothing": """
 function pay(cart) {
G  features.has("x") ? renew(cart) : null;
G  features.has("x") && renew(cart);
   old(cart);
 }
""",
    "a variable that is filled in both branches": """
 function pay(cart) {
-  const bill = old(cart);
G  let bill;
.  if (features.has("x")) {
G    bill = renew(cart);
.  } else {
G    bill = old(cart);
.  }
   send(bill);
 }
""",
}
GO = {
    "the old call in the else binds a name that was there": """
 package shop

 func Pay(cart Cart) error {
     for _, one := range cart {
-        _, err := Send(one)
.        if features.Has("x") {
G            err = Renew(one)
.        } else {
G            _, err = Send(one)
.        }
         if err != nil {
             return err
         }
     }
     return nil
 }
""",
    "a check with a statement of its own": """
 package shop

 func Pay(cart Cart) error {
X    if err := Check(cart); err != nil {
.        if features.Has("x") {
G            return err
.        }
X        Log(err)
.    }
     return nil
 }
""",
}
RUBY = {
    "a value chosen by a flag": """
 def pay(cart)
-  send_bill(cart)
G  bill = features.has(:x) ? renew(cart) : cart
G  send_bill(bill)
 end
""",
}
CASES = [
    *(pytest.param("src/shop.py", text, id=f"python: {name}") for name, text in PYTHON.items()),
    *(pytest.param("src/shop.tsx", text, id=f"typescript: {name}") for name, text in TYPESCRIPT.items()),
    *(pytest.param("src/shop.go", text, id=f"go: {name}") for name, text in GO.items()),
    *(pytest.param("app/shop.rb", text, id=f"ruby: {name}") for name, text in RUBY.items()),
]
FLAGS = ("features.has", "features.Has")


@pytest.mark.parametrize(("path", "text"), CASES)
def test_what_does_as_before_while_the_flag_is_off_is_guarded(path: str, text: str) -> None:
    assert letters(path, text, FLAGS) == expected(text)


@pytest.mark.parametrize(("names", "left"), [(8, 0), (9, 1), (11, 3)])
def test_names_that_only_serve_each_other_are_followed_eight_times(names: int, left: int) -> None:
    words = [word for at in range(names) for word in (b"=", b"%d" % at, *2 * [b"%d" % (at - 1)])]
    bound = [Bound(b"%d" % at, at * 4, at * 4 + 2, at * 4 + 4) for at in range(names)]

    found = Spelling(words, bound).settled(frozenset())

    assert found == words[: left * 4]
