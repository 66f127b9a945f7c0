"""The rule `flag-wrapped`: what is risky, what is found, and what the facts say."""

from __future__ import annotations

import pytest

from rules.engine.policy import PolicyError, read_policy
from rules.engine.result import Outcome
from rules.flag_wrapped import FlagWrapped, listed_in
from tests.factories import added, code, modified
from tests.rules.given_flags import BARE, FLAGS, given, judge

WRAPPED = """
 def pay(cart):
.    if features.has("x"):
G        receipt(cart)
"""
PARTLY = """
 def pay(cart):
.    if features.has("x"):
G        receipt(cart)
""" + "".join(f"X    step_{number}(cart)\n" for number in range(6))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("X    receipt(cart)\n", "its one new line runs with no flag around it."),
        ("X    receipt(cart)\nX    audit(cart)\n", "all 2 new lines run with no flag around them."),
    ],
)
def test_how_many_lines_run_is_said_in_words_that_fit(lines: str, said: str) -> None:
    (finding,) = judge({"src/billing/pay.py": f"\n def pay(cart):\n     charge(cart)\n{lines}"}).findings

    assert finding.message == f"`src/billing/pay.py` (payments): {said}"


def test_a_risky_file_without_any_flag_is_found() -> None:
    result = judge({"src/billing/pay.py": BARE})

    assert result.outcome is Outcome.FOUND
    (finding,) = result.findings
    assert (finding.path, finding.start_line, finding.end_line) == ("src/billing/pay.py", 3, 4)
    assert finding.message == ("`src/billing/pay.py` (payments): all 2 new lines run with no flag around them.")
    assert finding.fix == "Put them inside `if features.has(…):`."


def test_the_next_step_names_the_flag_call_that_the_change_uses_elsewhere() -> None:
    result = judge({"src/billing/pay.py": BARE, "src/shop.py": WRAPPED})

    assert [finding.path for finding in result.findings] == ["src/billing/pay.py"]
    assert result.findings[0].fix == 'Put them inside `if features.has("x"):`.'


def test_a_file_without_risk_needs_no_flag() -> None:
    result = judge({"src/shop.py": BARE})

    assert result.outcome is Outcome.PASS
    assert (result.facts["risky_files"], result.facts["exposed"]) == ({}, 2)
    assert result.facts["wrapped"] == "not-applicable"


def test_the_facts_count_the_lines_by_their_class() -> None:
    result = judge({"src/billing/pay.py": WRAPPED, "src/shop.py": BARE, "src/billing/pay.rs": BARE})

    assert result.outcome is Outcome.PASS
    assert result.facts == {
        "risky_files": {"src/billing/pay.py": "payments", "src/billing/pay.rs": "payments"},
        "behavioural": 3,
        "guarded": 1,
        "inert": 0,
        "exposed": 2,
        "unread": 2,
        "wrapped": "partial",
        "flags": {"added": ["x"], "removed": []},
    }
    assert result.sentence == "2 of 3 new lines run without a flag, 1 behind one, 2 unread; 2 risky files."


@pytest.mark.parametrize(
    ("marked", "wrapped"),
    [(WRAPPED, "full"), (PARTLY, "partial"), (BARE, "none"), (" def pay():\n.    # nothing\n", "not-applicable")],
)
def test_wrapped_says_how_much_is_guarded(marked: str, wrapped: str) -> None:
    result = judge({"src/billing/pay.py": marked})

    assert result.facts["wrapped"] == wrapped


@pytest.mark.parametrize(
    ("exposed", "found"), [pytest.param(5, False, id="five lines may be"), pytest.param(6, True, id="six may not")]
)
def test_strict_finds_what_is_guarded_in_part(exposed: int, *, found: bool) -> None:
    marked = WRAPPED + "".join(f"X    step_{number}(cart)\n" for number in range(exposed))

    result = judge({"src/billing/pay.py": marked}, rule=FlagWrapped(flags=FLAGS, strict=True))

    assert (result.outcome is Outcome.FOUND) is found


@pytest.mark.parametrize(("exposed", "outcome"), [(7, Outcome.PASS), (8, Outcome.FOUND)])
def test_a_tenth_of_many_lines_may_be_exposed_even_when_strict(exposed: int, outcome: Outcome) -> None:
    guarded = "".join(f"G        step_{number}(cart)\n" for number in range(70))
    marked = WRAPPED + guarded + "X    a(cart)\n" * exposed

    result = judge({"src/billing/pay.py": marked}, rule=FlagWrapped(flags=FLAGS, strict=True))

    assert (result.outcome, result.facts["wrapped"]) == (outcome, "partial")


@pytest.mark.parametrize(
    ("guarded", "exposed", "wrapped"), [(8, 3, "full"), (7, 3, "partial"), (60, 5, "full"), (60, 6, "partial")]
)
def test_what_is_called_full_has_a_quarter_and_five_lines_at_most_exposed(
    guarded: int, exposed: int, wrapped: str
) -> None:
    behind = "".join(f"G        step_{number}(cart)\n" for number in range(guarded))

    result = judge({"src/billing/pay.py": WRAPPED + behind + "X    log(cart)\n" * exposed})

    assert (result.facts["exposed"], result.facts["wrapped"]) == (exposed, wrapped)


