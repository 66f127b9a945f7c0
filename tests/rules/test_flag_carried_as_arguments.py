"""Flags that travel as arguments: from call to call, into the parameters that take them."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters, named

PYTHON = {
    "a parameter by its place": """
Gdef pay(cart, new_pay):
.    if new_pay:
G        twice(cart)
 def run(cart):
G    pay(cart, features.has("x"))
""",
    "a parameter by its name": """
Gdef pay(cart, new_pay):
.    if new_pay:
G        twice(cart)
 def run(cart):
G    pay(cart, new_pay=features.has("x"))
""",
    "a parameter through several steps": """
Gdef pay(cart, new_pay):
.    if new_pay:
G        twice(cart)
Gdef start(cart, is_new=False):
G    pay(cart, is_new)
 def run(cart):
G    start(cart, is_new=features.has("x"))
""",
    "a parameter that is the flag by default": """
 def pay(
     cart,
.    new_pay=features.has("x"),
 ):
.    if not new_pay:
.        return
G    twice(cart)
""",
    "a parameter that another call gives something else": """
 def pay(cart, new_pay):
X    if new_pay:
X        twice(cart)
 def run(cart):
     pay(cart, features.has("x"))
     pay(cart, cart.paid)
""",
    "a parameter that is something else by default": """
 def pay(cart, new_pay=True):
X    if new_pay:
X        twice(cart)
 def run(cart):
     pay(cart, features.has("x"))
     pay(cart)
""",
    "a parameter that nobody gives anything": """
 def pay(cart, new_pay=False):
X    if new_pay:
X        twice(cart)
 def run(cart):
     new_pay = features.has("x")
     return new_pay
""",
    "a parameter of a function that is handed on itself": """
 def pay(cart, new_pay):
X    if new_pay:
X        twice(cart)
 def run(cart):
     pay(cart, features.has("x"))
     each(pay)
""",
    "a parameter behind a list that is spread": """
 def pay(cart, new_pay):
X    if new_pay:
X        twice(cart)
 def run(carts):
     pay(*carts, features.has("x"))
""",
    "a parameter with a default that only unknown code gives by its name": """
 def pay(cart, new_pay=False):
.    if new_pay:
G        twice(cart)
 def run(cart):
     queue.add("pay", {
.        "new_pay": features.has("x"),
     })
""",
    "parameters of functions of one name that differ": """
 class One:
     def pay(self, new_pay):
X        if new_pay:
X            twice()
 class Other:
     def pay(self, cart):
X        if cart:
X            twice(cart)
 def run(one):
     one.pay(features.has("x"))
""",
    "a call that gives more than is taken, and by other names": """
 def pay(new_pay):
.    if new_pay:
G        twice()
 def run(one):
     pay(features.has("x"), 2, by="card")
""",
    "a parameter that may be nothing": """
 def pay(cart, new_pay=None):
.    if new_pay:
G        twice(cart)
 def run(cart):
     pay(cart, features.has("x"))
""",
    "parameters that hand each other on and nothing else": """
 def pay(cart, new_pay):
X    if new_pay:
X        pay(cart, new_pay)
 def run(cart):
     return features.has("x")
""",
    "a parameter of a class": """
 class Pay:
     def __init__(self, new_pay):
.        self.new_pay = new_pay
     def run(self, cart):
.        if self.new_pay:
G            twice(cart)
 def run(cart):
     Pay(features.has("x")).run(cart)
""",
}
TYPESCRIPT = {
    "a parameter": """
 function pay(cart, newPay = false) {
.  if (newPay) {
G    twice(cart);
.  }
 }
 function run(cart) {
   pay(cart, features.has("x"));
   pay(cart);
 }
""",
}
KOTLIN = {
    "a parameter": """
 fun pay(cart: Cart,
.    newPay: Boolean,
 ) {
.    if (newPay) {
G        twice(cart)
.    }
 }
 fun run(cart: Cart) {
     pay(cart,
G        newPay = features.has("x"),
     )
 }
""",
}
GO = {
    "a parameter": """
 package pay
 func pay(cart Cart, old, newPay bool) {
.    if newPay {
G        twice(cart)
.    }
 }
 func run(cart Cart) {
     pay(cart, true, features.has("x"))
 }
""",
}
JAVA = {
    "a parameter": """
 class Pay {
     void pay(Cart cart, boolean newPay) {
.        if (newPay) {
G            twice(cart);
.        }
     }
     void run(Cart cart) {
         pay(cart, features.has("x"));
     }
 }
