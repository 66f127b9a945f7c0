"""The smallest step that would guard exposed lines of a new function."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import judge
from tests.rules.given_steps import GUARDED_ELSEWHERE, steps


@pytest.mark.parametrize(
    ("path", "marked", "fix"),
    [
        pytest.param("a.py", "Xdef show(cart):\nX    log(cart)\n show(1)\n", "if not {}: return …", id="Python"),
        pytest.param(
            "a.ts", "Xfunction show(cart) {\nX  log(cart);\n.}\n show(1);\n", "if (!{}) return …;", id="TypeScript"
        ),
        pytest.param(
            "a.jsx", "Xconst show = (cart) => {\nX  log(cart);\n.}\n show(1);\n", "if (!{}) return …;", id="an arrow"
        ),
        pytest.param(
            "a.go",
            " package a\nXfunc show(cart int) {\nX\tlog(cart)\n.}\n func f() { show(1) }\n",
            "if !{} {{ return … }}",
            id="Go",
        ),
        pytest.param(
            "A.java",
            " class A {\nX  void show() {\nX    log();\n.  }\n   void f() { show(); }\n }\n",
            "if (!{}) return …;",
            id="Java",
        ),
        pytest.param("a.kt", "Xfun show() {\nX  log()\n.}\n fun f() { show() }\n", "if (!{}) return …", id="Kotlin"),
        pytest.param("a.rb", "Xdef show(cart)\nX  log(cart)\n.end\n show(1)\n", "return … unless {}", id="Ruby"),
    ],
)
def test_a_new_function_is_to_begin_with_a_check_in_its_own_language(path: str, marked: str, fix: str) -> None:
    elsewhere = {"src/shop.py": GUARDED_ELSEWHERE}

    (found,) = steps({f"src/auth/{path}": marked, **elsewhere}, f"src/auth/{path}")

    words = fix.format('features.has("x")')
    assert found[2] == f"Start `show` with `{words}`."


def test_what_is_new_inside_a_new_function_belongs_to_it() -> None:
    marked = """
Xdef show(cart):
X    def inner(one):
X        log(one)
.
X    cart.each(lambda one: inner(one))
Xdef hide(cart):
X    log(cart)
 show(1)
 hide(2)
"""

    found = steps({"src/auth/a.py": marked, "src/shop.py": GUARDED_ELSEWHERE}, "src/auth/a.py")

    assert [(first, last, fix.split("`")[1]) for first, last, fix in found] == [(1, 5, "show"), (6, 7, "hide")]


def test_functions_inside_each_other_are_looked_through_to_a_depth() -> None:
    heads = "".join(f"X{'  ' * depth}def f_{depth}():\n" for depth in range(80))
    marked = f"{heads}X{'  ' * 80}log()\n f_0()\n"

    found = steps({"src/auth/a.py": marked, "src/shop.py": GUARDED_ELSEWHERE}, "src/auth/a.py")

    assert [(first, last, fix.split("`")[1]) for first, last, fix in found[:3]] == [
        (1, 65, "f_0"),
        (66, 66, "f_1"),
        (67, 67, "f_2"),
    ]


@pytest.mark.parametrize("head", ["Xdef show(cart):\n", "X@task()\nXdef show(cart):\n"])
def test_the_head_of_a_function_that_checks_already_is_not_remarked(head: str) -> None:
    marked = f"{head}.    if not features.has('x'):\n.        return\nG    log(cart)\n show(1)\n"

    result = judge({"src/auth/a.py": marked})

    assert result.facts["exposed"] == head.count("X")
    assert [note for note in result.notes if "run" in note.message] == []


def test_a_new_function_that_does_nothing_yet_is_to_begin_with_a_check() -> None:
    sources = {"src/auth/a.ts": "Xfunction show() {\n.}\n show();\n", "src/shop.py": GUARDED_ELSEWHERE}

    found = steps(sources, "src/auth/a.ts")

    assert found == [(1, 1, 'Start `show` with `if (!features.has("x")) return …;`.')]


def test_the_decorator_of_a_new_function_belongs_to_it() -> None:
    marked = "X@task(1)\nXdef show(cart):\nX    log(cart)\n show(1)\n"

    found = steps({"src/auth/a.py": marked, "src/shop.py": GUARDED_ELSEWHERE}, "src/auth/a.py")

    assert [(first, last) for first, last, _ in found] == [(1, 3)]


def test_a_name_that_is_too_long_is_left_out() -> None:
    name = "a" * 90
    marked = f"Xdef {name}(cart):\nX    log(cart)\n {name}(1)\n"

    (found,) = steps({"src/auth/a.py": marked, "src/shop.py": GUARDED_ELSEWHERE}, "src/auth/a.py")

    assert found[2] == 'Start the function with `if not features.has("x"): return …`.'