@pytest.mark.parametrize(
    ("other", "wrapped"),
    [
        pytest.param(" def ship(cart):\nX    pack(cart)\n", "partial", id="it has nothing to do with the flag"),
        pytest.param(" def ship(cart):\nX    total = renew(cart)\n", "full", id="it uses what is guarded in part"),
    ],
)
def test_an_exposed_line_of_a_file_without_a_guard_stands_apart(other: str, wrapped: str) -> None:
    steps = "".join(f"G        step_{number}(cart)\n" for number in range(12))
    marked = f'\nXdef renew(cart):\n.    if features.has("x"):\n{steps}X    return start(cart)\n'

    result = judge({"src/billing/pay.py": marked, "src/ship.py": other})

    assert result.facts["wrapped"] == wrapped


def test_a_file_of_which_a_part_is_not_used_yet_is_not_found() -> None:
    result = judge({"src/billing/pay.py": " A = 1\nIdef pay():\nI    charge()\n old()\nXlog()\n"})

    assert (result.outcome, result.facts["inert"], result.facts["exposed"]) == (Outcome.PASS, 2, 1)


def test_what_nobody_uses_yet_is_not_found() -> None:
    result = judge({"src/billing/pay.py": " A = 1\nIdef pay():\nI    charge()\n"})

    assert (result.outcome, result.facts["inert"]) == (Outcome.PASS, 2)


def test_a_security_label_exempts() -> None:
    result = judge({"src/billing/pay.py": BARE}, labels=frozenset({"Security"}))

    assert result.outcome is Outcome.PASS
    assert (result.facts["wrapped"], result.facts["behavioural"]) == ("not-applicable", 0)
    assert "security" in result.sentence


def test_giving_up_a_flag_is_praised() -> None:
    result = judge(
        {
            "src/billing/pay.py": """
 def pay(cart):
-    if features.has("x"):
-        charge_twice(cart)
-    else:
-        charge(cart)
.    charge_twice(cart)
X    log(cart)
"""
        }
    )

    assert result.outcome is Outcome.PASS
    assert result.facts["flags"] == {"added": [], "removed": ["x"]}
    assert result.sentence == "Removes the flag `x`: thank you, a dead flag is one decision less."


@pytest.mark.parametrize(
    "more",
    [
        pytest.param('X    log(cart, features.has("y"))\n', id="another flag comes"),
        pytest.param('     if features.has("old"):\nG        log(cart)\n', id="a line behind another flag"),
    ],
)
def test_giving_up_a_flag_is_not_praised_where_another_gains(more: str) -> None:
    marked = f' def pay(cart):\n-    if features.has("x"):\n-        twice(cart)\n{more}'

    result = judge({"src/billing/pay.py": marked})

    assert result.facts["flags"]["removed"] == ["x"]  # type: ignore[index]  # facts are JSON
    assert "thank you" not in result.sentence


def test_a_flag_that_is_changed_for_another_carries_no_new_lines() -> None:
    marked = """
 def pay(cart):
-    if features.has("x"):
-        twice(cart)
X    log(cart, features.has("y"))
"""

    assert judge({"src/billing/pay.py": marked}).outcome is Outcome.FOUND


def test_giving_up_a_flag_carries_as_many_new_lines_as_it_takes_away() -> None:
    marked = (
        ' def pay(cart):\n-    if features.has("x"):\n-        twice(cart)\nX    log(cart, 1)\nX    total = cart.sum\n'
    )

    result = judge({"src/billing/pay.py": marked})

    assert (result.outcome, result.facts["exposed"]) == (Outcome.PASS, 2)


def test_a_security_fix_needs_nothing_read() -> None:
    pr = given({"src/a.py": BARE}, labels=frozenset({"SECURITY"}))

    assert not FlagWrapped().needs(pr)


def test_giving_up_the_last_call_of_a_library_is_praised() -> None:
    result = judge(
        {
            "src/pay.py": """
 import ldclient
 def pay(client, cart):
-    if client.variation("x", cart, False):
-        charge_twice(cart)
     charge(cart)
X    log(cart)
"""
        }
    )

    assert result.facts["flags"] == {"added": [], "removed": ["x"]}


def test_giving_up_a_flag_does_not_carry_more_new_lines_than_it_takes_away() -> None:
    more = "".join(f"X    step_{number}(cart)\n" for number in range(4))

    result = judge({"src/billing/pay.py": f' def pay(cart):\n-    if features.has("x"):\n-        twice(cart)\n{more}'})

    assert result.outcome is Outcome.FOUND


def test_the_rule_is_taken_from_a_policy_or_has_its_defaults() -> None:
    listed = read_policy("rules: {small-diff: hold, flag-wrapped: {stale-after: 90d}}", "policy.yml")
    silent = read_policy("rules: {small-diff: hold}", "policy.yml")

    assert [listed_in(policy).stale_after for policy in (listed, silent)] == [90 * 86_400, 60 * 86_400]


