"""The line as values: order, places, closings, and whose turn it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.barred import NotAllowed
from bot.line.line import (
    ClosedBy,
    Entry,
    Failure,
    Lane,
    Line,
    Standing,
    Terms,
    Turn,
    closings,
    in_order,
    joined,
    standing,
    standings,
)
from bot.line.orders import Order

NOW = 10_000.0
DEPLOYS = Terms(deploys=True)
FAILURE = Failure(7, "f" * 40, 9_000.0, "smoke test red")
A, B, C = Entry(12, "a" * 40, 100.0), Entry(15, "b" * 40, 200.0), Entry(11, "c" * 40, 300.0)
FIX = Entry(20, "d" * 40, 900.0, Lane.FIX)


def froze(source: str = "comment/1/0", at: float = 9_000.0, until: float | None = None) -> Order:
    return Order(source, freezes=True, by="ada", at=at, reason="migration", until=until)


def opened(source: str = "comment/2/0", at: float = 9_500.0) -> Order:
    return Order(source, freezes=False, by="bob", at=at)


def place_of(line: Line, entry: Entry, now: float = NOW) -> Standing:
    found = standing(line, entry.number, now)
    assert found is not None
    return found


def numbers(line: Line) -> list[int]:
    return [one.entry.number for one in standings(line, NOW)]


def test_who_came_first_goes_first_and_the_others_say_behind_whom_they_stand() -> None:
    line = Line("main", (C, B, A))

    assert [(one.entry.number, one.place, one.ahead, one.may_merge) for one in standings(line, NOW)] == [
        (12, 1, (), True),
        (15, 2, (12,), False),
        (11, 3, (12, 15), False),
    ]


def test_a_fix_goes_before_all_others() -> None:
    assert numbers(Line("main", (A, B, FIX))) == [20, 12, 15]


def test_e1_joining_again_keeps_the_place() -> None:
    line = joined(joined(Line("main"), A), B)

    again = joined(line, replace(A, since=5_000.0, head="e" * 40))

    assert numbers(again) == [12, 15]
    assert place_of(again, A).entry == replace(A, head="e" * 40)


def test_since_when_it_is_unready_is_kept_until_it_is_ready_again() -> None:
    line = joined(joined(Line("main"), A), replace(A, unready_since=500.0))

    longer = joined(line, replace(A, unready_since=800.0))

    assert place_of(longer, A).entry.unready_since == 500.0
    assert place_of(joined(longer, A), A).entry.unready_since is None


def test_a2_the_head_keeps_its_place_while_its_checks_run_and_a18_steps_aside_at_its_bound() -> None:
    line = Line("main", (replace(A, unready_since=NOW - 100), B), terms=Terms(step_aside=200.0))

    within, after = place_of(line, B), place_of(line, B, NOW + 100)

    assert (within.ahead, within.may_merge, within.again_at) == ((12,), False, NOW + 100)
    assert (after.ahead, after.may_merge) == ((), True)
    assert place_of(line, A, NOW + 100).aside
    assert not place_of(line, A, NOW + 100).may_merge


def test_a_stack_lands_bottom_first() -> None:
    top, middle = Entry(1, "1" * 40, 10.0, stacked_on=2), Entry(2, "2" * 40, 20.0, stacked_on=3)
    bottom = Entry(3, "3" * 40, 30.0)

    line = Line("main", (top, middle, bottom))

    assert numbers(line) == [3, 2, 1]
    assert [one.may_merge for one in standings(line, NOW)] == [True, False, False]


def test_a_circle_of_stacks_ends_somewhere_and_merges_nothing() -> None:
    line = Line("main", (Entry(1, "1" * 40, 10.0, stacked_on=2), Entry(2, "2" * 40, 20.0, stacked_on=1)))

    assert [one.may_merge for one in standings(line, NOW)] == [False, False]


def test_one_that_waits_for_what_it_is_stacked_on_does_not_hold_the_others() -> None:
    line = Line("main", (replace(A, stacked_on=99), B))

    assert place_of(line, B).may_merge


@pytest.mark.parametrize(
    ("orders", "holds"),
    [
        ((), False),
        ((froze(),), True),
        ((froze(until=NOW + 1),), True),
        ((froze(until=NOW),), False),
        ((froze(), opened()), False),
        ((opened(), froze()), False),
        ((froze(at=9_600.0), opened()), True),
        ((froze("comment/1/0", 9_500.0), opened("comment/2/0")), False),
        ((froze("comment/3/0", 9_500.0), opened("comment/2/0")), True),
        ((froze("comment/2/1", 9_500.0), opened("comment/2/0")), True),
        ((froze("comment/9/0"), froze("comment/8/0", until=NOW - 5)), True),
    ],
    ids=[
        "nobody froze it",
        "frozen without an end",
        "before its end",
        "at its end",
        "opened since",
        "opened since, heard of in the other order",
        "frozen again since",
        "opened in the same second by a later comment",
        "frozen in the same second by a later comment",
        "frozen by a later line of the same comment",
        "one of two has ended",
    ],
)
def test_a_freeze_holds_until_it_ends_or_is_lifted(orders: tuple[Order, ...], *, holds: bool) -> None:
    line = Line("main", (A, FIX), orders)

    assert [one.may_merge for one in standings(line, NOW)] == [not holds, False]
    assert bool(closings(line, NOW)) is holds


def test_a_freeze_that_ends_is_looked_at_again_then() -> None:
    assert place_of(Line("main", (A,), (froze(until=NOW + 60),)), A).again_at == NOW + 60


def test_production_holds_all_but_the_fix_lane_and_says_what_was_passed() -> None:
    line = Line("main", (A, FIX), failure=FAILURE, terms=DEPLOYS)

    assert [(one.entry.number, one.may_merge) for one in standings(line, NOW)] == [(20, True), (12, False)]
    assert [one.by for one in place_of(line, FIX).passes] == [ClosedBy.PRODUCTION]
    assert [(one.by, one.number, one.since) for one in place_of(line, A).closings] == [
        (ClosedBy.PRODUCTION, 7, 9_000.0)
    ]


@pytest.mark.parametrize(("at", "holds"), [(NOW - 3599, True), (NOW - 3600, False)])
def test_b12_what_github_refuses_everybody_holds_both_lanes_for_an_hour_wherever_it_deploys(
    at: float, *, holds: bool
) -> None:
    line = Line("main", (A, FIX), not_allowed=NotAllowed(15, "Resource not accessible", at, "f" * 32))

    assert [one.may_merge for one in standings(line, NOW)] == [not holds, False]
    assert [(one.by, one.number, one.until) for one in closings(line, NOW)] == (
        [(ClosedBy.REFUSED, 15, at + 3600)] if holds else []
    )
    assert place_of(line, FIX).again_at == (at + 3600 if holds else None)


def test_where_nothing_is_deployed_production_says_nothing_of_the_line() -> None:
    line = Line("main", (A,), failure=FAILURE, undeployed_since=(1.0,) * 9)

    assert place_of(line, A).may_merge


@pytest.mark.parametrize(("undeployed", "may"), [(4, True), (5, False), (6, False)])
def test_too_much_undeployed_closes_the_line_since_the_one_too_many(undeployed: int, *, may: bool) -> None:
    line = Line("main", (A,), undeployed_since=tuple(map(float, range(undeployed))), terms=DEPLOYS)

    assert place_of(line, A).may_merge is may
    assert [(one.count, one.limit, one.since) for one in closings(line, NOW)] == ([] if may else [(undeployed, 5, 4.0)])


def test_e4_a_planned_freeze_lets_a_merge_in_flight_finish_and_production_does_not() -> None:
    turn = Turn(12, 8_000.0, NOW + 60)
    frozen = Line("main", (A, B), (froze(),), turn=turn)
    unhealthy = Line("main", (A, B), failure=FAILURE, turn=turn, terms=DEPLOYS)
    began_after = replace(frozen, turn=replace(turn, taken_at=9_001.0))

    assert [one.may_merge for one in standings(frozen, NOW)] == [True, False]
    assert [one.may_merge for one in standings(unhealthy, NOW)] == [False, False]
    assert [one.may_merge for one in standings(began_after, NOW)] == [False, False]


def test_e2_a_fix_that_comes_while_another_is_being_merged_goes_next() -> None:
    line = Line("main", (A, B, FIX), turn=Turn(12, 8_000.0, NOW + 60))
    over = replace(line, turn=Turn(12, 8_000.0, NOW))

    assert [(one.entry.number, one.may_merge) for one in standings(line, NOW)] == [(20, False), (12, True), (15, False)]
    assert (place_of(line, FIX).merging, place_of(line, FIX).again_at) == (12, NOW + 60)
    assert [one.may_merge for one in standings(over, NOW)] == [True, False, False]


def test_a_turn_of_one_that_left_or_waits_for_its_checks_holds_nobody() -> None:
    gone = Line("main", (B,), turn=Turn(12, 8_000.0, NOW + 60))
    unready = Line("main", (replace(A, unready_since=1.0), B), turn=Turn(12, 8_000.0, NOW + 60))

    assert place_of(gone, B).may_merge
    assert place_of(unready, B).may_merge


ENTRIES = st.lists(
    st.builds(
        Entry,
        number=st.integers(1, 12),
        head=st.just("a" * 40),
        since=st.sampled_from([1.0, 2.0, 3.0, 9_000.0]),
        lane=st.sampled_from(Lane),
        stacked_on=st.none() | st.integers(1, 12),
        unready_since=st.none() | st.sampled_from([1.0, NOW - 10]),
    ),
    unique_by=lambda entry: entry.number,
)


@given(ENTRIES, st.randoms())
def test_the_same_entries_give_the_same_order_in_whatever_order_they_came(entries: list[Entry], random: object) -> None:
    other = list(entries)
    random.shuffle(other)  # type: ignore[attr-defined] # Hypothesis' own random, which has no public type

    line, shuffled = Line("main"), Line("main")
    for entry in entries:
        line = joined(line, entry)
    for entry in [*other, *entries]:
        shuffled = joined(shuffled, entry)

    assert standings(line, NOW) == standings(shuffled, NOW)
    assert in_order(entries) == in_order(other)


@given(
    ENTRIES,
    st.none() | st.builds(Turn, st.integers(1, 12), st.just(1.0), st.sampled_from([NOW - 1, NOW + 60])),
    st.none() | st.just(FAILURE),
    st.lists(st.sampled_from([froze(), opened(), froze("comment/5/0", 9_900.0)])),
    st.integers(0, 9),
)
def test_at_most_one_may_merge_and_through_a_closed_line_only_a_fix(
    entries: list[Entry], turn: Turn | None, failure: Failure | None, orders: list[Order], undeployed: int
) -> None:
    line = Line("main", tuple(entries), tuple(orders), failure, (1.0,) * undeployed, turn, DEPLOYS)

    may = [one.entry for one in standings(line, NOW) if one.may_merge]

    assert len(may) <= 1
    assert all(entry.stacked_on is None and entry.unready_since is None for entry in may)
    if failure is not None or undeployed >= 5:
        assert all(entry.lane is Lane.FIX for entry in may)
