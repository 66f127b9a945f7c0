"""Names for texts: a key that only serves to ask for a flag, and an old text that gets a name or another one."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters

KEYS = {
    "a key is a part of the check that it serves": """
.NEW_PAY = "new-pay"
 def pay(cart):
.    if features.has(NEW_PAY):
G        renew(cart)
""",
    "a key that something else uses too is not": """
XNEW_PAY = "new-pay"
 def pay(cart):
.    if features.has(NEW_PAY):
G        renew(cart)
X    log(NEW_PAY)
""",
    "whom the flag is asked for serves the check, too": """
.def customer(cart):
.    return cart.customer
 def pay(cart):
.    if features.has("x", customer(cart)):
G        renew(cart)
""",
    "what is used behind the flag as well is guarded": """
GNEW_PAY = "new-pay"
 def pay(cart):
.    if features.has(NEW_PAY):
G        renew(cart, NEW_PAY)
""",
    "what the exit of the off path gives back serves no check": """
XOLD = "old"
 def pay(cart):
.    if not features.has("x"):
.        return OLD
     renew(cart)
""",
}
TEXTS = {
    "an old text that gets a name": (
        "src/shop.py",
        """
XPAID = "paid"
 def pay(cart):
-    cart.state = "paid"
.    cart.state = PAID
""",
    ),
    "a name that is given for another text": (
        "src/shop.py",
        """
XPAID = "paid"
 def pay(cart):
-    cart.state = "sent"
X    cart.state = PAID
""",
    ),
    "a constant under a new name, in another language": (
        "src/Shop.kt",
        """
 object Shop {
-    const val DONE: String = "paid"
.    const val PAID: String = "paid"
 }
 fun pay(cart: Cart) {
-    cart.state = Shop.DONE
.    cart.state = Shop.PAID
 }
""",
    ),
    "a text that spells a name": (
        "src/shop.py",
        """
XPAID = "paid"
 def pay(cart):
-    cart.state = paid
X    cart.state = PAID
""",
    ),
    "a name for two texts": (
        "src/shop.ts",
        """
Xexport const PAID = 'paid';
.{
X  const PAID = 'sent';
.}
 function pay(cart) {
-  cart.state = 'paid';
X  cart.state = PAID;
 }
""",
    ),
}


@pytest.mark.parametrize("text", KEYS.values(), ids=KEYS)
def test_a_constant_is_what_it_serves(text: str) -> None:
    assert letters("src/shop.py", text) == expected(text)


@pytest.mark.parametrize(("path", "text"), TEXTS.values(), ids=TEXTS)
def test_a_line_that_only_names_an_old_text_does_nothing_new(path: str, text: str) -> None:
    assert letters(path, text) == expected(text)


def test_a_name_for_an_old_text_may_stand_in_another_file() -> None:
    constants = '\nXPAID = "paid"\n'
    marked = '\n def pay(cart):\n-    cart.state = "paid"\n.    cart.state = states.PAID\n'

    assert letters("src/shop.py", marked, others={"src/states.py": constants}) == expected(marked)


BAGS = {
    "a hook that is taken apart": (
        "useFlags",
        """
 const Page = () => {
.  const { banner } = useFlags({ banner: false });
G  if (banner) { show(); }
X  const [first] = useFlags();
X  if (first) { show(); }
 };
""",
    ),
    "a bag that is held": (
        "useFlags.*",
        """
 const Page = () => {
.  const flags = useFlags({ banner: false });
G  if (flags.banner) { show(); }
X  if (others.banner) { show(); }
 };
""",
    ),
    "what means off is no bag": (
        "!useFlags.*",
        """
 const Page = () => {
X  const flags = useFlags({ banner: false });
X  if (flags.banner) { show(); }
 };
""",
    ),
}


@pytest.mark.parametrize(("flags", "text"), BAGS.values(), ids=BAGS)
def test_what_gives_a_bag_of_flags_is_said_with_a_star(flags: str, text: str) -> None:
    assert letters("src/page.tsx", text, (flags,)) == expected(text)