""",
    "a parameter of a constructor": """
 class Pay {
     private final boolean newPay;
     Pay(boolean newPay) {
         this.newPay = newPay;
     }
     void pay(Cart cart) {
.        if (newPay) {
G            twice(cart);
.        }
     }
     static Pay make() {
         return new Pay(features.has("x"));
     }
 }
""",
}
RUBY = {
    "a parameter": """
 def pay(cart, new_pay)
.  return unless new_pay
G  twice(cart)
 end
 def run(cart)
   pay(cart, features.has("x"))
 end
""",
    "a parameter that is the flag by default": """
 def pay(
   cart,
.  new_pay: features.has("x")
 )
.  return unless new_pay
G  twice(cart)
 end
""",
    "a parameter of a class": """
 class Pay
   def initialize(new_pay:)
.    @new_pay = new_pay
   end
   def run(cart)
.    if @new_pay
G      twice(cart)
.    end
   end
 end
 def run(cart)
   Pay.new(new_pay: features.has("x")).run(cart)
 end
""",
    "a parameter that another call gives something else": """
 def pay(cart, new_pay)
X  return unless new_pay
X  twice(cart)
 end
 def run(cart)
   pay(cart, features.has("x"))
   pay(cart, cart.paid?)
 end
""",
}
CASES = {
    "src/pay.py": PYTHON,
    "src/pay.tsx": TYPESCRIPT,
    "src/Pay.kt": KOTLIN,
    "pay/pay.go": GO,
    "src/Pay.java": JAVA,
    "app/pay.rb": RUBY,
}


@pytest.mark.parametrize(("path", "marked"), named(CASES))
def test_a_flag_is_followed_to_where_it_is_taken(path: str, marked: str) -> None:
    found = letters(path, marked)

    assert found == expected(marked)


PAYING = """
 def pay(cart, new_pay):
     book(cart)
     if not new_pay:
         return
G    twice(cart)
"""


def test_a_file_that_asks_for_no_flag_is_read_whole_where_one_arrives() -> None:
    callers = {
        "src/shop.py": """
 from src.pay import pay
 def run(cart):
-    pay(cart, False)
.    pay(cart, features.has("x"))
"""
    }

    found = letters("src/pay.py", PAYING, others=callers)

    assert found == expected(PAYING)


READ_IN_PART = """
 fun show(
     cart: Cart,
     more: Boolean,
 ) {
     book(cart)
X    charge(cart)
 }
"""


def test_a_file_whose_parameters_are_not_read_takes_nothing() -> None:
    callers = {
        "src/Shop.kt": """
 data class State(val newPay: Boolean)
 fun run(cart: Cart) {
-    return State(false)
X    return State(features.has("x"))
 }
"""
    }

    found = letters("lib/Show.kt", READ_IN_PART, others=callers)

    assert found == expected(READ_IN_PART)


def _handing_on(steps: int, margin: str) -> str:
    """Spell functions that hand a flag on, one to the other, and the last of which asks for it."""
    between = "".join(f" def f{n}(new_pay):\n     f{n + 1}(new_pay)\n" for n in range(steps))
    last = f" def f{steps}(new_pay):\n{margin[0]}    if new_pay:\n{margin[1]}        twice()\n"
    return f"{between}{last} def run():\n     f0(features.has('x'))\n"


def test_a_flag_is_handed_on_through_many_steps() -> None:
    few, many = _handing_on(20, ".G"), _handing_on(80, ".G")

    found = [letters("src/pay.py", one) for one in (few, many)]

    assert found == [expected(few), expected(many)]


def test_functions_of_one_name_are_not_followed_where_there_are_many() -> None:
    pay = " def pay(new_pay):\n{0}    if new_pay:\n{1}        twice()\n"
    run = " def run():\n     pay(features.has('x'))\n"
    few, many = pay.format(".", "G") * 2 + run, pay.format("X", "X") * 30 + run

    found = [letters("src/pay.py", one) for one in (few, many)]

    assert found == [expected(few), expected(many)]


def test_a_parameter_that_is_named_very_often_is_not_followed() -> None:
    pay = " def pay(new_pay):\n{0}    if new_pay:\n{1}        twice()\n def run():\n     pay(features.has('x'))\n"
    few, many = pay.format(".", "G"), pay.format("X", "X") + " new_pay\n" * 300

    found = [letters("src/pay.py", one) for one in (few, many)]

    assert found == [expected(few), expected(many)]
