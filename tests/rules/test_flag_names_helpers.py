"""Functions that do nothing, or answer something empty, while their flag is off, and all who call or show them."""

from __future__ import annotations

import pytest

from rules.engine.flags.extents import Source
from rules.engine.flags.reading.pattern import parsed
from rules.engine.flags.risk import Risk
from rules.engine.flags.wrapped import judged
from tests.rules.given_flags import expected, letters

FLAGS = ("features.has", "features.Has", "features.enabled?")
PY_HELPER = """
Gdef more(cart):
.    if not features.has("x"):
.        return {answer}
G    return load(cart)
"""
PY_USES = """
 def pay(cart, rows):
{letter}    rows.extend(more(cart))
{letter}    for row in more(cart):
{letter}        send(row)
{letter}    found = more(cart)
{letter}    rows.extend(found)
X    return more(cart)
"""
TS_HELPER = """
Gexport const More = ({ cart }) => {
.  if (!features.has("x")) return null;
G  return <b>{cart}</b>;
.};
Gexport const more = (cart) => {
.  if (!features.has("x")) {
.    return [];
.  }
G  return load(cart);
.};
"""
TYPESCRIPT = {
    "an element that shows nothing": """
 import { More, more } from "./helpers";
 const Page = ({ cart }) => (
   <main>
G    <More cart={cart} />
G    <More>
G      {cart.total}
.    </More>
X    <Other more={More} />
   </main>
 );
""",
    "lists of nothing": """
 import { More, more } from "./helpers";
 async function pay(cart, rows) {
G  rows.push(...more(cart));
G  more(cart).forEach((row) => send(row));
X  more(cart).map((row) => send(row));
X  rows.push(cart, ...more(cart));
G  const all = [...rows, ...more(cart)];
X  rows.push(more(cart));
X  rows.push(...((((((more(cart)))))));
X  log(all, more(cart) || rows);
 }
""",
    "what is awaited together": """
 import { More, more } from "./helpers";
 async function pay(cart) {
   const [
     first,
G    second,
X    third,
   ] = await Promise.all([
     load(cart),
G    more(cart),
X    other(cart),
   ]);
G  second.forEach((row) => {
G    send(row);
.  });
X  third.forEach((row) => send(row));
X  const [fourth] = await Promise.all([load(cart), ...rows, more(cart)]);
X  const both = await Promise.all([more(cart)]);
X  const [fifth] = await Promise.race([more(cart)]);
 }
""",
}
METHODS = {
    "a method that is new by name": (
        "src/shop.ts",
        """
 class Shop {
   async pay(cart) {
G    this.rows.push(...(await this.more(cart)));
G    await this.model.more(cart);
   }
G  async more(cart) {
.    if (!features.has("x")) {
.      return Promise.resolve([]);
.    }
G    return load(cart);
.  }
 }
 class FakeShop {
G  async more(cart) {
G    return Promise.resolve([]);
.  }
 }
""",
    ),
    "a method of which another one does something": (
        "src/shop.ts",
        """
 class Shop {
   async pay(cart) {
X    await this.model.more(cart);
   }
X  async more(cart) {
.    if (!features.has("x")) return [];
G    return load(cart);
.  }
 }
 class OtherShop {
X  async more(cart) {
X    return load(cart);
.  }
 }
""",
    ),
    "a method of the object whose name was known": (
        "src/shop.py",
        """
 class Shop:
     def pay(self, cart):
         self.model.more(cart)
G        self.more(cart)
X        self.other.more(cart)
X    def more(self, cart):
.        if not features.has("x"):
.            return
G        load(cart)
""",
    ),
    "a method of an object that is new by name, in go": (
        "shop/shop.go",
        """
 func (c *shop) Pay(cart Cart) []Row {
     var rows []Row
G    rows = append(rows, c.more(cart)...)
X    rows = append(others, c.more(cart)...)
X    rows = append(rows, first, c.more(cart)...)
G    for _, row := range c.more(cart) {
G        send(row)
.    }
     return rows
 }
Xfunc (c *shop) more(cart Cart) []Row {
.    if !features.Has("x") {
.        return []Row{}
.    }
G    return load(cart)
.}
""",
    ),
    "a list of nothing, in java": (
        "src/Shop.java",
        """
 class Shop {
   void pay(Cart cart) {
G    rows.addAll(moreRows(cart));
X    rows.add(moreRows(cart));
   }
X  List<Row> moreRows(Cart cart) {
.    if (!features.has("x")) {
.      return List.of();
.    }
G    return load(cart);
.  }
 }
""",
    ),
    "a list of nothing, in ruby": (
        "app/shop.rb",
        """
 def pay(cart, rows)
G  rows.concat(more(cart))
G  more(cart).each { |row| show(row) }
X  show(more(cart))
 end
Gdef more(cart)
.  return [] unless features.enabled?(:x)
G  load_all(cart)
.end
""",
    ),
    "an answer that is not empty": (
        "src/shop.ts",
        """
 function pay(cart, rows) {
X  rows.push(...more(cart));
X  const most = more(cart);
X  rows.push(...most);
 }
Gfunction more(cart) {
.  if (!features.has("x")) {
.    return [cart];
.  }
G  return load(cart);
.}
""",
    ),
}


@pytest.mark.parametrize(
    ("answer", "letter"), [("[]", "G"), ("None", "G"), ("set()", "G"), ('""', "G"), ("[cart]", "X"), ("old(cart)", "X")]
)
def test_what_walks_or_adds_an_empty_answer_is_guarded(answer: str, letter: str) -> None:
    marked = PY_USES.format(letter=letter).replace("\nX        send(row)", "\nX        send(row)")
    helper = PY_HELPER.format(answer=answer)

    found = letters("src/shop.py", helper + marked.removeprefix("\n"), FLAGS)

    assert found == expected(helper + marked.removeprefix("\n"))


