"""Each policy in `examples/policies` says whom it is for, and what it would say of one sample; both are so."""

from __future__ import annotations

import re

import pytest

from bot.words.standing import shown
from rules.engine.evaluate import evaluate
from rules.engine.pull_request import Account, Author
from rules.engine.result import Mode, Outcome, RuleResult
from tests.factories import HEAD, added, code, commit, pull_request
from tests.test_examples import POLICIES, policy
from tests.workflow_runs import EXAMPLES

ALICE = Account("alice", 1, access=True)
SAMPLE = pull_request(
    added("src/shop/cart.py", code(500)),
    author=ALICE,
    commits=(commit("Fill the cart", HEAD, Author("Alice", "1+alice@users.noreply.github.com", ALICE)),),
    tree=frozenset({"src/shop/cart.py"}),
)
ORDER = ("blocked by", "waits for", "held by", "warned by")


def remarks(name: str) -> str:
    lines = (EXAMPLES / "policies" / name).read_text(encoding="utf-8").splitlines()
    return " ".join(line.removeprefix("# ") for line in lines if line.startswith("#"))


def stands(result: RuleResult) -> str:
    if result.mode is Mode.BLOCK:
        return "waits for" if result.outcome is Outcome.WAITING else "blocked by"
    return "held by" if result.mode is Mode.HOLD else "warned by"


@pytest.mark.parametrize("name", POLICIES)
def test_it_says_whom_it_is_for(name: str) -> None:
    assert re.match(r"\.github/andon\.yml for (a|one|work) \w+", remarks(name))


@pytest.mark.parametrize("name", POLICIES)
def test_it_says_what_it_would_hold(name: str) -> None:
    open_ones = [result for result in shown(evaluate(policy(name), SAMPLE)) if not result.settled]

    by_force = {said: sorted(one.rule for one in open_ones if stands(one) == said) for said in ORDER}
    told = "; ".join(f"{said} {', '.join(rules)}" for said, rules in by_force.items() if rules)
    _, _, claimed = remarks(name).partition("without a test, by one person: ")
    assert claimed.removesuffix(".") == told


def test_the_sample_is_read_whole() -> None:
    results = evaluate(policy("four-eyes.yml"), SAMPLE).results

    assert [one.rule for one in results if one.unknown] == []
