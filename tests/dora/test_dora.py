"""DORA's five metrics and batch sizes: a recorded history against a table that was computed by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema_rs
import pytest

from bot.dora.as_json import Scope, as_json
from bot.dora.counting import Metrics, Spread, metrics
from bot.dora.delivered import Delivered
from bot.dora.intervals import Share, difference, nearest_rank
from bot.dora.periods import Period
from bot.dora.schema import dora_schema
from bot.dora.words import does_small_pay, duration, percent, share
from tests.delivered import HOUR, MONDAY, TWO_WEEKS, at, release

SCHEMA = jsonschema_rs.Draft202012Validator(dora_schema())


# The history: hours since Monday, 00:00 UTC; `-` is never. The period is hours 0 to 336, fourteen days.
#
#  #   pushed merged deployed live failed lines  what happens                        lead   recovery
#  1      -30    -20      -19  -19      -    10  live before the period
#  2        0      2        3    3      -    10                                         3
#  3        1      5        6    6      -    20                                         5
#  4        4      8        9    9      -    30                                         5
#  5       10     20       21    -     22   500  fails when verified; #6 restores             24 - 21 =  3
#  6       22     23       24   24      -    40  takes #5 back                          2
#  7       20     26       27   27      -    50                                         7
#  8       30     40       41   41      -    60  is taken back by #10                  11     62 - 41 = 21
#  9       31     45       46   46      -    70                                        15
# 10       60     61       62   62      -    80  takes #8 back                          2
# 11       70     80        -    -     81   600  its deployment fails; #12 restores            91 - 81 = 10
# 12       75     90       91   91      -    90                                        16
# 13        -    100      101  101      -     -  size and first push are not known      -
# 14       90    110      111  111      -   100                                        21
# 15      100    120      121  121      -   200                                        21
# 16      150    160      161  161      -   300                                        11
# 17      200    205      206    -    207   700  fails when verified; #18 restores             211 - 206 = 5
# 18      200    210      211  211      -   400  went through the lane for fixes       11
# 19      300    310      311    -    312   800  fails when verified, nothing restores         open
# 20      320    330      331    -      -   350  is being verified
# 21      325    335        -    -      -   350  has landed
TABLE: tuple[tuple[float | None, ...], ...] = (
    (-30, -20, -19, -19, None, 10),
    (0, 2, 3, 3, None, 10),
    (1, 5, 6, 6, None, 20),
    (4, 8, 9, 9, None, 30),
    (10, 20, 21, None, 22, 500),
    (22, 23, 24, 24, None, 40),
    (20, 26, 27, 27, None, 50),
    (30, 40, 41, 41, None, 60),
    (31, 45, 46, 46, None, 70),
    (60, 61, 62, 62, None, 80),
    (70, 80, None, None, 81, 600),
    (75, 90, 91, 91, None, 90),
    (None, 100, 101, 101, None, None),
    (90, 110, 111, 111, None, 100),
    (100, 120, 121, 121, None, 200),
    (150, 160, 161, 161, None, 300),
    (200, 205, 206, None, 207, 700),
    (200, 210, 211, 211, None, 400),
    (300, 310, 311, None, 312, 800),
    (320, 330, 331, None, None, 350),
    (325, 335, None, None, None, 350),
)
REVERTS = {6: 5, 10: 8}
REWORK = (6, 10, 18)


def history() -> list[Delivered]:
    made = []
    for number, (pushed, merged, deployed, live, failed, lines) in enumerate(TABLE, 1):
        taken_back = REVERTS.get(number)
        one = release(number, merged or 0.0, first_push=pushed, deployed=deployed, live=live, failed=failed)
        reverts = f"{taken_back:040x}" if taken_back else None
        size = None if lines is None else int(lines)
        made.append(replace(one, lines=size, reverts=reverts, rework=number in REWORK))
    return made


@pytest.fixture
def counted() -> Metrics:
    return metrics(history(), TWO_WEEKS)


def test_deployment_frequency_is_over_all_days_also_those_without_any(counted: Metrics) -> None:
    # In production within the period: #2 to #10 (9), #12 to #20 (9); never: #11, #21; before: #1. 18 in 14 days.
    # By day: 3 6 9 21 | 24 27 41 46 | 62 | 91 | 101 111 | 121 | 161 | - | 206 211 | - | - | - | 311 | 331
    # Sorted: 0 0 0 0 1 1 1 1 1 1 2 2 4 4; p50 is the 7th, p90 the 13th (of 12.6, rounded up).
    frequency = counted.frequency

    assert (frequency.deployments, frequency.per_day, frequency.per_week) == (18, 18 / 14, 9.0)
    assert [count for _, count in frequency.days] == [4, 4, 1, 1, 2, 1, 1, 0, 2, 0, 0, 0, 1, 1]
    assert frequency.days_with == Share(10, 14)
    assert (frequency.daily.p50, frequency.daily.p90) == (1, 4)


def test_weeks_add_up_to_the_whole(counted: Metrics) -> None:
    # Week of 2 March: 4+4+1+1+2+1+1 = 14; settled 13 live and #5, #11; failed #5, #8, #11. Then 4; #17, #18, #19.
    weeks = [(week.part.start.isoformat(), week.deployments, week.failed) for week in counted.frequency.weeks]

    assert weeks == [("2026-03-02", 14, Share(3, 15)), ("2026-03-09", 4, Share(2, 3))]
    assert [week.part.whole for week in counted.frequency.weeks] == [True, True]


def test_lead_time_is_from_the_first_push_to_live(counted: Metrics) -> None:
    # 14 went live; #13 has no first push. Sorted: 2 2 3 5 5 7 11 11 11 15 16 21 21; p50 the 7th, p90 the 12th.
    assert counted.lead == Spread(Share(13, 14), 11 * HOUR, 21 * HOUR)


def test_change_fail_rate_is_the_set_of_failed_releases_over_the_set_of_settled_ones(counted: Metrics) -> None:
    # Settled: the 14 that went live, #5, #11, #17, #19. Failed: those four, and #8, which was taken back.
    assert counted.failed == Share(5, 18)


def test_recovery_counts_what_is_open_as_longer_than_all_others(counted: Metrics) -> None:
    # 3 5 10 21 open: p50 is the 3rd, p90 the 5th.
    recovery = counted.recovery

    assert recovery.recovered == Share(4, 5)
    assert (recovery.p50, recovery.p50_open, recovery.p90, recovery.p90_open) == (10 * HOUR, False, None, True)
    assert [(one.number, one.hurt_at) for one in recovery.open] == [(19, at(311))]


def test_rework_rate_is_unplanned_deployments_of_all(counted: Metrics) -> None:
    # #6 and #10 take something back, #18 went through the lane for fixes.
    assert counted.rework == Share(3, 18)


def test_what_is_neither_live_nor_failed_is_under_way(counted: Metrics) -> None:
    assert counted.under_way == 2
    assert [one.number for one in counted.releases] == list(range(2, 22))


def test_batch_sizes_are_quartiles_each_with_its_failures(counted: Metrics) -> None:
    # 17 of 18 settled are measured: 10 20 30 40 50 | 60 70 80 90 | 100 200 300 400 | 500 600 700 800.
    # Ranks 5 (of 4.25), 9 (8.5), 13 (12.75), 17. Failed: 60 (#8), and all of the last four.
    groups = [(one.above, one.up_to, one.failed) for one in counted.batches]

    assert counted.measured == Share(17, 18)
    assert groups == [
        (None, 50, Share(0, 5)),
        (50, 90, Share(1, 4)),
        (90, 400, Share(0, 4)),
        (400, 800, Share(4, 4)),
    ]
    # Lead times of the second: #8 11, #9 15, #10 2, #12 16; p50 is the 2nd of 2 11 15 16.
    assert counted.batches[1].lead.p50 == 11 * HOUR
    # None of the last went live.
    assert counted.batches[3].lead == Spread(Share(0, 0), None, None)


def test_nine_small_and_eight_large_releases_are_too_few_to_tell(counted: Metrics) -> None:
    pays = counted.small_pays

    assert (pays.up_to, pays.small, pays.large, pays.answer) == (90, Share(1, 9), Share(4, 8), None)
    assert does_small_pay(pays) == (
        "Too few to tell whether small pays here: up to 90 lines 1/9 (11 %; 95 %: 2.0 % to 43 %) failed, "
        "above 4/8 (50 %; 95 %: 22 % to 78 %)."
    )


def of_sizes(small: Share, large: Share) -> list[Delivered]:
    """Make releases of 10 and of 100 lines, so many of each of which so many failed."""
    made, number = [], 0
    for lines, part in ((10, small), (100, large)):
        for index in range(part.of):
            number += 1
            end = {"failed": number + 0.5} if index < part.n else {"live": number + 0.5}
            made.append(release(number, float(number), lines=lines, **end))
    return made


@pytest.mark.parametrize(
    ("small", "large", "answer", "begins"),
    [
        (Share(1, 50), Share(15, 50), True, "Small pays here: up to 10 lines 1/50 (2.0 %;"),
        (Share(15, 50), Share(1, 50), False, "Small does not pay here: up to 10 lines 15/50 (30 %;"),
        (Share(1, 50), Share(2, 50), None, "Too few to tell whether small pays here: up to 10 lines 1/50"),
        (Share(0, 5), Share(0, 0), None, "Too few to tell whether small pays here: none has more than 10 lines"),
        (Share(0, 0), Share(0, 0), None, "No data: of no release both the size and the outcome are known."),
    ],
)
def test_the_sentence_says_whether_small_pays_with_its_interval(
    small: Share, large: Share, answer: bool | None, begins: str
) -> None:
    pays = metrics(of_sizes(small, large), TWO_WEEKS).small_pays

    assert pays.answer is answer
    assert does_small_pay(pays).startswith(begins)


@pytest.mark.parametrize(
    ("of", "low", "high"),
    [
        (Share(81, 263), 0.2553, 0.3662),
        (Share(15, 148), 0.0624, 0.1605),
        (Share(0, 20), 0.0, 0.1611),
        (Share(1, 29), 0.0061, 0.1718),
        (Share(20, 20), 0.8389, 1.0),
    ],
)
def test_the_interval_is_wilsons_as_newcombe_prints_it(of: Share, low: float, high: float) -> None:
    assert of.interval == pytest.approx((low, high), abs=0.00005)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        (Share(48, 80), Share(56, 70), 0.0524, 0.3339),
        (Share(3, 10), Share(9, 10), 0.1705, 0.8090),
        (Share(0, 20), Share(0, 10), -0.1611, 0.2775),
    ],
)
def test_the_interval_of_a_difference_is_newcombes_as_he_prints_it(
    one: Share, other: Share, low: float, high: float
) -> None:
    assert difference(one, other) == pytest.approx((low, high), abs=0.00005)


@pytest.mark.parametrize(("percent", "rank"), [(1, 1), (25, 2), (50, 3), (60, 3), (61, 4), (90, 5), (100, 5)])
def test_a_quantile_is_the_value_of_the_nearest_rank(percent: int, rank: int) -> None:
    values = [50.0, 10.0, 40.0, 20.0, 30.0]

    assert nearest_rank(values, percent) == rank * 10


def test_no_data_is_said_to_be_no_data_never_nought() -> None:
    nothing = metrics([], TWO_WEEKS)

    assert (nothing.frequency.per_day, nothing.frequency.per_week, nothing.frequency.days) == (None, None, ())
    assert nothing.lead == Spread(Share(0, 0), None, None)
    assert (nothing.failed.rate, nothing.failed.interval, nothing.rework.rate) == (None, None, None)
    assert (nothing.recovery.p50, nothing.recovery.p50_open, nothing.recovery.open) == (None, False, ())
    assert (nothing.batches, nothing.small_pays.answer, nothing.small_pays.apart) == ((), None, None)
    assert share(nothing.failed) == "no data"


def test_a_quiet_period_after_a_first_release_has_nought_a_day_and_no_lead_time() -> None:
    quiet = metrics([release(1, -50, live=-49)], TWO_WEEKS)

    assert (quiet.frequency.deployments, quiet.frequency.per_day) == (0, 0.0)
    assert [count for _, count in quiet.frequency.days] == [0] * 14
    assert (quiet.lead.p50, quiet.failed.rate) == (None, None)


def test_nothing_failed_gives_no_recovery_time() -> None:
    fine = metrics([release(1, 1, live=2)], TWO_WEEKS)

    assert fine.recovery.recovered == Share(0, 0)
    assert (fine.recovery.p50, fine.recovery.p90) == (None, None)


def test_a_release_taken_back_by_two_failed_once_and_was_restored_by_the_one_that_was_live_first() -> None:
    bad = release(1, 1, live=2)
    reverts = [release(number, number, live=number + 1, reverts=bad.sha) for number in (5, 7)]

    counted = metrics([bad, *reverts], TWO_WEEKS)

    assert counted.failed == Share(1, 3)
    assert counted.recovery.p50 == 4 * HOUR


def test_a_revert_of_a_release_that_is_not_live_yet_restores_nothing() -> None:
    bad, revert = release(1, 1, live=2), release(2, 5, reverts=f"{1:040x}")

    counted = metrics([bad, revert, release(3, 6, live=7)], TWO_WEEKS)

    assert counted.recovery.recovered == Share(0, 1)
    assert [one.number for one in counted.recovery.open] == [1]


@pytest.mark.parametrize("other", [{"branch": "next"}, {"environment": "staging"}, {"repository": "octo/docs"}])
def test_what_is_live_elsewhere_restores_nothing(other: dict[str, Any]) -> None:
    elsewhere = replace(release(2, 5, live=6), **other)

    counted = metrics([release(1, 1, failed=2), elsewhere], TWO_WEEKS)

    assert [one.number for one in counted.recovery.open] == [1]


def test_what_landed_before_restores_nothing_however_late_it_is_live() -> None:
    counted = metrics([release(1, 1, live=9), release(2, 2, failed=3)], TWO_WEEKS)

    assert [one.number for one in counted.recovery.open] == [2]


def test_what_landed_at_the_same_moment_restores_nothing() -> None:
    counted = metrics([release(1, 1, failed=2), release(2, 1, live=3)], TWO_WEEKS)

    assert [one.number for one in counted.recovery.open] == [1]


def test_what_was_live_and_failed_after_all_restores_nothing() -> None:
    counted = metrics([release(1, 1, failed=2), release(2, 3, live=4, failed=5)], TWO_WEEKS)

    assert [one.number for one in counted.recovery.open] == [1, 2]


def test_what_failed_and_is_live_after_all_restores_itself_and_what_failed_before() -> None:
    counted = metrics([release(1, 1, failed=2), release(2, 3, failed=4, live=5)], TWO_WEEKS)

    assert counted.failed == Share(2, 2)
    assert (counted.recovery.open, counted.recovery.p50, counted.recovery.p90) == ((), HOUR, 3 * HOUR)


def test_of_several_later_releases_the_one_that_is_live_first_restores() -> None:
    later = [release(2, 3, live=9), release(3, 4, live=6), release(4, 5, live=8)]

    counted = metrics([release(1, 1, failed=2), *later], TWO_WEEKS)

    assert counted.recovery.p50 == 4 * HOUR


def test_a_failure_that_a_later_release_outran_took_no_time_less_than_none() -> None:
    counted = metrics([release(1, 1, failed=9), release(2, 2, live=3)], TWO_WEEKS)

    assert counted.recovery.p50 == 0.0


def test_days_are_those_of_the_time_zone_also_where_one_has_23_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 3, 28, tzinfo=berlin)
    period = Period(start.timestamp(), datetime(2026, 3, 31, tzinfo=berlin).timestamp(), berlin)
    late = datetime(2026, 3, 29, 23, 30, tzinfo=berlin).timestamp()
    one = replace(release(1, 1), merged_at=late, live_at=late)

    counted = metrics([one], period)

    assert [(part.start.isoformat(), part.whole, count) for part, count in counted.frequency.days] == [
        ("2026-03-28", True, 0),
        ("2026-03-29", True, 1),
        ("2026-03-30", True, 0),
    ]
    assert period.days == pytest.approx(71 / 24)


def test_days_that_lie_in_the_period_only_in_part_say_so() -> None:
    period = Period(MONDAY + 12 * HOUR, MONDAY + 36 * HOUR)

    assert [part.whole for part in period.each_day()] == [False, False]
    assert [part.whole for part in period.each_week()] == [False]


def test_the_json_of_the_table_has_the_shape_that_its_schema_says(counted: Metrics) -> None:
    told = as_json(counted, Scope(("octo/shop",), "production", None, at(-20), ("production",)))

    assert [error.message for error in SCHEMA.iter_errors(told)] == []
    assert told["failed_deployment_recovery_time"] == {
        "n": 4,
        "of": 5,
        "p50_seconds": 36_000.0,
        "p90_seconds": "open",
        "open": [{"repository": "octo/shop", "number": 19, "sha": f"{19:040x}", "since": at(311)}],
    }


def test_nobody_is_named_in_any_of_it(counted: Metrics) -> None:
    told = as_json(counted, Scope((), "production", None, None, ()))

    text = repr(told)
    assert not [word for word in ("author", "login", "by", "user", "elite") if f"'{word}'" in text]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.6, "1 min"), (45, "45 s"), (600, "10 min"), (11_400, "3 h 10 min"), (90_000, "1 d 1 h")],
)
def test_durations_have_their_two_largest_units(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(("rate", "words"), [(0, "0 %"), (0.0099, "1.0 %"), (0.5, "50 %"), (1, "100 %")])
def test_small_percentages_have_a_decimal(rate: float, words: str) -> None:
    assert percent(rate) == words
