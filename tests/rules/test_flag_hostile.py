"""Files that nobody would write: each is judged or unread, and what is found in them is found all the same."""

from __future__ import annotations

import random

import pytest

from rules.engine.flags.extents import Source
from rules.engine.flags.reading.pattern import parsed
from rules.engine.flags.risk import Risk
from rules.engine.flags.tree.nodes import nodes_of
from rules.engine.flags.wrapped import FileLines, judged
from rules.engine.syntax.outline import outline
from tests.rules.given_flags import FLAGS

PATHS = {"python": "a.py", "typescript": "a.tsx", "go": "a.go", "java": "A.java", "kotlin": "A.kt", "ruby": "a.rb"}
NESTED = {
    "python": "x = " + "(\n" * 100_000 + "1" + ")\n" * 100_000,
    "typescript": "const x = " + "[\n" * 100_000 + "1" + "]\n" * 100_000,
    "go": "package a\nfunc f() " + "{\n" * 100_000 + "}\n" * 100_000,
    "java": "class A { void f() " + "{\n" * 100_000 + "}\n" * 100_000 + "}",
    "kotlin": "fun f() = " + "(\n" * 100_000 + "1" + ")\n" * 100_000,
    "ruby": "x = " + "[\n" * 100_000 + "1" + "]\n" * 100_000,
}
ASKED = "y = features.has('x')\n"
UNREAD = {
    "a line of 10 MB": ASKED.encode() + b"x = 1;" * 1_700_000,
    "a line of 25 kB": ASKED.encode() + b"x = 1;" * 4_200,
    "more than 512 KB": ASKED.encode() + b"x = 1\n" * 90_000,
    "NUL bytes": ASKED.encode() + b"\0" * 100,
    "UTF-16": b"\xff\xfe" + ASKED.encode("utf-16-le"),
    "a chain of 9 000 names": ASKED.encode() + b"a" + b".b" * 9000 + b"\n",
}
CAP = 150_000
LARGE = {
    "early exits": ("a.py", "def f(a):\n" + "    if not features.has('x'): return\n" * (CAP // 37) + "    g(a)\n"),
    "exits in a branch": (
        "a.ts",
        "function f(a) { if (a) {\n" + 'if (!features.has("x")) return;\n' * (CAP // 33) + "g(a);\n}}\n",
    ),
    "tiny functions": ("a.ts", "".join(f"function f{at}(){{f{at + 1}()}}\n" for at in range(CAP // 30))),
    "tiny functions that are offered": (
        "a.ts",
        "export default f0;\n" + "".join(f"function f{at}(){{f{at + 1}()}}\n" for at in range(CAP // 30)),
    ),
    "functions in another order": (
        "a.py",
        "".join(f"def f{at}():\n    f{at + 1}()\n" for at in range(CAP // 30, 0, -1)),
    ),
    "decorators": ("a.ts", "@gate('x')\n" * (CAP // 11) + "class A {}\n"),
    "one branch after the other, with the flag off": (
        "a.py",
        "def f(a):\n  if a:\n    b\n" + "  elif not features.has('x'):\n    return\n" * 400 + "  g(a)\n",
    ),
    "one branch after the other": ("a.py", "if a:\n  b\n" + "elif features.has('x'):\n  g(a)\n" * (CAP // 30)),
    "flags on one line": ("a.py", "; ".join(["features.has('x')"] * 1000) + "\n"),
    "names on one line": ("a.py", ("a," * 7000 + "a\n") * 10),
    "chains after a flag": ("a.rb", ("features.has('x')" + ".b" * 600 + "\n") * 60),
    "branches one behind the other": ("a.rb", "if a\n b\n" + "elsif features.has('x')\n g\n" * 900 + "end\n"),
    "words for a pattern": ("a.py", ("a" * 9000 + "." + "ab" * 4000 + "c.x()\n") * 25),
}


def judge(path: str, head: bytes, base: bytes | None = None) -> FileLines | None:
    count = head.count(b"\n") + 1
    source = Source(path, head, base, frozenset(range(count // 2 if base else 1, count)), (), 0)
    patterns = parsed((*FLAGS, "*a*b*a*b*a*b*d.x"))
    return judged((source,), patterns, Risk((), frozenset()))[path]


@pytest.mark.parametrize("language", PATHS)
def test_a_hundred_thousand_brackets_inside_each_other_are_unread(language: str) -> None:
    found = judge(PATHS[language], NESTED[language].encode())

    assert found is None


@pytest.mark.parametrize("language", PATHS)
@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in UNREAD.items()])
def test_what_only_a_machine_writes_is_unread(language: str, text: bytes) -> None:
    assert judge(PATHS[language], text) is None


@pytest.mark.parametrize("language", PATHS)
@pytest.mark.parametrize("seed", range(3))
def test_random_bytes_and_bytes_of_no_encoding_are_judged_like_any_text(language: str, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same bytes each time
    noise = bytes(chance.choice(range(1, 256)) for _ in range(4000)).replace(b"\n", b"\xff")
    lines = b"\n".join(noise[at : at + 80] for at in range(0, len(noise), 80)) + b"\n"

    found = judge(PATHS[language], lines)

    assert found is not None
    assert found.behavioural <= lines.count(b"\n")


def test_a_flag_beside_bytes_of_no_encoding_is_seen() -> None:
    text = b"x = '\xff\xfe'\nif features.has('a'):\n    g('\xe9')\n"

    found = judge("a.py", text)

    assert found is not None
    assert (found.inert, found.guarded, found.keys) == ((1,), (3,), frozenset({"a"}))


@pytest.mark.parametrize("has_base", [False, True])
@pytest.mark.parametrize(("path", "text"), [pytest.param(*given, id=name) for name, given in LARGE.items()])
def test_as_much_as_may_be_read_is_judged_to_the_last_line(path: str, text: str, *, has_base: bool) -> None:
    head = text.encode()

    found = judge(path, head, head[: len(head) // 2] if has_base else None)

    assert found is not None
    assert found.behavioural > 0


def test_more_nodes_than_anybody_writes_are_unread() -> None:
    assert judge("a.py", b"x\n" * 130_000) is None


def test_a_file_is_read_up_to_its_deepest_node() -> None:
    shallow, deep = ("x = " + "(" * depth + "1" + ")" * depth for depth in (1900, 2100))

    found = nodes_of("a.py", shallow.encode()), nodes_of("a.py", deep.encode())

    assert found[0] is not None
    assert found[1] is None


ENDLESS = b"{t\nt\n$  m\xb8" + 8 * (
    b"cart cart =\n cart(\n cart = bill.pay,\n pay = cart.toString(),\n )\n"
    b' every { bill.pay(cart) } throws Pay("cart")\n'
)
"""A text on which the Kotlin grammar never comes to an end by itself."""


def test_a_text_that_keeps_the_parser_busy_for_ever_is_not_read() -> None:
    assert nodes_of("src/Shop.kt", ENDLESS) is None
    assert outline("src/Shop.kt", ENDLESS) is None


def test_what_is_read_after_such_a_text_is_read_as_ever() -> None:
    nodes_of("src/Shop.kt", ENDLESS)

    nodes = nodes_of("src/Shop.kt", b"fun pay() = 1\n")

    assert nodes is not None
    assert nodes.types[1] == "function_declaration"