@pytest.mark.parametrize("marked", [pytest.param(text, id=name) for name, text in TYPESCRIPT.items()])
def test_helpers_cross_files(marked: str) -> None:
    found = letters("src/page.tsx", marked, FLAGS, {"src/helpers.tsx": TS_HELPER})

    assert found == expected(marked)


@pytest.mark.parametrize(("path", "marked"), [pytest.param(*both, id=name) for name, both in METHODS.items()])
def test_methods_that_answer_something_empty_are_followed(path: str, marked: str) -> None:
    found = letters(path, marked, FLAGS)

    assert found == expected(marked)


@pytest.mark.parametrize(("other", "letter"), [("shop/limits.go", "G"), ("bills/limits.go", "I")])
def test_a_constant_of_go_needs_no_import_in_its_own_package(other: str, letter: str) -> None:
    marked = f"\n package shop\n{letter}const limit = 3\n"
    use = '\n func Pay(cart Cart) {\n.    if features.Has("x") {\nG        send(limit)\n.    }\n }\n'

    found = letters(other, marked, FLAGS, {"shop/pay.go": use})

    assert found == expected(marked)


def test_a_constant_that_another_package_reads_without_the_flag_is_exposed() -> None:
    marked = "\n package kinds\nXconst Limit = 3\n"
    use = "\n func Pay(cart Cart) {\nX    send(kinds.Limit)\n }\n"
    asking = '\n func Buy(cart Cart) {\n.    if features.Has("x") {\nG        send(kinds.Limit)\n.    }\n }\n'

    found = letters("kinds/limits.go", marked, FLAGS, {"shop/pay.go": use, "shop/buy.go": asking})

    assert found == expected(marked)


@pytest.mark.parametrize("used", ["rows", "made()", "self.NEW"])
def test_a_name_that_too_many_use_is_not_followed(used: str) -> None:
    uses = "".join(f"G            send({used}, {number})\n" for number in range(201))
    made = "X    NEW = 3\n     def pay(self, cart):\nX        rows = load(cart)\n"
    made = f"\nXdef made():\nX    return 3\n class Shop:\n{made}"
    marked = f'{made}.        if features.has("x"):\n{uses}X        log(rows, NEW, made)\n'

    found = letters("src/shop.py", marked, FLAGS)

    assert found == expected(marked)


def test_arguments_that_are_named_are_not_told_apart() -> None:
    chosen = 'Gdef reason(new, old):\n.    if features.has("x"):\nG        return new\nG    return old\n'
    marked = f'\n{chosen} def pay(cart):\nX    send(reason(old="a", new=LIMIT))\nG    send(reason(LIMIT, "a"))\n'

    found = letters("src/shop.py", marked, FLAGS)

    assert found == expected(marked)


@pytest.mark.parametrize(("known", "letter"), [("total", "G"), ("rows", "X")])
def test_a_private_field_of_go_belongs_to_its_package(known: str, letter: str) -> None:
    asking = '.    if features.Has("x") {\nG        send(c.rows)\n.    }\n }\n'
    marked = f"\n func (c *shop) Pay() {{\n{letter}    c.rows = nil\n{asking}"
    beside = f"\n func (c *shop) Add(limit int) {{\n     keep(limit, c.{known})\n{letter}    c.rows = nil\n }}\n"

    found = letters("shop/shop.go", marked, FLAGS, {"shop/add.go": beside})

    assert found == expected(marked)


def test_a_parameter_of_the_same_name_is_no_use_of_a_constant() -> None:
    marked = "\n package shop\nGconst limit = 3\n"
    use = '\n func Pay(cart Cart) {\n.    if features.Has("x") {\nG        send(limit)\n.    }\n }\n'
    other = "\n func Add(limit int) {\nX    keep(limit)\n }\n"

    found = letters("shop/limits.go", marked, FLAGS, {"shop/pay.go": use, "shop/add.go": other})

    assert found == expected(marked)


def test_a_thousand_names_in_two_hundred_files_are_looked_up_once() -> None:
    sources = tuple(_many(number) for number in range(40))

    found = judged(sources, parsed(FLAGS), Risk((), frozenset()))

    assert {len(lines.guarded) for lines in found.values() if lines is not None} == {11}


def _many(number: int) -> Source:
    """Write a file with five functions that only its own branch calls."""
    functions = "".join(f"def made_{number}_{at}(cart):\n    return charge(cart)\n" for at in range(5))
    calls = "".join(f"made_{number}_{at}, " for at in range(5))
    text = f'{functions}if features.has("x"):\n    send({calls})\n'
    return Source(f"src/part_{number}.py", text.encode(), None, frozenset(range(1, 13)), (), 0)


@pytest.mark.parametrize(("word", "letter"), [("", "X"), ("private ", "G")])
def test_a_method_that_another_file_knows_by_name_is_only_followed_where_it_is_private(word: str, letter: str) -> None:
    body = '.    if (!features.has("x")) return;\nG    charge(cart);\n.  }\n'
    uses = "   void pay(Cart cart) {\nG    this.more(cart);\nG    more(cart);\nX    log(rows[0]);\n   }\n"
    marked = f"\n class Shop {{\n{uses}{letter}  {word}void more(Cart cart) {{\n{body} }}\n"
    other = "\n class Bill {\n   void add(Cart cart) {\n     cart.more(cart);\nX    cart.more(log);\n   }\n }\n"

    found = letters("src/Shop.java", marked, FLAGS, {"src/Bill.java": other})

    assert found == expected(marked)
