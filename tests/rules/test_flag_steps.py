"""The smallest step that would guard exposed lines, in words, in every language: the check that is there."""

from __future__ import annotations

import pytest

from rules.engine.flags.saying.steps import SPEECH
from rules.engine.flags.tree.languages import GRAMMARS
from tests.rules.given_steps import in_one


def test_every_language_has_its_words() -> None:
    assert {grammar.catalogue for grammar, _ in GRAMMARS.values()} <= SPEECH.keys()


@pytest.mark.parametrize(
    ("path", "marked", "place", "fix"),
    [
        pytest.param(
            "src/auth/a.py",
            """
 def pay(cart):
X    log(cart)
X    audit(cart)
.    if not features.has("x"):
.        return
G    receipt(cart)
""",
            (2, 3),
            "Move them below the check in line 4.",
            id="above an early exit",
        ),
        pytest.param(
            "src/auth/a.ts",
            """
 export function pay(cart) {
X  log(cart);
.  if (!features.has("x")) return;
G  receipt(cart);
 }
""",
            (2, 2),
            "Move it below the check in line 3.",
            id="one statement above an early exit",
        ),
        pytest.param(
            "src/auth/a.py",
            """
 def pay(cart):
     for one in cart:
X        log(one)
.    if not features.has("x"):
.        return
G    receipt(cart)
""",
            (3, 3),
            "Move it below the check in line 4.",
            id="inside a block above an early exit",
        ),
        pytest.param(
            "src/auth/a.py",
            """
 def pay(cart):
     settle(cart)
X    log(cart)
.    if not features.has("x"):
.        return
G    receipt(cart)
""",
            (3, 3),
            "Move it below the check in line 4.",
            id="a later statement above an early exit",
        ),
        pytest.param(
            "src/auth/a.py",
            """
 def pay(cart):
.    if features.has("x"):
G        receipt(cart)
X    log(cart)
""",
            (4, 4),
            "Put it inside the `if` in line 2.",
            id="below an `if`",
        ),
        pytest.param(
            "src/auth/a.py",
            """
 def pay(cart):
X    log(cart)
X    audit(cart)
.    if features.has("x"):
G        receipt(cart)
     settle(cart)
.    if features.has("x"):
G        receipt(cart)
""",
            (2, 3),
            "Put them inside the `if` in line 4.",
            id="above the nearest of two",
        ),
        pytest.param(
            "src/auth/a.py",
            """
 def pay(cart):
.    if features.has("x"):
G        receipt(cart)
     settle(cart)
 def refund(cart):
X    log(cart)
     settle(cart)
""",
            (6, 6),
            'Put it inside `if features.has("x"):`.',
            id="an `if` in another function",
        ),
        pytest.param(
            "src/auth/a.py",
            """
 def pay(cart):
     for one in cart:
.        if features.has("x"):
G            receipt(one)
X    log(cart)
""",
            (5, 5),
            'Put it inside `if features.has("x"):`.',
            id="an `if` in a block that is over",
        ),
        pytest.param(
            "src/auth/a.py",
            """
 def pay(cart):
.    if not features.has("x"):
.        return
G    receipt(cart)
 def refund(cart):
X    log(cart)
     settle(cart)
""",
            (6, 6),
            'Put it inside `if features.has("x"):`.',
            id="an early exit in another function",
        ),
        pytest.param(
            "src/auth/a.py",
            """
 def pay(cart):
G    total = twice(cart) if features.has("x") else once(cart)
X    log(cart)
     settle(cart)
""",
            (3, 3),
            'Put it inside `if features.has("x"):`.',
            id="beside a choice that no statement fits into",
        ),
        pytest.param(
            "src/auth/a.rb",
            """
 def pay(cart)
G   receipt(cart) if features.has("x")
X   log(cart)
   settle(cart)
 end
""",
            (3, 3),
            'Put it inside `if features.has("x")`.',
            id="beside a modifier",
        ),
        pytest.param(
            "src/auth/a.py",
            """
 def pay(cart):
.    if features.has("x"):
G        receipt(cart)
     settle(cart)
.    if features.has("x"):
G        receipt(cart)
X    log(cart)
""",
            (7, 7),
            "Put it inside the `if` in line 5.",
            id="below the nearest of two",
        ),
        pytest.param(
            "src/auth/a.py",
            """
 def pay(cart):
X    log(cart)
.    if not features.has("x"):
.        return
G    receipt(cart)
.    if not features.has("y"):
.        return
G    audit(cart)
""",
            (2, 2),
            "Move it below the check in line 3.",
            id="above two early exits",
        ),
        pytest.param(
            "src/auth/a.rb",
            """
 def pay(cart)
.  return unless features.has("x")
G  receipt(cart)
 ensure
X  log(cart)
 end
""",
            (5, 5),
            'Put it inside `if features.has("x")`.',
            id="below an early exit that does not cover it",
        ),
        pytest.param(
            "src/auth/a.py",
            """
 def pay(cart):
X    log(cart)
     with lock:
.        if not features.has("x"):
.            return
G        receipt(cart)
""",
            (2, 2),
            'Put it inside `if features.has("x"):`.',
            id="above a block with an early exit",
        ),
        pytest.param(
            "src/auth/a.py",
            """
 def pay(cart):
.    if not features.has("x"):
         once(cart)
.    else:
G        twice(cart)
X    log(cart)
""",
            (6, 6),
            'Put it inside `if features.has("x"):`.',
            id="below an `if` for the flag that is off",
        ),
        pytest.param(
            "src/auth/a.py",
            """
 def pay(cart):
.    if features.has("x"):
G        receipt(cart)
     def inner(one):
X        log(one)
         old(one)
     inner(cart)
""",
            (5, 5),
            'Put it inside `if features.has("x"):`.',
            id="in a function inside",
        ),
        pytest.param(
            "src/auth/a.ts",
            """
 export function pay(cart) {
.  if (features.has("x")) {
G    receipt(cart);
.  }
   cart.each((one) => {
X    log(one);
   });
 }
""",
            (6, 6),
            "Put it inside the `if` in line 2.",
            id="in a function without a name",
        ),
        pytest.param(
            "src/auth/a.py",
            """
 from shop import features
.if features.has("x"):
G    receipt()
Xlog()
""",
            (4, 4),
            "Put it inside the `if` in line 2.",
            id="outside functions",
        ),
    ],
)
def test_a_change_in_a_function_is_sent_to_the_check_that_is_there(
    path: str, marked: str, place: tuple[int, int], fix: str
) -> None:
    assert in_one(path, marked) == [(*place, fix)]
