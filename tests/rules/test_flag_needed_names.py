"""Names that matter only with a flag on: beside it in a condition, after an exit on both, as a parameter."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters

FLAGS = ("features.has", "features.enabled?")

PYTHON = {
    "an exit on a flag and a name": """
 def pay(cart, big):
.    if big and not features.has("x"):
.        return
.    if big:
G        one(cart)
X    two(cart)
""",
    "an exit on a flag and not a name": """
 def pay(cart, small):
.    if not small and not features.has("x"):
.        return
.    if not small:
G        one(cart)
.    if small:
X        two(cart)
""",
    "an exit on a flag and two names": """
 def pay(cart, big, new):
X    if big and new and not features.has("x"):
X        return
X    if big:
X        one(cart)
""",
    "a name that something else binds": """
 def pay(cart, big):
X    if big and not features.has("x"):
X        return
X    big = cart.big
X    if big:
X        one(cart)
""",
    "a name that nobody binds, and what is no name": """
 def pay(cart):
X    if big and not features.has("x"):
X        return
X    if cart.big and not features.has("x"):
X        return
X    if big:
X        one(cart)
""",
    "or, and what leaves not": """
 def pay(cart, big, new):
.    if big or not features.has("x"):
.        return
 def play(cart, big, new):
X    if big and not features.has("x"):
X        log(cart)
X    if big:
X        one(cart)
""",
    "an exit from a loop": """
 def pay(carts, big):
     for cart in carts:
.        if big and (not features.has("x")):
.            continue
.        if big:
G            one(cart)
     if big:
X        two(carts)
""",
    "a value that is only used beside a flag": """
 def pay(cart):
G    big = cart.total > 5
.    if big and features.has("x"):
G        one(cart)
G    new = cart.is_new
.    if (not new and big) and features.has("x"):
G        two(cart)
X    old = cart.is_old
.    if check(old) and features.has("x"):
G        three(cart)
X    small = cart.total < 5
.    if small and features.has("x"):
G        four(cart)
X    five(small)
""",
    "a parameter that is given another value": """
 def pay(
     cart,
G    big,
 ):
G    big = cart.big
.    if big and features.has("x"):
G        one(cart)
""",
    "a value without which nothing happens": """
 def pay(cart):
G    big = cart.total > 5
.    if big or not features.has("x"):
.        return
G    one(cart)
""",
    "an exit in a condition that is a value": """
 def pay(cart, big):
X    stop = cart if big and not features.has("x") else None
X    return stop
""",
}

TYPESCRIPT = {
    "an exit on a flag and a name": """
 function pay(cart, big: boolean) {
.  if (big && !features.has("x")) {
.    return;
.  }
G  if (big) one(cart);
X  two(cart);
 }
""",
    "a parameter that is only used beside a flag": """
 class Shop {
   pay(
     cart: Cart,
.    big: boolean = false,
X    small: boolean,
X    nothing: boolean,
.    more,
   ) {
.    if (big && features.has("x")) {
G      one(cart, more);
.    }
X    two(small);
   }
   buy() {
X    return this.pay(cart, this.big, one());
   }
 }
""",
    "a parameter that is taken apart": """
 const pay = ({
.  big,
X  small,
 }) => {
.  if (big && features.has("x")) {
G    one(cart);
.  }
X  two(small);
 };
""",
}

GO = {
    "an exit on a flag and a name": """
 package shop
 func pay(cart Cart, big bool) error {
.	if big && !features.has(x) {
.		return nil
.	}
.	if big {
G		one(cart)
.	}
X	two(cart)
 }
""",
    "a parameter that is only used beside a flag": """
 package shop
 func pay(cart Cart,
.	big bool,
X	small bool,
 ) error {
.	if big && features.has(x) {
G		one(cart)
.	}
X	two(small)
 }
""",
}

JAVA = {
    "an exit on a flag and a name": """
 class Shop {
   void pay(Cart cart, boolean big) {
.    if (big && !features.has("x")) {
.      return;
.    }
.    if (big) {
G      one(cart);
.    }
X    two(cart);
   }
 }