def test_an_age_that_cannot_be_one_is_an_error_of_the_policy() -> None:
    with pytest.raises(PolicyError, match=r"stale-after: should be a duration such as 90s, 15m, 2h or 60d, got 60\."):
        read_policy("rules: {flag-wrapped: {stale-after: 60}}", "policy.yml")


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("X" + "a" * 600_000 + "()\n", id="too large"),
        pytest.param("Xcharge('\0')\n", id="a NUL byte"),
        pytest.param("X" + "a" * 20_001 + "()\n", id="a line that only a machine writes"),
    ],
)
def test_a_file_over_the_caps_is_unread_and_stops_nothing(head: str) -> None:
    result = judge({"src/billing/pay.py": " import a\n" + head})

    assert result.outcome is Outcome.PASS
    assert (result.facts["unread"], result.facts["behavioural"]) == (1, 0)
    assert result.facts["risky_files"] == {"src/billing/pay.py": "payments"}


def test_only_unread_lines_are_said_to_be_so() -> None:
    result = judge({"src/billing/pay.rs": " use a;\nXpay();\n"})

    assert result.sentence == "1 line could not be read for flags."


def test_sources_are_read_on_both_sides_and_only_where_they_can_be() -> None:
    rule = FlagWrapped()
    pr = given({"src/a.py": BARE, "src/new.ts": "Xpay();\n", "src/c.rs": BARE, "tests/test_a.py": BARE, "a.md": BARE})

    texts = {(side.value, path) for side, path in rule.needs(pr).texts}

    assert texts == {("head", "src/a.py"), ("base", "src/a.py"), ("head", "src/new.ts")}


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(added("docs/a.md", ["words"]), id="documentation"),
        pytest.param(added("tests/test_a.py", code(3)), id="tests"),
        pytest.param(modified("poetry.lock", add=["a = 1"]), id="dependencies"),
    ],
)
def test_a_kind_of_change_that_cannot_be_switched_off_is_exempt(file: object) -> None:
    result = judge({}, file)  # type: ignore[arg-type]

    assert result.outcome is Outcome.NOT_APPLICABLE
    assert result.facts["wrapped"] == "not-applicable"


def test_a_removal_holds_nothing_and_says_which_flag_went() -> None:
    result = judge(
        {"src/billing/pay.py": ' def pay(cart):\n-    if features.has("x"):\n-        twice(cart)\n     once(cart)\n'}
    )

    assert result.outcome is Outcome.PASS
    assert result.facts["flags"] == {"added": [], "removed": ["x"]}


def test_a_flag_that_cannot_be_one_is_an_error_of_the_policy() -> None:
    with pytest.raises(PolicyError, match="is no flag: write a chain such as"):
        read_policy('rules: {flag-wrapped: {flags: ["if (x)"]}}', "policy.yml")


def test_the_first_lines_that_stand_together_are_pointed_at() -> None:
    result = judge(
        {"src/billing/pay.py": " def pay(cart):\nX    one(cart)\nX    two(cart)\n     old(cart)\nX    three(cart)\n"}
    )

    assert [(finding.start_line, finding.end_line) for finding in result.findings] == [(2, 3)]


@pytest.mark.parametrize(
    ("path", "source", "keys"),
    [
        ("src/a.py", "X features.has('new-checkout')\n", ["new-checkout"]),
        ("src/a.py", "X features.has(r'new')\n", ["new"]),
        ("src/a.py", "X features.has(f'login-{provider}')\n", []),
        ("src/a.py", "X features.has('a' 'b')\n", []),
        ("src/a.ts", "X features.has(`new`);\n", ["new"]),
        ("src/a.ts", "X features.has(`login-${provider}`);\n", []),
        ("src/a.rb", "X features.has(:new)\n", ["new"]),
        ("src/a.rb", 'X features.has("login-#{provider}")\n', []),
    ],
)
def test_only_a_key_that_is_written_out_is_a_key(path: str, source: str, keys: list[str]) -> None:
    assert judge({path: source}).facts["flags"] == {"added": keys, "removed": []}


@pytest.mark.parametrize(
    ("flags", "step"),
    [
        (("features.has",), "Put them inside `if features.has(…):`."),
        (("!features.missing",), "Put them inside `if not features.missing(…):`."),
        (("*.isOn", "ui.flags"), "Put them inside `if ui.flags(…):`."),
        (("*.isOn", "<Flag.On>"), "Put this behind a feature flag, or return early while it is off."),
        ((), "Put this behind a feature flag, or return early while it is off."),
    ],
)
def test_the_next_step_names_the_way_in_which_the_policy_asks(flags: tuple[str, ...], step: str) -> None:
    result = judge({"src/billing/pay.py": BARE}, rule=FlagWrapped(flags=flags))

    assert [finding.fix for finding in result.findings] == [step]
