"""What a merge rested on and what was so when it landed: cases by sentence."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from bot.line.line import Failure, Line, Terms
from bot.line.orders import Order
from bot.merging.moved import Move, Then, moves
from bot.snapshot import PolicyFile, PullRequestState, RequiredCheck
from rules.engine.policy import Policy, read_policy
from rules.engine.pull_request import CheckState
from tests.snapshots import HEAD, NOON, OUR_APP, POLICY, check, merge_state, pull_request, snapshot

MERGED = NOON + timedelta(seconds=30)
AT = MERGED.timestamp()
KNOWN = {"head": HEAD, "base_branch": "main", "policy_oid": "1234567", "kind": "change", "waiting_for": []}
HOLDS = read_policy("rules: {}\nmerge: {when: ready, hold-labels: [Wait]}\n", "main:.github/andon.yml@1234567")
PLAIN: Policy = read_policy(POLICY, "main:.github/andon.yml@1234567")


def froze(at: float) -> Line:
    return Line("main", orders=(Order("comment/1/0", freezes=True, by="bob", at=at, reason="migration"),))


def failed(since: float, number: int = 7) -> Line:
    return Line("main", failure=Failure(number, "7" * 40, since), terms=Terms(deploys=True))


NOTHING = Then()


@dataclass(frozen=True)
class Case:
    """What was known, how it is now, and what is said to have moved."""

    what: tuple[Move, ...] = ()
    known: dict[str, Any] = field(default_factory=dict)
    now: dict[str, Any] = field(default_factory=dict)
    then: Then = NOTHING


RED = check(state=CheckState.FAILED)
CASES = {
    "nothing moved": Case(),
    "a head that nobody judged": Case((Move.HEAD,), {"head": "c" * 40}),
    "it landed in another branch": Case((Move.BASE,), {"base_branch": "release"}),
    "the policy was another": Case((Move.POLICY,), then=Then(policy_moved=True)),
    "the line was frozen before": Case((Move.LINE,), then=Then(line=froze(AT - 5))),
    "the line was frozen in the same second": Case((Move.LINE,), then=Then(line=froze(AT))),
    "the line was frozen after": Case(then=Then(line=froze(AT + 1))),
    "a freeze had ended before": Case(
        then=Then(
            line=replace(froze(0.0), orders=(Order("comment/1/0", freezes=True, by="bob", at=AT - 9, until=AT - 1),))
        )
    ),
    "production was unhealthy, by a time with fractions": Case((Move.LINE,), then=Then(line=failed(AT + 0.9))),
    "production became unhealthy after": Case(then=Then(line=failed(AT + 1.1))),
    "its own release failed": Case(then=Then(line=failed(AT, number=12))),
    "production was unhealthy and it was in the lane for fixes": Case(
        (), {"line": {"lane": "fix"}}, then=Then(line=failed(AT - 5))
    ),
    "production was unhealthy and it was a proven revert": Case((), {"kind": "revert"}, then=Then(line=failed(AT - 5))),
    "nobody passes a freeze": Case((Move.LINE,), {"line": {"lane": "fix"}}, then=Then(line=froze(AT - 5))),
    "another had landed otherwise than judged": Case(
        (Move.LINE,), then=Then(line=Line("main", strays=(Failure(3, "3" * 40, AT - 5),)))
    ),
    "who granted something may not write any more": Case((Move.PERMISSION,), then=Then(lost=("bob",))),
    "somebody held it": Case((Move.HOLD,), then=Then(held_by=("bob",))),
    "somebody held it and it was merged all the same": Case(
        (), {"waiting_for": [{"what": "`bob` holds it: wait; `/andon unhold` lets it go"}]}, then=Then(held_by=("bob",))
    ),
    "a label held it": Case((Move.HOLD,), now={"labels": frozenset({"wait"})}, then=Then(policy=HOLDS)),
    "a label held it and it was merged all the same": Case(
        (),
        {"waiting_for": [{"what": "the label `Wait` holds it"}]},
        {"labels": frozenset({"wait"})},
        Then(policy=HOLDS),
    ),
    "a label that holds nothing": Case(now={"labels": frozenset({"nice"})}, then=Then(policy=HOLDS)),
    "a required check had failed": Case((Move.CHECKS,), now={"checks": (RED,)}, then=Then(policy=PLAIN)),
    "a required check failed after": Case(
        now={"checks": (check(), replace(RED, started_at=MERGED + timedelta(seconds=1)))}, then=Then(policy=PLAIN)
    ),
    "a required check failed and passed again before": Case(
        now={"checks": (RED, check(started_at=MERGED))}, then=Then(policy=PLAIN)
    ),
    "a check that nothing requires had failed": Case(
        now={"checks": (check(), check("nice", CheckState.FAILED))}, then=Then(policy=PLAIN)
    ),
    "everything at once": Case(
        tuple(Move),
        {"head": "c" * 40, "base_branch": "release"},
        {"checks": (RED,)},
        Then(PLAIN, policy_moved=True, line=froze(AT - 5), lost=("bob",), held_by=("carol",)),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_moved_is_found_and_only_that(name: str) -> None:
    case = CASES[name]
    state = merge_state(state=PullRequestState.MERGED, merged_at=MERGED, required=(RequiredCheck("ci"),))
    seen = snapshot(pull_request=pull_request(**case.now), merge_state=state)

    found = moves({**KNOWN, **case.known}, seen, case.then, OUR_APP)

    assert tuple(one.what for one in found) == case.what


def test_it_is_said_from_which_policy_to_which() -> None:
    state = merge_state(state=PullRequestState.MERGED, merged_at=MERGED)
    seen = snapshot(merge_state=state, policy=PolicyFile("main:.github/andon.yml@7654321", "7654321", POLICY))

    [policy] = moves(KNOWN, seen, Then(policy_moved=True), OUR_APP)
    [gone] = moves(KNOWN, replace(seen, policy=None), Then(policy_moved=True), OUR_APP)

    assert policy.said == "the policy changed from `1234567` to `7654321` before it landed"
    assert gone.said == "the policy changed from `1234567` to none before it landed"
