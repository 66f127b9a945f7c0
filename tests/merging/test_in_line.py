"""Who stands in the line: what could be merged, and then as long as nobody has to act for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.decision import Decision, decide, record
from bot.line.line import Entry, Failure, Lane, Line, Terms
from bot.line.orders import Order
from bot.requests.requests import Answer, Request, Verb
from bot.snapshot import Snapshot
from rules.engine.pull_request import Account, CheckState
from tests.snapshots import HEAD, NOON, OUR_APP, check, pull_request, snapshot

NOW = NOON.timestamp()
KNOWN = Entry(12, HEAD, NOW - 50)
OTHER = Entry(7, "b" * 40, NOW - 90)
FREEZE = Order("comment/1/0", freezes=True, by="ada", at=NOW - 20, reason="migration")


def decided(line: Line | None, **fields: Any) -> Decision:
    return decide(snapshot(line=line, **fields), our_app=OUR_APP)


def with_ci(state: CheckState) -> Any:
    return pull_request(checks=(check(state=state),))


def test_what_could_be_merged_joins_and_an_empty_line_lets_it_through() -> None:
    decision = decided(Line("main"))

    assert decision.entry == Entry(12, HEAD, NOW)
    assert decision.waits == ()


def test_what_could_not_be_merged_does_not_join() -> None:
    assert decided(Line("main"), pull_request=with_ci(CheckState.PENDING)).entry is None


@pytest.mark.parametrize(
    ("state", "entry"),
    [
        (CheckState.SUCCESS, KNOWN),
        (CheckState.PENDING, replace(KNOWN, unready_since=NOW)),
        (CheckState.FAILED, None),
        (CheckState.STALE, None),
    ],
    ids=["ready", "a2: running", "a3: failed", "a7: stale"],
)
def test_it_keeps_its_place_while_a_machine_is_at_it_and_leaves_when_a_person_must_act(
    state: CheckState, entry: Entry | None
) -> None:
    decision = decided(Line("main", (KNOWN, OTHER)), pull_request=with_ci(state))

    assert decision.entry == entry


def test_d5_a_hold_takes_it_out_of_the_line() -> None:
    hold = Answer(Request("comment/1/0", Verb.HOLD, Account("bob", 2), NOW), HEAD, "", NOW)

    assert decided(Line("main", (KNOWN,)), answers=(hold,)).entry is None


def test_e5_what_waits_in_a_closed_line_is_judged_and_says_so_and_is_not_merged() -> None:
    line = Line("main", (KNOWN,), (FREEZE,), Failure(3, "c" * 40, NOW - 9), terms=Terms(deploys=True))

    decision = decided(line)

    assert [(wait.key, str(wait.who), wait.shown) for wait in decision.waits] == [
        ("line:freeze", "a maintainer", True),
        ("line:production", "a maintainer", True),
    ]
    assert decision.wanted is not None
    assert decision.wanted.merge is None
    assert "is frozen" in decision.wanted.check.text
    assert str(decision.wanted.check.conclusion) == "success"


def test_what_waits_for_its_checks_is_not_told_of_the_line() -> None:
    line = Line("main", (KNOWN,), (FREEZE,))

    decision = decided(line, pull_request=with_ci(CheckState.PENDING))

    assert all(not wait.key.startswith("line:") for wait in decision.waits)


def test_a_maintainers_fix_stands_first_and_its_record_says_what_it_passes() -> None:
    fix = Answer(Request("comment/1/0", Verb.FIX_FORWARD, Account("bob", 2), NOW, reason="x"), HEAD, "", NOW)
    line = Line("main", (OTHER,), failure=Failure(3, "c" * 40, NOW - 9), terms=Terms(deploys=True))

    decision = decided(line, answers=(fix,))

    told = record(decision)["line"]
    assert decision.entry is not None
    assert (decision.entry.lane, decision.waits) == (Lane.FIX, ())
    assert isinstance(told, dict)
    assert (told["place"], told["passes"]) == (1, ["production"])


def test_a_fix_ends_with_a_push() -> None:
    other = "e" * 40
    fix = Answer(Request("comment/1/0", Verb.FIX_FORWARD, Account("bob", 2), NOW, reason="x"), other, "", NOW)

    decision = decided(Line("main"), answers=(fix,))

    assert decision.entry is not None
    assert decision.entry.lane is Lane.NORMAL


def test_where_andon_does_not_merge_nobody_stands_in_line() -> None:
    seen: Snapshot = snapshot(line=Line("main"))
    assert seen.policy is not None
    silent = replace(seen, policy=replace(seen.policy, text="rules: {}", oid="7654321"))

    assert decide(silent, our_app=OUR_APP).entry is None
