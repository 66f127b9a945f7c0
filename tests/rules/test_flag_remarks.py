"""What `flag-wrapped` only remarks: exposed lines of a change that is guarded in part, and how new flags are kept."""

from __future__ import annotations

import pytest

from rules.engine.result import Note, Outcome, RuleResult
from tests.factories import added, modified
from tests.rules.given_flags import judge

PARTLY = """
 def pay(cart):
.    if features.has("x"):
G        receipt(cart)
X    log(cart)
X    audit(cart)
"""
TESTED = added("tests/test_pay.py", ["def test_x():", "    with flag('x'):", "        pay()"])


def exposed(result: RuleResult) -> list[Note]:
    return [note for note in result.notes if "in any case" in note.message]


def kept(result: RuleResult) -> list[Note]:
    return [note for note in result.notes if "in any case" not in note.message]


def test_exposed_lines_of_a_partly_guarded_change_are_remarked_and_stop_nothing() -> None:
    result = judge({"src/billing/pay.py": PARTLY}, TESTED)

    assert (result.outcome, result.facts["wrapped"], result.findings) == (Outcome.PASS, "partial", ())
    assert result.notes == (
        Note(
            "2 new lines run in any case in a risky file (payments), with the flag off too.",
            "Put them inside the `if` in line 2.",
            "src/billing/pay.py",
            4,
            5,
        ),
    )


def test_a_file_without_risk_is_remarked_where_it_asks_for_a_flag_itself() -> None:
    bare = " def show(cart):\nX    log(cart)\n     old()\n"

    result = judge({"src/shop.py": PARTLY, "src/other.py": bare}, TESTED)

    assert [(note.path, note.message) for note in result.notes] == [
        ("src/shop.py", "2 new lines run in any case, with the flag off too.")
    ]


@pytest.mark.parametrize(
    "marked",
    [
        pytest.param(
            PARTLY.replace("G", "X").replace('.    if features.has("x")', "X    if cart"), id="nothing guarded"
        ),
        pytest.param(" def pay(cart):\n.    if features.has('x'):\nG        receipt(cart)\n", id="all guarded"),
        pytest.param(" def pay(cart):\nX    log()\n     old()\nX    log()\n", id="nothing guarded in two places"),
    ],
)
def test_nothing_is_remarked_where_all_or_none_is_guarded(marked: str) -> None:
    assert judge({"src/billing/pay.py": marked}, TESTED).notes == ()


def test_a_tenth_may_be_exposed_without_a_word() -> None:
    guarded = "".join(f"G        step_{number}(cart)\n" for number in range(20))

    result = judge({"src/billing/pay.py": PARTLY.replace("X    log", f"{guarded}X    log")}, TESTED)

    assert (result.facts["wrapped"], result.facts["exposed"], result.notes) == ("full", 2, ())


def blocks(*counts: int) -> str:
    """Write functions that get so many new lines each, with no flag."""
    lines = ("X    log()\n" * count for count in counts)
    return "".join(f" def f_{at}():\n{one}     old()\n" for at, one in enumerate(lines))


def test_risky_files_come_first_and_large_blocks_before_small_ones() -> None:
    result = judge({"src/shop.py": PARTLY + blocks(9), "src/auth/a.py": PARTLY + blocks(1, 4), "src/auth/b.py": PARTLY})

    found = [(note.path, note.start_line, note.end_line) for note in exposed(result)]
    assert found == [
        ("src/auth/a.py", 10, 13),
        ("src/auth/a.py", 4, 5),
        ("src/auth/b.py", 4, 5),
        ("src/auth/a.py", 7, 7),
        ("src/shop.py", 7, 15),
        ("src/shop.py", 4, 5),
    ]


def test_a_block_that_is_found_is_not_remarked_too() -> None:
    result = judge({"src/auth/a.py": blocks(2, 3), "src/shop.py": PARTLY}, TESTED)

    assert [(one.path, one.start_line) for one in result.findings] == [("src/auth/a.py", 2)]
    assert [(note.path, note.start_line) for note in result.notes] == [("src/auth/a.py", 6), ("src/shop.py", 4)]


def test_blank_lines_and_comments_keep_a_block_together_and_what_is_guarded_cuts_it() -> None:
    marked = """
 def pay(cart):
X    log(cart)
.
.    # and then
X    audit(cart)
.    if features.has("x"):
G        receipt(cart)
X    last(cart)
     old()
X    after(cart)
"""

    result = judge({"src/auth/a.py": marked}, TESTED)

    assert [(one.start_line, one.end_line) for one in result.notes] == [(2, 5), (8, 8), (10, 10)]


