"""Values, fields, parameters and constants that serve only guarded lines, with all that fills them."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters

FLAGS = ("features.has", "features.Has", "features.enabled?")

PYTHON = {
    "a list that is filled in a loop": """
 def pay(carts):
G    rows = []
G    for cart in carts:
G        if not cart.big:
G            continue
G        rows.append(cart.total)
.    if features.has("x"):
G        send(rows)
""",
    "a list that is read without the flag as well": """
 def pay(carts):
X    rows = []
X    for cart in carts:
X        rows.append(cart.total)
.    if features.has("x"):
G        send(rows)
X    log(rows)
""",
    "a list that somebody else holds": """
 def pay(cart):
X    rows = cart.rows
X    rows.append(cart.total)
.    if features.has("x"):
G        send(rows)
""",
    "a list of which a part is read without the flag": """
 def pay(carts):
X    rows = []
X    send(rows[0])
.    if features.has("x"):
G        send(rows)
""",
    "a call with more effects in the loop": """
 def pay(carts):
G    rows = []
X    for cart in carts:
G        rows.append(cart.total)
X        save(cart)
.    if features.has("x"):
G        send(rows)
""",
    "a head that acts": """
 def pay(carts):
G    rows = []
X    for cart in charge(carts):
G        rows.append(cart)
X    while pop(carts):
G        rows.append(carts)
.    if features.has("x"):
G        send(rows)
""",
    "a branch that leaves": """
 def pay(carts):
G    rows = []
X    if not carts:
X        return
G    rows[0] = carts
G    rows += carts
.    if features.has("x"):
G        send(rows)
""",
    "a name beside it that is read without the flag": """
 def pay(cart):
X    total = rate = load(cart)
.    if features.has("x"):
G        send(rate)
X    log(total)
""",
    "a target beside it that somebody else holds": """
 def pay(cart):
X    rate = cart.rate = load(cart)
.    if features.has("x"):
G        send(rate)
""",
    "two names of one value": """
 def pay(cart):
G    total = rate = load(cart)
.    if features.has("x"):
G        send(rate, total)
""",
    "a name of the function around": """
 def pay(cart):
     rate = 1
     def later():
.        nonlocal rate
X        rate = load(cart)
.        if features.has("x"):
G            send(rate)
     later()
     return rate
""",
    "a value for the answer of a new function without the flag": """
 def pay(cart):
     return cart
Gdef check(cart):
G    place = cart.place("x")
.    if not features.has("x"):
.        return refused(place)
G    return send(place)
Xlog(check(1))
""",
    "a value for the answer of a known function without the flag": """
 def check(cart):
X    place = cart.place("x")
.    if not features.has("x"):
.        return refused(place)
G    return send(place)
""",
    "a private attribute": """
 class Shop:
     def __init__(self, cart):
G        self._rows = []
X        self.rows = []
     def add(self, cart):
G        self._rows.append(cart)
X        self.rows.append(cart)
.        if features.has("x"):
G            send(self._rows, self.rows)
""",
    "a private attribute that is read without the flag": """
 class Shop:
     def __init__(self, cart):
X        self._rows = []
     def add(self, cart):
X        self._rows.append(cart)
.        if features.has("x"):
G            send(self._rows)
     def all(self):
X        return self._rows
""",
    "a private attribute that is handed in": """
 class Shop:
     def __init__(self, rows):
X        self._rows = rows
     def add(self, cart):
X        self._rows.append(cart)
.        if features.has("x"):
G            send(self._rows)
""",
    "a private attribute beside another": """
 class Shop:
     def __init__(self, rows):
X        self._rows, self.all = rows
     def add(self, cart):
.        if features.has("x"):
G            send(self._rows)
""",
    "a constant of a class": """
 class Shop:
G    NEW = ("a", "b")
X    OLD = ("c",)
X    POOL = connect()
X    kind = "x"
     def add(self, cart):
X        send(self.OLD)
.        if features.has("x"):
G            send(self.NEW, self.OLD, self.POOL, self.kind)
""",
    "a parameter": """
 def pay(
     cart,
G    rows,
X    more,
 ):
G    total = sum(rows)
.    if features.has("x"):
G        send(total, more)
X    log(more)
""",
}

JAVASCRIPT = {
    "a list that is filled for each": """
 function pay(carts) {
G  const rows = [];
G  carts.forEach((cart) => {
G    rows.push(cart.total);
.  });
.  if (features.has("x")) {
G    send(rows);
.  }
 }
