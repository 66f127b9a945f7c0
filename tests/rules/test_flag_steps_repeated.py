"""The check that is to be put around exposed lines: one that this change writes elsewhere."""

from __future__ import annotations

import pytest

from tests.rules.given_steps import GUARDED_ELSEWHERE, steps


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

    assert found[2] == "Put this behind `features.has`, or return early while it is off."


@pytest.mark.parametrize(
    ("marked", "fix"),
    [
        pytest.param(
            "Xdef show(cart):\nX    log(cart)\n show(1)\n",
            "Put `show` behind `<FeatureFlag>`, or start it with an early exit while that is off.",
            id="new",
        ),
        pytest.param(" old()\nXlog(cart)\n", "Put this behind `<FeatureFlag>`.", id="outside functions"),
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

    assert found[2] == "Put this behind `when_on`, or return early while it is off."


def test_the_check_of_the_same_file_is_preferred() -> None:
    own = GUARDED_ELSEWHERE.replace('"x"', '"own"') + " def refund(cart):\nX    log(cart)\n     old(cart)\n"

    found = steps({"src/a.py": GUARDED_ELSEWHERE, "src/auth/b.py": own}, "src/auth/b.py")

    assert found == [(5, 5, 'Put it inside `if features.has("own"):`.')]