def test_no_more_than_ten_remarks_are_made() -> None:
    untested = "".join(f".    if features.has('k{at}'):\nG        new({at})\n" for at in range(5))
    made = "".join(f".    if features.has(f'k{{at}}{at}'):\nG        new({at})\n" for at in range(5))

    result = judge({"src/auth/a.py": f"{blocks(*range(1, 15))} def pay():\n{untested}{made}"})

    said = [note.message.split("`")[0] for note in result.notes]
    assert said == (
        ["The name of this flag is put together at run time: nobody finds it by searching."] * 2
        + [
            f"{count} new lines run in any case in a risky file (auth), with the flag off too."
            for count in range(14, 8, -1)
        ]
        + ["No changed test names the new flag "] * 2
    )


def test_a_flag_that_goes_leaves_lines_that_nobody_remarks() -> None:
    result = judge(
        {
            "src/auth/a.py": """
 def pay(cart):
-    if features.has("x"):
-        twice(cart)
X    log(cart)
     if features.has("y"):
G        new(cart)
"""
        }
    )

    assert (result.facts["flags"], result.notes) == ({"added": [], "removed": ["x"]}, ())


def test_an_exempt_change_is_not_remarked() -> None:
    result = judge({"src/auth/a.py": PARTLY}, labels=frozenset({"security"}))

    assert (result.outcome, result.notes) == (Outcome.PASS, ())


def test_a_new_flag_that_no_changed_test_names_is_remarked_once() -> None:
    twice = (
        PARTLY
        + """ def refund(cart):
.    if features.has("x"):
G        receipt(cart)
"""
    )

    result = judge({"src/shop.py": twice})

    assert kept(result) == [
        Note(
            "No changed test names the new flag `x`.",
            "Test what happens with it on, and what happens with it off.",
            "src/shop.py",
            2,
            2,
        )
    ]


@pytest.mark.parametrize(
    ("add", "remove", "count"),
    [
        pytest.param(["flag('x')"], [], 0, id="a line that comes"),
        pytest.param([], ["flag('x')"], 1, id="a line that goes"),
        pytest.param(["flag('y')"], [], 1, id="another flag"),
    ],
)
def test_a_test_names_a_flag_by_a_line_that_stays_or_comes(add: list[str], remove: list[str], count: int) -> None:
    result = judge({"src/shop.py": PARTLY}, modified("tests/test_shop.py", add=add, remove=remove))

    assert len(kept(result)) == count


def test_a_source_file_that_names_a_flag_is_no_test() -> None:
    assert len(kept(judge({"src/shop.py": PARTLY}, added("src/names.py", ["X = 'x'"])))) == 1


def test_a_flag_that_was_asked_for_before_is_not_new() -> None:
    marked = " def old(cart):\n     return features.has('x')\n" + PARTLY.removeprefix("\n")

    assert kept(judge({"src/shop.py": marked})) == []


@pytest.mark.parametrize(
    ("path", "call", "is_made"),
    [
        ("a.py", "features.has(f'login-{provider}')", True),
        ("a.py", "features.has('login-' + provider)", True),
        ("a.py", "features.has('login-%s' % provider)", True),
        ("a.py", "features.has('login-{}'.format(provider))", True),
        ("a.py", "features.has('login' '-new')", False),
        ("a.py", "features.has('login-' + provider, 'other')", True),
        ("a.py", "features.has(LOGIN)", False),
        ("a.py", "features.has(name_of(provider, 'x'))", False),
        ("a.py", "features.has(organization, f'{a}')", False),
        ("a.py", "features.has(A + B)", False),
        ("a.ts", "features.has(`login-${provider}`)", True),
        ("a.ts", "features.has('login-' + provider)", True),
        ("a.ts", "features.has(`login`)", False),
        ("a.ts", "features.has(Flags.Login)", False),
        ("a.rb", 'features.has("login-#{provider}")', True),
        ("a.rb", "features.has(:login)", False),
        ("a.go", 'features.has(fmt.Sprintf("login-%s", provider))', True),
        ("a.go", 'features.has("login-" + provider)', True),
        ("A.java", 'features.has("login-" + provider)', True),
        ("A.java", 'features.has(String.format("login-%s", provider))', True),
        ("A.java", "features.has(Flags.LOGIN)", False),
        ("a.kt", 'features.has("login-$provider")', True),
        ("a.kt", 'features.has("login-" + provider)', True),
        ("a.kt", 'features.has("login")', False),
    ],
)
def test_a_key_that_is_put_together_at_run_time_is_remarked(path: str, call: str, *, is_made: bool) -> None:
    result = judge({f"src/{path}": f" old()\nX{call}\n"})

    said = [note.message for note in kept(result) if "run time" in note.message]
    assert said == ["The name of this flag is put together at run time: nobody finds it by searching."] * is_made


def test_a_key_on_a_line_that_stays_is_not_remarked() -> None:
    marked = " def pay():\n     if features.has(f'{a}-x'):\nG        new()\n"

    assert kept(judge({"src/a.py": marked})) == []


