"""Flags that travel in properties: of objects, of states and props, and in fields of options."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters, named

PYTHON = {
    "a property of an object": """
 def start(cart):
     return Options(new_pay=features.has("x"))
 def run(cart, options):
.    if options.new_pay:
G        twice(cart)
""",
    "a property that somebody sets to something else": """
 def start(cart):
     return Options(new_pay=features.has("x"))
 def run(cart, options):
     options.new_pay = cart.paid
X    if options.new_pay:
X        twice(cart)
""",
    "a property of several that are set at once": """
 def start(cart):
     return Options(new_pay=features.has("x"))
 def run(cart, options):
     options.new_pay, options.old = cart.paid
X    if options.new_pay:
X        twice(cart)
""",
    "a property by a name that many things have": """
 def start(cart):
     return Options(active=features.has("x"))
 def run(cart, account):
X    if account.active:
X        twice(cart)
""",
    "a property that is called": """
 def start(cart):
     return Options(new_pay=features.has("x"))
 def run(cart, account):
X    if account.new_pay():
X        twice(cart)
""",
}
TYPESCRIPT = {
    "a property of an object": """
 const start = () => ({
.  newPay: features.has("x"),
 });
 function run(cart, state) {
.  if (state.newPay) {
G    twice(cart);
.  }
 }
""",
    "a property by the name of what holds it": """
 function start() {
.  const newPay = features.has("x");
X  return { newPay };
 }
 function run(cart, state) {
.  if (state.newPay) {
G    twice(cart);
.  }
 }
""",
    "a property that a component takes": """
 const Page = () => (
   <Editor
.    newPay={features.has("x")}
   />
 );
 function Editor({
.  newPay = false,
 }) {
   return <div>
.    {newPay && (
G      <Pay />
.    )}
   </div>;
 }
""",
    "a property of props": """
 const Page = () => <Editor newPay={features.has("x")} />;
 function Editor(props) {
   return <div>
.    {props.newPay && (
G      <Pay />
.    )}
   </div>;
 }
""",
    "a property that another component is given otherwise": """
 const Page = () => <Editor newPay={features.has("x")} />;
 const Other = () => <Editor newPay />;
 function Editor({ newPay }) {
   return <div>
     {newPay && (
X      <Pay />
.    )}
   </div>;
 }
""",
    "a property that is something else by default": """
 const Page = () => <Editor newPay={features.has("x")} />;
 function Editor({ newPay = isPaid() }) {
   return <div>
     {newPay && (
X      <Pay />
.    )}
   </div>;
 }
""",
}
KOTLIN = {
    "a property of a state": """
 data class State(
.    val newPay: Boolean = false,
     val name: String,
 )
 fun start() = State(
.    newPay = features.has("x"),
 )
 fun run(cart: Cart, state: State) {
.    if (state.newPay) {
G        twice(cart)
.    }
 }
""",
    "a property of a state that is copied": """
 data class State(
.    val newPay: Boolean = false,
     val name: String,
 )
 fun start() = flow.update { it.copy(
.    newPay = features.has("x"),
 ) }
 fun run(cart: Cart, state: State) {
.    if (state.newPay) {
G        twice(cart)
.    }
 }
""",
    "a property that is used in its class": """
 class Pay(
.    private val newPay: Boolean,
 ) {
     fun run(cart: Cart) {
.        if (newPay) {
G            twice(cart)
.        }
     }
 }
 fun start() = Pay(
.    features.has("x"),
 )
""",
    "a property of a class that is known, by a general name": """
 data class Update(
.    val isEnabled: Boolean,
 )
 data class Other(val isEnabled: Boolean)
 fun start() = Update(
.    features.has("x"),
 )
 fun run(cart: Cart, update: Update) {
.    if (update.isEnabled) {
G        twice(cart)
.    }
 }
 fun run(cart: Cart, other: Other) {
X    if (other.isEnabled) {
X        twice(cart)
.    }
 }
""",
    "a property of a copy that is something else": """
 data class State(val newPay: Boolean = false)
 fun start() = State(features.has("x"))
 fun later(paid: Boolean) = flow.update { it.copy(newPay = paid) }
 fun run(cart: Cart, state: State) {
X    if (state.newPay) {
X        twice(cart)
.    }
 }
""",
}
GO = {
    "a field of options": """
 package pay
 func start() Options {
     return Options{
.        NewPay: features.has("x"),
     }
 }
 func run(cart Cart, options Options) {
.    if options.NewPay {
G        twice(cart)
.    }
 }
""",
    "a field that is set to something else": """
 package pay
 func start() Options {
     return Options{NewPay: features.has("x")}
 }
 func run(cart Cart, options Options) {
     options.NewPay = cart.Paid
X    if options.NewPay {
X        twice(cart)
.    }
 }
""",
}
RUBY = {
    "a property of an object": """
 def start
   Options.make(new_pay: features.has("x"))
 end
 def run(cart, options)
.  if options.new_pay
G    twice(cart)
.  end
 end
""",
}
CASES = {
    "src/pay.py": PYTHON,
    "src/pay.tsx": TYPESCRIPT,
    "src/Pay.kt": KOTLIN,
    "pay/pay.go": GO,
    "app/pay.rb": RUBY,
}


@pytest.mark.parametrize(("path", "marked"), named(CASES))
def test_a_flag_is_followed_to_where_it_is_taken(path: str, marked: str) -> None:
    found = letters(path, marked)

    assert found == expected(marked)


SHOWING = """
 def show(cart, options):
     book(cart)
     if not options.new_pay:
         return
G    twice(cart)
"""


def test_a_file_that_only_reads_a_property_is_read_whole_where_a_flag_fills_it() -> None:
    callers = {
        "src/shop.py": """
 from src.options import Options
 def run(cart):
     if features.has("x"):
         book(cart)
-    return Options(new_pay=False)
X    return Options(new_pay=features.has("x"))
"""
    }

    found = letters("src/show.py", SHOWING, others=callers)

    assert found == expected(SHOWING)
