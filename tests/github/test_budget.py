"""What an installation may ask for: below every limit of GitHub, the most urgent last to stop, and never a loop."""

import asyncio
from bisect import bisect_left
from collections import Counter
from itertools import pairwise

import pytest

from bot.github.budget import (
    APART,
    LONGEST_APART,
    Allowance,
    Budget,
    Cost,
    graphql_cost,
    rest_cost,
)
from bot.github.errors import Later
from bot.github.urgency import Urgency, urgency_now, urgent
from tests.chaos.virtual_time import VirtualLoop

NOW = 1_900_000_000.0
READ = Cost("graphql", 1)
REST = Cost("core", 1)
WRITE = Cost("core", 5, writes=True)
COMMENT = Cost("core", 5, writes=True, notifies=True)
MINT = Cost("core", 5, writes=True, mints=True)
LIMIT = 5000


def hour(remaining: int, resource: str = "graphql", reset: float = NOW + 600) -> dict[str, str]:
    return {
        "x-ratelimit-limit": str(LIMIT),
        "x-ratelimit-remaining": str(remaining),
        "x-ratelimit-reset": str(int(reset)),
        "x-ratelimit-resource": resource,
    }


async def passes(budget: Budget, cost: Cost, urgency: Urgency) -> bool:
    with urgent(urgency):
        try:
            await budget.admit(cost)
        except Later:
            return False
    return True


async def passing(budget: Budget, cost: Cost = READ) -> set[Urgency]:
    return {urgency for urgency in Urgency if await passes(budget, cost, urgency)}


def spent_over(seconds: float, cost: Cost, allowance: Allowance | None = None) -> list[float]:
    """Ask without a pause for so many virtual seconds; give when each request went out."""
    loop, went = VirtualLoop(), list[float]()
    budget = Budget(loop.time, lambda: allowance or Allowance())

    async def ask() -> None:
        while loop.time() < seconds:
            try:
                await budget.admit(cost)
            except Later as later:
                await asyncio.sleep((later.retry_at or 0.0) - loop.time())
            else:
                went.append(loop.time())

    loop.run_until_complete(ask())
    loop.close()
    return [at for at in went if at < seconds]


def busiest(went: list[float], seconds: float) -> int:
    """Count the most that went out within so many seconds; they are in the order of time."""
    return max(bisect_left(went, at + seconds) - place for place, at in enumerate(went))


@pytest.mark.parametrize(("cost", "least", "limit"), [(REST, 700, 900), (READ, 1600, 2000)])
def test_reads_stay_below_the_points_of_a_minute(cost: Cost, least: int, limit: int) -> None:
    went = spent_over(130, cost)

    assert least < busiest(went, 60) < limit


def test_writes_stay_below_the_points_of_a_minute() -> None:
    went = spent_over(300, WRITE)

    assert busiest(went, 60) * 5 < 900
    assert len(went) > 300


def test_content_stays_below_eighty_a_minute_and_five_hundred_an_hour() -> None:
    went = spent_over(7200, COMMENT)

    assert busiest(went, 60) < 80
    assert 400 < busiest(went, 3600) < 500


def test_content_goes_out_a_second_apart_but_the_first_at_once() -> None:
    went = spent_over(30, COMMENT)

    assert went[0] == 0.0
    assert all(later - before >= 1.0 for before, later in pairwise(went))


def test_a_few_check_runs_wait_for_nothing() -> None:
    went = spent_over(1, WRITE)

    assert Counter(went)[0.0] == Allowance().writes_in_a_burst


def test_tokens_are_asked_for_without_a_pause_below_the_points_of_a_minute() -> None:
    quarter = Allowance().shared_by(4)

    went = spent_over(130, MINT, quarter)

    assert Counter(went)[0.0] > 30
    assert busiest(went, 60) * 5 * 4 < 900


async def test_a_token_that_is_asked_for_holds_up_no_write() -> None:
    budget = Budget(lambda: NOW, lambda: Allowance(between_writes=60.0, writes_in_a_burst=1))

    passed = [await passes(budget, cost, Urgency.VERDICT) for cost in (MINT, MINT, WRITE, MINT)]

    assert passed == [True, True, True, True]


def test_two_processes_together_stay_below_what_one_may() -> None:
    half = Allowance().shared_by(2)

    together = [sorted(spent_over(seconds, cost, half) * 2) for seconds, cost in ((130, REST), (130, WRITE))]
    content = spent_over(3700, COMMENT, half)

    assert [busiest(went, 60) * points < 900 for went, points in zip(together, (1, 5), strict=True)] == [True, True]
    assert busiest(content, 3600) * 2 < 500
    assert half.at_once * 2 < 100


def test_a_part_is_never_nothing() -> None:
    part = Allowance().shared_by(1000)

    assert (part.at_once, part.content_a_minute, part.content_an_hour, part.writes_in_a_burst) == (1, 1, 1, 1)
    assert part.points_a_minute >= WRITE.points * 2


@pytest.mark.parametrize(
    ("remaining", "expected"),
    [
        (LIMIT, set(Urgency)),
        (2500, {Urgency.MERGE, Urgency.VERDICT, Urgency.SWEEP}),
        (1500, {Urgency.MERGE, Urgency.VERDICT}),
        (500, {Urgency.MERGE}),
        (0, set[Urgency]()),
    ],
)
async def test_as_the_hour_gets_short_sweeps_stop_first_then_verdicts_and_merges_last(
    remaining: int, expected: set[Urgency]
) -> None:
    budget = Budget(lambda: NOW)
    budget.learn(hour(remaining))

    assert await passing(budget) == expected


