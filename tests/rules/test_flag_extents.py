"""How much of each file is read: what has to do with a flag whole, of the others what is added and what uses it."""

from __future__ import annotations

import pytest

from rules.engine.flags.extents import Source, readings_of
from rules.engine.flags.reading.pattern import parsed
from rules.engine.flags.tree.nodes import extent_of, nodes_of
from tests.rules.given_flags import expected, judge, letters

FUNCTION = """
 import os
 def first():
     return os
Idef second():
I    return os
"""
USE = """
 import shop
 def third():
     return shop.second()
Xchanged()
"""
SHARED_GO = """
 func Pay(cart Cart) {
.    if features.has("x") {
G        chargeTwice(cart)
.    }
 }
"""


def _source(path: str, head: str, added: frozenset[int] = frozenset({1})) -> Source:
    return Source(path, head.encode(), b"old\n", added, (), 0)


def test_an_untouched_function_is_not_walked_where_nothing_asks_for_a_flag() -> None:
    head = "def first():\n    return one(two(three))\n\n\nadded(1)\n"

    reading = readings_of((_source("shop.py", head, frozenset({5})),), ())["shop.py"]

    assert reading is not None
    assert [reading.nodes.word(call) for call in reading.names.calls] == ["added(1)"]


def test_what_an_extent_touches_is_kept_with_all_that_is_around_it() -> None:
    text = b"def first():\n    a(\n        1,\n    )\n    b()\n"

    nodes = nodes_of("shop.py", text, extent_of(text, [3]))

    assert nodes is not None
    assert [nodes.types[at] for at in range(len(nodes.types)) if nodes.said(at) == b"1"] == ["integer"]
    assert b"b" not in [nodes.said(at) for at in range(len(nodes.types))]


def test_a_block_of_which_nothing_is_added_is_no_behaviour_by_itself() -> None:
    marked = "\n function pay(cart) {\nX  if (charge(cart)\n.  ) {\n     first();\n     second();\n   }\n }\n"

    found = letters("src/shop.js", marked)

    assert found == expected(marked)


def test_a_handler_that_names_no_error_ends_a_file() -> None:
    marked = "\n function pay(cart) {\nX  try { charge(cart); } catch {\n     first();\n   }\n }\n"

    found = letters("src/shop.js", marked)

    assert found == expected(marked)


def test_an_import_of_several_lines_is_read_whole() -> None:
    head = "added()\nfrom shop import (\n    first,\n    second,\n)\n"

    reading = readings_of((_source("a.py", head),), ())["a.py"]

    assert reading is not None
    assert reading.names.imports == [("shop", ("first", "second"))]


def test_lines_behind_the_end_of_a_file_are_no_extent() -> None:
    extent = extent_of(b"one\ntwo", [2, 9])

    assert (extent.starts, extent.stops) == ((4,), (7,))


def test_a_new_function_that_nobody_uses_is_inert() -> None:
    found = letters("src/shop.py", FUNCTION)

    assert found == expected(FUNCTION)


def test_a_use_on_a_line_of_another_file_that_stays_is_seen() -> None:
    found = letters("src/shop.py", FUNCTION, others={"src/web.py": USE})

    assert found == expected(FUNCTION).replace("I", "X")


def test_a_use_on_a_line_of_the_same_file_that_stays_is_seen() -> None:
    marked = """
 def first():
     return _second()
 def _second():
X    return charge()
Idef third():
I    return _second()
"""

    found = letters("src/shop.py", marked)

    assert found == expected(marked)


def test_a_predicate_is_learnt_from_a_file_that_asks() -> None:
    asking = {"src/part.py": '\n def is_on():\n     return features.has("x")\nXother()\n'}
    marked = "\n from part import is_on\n if is_on():\nG    pay()\n"

    found = letters("src/shop.py", marked, others=asking)

    assert found == expected(marked)


def test_a_flag_on_a_line_that_stays_is_neither_added_nor_removed() -> None:
    marked = """
 if features.has("old"):
     pay()
-if features.has("gone"):
+if features.has("new"):
G    charge()
"""

    result = judge({"src/payments.py": marked})

    assert result.facts["flags"] == {"added": ["new"], "removed": ["gone"]}


def test_a_use_under_another_name_is_seen() -> None:
    use = "\n from shop import second as other\n def third():\n     return other()\nXchanged()\n"

    found = letters("src/shop.py", FUNCTION, others={"src/web.py": use})

    assert found == expected(FUNCTION).replace("I", "X")


def test_a_use_is_seen_among_more_names_than_are_looked_for() -> None:
    many = "\n old()\n" + "".join(f"Idef name_{at}():\nI    return {at}\n" for at in range(201))
    use = "\n def third():\n     return name_200()\nXchanged()\n from shop import name_200\n"

    found = letters("src/shop.py", many, others={"src/web.py": use})

    assert found == expected(many)[:-2] + "XX"


def test_a_predicate_is_learnt_from_more_files_than_are_looked_for() -> None:
    asking = {
        f"src/part_{at}.py": f'\n old()\n.def is_on_{at}():\n.    return features.has("x")\n' for at in range(201)
    }
    marked = "\n from part_200 import is_on_200\n if is_on_200():\nG    pay()\n"

    found = letters("src/shop.py", marked, others=asking)

    assert found == expected(marked)


def test_a_file_that_cannot_be_read_does_not_keep_the_others_from_it() -> None:
    long = _source("long.py", "x = '" + "x" * 30_000 + "'\n")
    asking = _source("asking.py", 'features.has("x")\nx = "' + "x" * 30_000 + '"\n')
    fine = _source("fine.py", "def name(): pass\n")

    found = readings_of((long, asking, fine), parsed(("features.has",)))

    assert (found["long.py"], found["asking.py"]) == (None, None)
    assert found["fine.py"] is not None


@pytest.mark.parametrize(("helper", "letter"), [("shop/charge.go", "G"), ("shop/other/charge.go", "I")])
def test_a_function_of_another_file_of_the_package_needs_no_import_in_go(helper: str, letter: str) -> None:
    marked = f"\n{letter}func chargeTwice(cart Cart) {{\n{letter}    charge(cart)\n.}}\n"

    found = letters(helper, marked, others={"shop/pay.go": SHARED_GO})

    assert found == expected(marked)