""",
    "a head that counts": """
 function pay(carts, limit) {
G  const rows = [];
X  while (limit++ < 3) {
G    rows.push(limit);
.  }
.  if (features.has("x")) {
G    send(rows);
.  }
 }
""",
    "a call for each that acts": """
 function pay(carts) {
G  const rows = [];
X  carts.forEach((cart) => {
X    save(cart);
G    rows.push(cart.total);
.  });
.  if (features.has("x")) {
G    send(rows);
.  }
 }
""",
    "a value of the function around that a callback sets": """
 function pay(carts) {
X  let total = 0;
   carts.forEach((cart) => {
X    total = cart.total;
.    if (features.has("x")) {
G      send(total);
.    }
   });
X  return total;
 }
""",
    "a name that nobody declares": """
 function pay(cart) {
X  shared = load(cart);
.  if (features.has("x")) {
G    send(shared);
.  }
 }
""",
    "a private member whose name was known": """
 class Shop {
   constructor() {
     this.store.load();
   }
G  private rows: Row[] = [];
G  private async load() {
G    return this.store.load();
.  }
   async pay(cart) {
G    this.rows.push(cart);
.    if (features.has("x")) {
G      send(await this.load(), this.rows);
.    }
   }
 }
""",
    "a public member whose name was known": """
 class Shop {
   constructor() {
     this.store.load();
   }
X  async load() {
X    return this.store.load();
.  }
   async pay(cart) {
.    if (features.has("x")) {
G      send(await this.load());
.    }
   }
 }
""",
    "a private member that is taken out of the object": """
 class Shop {
X  private rows: Row[] = [];
   pay(cart) {
X    const { rows } = this;
X    log(rows);
.    if (features.has("x")) {
G      send(this.rows);
.    }
   }
 }
""",
    "one of several values of a declaration": """
 function pay(cart) {
G  const rate = 3,
X    limit = 4;
G  let count = 0;
G  count++;
.  if (features.has("x")) {
G    send(rate, count);
.  }
X  log(limit);
 }
""",
}

GO = {
    "a set that is filled in a loop": """
 func Pay(carts []Cart) {
G    rows := sets.New[string]()
G    seen := map[string]int{}
G    for _, cart := range carts {
G        if cart.Big {
G            rows.Insert(cart.Name)
.        }
G        seen[cart.Name] = 1
G        delete(seen, cart.Old)
.    }
.    if features.Has("x") {
G        send(rows, seen)
.    }
 }
""",
    "an error that is looked at without the flag": """
 func Pay(cart Cart) error {
X    rows, err := load(cart)
X    if err != nil {
X        return err
.    }
.    if features.Has("x") {
G        send(rows)
.    }
     return nil
 }
""",
    "an else that is another branch": """
 func Pay(cart Cart) {
.    if !features.Has("x") {
X        one(cart)
G    } else if cart.Big {
G        two(cart)
.    }
 }
""",
    "a private field of a struct": """
 func (c *queue) Add(name string) {
G    c.rows = nil
G    if name != "" {
G        c.rows = append(c.rows, name)
.    }
X    c.Names = append(c.Names, name)
.    if features.Has("x") {
G        send(c.rows, c.Names)
.    }
 }
""",
    "a private field that is read without the flag": """
 func (c *queue) Add(name string) {
X    c.rows = append(c.rows, name)
.    if features.Has("x") {
G        send(c.rows)
.    }
X    log(c.rows)
 }
""",
    "some of many constants": """
 const (
     Old = "old"
G    New = "new"
X    Both = "both"
 )
 func Pay(cart Cart) {
X    send(Both)
.    if features.Has("x") {
G        send(New, Both)
.    }
 }
""",
    "a function that gives one of its parameters": """
Gfunc reason(granular, fallback string) string {
.    if features.Has("x") {
G        return granular
.    }
G    return fallback
.}
 func Pay(cart Cart) {
-    set("old")
G    set(reason(New(cart), "old"))
 }
""",
    "a function that does something else as well": """
Xfunc reason(granular, fallback string) string {
.    if features.Has("x") {
G        return granular
.    }
X    return wrap(fallback)
.}
 func Pay(cart Cart) {
-    set("old")
X    set(reason(New(cart), "old"))
 }
