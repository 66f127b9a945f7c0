"""The smallest step that would guard exposed lines, in words, in every language."""

from __future__ import annotations

import pytest

from rules.engine.flags.saying.steps import SPEECH
from rules.engine.flags.tree.languages import GRAMMARS
from rules.engine.result import Finding, Note
from tests.rules.given_flags import judge

GUARDED_ELSEWHERE = """
 def pay(cart):
.    if features.has("x"):
G        receipt(cart)
"""


def steps(sources: dict[str, str], path: str) -> list[tuple[int | None, int | None, str]]:
    """Judge a change that is guarded in part, and give the steps that are remarked on one file."""
    result = judge(sources)
    shown: list[Finding | Note] = [*result.findings, *result.notes]
    return [(one.start_line, one.end_line, one.fix) for one in shown if one.path == path and "run" in one.message]


def in_one(path: str, marked: str) -> list[tuple[int | None, int | None, str]]:
    return steps({path: marked}, path)


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


@pytest.mark.parametrize(
    ("elsewhere", "fix"),
    [
        pytest.param(
            '.    if features.missing("x"):\n.        return\nG    receipt(cart)\n',
            'if features.missing("x"): return …',
            id="a check that is true while the flag is off",
        ),
        pytest.param(
            '.    if not features.has("!x"):\nG        receipt(cart)\n',
            'if features.has("!x"): return …',
            id="a key that turns the check",
        ),
        pytest.param(
            '.    if not await features.has("x"):\n.        return\nG    receipt(cart)\n',
            'if not await features.has("x"): return …',
            id="one that is waited for",
        ),
    ],
)
def test_the_check_is_repeated_as_this_change_writes_it(elsewhere: str, fix: str) -> None:
    sources = {
        "src/auth/a.py": "Xdef show(cart):\nX    log(cart)\n show(1)\n",
        "src/shop.py": f" async def pay(cart):\n{elsewhere}",
    }

    (found,) = steps(sources, "src/auth/a.py")

    assert found[2] == f"Start `show` with `{fix}`."


@pytest.mark.parametrize(
    "check",
    [
        pytest.param('features.has("x", ' + "a" * 80 + ")", id="too long"),
        pytest.param('features.has("x",\n.            cart)', id="of two lines"),
        pytest.param('features.has("x`")', id="with a mark of our own"),
    ],
)
def test_a_check_that_cannot_be_repeated_is_named(check: str) -> None:
    sources = {
        "src/auth/a.py": " def show(cart):\nX    log(cart)\n     old()\n",
        "src/shop.py": f" def pay(cart):\n.    if {check}:\nG        receipt(cart)\n",
    }

    (found,) = steps(sources, "src/auth/a.py")

    assert found[2] == "Put it behind `features.has`, or leave the function before while that is off."


@pytest.mark.parametrize(
    ("marked", "fix"),
    [
        pytest.param(
            "Xdef show(cart):\nX    log(cart)\n show(1)\n",
            "Put `show` behind `<FeatureFlag>`, or start it with an early exit while that is off.",
            id="new",
        ),
        pytest.param(" old()\nXlog(cart)\n", "Put it behind `<FeatureFlag>`.", id="outside functions"),
    ],
)
def test_a_flag_that_is_no_condition_is_named(marked: str, fix: str) -> None:
    page = """
 export const Page = () => (
   <Layout>
.    <FeatureFlag flag="x">
G      <Twice />
.    </FeatureFlag>
   </Layout>
 );
"""

    (found,) = steps({"src/auth/a.py": marked, "src/Page.tsx": page}, "src/auth/a.py")

    assert found[2] == fix


def test_a_condition_is_preferred_to_what_is_none() -> None:
    page = """
 export const Page = () => (
   <Layout>
.    <FeatureFlag flag="x">
G      <Twice />
.    </FeatureFlag>
{more}   </Layout>
 );
"""
    bare = {"src/auth/a.py": " old()\nXlog()\n"}
    one = page.replace("{more}", 'G    {features.has("x") && <Twice />}\n')
    two = {"src/Page.tsx": page.replace("{more}", ""), "src/shop.py": GUARDED_ELSEWHERE}

    found = [steps({**bare, **others}, "src/auth/a.py")[0][2] for others in ({"src/Page.tsx": one}, two)]

    assert found == ['Put it inside `if features.has("x"):`.'] * 2


def test_a_call_that_runs_what_it_is_given_is_no_condition() -> None:
    sources = {
        "src/auth/a.py": " def show(cart):\nX    log(cart)\n     old()\n",
        "src/shop.py": ' def pay(cart):\nG    when_on("x", lambda: receipt(cart))\n     old()\n',
    }

    (found,) = steps(sources, "src/auth/a.py")

    assert found[2] == "Put it behind `when_on`, or leave the function before while that is off."


def test_the_check_of_the_same_file_is_preferred() -> None:
    own = GUARDED_ELSEWHERE.replace('"x"', '"own"') + " def refund(cart):\nX    log(cart)\n     old(cart)\n"

    found = steps({"src/a.py": GUARDED_ELSEWHERE, "src/auth/b.py": own}, "src/auth/b.py")

    assert found == [(5, 5, 'Put it inside `if features.has("own"):`.')]