PYTHON = " from {} import client\n def pay():\n.    if {}:\nG        new()\n"
SCRIPT = " import client from '{}';\n function pay() {{\n.  if ({}) {{\nG    twice();\n.  }}\n }}\n"
GO = ' package a\n import "{}"\n func pay() {{\n.\tif {} {{\nG\t\ttwice()\n.\t}}\n }}\n'
JAVA = " import {}.Client;\n class A {{\n   void pay() {{\n.    if ({}) {{\nG      twice();\n.    }}\n   }}\n }}\n"
KOTLIN = " import {}.Client\n fun pay() {{\n.  if ({}) {{\nG    twice()\n.  }}\n }}\n"
RUBY = ' require "{}"\n def pay\n.  if {}\nG    twice\n.  end\n end\n'


@pytest.mark.parametrize(
    ("path", "source", "library", "call", "starts_on"),
    [
        ("a.py", PYTHON, "ldclient", "client.variation('x', user, True)", True),
        ("a.py", PYTHON, "ldclient", "client.variation('x', user, False)", False),
        ("a.py", PYTHON, "ldclient", "client.variation('x', user, default=True)", True),
        ("a.py", PYTHON, "ldclient", "client.variation('x', True, False)", False),
        ("a.py", PYTHON, "ldclient", "client.variation('x', user, default=False, other=True)", False),
        ("a.py", PYTHON, "ldclient", "client.variation('x', user, DEFAULT)", False),
        ("a.py", PYTHON, "openfeature", "client.get_boolean_value('x', True)", True),
        ("a.py", PYTHON, "openfeature", "client.get_boolean_value(flag_key='x', default_value=True)", True),
        ("a.py", PYTHON, "shop", "features.has('x', True)", False),
        ("a.ts", SCRIPT, "@launchdarkly/node-server-sdk", "client.variation('x', context, true)", True),
        ("a.ts", SCRIPT, "launchdarkly-js-client-sdk", "client.variation('x', true)", True),
        ("a.ts", SCRIPT, "@openfeature/server-sdk", "client.getBooleanValue('x', true)", True),
        ("a.ts", SCRIPT, "@openfeature/server-sdk", "client.getBooleanValue('x', false)", False),
        ("a.go", GO, "github.com/launchdarkly/go-server-sdk", 'client.BoolVariation("x", user, true)', True),
        ("a.go", GO, "github.com/open-feature/go-sdk", 'client.BooleanValue(ctx, "x", true, e)', True),
        ("A.java", JAVA, "com.launchdarkly.sdk", 'client.boolVariation("x", context, true)', True),
        ("A.java", JAVA, "io.getunleash", 'client.isEnabled("x", true)', True),
        ("A.java", JAVA, "dev.openfeature.sdk", 'client.getBooleanValue("x", false)', False),
        ("a.kt", KOTLIN, "com.launchdarkly.sdk", 'client.boolVariation("x", context, true)', True),
        ("a.kt", KOTLIN, "dev.openfeature.sdk", 'client.getBooleanValue("x", defaultValue = false)', False),
        ("a.kt", KOTLIN, "dev.openfeature.sdk", 'client.getBooleanValue(key = "x", defaultValue = true)', True),
        ("a.rb", RUBY, "ldclient-rb", 'client.variation("x", user, true)', True),
        ("a.rb", RUBY, "open_feature/sdk", 'client.fetch_boolean_value(flag_key: "x", default_value: true)', True),
    ],
)
def test_a_flag_that_is_on_where_nobody_answers_is_remarked(
    path: str, source: str, library: str, call: str, *, starts_on: bool
) -> None:
    result = judge({f"src/{path}": source.format(library, call)}, TESTED)

    expected = "The flag `x` is on where nobody answers: then the new lines run when the service cannot be asked."
    assert [note.message for note in kept(result)] == [expected] * starts_on


def test_a_flag_without_a_name_of_its_own_that_starts_on_is_remarked_too() -> None:
    result = judge({"src/a.py": PYTHON.format("ldclient", "client.variation(NAME, user, True)")})

    assert [(note.message[:25], note.fix) for note in kept(result)] == [
        ("The flag is on where nobo", "Let its default be off, which is what ran before.")
    ]


@pytest.mark.parametrize(
    "call",
    [
        pytest.param("not client.variation('x', user, True)", id="a switch that turns the new lines off"),
        pytest.param("not client.is_off('x', True)", id="a check that is true while the flag is off"),
    ],
)
def test_a_default_that_leaves_the_new_lines_off_is_not_remarked(call: str) -> None:
    marked = f" from ldclient import client\n from growthbook import g\n def pay():\n.    if {call}:\n?        new()\n"
    marked = marked.replace("?", "G" if "is_off" in call else "X")

    assert kept(judge({"src/a.py": marked}, TESTED)) == []