""",
    "a function whose parameter is also used without the flag": """
Xfunc reason(granular, fallback string) string {
.    if features.Has("x") {
G        return granular
.    }
X    return fallback + granular
.}
 func Pay(cart Cart) {
-    set("old")
X    set(reason(New(cart), "old"))
 }
""",
}

JAVA = {
    "a private field, with and without this": """
 class Shop {
G  private final List<Row> rows = new ArrayList<>();
G  private int count;
   void pay(Cart cart) {
G    count = cart.size();
G    for (Row row : cart.getRows()) {
G      rows.add(row);
.    }
.    if (features.has("x")) {
G      send(this.rows, count);
.    }
   }
 }
""",
    "an array, and a constant of an enumeration inside a class": """
 class Shop {
   enum Kind {
     OLD,
G    NEW
   }
   void pay(Cart cart) {
G    Row[] rows = new Row[3];
G    rows[0] = cart.row();
.    if (features.has("x")) {
G      send(rows, Kind.NEW);
.    }
   }
 }
""",
    "a private field that another method reads": """
 class Shop {
X  private int count;
   void pay(Cart cart) {
X    count = cart.size();
.    if (features.has("x")) {
G      send(count);
.    }
   }
   int size() {
X    return count;
   }
 }
""",
    "members of an enumeration": """
 enum Kind {
   OLD,
G  NEW("new"),
X  BOTH("both");
 }
 class Shop {
   void pay(Cart cart) {
X    send(Kind.BOTH);
.    if (features.has("x")) {
G      send(Kind.NEW, Kind.BOTH);
.    }
   }
 }
""",
}

RUBY = {
    "a list and a hash that are filled for each": """
 def pay(carts)
G  rows = []
G  totals = {}
G  carts.each do |cart|
G    rows << cart
G    totals[cart.id] = cart.total
.  end
.  if features.enabled?(:x)
G    send_all(rows, totals)
.  end
 end
""",
    "a value of the method that a block sets": """
 def pay(carts)
X  total = 0
   carts.each do |cart|
X    total = cart.total
G    send_all(total) if features.enabled?(:x)
   end
X  total
 end
""",
    "a head that acts": """
 def pay(cart)
G  rows = []
X  if save
G    rows << cart
.  end
.  if features.enabled?(:x)
G    send_all(rows)
.  end
 end
""",
    "a variable of the object": """
 class Shop
   def pay(cart)
G    @rows ||= []
G    @rows << cart
.    if features.enabled?(:x)
G      send_all(@rows)
.    end
   end
 end
""",
}
NESTED = 70
DEEP = {
    "functions inside each other": (
        "src/shop.py",
        f"""
 def pay(cart):
X    rows = load(cart)
X    send({"lambda: " * NESTED}rows)
.    if features.has("x"):
G        send(rows)
""",
    ),
    "blocks inside each other": (
        "app/shop.rb",
        f"""
 def pay(cart)
X  {"each { " * NESTED}rows = load(cart){" }" * NESTED}
 end
""",
    ),
}
CASES = [
    *(pytest.param(*both, id=name) for name, both in DEEP.items()),
    *(pytest.param("src/shop.py", text, id=f"python: {name}") for name, text in PYTHON.items()),
    *(pytest.param("src/shop.ts", text, id=f"typescript: {name}") for name, text in JAVASCRIPT.items()),
    *(pytest.param("src/shop.go", text, id=f"go: {name}") for name, text in GO.items()),
    *(pytest.param("src/Shop.java", text, id=f"java: {name}") for name, text in JAVA.items()),
    *(pytest.param("app/shop.rb", text, id=f"ruby: {name}") for name, text in RUBY.items()),
]


@pytest.mark.parametrize(("path", "marked"), CASES)
def test_what_is_prepared_is_as_guarded_as_what_uses_it(path: str, marked: str) -> None:
    found = letters(path, marked, FLAGS)

    assert found == expected(marked)


def test_a_variable_that_a_view_may_read_is_not_private_to_a_controller() -> None:
    marked = "\n def show\nX  @rows = load\n.  if features.enabled?(:x)\nG    send_all(@rows)\n.  end\n end\n"

    found = letters("app/controllers/shop_controller.rb", marked, FLAGS)

    assert found == expected(marked)