async def test_as_the_minute_gets_short_sweeps_stop_first_then_verdicts_and_merges_last() -> None:
    budget, stopped = Budget(lambda: NOW), list[Urgency]()

    for _ in range(Allowance().points_a_minute + 1):
        stopped += [urgency for urgency in set(Urgency) - set(stopped) if not await passes(budget, REST, urgency)]

    assert stopped == sorted(Urgency, reverse=True)


async def test_a_look_that_was_let_begin_may_write_where_no_other_is_let_begin() -> None:
    budget = Budget(lambda: NOW)
    budget.learn(hour(500, "core"))

    assert not await passes(budget, REST, Urgency.VERDICT)
    assert await passes(budget, WRITE, Urgency.VERDICT)


async def test_what_was_let_begin_may_read_on_where_nothing_else_is_let_begin() -> None:
    budget = Budget(lambda: NOW)
    with urgent(Urgency.VERDICT):
        await budget.admit(READ)
        budget.learn(hour(450))

        await budget.admit(READ)

    assert await passing(budget) == {Urgency.MERGE}


async def test_what_another_budget_let_begin_is_not_begun_here() -> None:
    budget, other = Budget(lambda: NOW), Budget(lambda: NOW)
    budget.learn(hour(450))
    with urgent(Urgency.VERDICT):
        await other.admit(READ)

        with pytest.raises(Later):
            await budget.admit(READ)


async def test_each_resource_has_an_hour_of_its_own() -> None:
    budget = Budget(lambda: NOW)
    budget.learn(hour(0, "graphql"))

    assert await passes(budget, REST, Urgency.VERDICT)
    assert not await passes(budget, READ, Urgency.MERGE)


async def test_answers_in_another_order_never_give_anything_back() -> None:
    budget = Budget(lambda: NOW)

    budget.learn(hour(100))
    budget.learn(hour(4000))

    assert await passing(budget) == {Urgency.MERGE}


async def test_what_was_sent_since_the_last_answer_counts() -> None:
    budget = Budget(lambda: NOW)
    budget.learn(hour(2))

    answers = [await passes(budget, READ, Urgency.MERGE) for _ in range(3)]

    assert answers == [True, True, False]


async def test_a_new_hour_brings_everything_back() -> None:
    moments = [NOW]
    budget = Budget(lambda: moments[0])
    budget.learn(hour(0))
    moments[0] = NOW + 601

    assert await passing(budget) == set(Urgency)


async def test_whoever_is_sent_away_is_told_the_reset_and_no_two_the_same_time() -> None:
    budget, told = Budget(lambda: NOW), list[float]()
    budget.learn(hour(0))

    for _ in range(3):
        with pytest.raises(Later) as away:
            await budget.admit(READ)
        told.append(away.value.retry_at or 0.0)

    assert told == [NOW + 600, NOW + 600 + APART, NOW + 600 + 2 * APART]


async def test_the_times_that_are_told_never_run_away() -> None:
    budget = Budget(lambda: NOW)
    budget.close_until(NOW + 20)

    told = [budget.promised(NOW + 20, "closed") for _ in range(5000)]

    assert max(told) == NOW + 20 + LONGEST_APART


async def test_nothing_passes_while_github_has_closed_the_lane_not_even_a_merge() -> None:
    moments = [NOW]
    budget = Budget(lambda: moments[0])
    budget.close_until(NOW + 600)

    closed = await passing(budget)
    moments[0] = NOW + 600

    assert closed == set[Urgency]()
    assert await passing(budget) == set(Urgency)


@pytest.mark.parametrize(
    "headers", [{}, {"x-ratelimit-resource": "core"}, {**hour(0, "core"), "x-ratelimit-reset": "soon"}]
)
async def test_a_server_that_tells_nothing_of_its_hours_is_asked_all_the_same(headers: dict[str, str]) -> None:
    budget = Budget(lambda: NOW)

    budget.learn(headers)

    assert await passes(budget, REST, Urgency.BACKFILL)


def test_urgency_is_what_was_said_last_and_a_verdict_where_nothing_was() -> None:
    before = urgency_now()
    with urgent(Urgency.SWEEP), urgent(Urgency.MERGE):
        inside = urgency_now()

    assert (before, inside, urgency_now()) == (Urgency.VERDICT, Urgency.MERGE, Urgency.VERDICT)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/repos/o/r/pulls/1/files?per_page=100", Cost("core", 1)),
        ("POST", "/repos/o/r/check-runs", Cost("core", 5, writes=True)),
        ("POST", "/repos/o/r/issues/12/comments", COMMENT),
        ("PATCH", "/repos/o/r/issues/comments/12", WRITE),
        ("POST", "/repos/o/r/issues/comments/12/reactions", WRITE),
        ("POST", "/repos/o/r/issues", COMMENT),
        ("POST", "/repos/o/r/pulls", COMMENT),
        ("PUT", "/repos/o/r/pulls/12/merge", COMMENT),
        ("PUT", "/repos/o/r/pulls/12/update-branch", WRITE),
        ("DELETE", "/repos/o/r/git/refs/heads/x", WRITE),
        ("POST", "/app/installations/12/access_tokens", MINT),
    ],
)
def test_what_a_request_takes_follows_from_what_it_does(method: str, path: str, expected: Cost) -> None:
    assert rest_cost(method, path) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("query Q { rateLimit { cost } }", READ),
        ("# Words first.\nmutation Enqueue($id: ID!) { x }", Cost("graphql", 5, writes=True)),
        ("# A mutation is named here.\nquery Q { x }", READ),
        ("# Words.\nmutation RevertPullRequest($id: ID!) { x }", Cost("graphql", 5, writes=True, notifies=True)),
    ],
)
def test_what_graphql_takes_follows_from_its_text(query: str, expected: Cost) -> None:
    assert graphql_cost(query) == expected
