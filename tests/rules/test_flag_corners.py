"""Corners of `flag-wrapped`: code that does not parse, code without end, and rare ways to write a flag."""

from __future__ import annotations

import pytest

from rules.engine.flags.tree.nodes import nodes_of
from tests.rules.given_flags import expected, letters

PYTHON = {
    "a registry of flags": (
        "src/feature_flags.py",
        """
 import os
.NEW_PAY = Flag("new-pay")
.OLD_PAY = Flag(
.    "old-pay",
.)
Xdef pay(cart):
X    rate = charge(cart)
Xregister(pay)
XPAY = lambda cart: pay(cart)
Xuse(PAY)
""",
    ),
    "an old check beside a new one, which does what it did before": (
        "src/shop.py",
        """
 def pay(cart):
     if features.has("old"):
         old(cart)
-    one(cart)
-    two(cart)
.    if features.has("x"):
G        three(cart)
.    else:
.        one((cart))
.        two(((cart)))
""",
    ),
    "a text of several lines": (
        "src/shop.py",
        """
 def pay(cart):
X    run(
X        '''
X select 1
X from cart
X        '''
.    )
     '''words
.    more words
     '''
""",
    ),
    "what is given to a cast together with more": (
        "src/shop.py",
        """
 def pay(cart):
X    if int(features.has("x")):
X        one(cart)
X    if features.has("x") in cart:
X        two(cart)
X    if -features.has("x"):
X        three(cart)
""",
    ),
    "attributes without a value, and a name that nothing binds": (
        "src/shop.py",
        """
 class Shop:
     on: bool
     def pay(self, cart):
X        if self.on or missing:
X            one(cart)
.        self.on = features.has("x")
X        cart.on = features.has("x")
""",
    ),
    "a property or method that is used in other ways": (
        "src/shop.py",
        """
 class Shop:
.    def is_new(self):
.        return features.has("x")
     def pay(self, cart):
X        if self.is_new:
X            one(cart)
X        run(self.is_new)
X    run(is_new_too)
X    def is_new_too(self):
X        return cart
""",
    ),
    "a predicate that is handed on": (
        "src/shop.py",
        """
.def is_new(cart):
.    return features.has("x")
 def pay(cart):
X    run(is_new)
""",
    ),
}
TYPESCRIPT = {
    "a check of nothing": (
        "src/shop.ts",
        """
 function pay(cart) {
.  if (features.has("x"));
X  one(cart);
 }
""",
    ),
    "an exit that lies deep": (
        "src/shop.ts",
        """
 function pay(cart) {
X  if (!features.has("x")) { {{{{{ return; }}}}} }
G  one(cart);
G  if (!features.has("y")) { {{{{{{{{{{{{{{{{{{{{ return; }}}}}}}}}}}}}}}}}}}} }
G  two(cart);
 }
 function other(cart) {
X  if (!features.has("y")) { {{{{{{{{{{{{{{{{{{{{ return; }}}}}}}}}}}}}}}}}}}} }
X  two(cart);
 }
""",
    ),
    "a bare block": (
        "src/shop.ts",
        """
 function pay(cart) {
   {
.    if (!features.has("x")) return;
   }
G  one(cart);
 }
""",
    ),
    "a decorator at the end of a class": (
        "src/shop.ts",
        """
 class Shop {
.  @gate("x")
.  // nothing
 }
""",
    ),
    "a component that closes itself, by a name without a flag": (
        "src/shop.tsx",
        """
 const Page = () => (
   <main>
.    <FeatureFlag name={which} />
.    <FeatureFlag {...rest} />
X    <Other />
   </main>
 );
""",
    ),
    "an arrow function's only parameter": (
        "src/shop.ts",
        """
 const isNew = features.has("x");
Xrun(isNew => {
X  if (isNew) one(isNew);
.});
""",
    ),
    "patterns without names, and an array of a hook": (
        "src/shop.tsx",
        """
 import { useDecision } from "@optimizely/react-sdk";
 const Page = () => {
.  const [, decision] = useDecision("x");
.  const {} = useDecision("y");
.  if (decision.enabled) {
G    one();
.  }
 };
""",
    ),
    "an exit of an else if, and one deep in bare blocks": (
        "src/shop.ts",
        """
 function pay(cart) {
X  if (cart) {
X    one(cart);
.  } else if (!features.has("x")) return;
X  two(cart);
   {{{{{{{{{{{{{{{{{{{{
.    if (!features.has("x")) return;
G    three(cart);
   }}}}}}}}}}}}}}}}}}}}
X  four(cart);
 }
""",
    ),
    "a name that is looked up through very many functions": (
        "src/shop.ts",
        """
 function pay(cart) {
.  const isNew = features.has("x");
X  """
        + "run(() => " * 70
        + """isNew && one()"""
        + ")" * 70
        + """
 }
""",
    ),
    "what lies very deep beside a guarded arm": (
        "src/shop.ts",
        """
 function pay(cart) {
G  run("""
        + "(" * 70
        + "cart"
        + ")" * 70
        + """, features.has("x") ? two(cart) : one(cart));
 }
""",
    ),
    "a variant in an object, a method of a bag, a name of what is off": (
        "src/shop.tsx",
        """
 import { useTreatments } from "@splitsoftware/splitio-react";
 import { useFlags } from "launchdarkly-react-client-sdk";
 const Page = () => {
.  const treatments = useTreatments(["x"]);
.  const flags = useFlags();
.  if (treatments.x.treatment === "on") {
G    one();
.  }
.  if (flags.isOn("x")) {
G    two();
.  }
X  if (features.missing("x").reason) {
X    three();
.  }
 };
""",
    ),
    "variables that hold each other beyond the rounds": (
        "src/shop.ts",
        "\n function pay(cart) {\n.  const v0 = features.has('x');\n"
        + "".join(f"{'.' if at < 8 else 'X'}  const v{at} = v{at - 1};\n" for at in range(1, 12))
        + ".  if (v7) {\nG    one(cart);\n.  }\nX  if (v11) {\nX    two(cart);\n.  }\n }\n",
    ),
    "functions that call each other beyond the rounds": (
        "src/shop.ts",
        "\n const page = 1;\nG"
        "if (features.has('x')) f0();\n"
        + "".join(f"{'X' if at > 9 else 'G'}function f{at}() {{ f{at + 1}(); }}\n" for at in range(14, -1, -1)),
    ),
    "a flag that stands alone in what does not parse": (
        "src/shop.ts",
        """
X features.has("x") &&
X !
X if (
""",
    ),
    "a module that is imported by an index": (
        "src/shop/index.ts",
        """
 import { a } from "..";
 import "./side";
Gconst later = import(where);
Gconst page = features.has("x") ? later : null;
""",
    ),
}


