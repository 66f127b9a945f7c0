"""Flags that travel: as arguments, in properties of states and props, into blocks, and past calls that fail."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters

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
    "an invariant": """
 function pay(cart) {
.  invariant(features.has("x"), "not yet");
G  twice(cart);
 }
""",
    "an invariant of something else": """
 function pay(cart) {
X  invariant(cart.paid, features.has("x"));
X  twice(cart);
 }
""",
    "an invariant of nothing": """
 function pay(cart) {
X  invariant();
X  twice(cart);
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
    "a block that is given the flag": """
 fun run(cart: Cart) {
     features.has("x").let {
.        if (it) {
G            twice(cart)
.        }
     }
 }
""",
    "a block that names the flag": """
 fun run(cart: Cart) {
     features.has("x").combine(paid) { on, paid ->
.        if (on && paid) {
G            twice(cart)
.        }
     }
 }
""",
    "a block that is given something else": """
 fun run(cart: Cart) {
     features.has("x").send {
X        if (it) {
X            twice(cart)
.        }
     }
     onPaid { if (it) pay() }
 }
""",
    "a block that takes what it is given apart": """
 fun run(cart: Cart) {
     features.has("x").map { (on, off) ->
X        if (on) {
X            twice(cart)
.        }
     }
 }
""",
    "a block inside one that is given the flag": """
 fun run(cart: Cart) {
     features.has("x").map {
         later {
X            if (it) {
X                twice(cart)
.            }
         }
     }
 }
""",
    "something required": """
 fun pay(cart: Cart) {
.    require(features.has("x")) { "not yet" }
G    twice(cart)
 }
""",
    "something required that is off": """
 fun pay(cart: Cart) {
X    check(!features.has("x"))
X    twice(cart)
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
    "a condition that is checked": """
 class Pay {
     void pay(Cart cart) {
.        Preconditions.checkState(features.has("x"), "not yet");
G        twice(cart);
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


@pytest.mark.parametrize(
    ("path", "marked"),
    [pytest.param(path, marked, id=f"{path}: {name}") for path, some in CASES.items() for name, marked in some.items()],
)
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
