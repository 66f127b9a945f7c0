"""What must hold of DORA's metrics whatever the history is."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dora.counting import Metrics, metrics
from bot.dora.delivered import Delivered, linked
from bot.dora.periods import Period
from tests.delivered import HOUR, MONDAY, TWO_WEEKS, release

HOURS = st.integers(-100, 400)
LENGTHS = st.integers(0, 60)


@st.composite
def histories(draw: st.DrawFn) -> list[Delivered]:
    made: list[Delivered] = []
    for number in range(1, draw(st.integers(0, 12)) + 1):
        merged = draw(HOURS)
        ends = {"deployed", "live", "failed"} & draw(st.sets(st.sampled_from(("deployed", "live", "failed"))))
        times: dict[str, Any] = {name: merged + draw(LENGTHS) for name in sorted(ends)}
        if draw(st.booleans()):
            times["first_push"] = merged - draw(LENGTHS)
        reverts = draw(st.none() | st.sampled_from([one.sha for one in made])) if made else None
        fields = {"lines": draw(st.none() | st.integers(0, 9)), "rework": draw(st.booleans()), "reverts": reverts}
        made.append(release(number, merged, **times, **fields))
    return made


@given(histories(), st.randoms())
def test_the_order_of_the_records_does_not_matter(known: list[Delivered], random: Any) -> None:
    shuffled = list(known)
    random.shuffle(shuffled)

    assert metrics(shuffled, TWO_WEEKS) == metrics(known, TWO_WEEKS)


@given(histories())
def test_what_is_told_twice_counts_once(known: list[Delivered]) -> None:
    assert metrics([*known, *known], TWO_WEEKS) == metrics(known, TWO_WEEKS)


@given(histories())
def test_every_share_lies_between_none_and_all_and_within_its_interval(known: list[Delivered]) -> None:
    counted = metrics(known, TWO_WEEKS)

    for one in (counted.failed, counted.rework, counted.measured, counted.recovery.recovered):
        assert 0 <= one.n <= one.of
        if one.interval is not None and one.rate is not None:
            assert 0 <= one.interval[0] <= one.rate <= one.interval[1] <= 1


def counts(counted: Metrics) -> dict[str, int]:
    shares = {
        "failed": counted.failed,
        "rework": counted.rework,
        "lead": counted.lead.known,
        "recovered": counted.recovery.recovered,
        "measured": counted.measured,
    }
    numbers = {"deployments": counted.frequency.deployments, "under way": counted.under_way}
    return {
        **numbers,
        **{f"{name} n": one.n for name, one in shares.items()},
        **{f"{name} of": one.of for name, one in shares.items()},
    }


@given(histories(), st.integers(1, 14 * 24 - 1))
def test_two_halves_of_a_period_add_up_to_the_whole(known: list[Delivered], hour: int) -> None:
    middle = MONDAY + hour * HOUR
    halves = (Period(TWO_WEEKS.since, middle), Period(middle, TWO_WEEKS.until))

    first, second = (counts(metrics(known, half)) for half in halves)

    assert {name: count + second[name] for name, count in first.items()} == counts(metrics(known, TWO_WEEKS))


@given(histories(), st.integers(0, 300), LENGTHS)
def test_one_more_good_release_never_raises_the_fail_rate(known: list[Delivered], merged: int, took: int) -> None:
    before = metrics(known, TWO_WEEKS).failed.rate
    good = release(99, merged, deployed=merged + took, live=merged + took)

    after = metrics([*known, good], TWO_WEEKS).failed.rate

    assert before is None or (after is not None and after <= before)


@given(histories())
def test_quantiles_are_in_order_and_are_values_that_occurred(known: list[Delivered]) -> None:
    counted = metrics(known, TWO_WEEKS)
    leads = {one.lead_seconds for one in counted.releases if TWO_WEEKS.holds(one.live_at)}
    took = {one.recovery_seconds for one in counted.releases if TWO_WEEKS.holds(one.settled_at)}

    if counted.lead.p50 is not None and counted.lead.p90 is not None:
        assert counted.lead.p50 <= counted.lead.p90
        assert {counted.lead.p50, counted.lead.p90} <= leads
    assert {counted.recovery.p50, counted.recovery.p90} <= took | {None}
    assert counted.recovery.p90_open or not counted.recovery.p50_open


@given(histories())
def test_what_failed_is_either_recovered_or_shown_as_open(known: list[Delivered]) -> None:
    recovery = metrics(known, TWO_WEEKS).recovery

    assert len(recovery.open) == recovery.recovered.of - recovery.recovered.n
    assert all(one.failed_at is not None and one.restored_at is None for one in recovery.open)


@given(histories())
def test_every_measured_release_is_in_one_group_of_sizes(known: list[Delivered]) -> None:
    counted = metrics(known, TWO_WEEKS)

    assert sum(group.failed.of for group in counted.batches) == counted.measured.n
    assert sum(group.failed.n for group in counted.batches) <= counted.failed.n
    assert all(group.failed.of for group in counted.batches)
    assert counted.small_pays.small.of + counted.small_pays.large.of == counted.measured.n


@given(histories())
def test_days_and_weeks_add_up_to_all_deployments(known: list[Delivered]) -> None:
    frequency = metrics(known, TWO_WEEKS).frequency

    assert sum(count for _, count in frequency.days) == frequency.deployments
    assert sum(week.deployments for week in frequency.weeks) == frequency.deployments


@given(histories())
def test_linking_twice_says_no_more_than_once_of_what_failed(known: list[Delivered]) -> None:
    once = linked(known)

    assert [one.failed_at for one in linked(once)] == [one.failed_at for one in once]


@settings(max_examples=50)
@given(
    st.sampled_from(("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")),
    st.integers(1_700_000_000, 1_800_000_000),
    st.integers(1, 40 * 24),
)
def test_the_days_of_a_zone_follow_each_other_without_a_gap(zone: str, since: int, hours: int) -> None:
    period = Period(since, since + hours * HOUR, ZoneInfo(zone))

    days = [part.start for part in period.each_day()]

    assert days[0] == period.day_of(period.since)
    assert days[-1] == period.day_of(period.until - 1)
    assert all(after - before == timedelta(days=1) for before, after in pairwise(days))