@pytest.mark.parametrize(
    ("path", "marked"), [pytest.param(*case, id=name) for name, case in {**PYTHON, **TYPESCRIPT}.items()]
)
def test_corners_are_judged_as_well(path: str, marked: str) -> None:
    found = letters(path, marked)

    assert found == expected(marked)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("a.js", 'if (features.has("x")) {\n' * 600 + "a()\n" + "}\n" * 600, id="flags"),
        pytest.param("a.py", "if a: b()\n" + 'elif features.has("x"): a()\n' * 4_000, id="clauses"),
        pytest.param("a.js", 'const x = features.has("x"); y(x);\n' * 3_000, id="uses of one name"),
    ],
)
def test_code_without_end_is_read_to_its_end(path: str, text: str) -> None:
    marked = "".join(f"X{line}\n" for line in text.removesuffix("\n").split("\n"))

    found = letters(path, marked)

    assert len(found) == text.count("\n")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("a.py", b"x = " + b"(\n" * 100_000 + b"1" + b")\n" * 100_000, id="brackets"),
        pytest.param("a.js", b"{\n" * 20_000 + b"a()\n" + b"}\n" * 20_000, id="blocks"),
        pytest.param("a.js", b'if (features.has("x")) {\n' * 4_000 + b"a()\n" + b"}\n" * 4_000, id="flags"),
    ],
)
def test_code_that_only_a_machine_would_nest_is_not_read(path: str, text: bytes) -> None:
    nodes = nodes_of(path, text)

    assert nodes is None