""",
    "a parameter that is only used beside a flag": """
 class Shop {
   void pay(
     Cart cart,
.    boolean big,
X    boolean small
   ) {
.    if (big && features.has("x")) {
G      one(cart);
.    }
X    two(small);
   }
 }
""",
}

RUBY = {
    "an exit on a flag and a name": """
 def pay(cart, big)
.  return if big && !features.enabled?(:x)
.  if big
G    one(cart)
.  end
X  two(cart)
 end
""",
    "a parameter that is only used beside a flag": """
 def pay(
   cart,
.  big = false,
X  small = false
 )
.  if big && features.enabled?(:x)
G    one(cart)
.  end
X  two(small)
 end
""",
}


def _cases(path: str, sources: dict[str, str]) -> list[object]:
    return [pytest.param(path, marked, id=f"{path}: {name}") for name, marked in sources.items()]


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        *_cases("src/shop.py", PYTHON),
        *_cases("src/shop.ts", TYPESCRIPT),
        *_cases("src/shop.go", GO),
        *_cases("src/Shop.java", JAVA),
        *_cases("app/shop.rb", RUBY),
    ],
)
def test_names_matter_only_with_a_flag_on(path: str, marked: str) -> None:
    found = letters(path, marked, FLAGS)

    assert found == expected(marked)


STORE = """
 export class Store {
   getAll(
.    big: boolean = false,
   ) {
.    if (big && features.has("x")) {
G      return one();
.    }
     return all();
   }
 }
"""


def test_what_a_call_gives_for_such_a_parameter_does_nothing_either() -> None:
    marked = """
 export class Service {
   list() {
-    return this.store.getAll();
G    return this.store.getAll(this.big);
   }
   log() {
-    return this.store.getAll();
X    return this.store.getAll(big());
   }
   getAll() {
     return [];
   }
   put() {
-    return this.store.putAll();
X    return this.store.putAll(this.big);
   }
 }
"""

    found = letters("src/service.ts", marked, FLAGS, {"src/store.ts": STORE})

    assert found == expected(marked)


def test_what_a_call_gives_by_name_does_nothing_either() -> None:
    store = """
 class Store:
     def get_all(
         self,
         limit=3,
.        big=False,
     ):
.        if big and features.has("x"):
G            return one()
         return every(limit)
"""
    marked = """
 class Service:
     def list(self):
-        return self.store.get_all(3)
G        return self.store.get_all(3, big=self.big)
     def more(self):
-        return self.store.get_all(3)
G        return self.store.get_all(3, self.big)
     def less(self):
-        return self.store.get_all(3)
X        return self.store.get_all(self.big)
"""

    found = letters("src/service.py", marked, FLAGS, {"src/store.py": store})

    assert found == expected(marked)


def test_what_a_call_gives_counts_where_two_functions_have_the_name() -> None:
    marked = """
 export class Service {
   list() {
-    return this.store.getAll();
X    return this.store.getAll(this.big);
   }
   getAll(more) {
     return more;
   }
 }
"""

    found = letters("src/service.ts", marked, FLAGS, {"src/store.ts": STORE})

    assert found == expected(marked)


def test_a_condition_of_many_parts_is_not_taken_apart() -> None:
    many = " and ".join(f"cart.part_{number}" for number in range(100))
    marked = f"""
 def pay(cart, big):
G    new = cart.new
X    old = cart.old
.    if new and features.has("x"):
G        one(cart)
.    if (old and {many}) and features.has("x"):
G        two(cart)
X    if big and {many} and not features.has("x"):
X        return
"""

    found = letters("src/shop.py", marked, FLAGS)

    assert found == expected(marked)


def test_a_name_of_many_uses_is_not_followed() -> None:
    uses = "     use(big)\n" * 200
    marked = f"""
 def pay(cart, big):
X    if big and not features.has("x"):
X        return
X    if big:
X        one(cart)
{uses}"""

    found = letters("src/shop.py", marked, FLAGS)

    assert found == expected(marked)
