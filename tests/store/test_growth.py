"""What is asked of the work table for each look is found by an index, however many addresses rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from sqlalchemy import event

from bot.store.engine import open_engines
from tests.store.given import Clock, opened, pull

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from sqlalchemy import Engine

    from bot.store.store import Store


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda store: store.claim(8), id="a claim"),
        pytest.param(lambda store: store.next_due(), id="when the next is due"),
        pytest.param(lambda store: store.resume(), id="a start"),
        pytest.param(lambda store: store.observed.standing(), id="the metrics"),
        pytest.param(lambda store: store.parked(), id="what was given up"),
    ],
)
async def test_no_question_about_the_work_reads_all_of_it(
    tmp_path: Path, clock: Clock, ask: Callable[[Store], Awaitable[object]]
) -> None:
    url = f"sqlite:///{tmp_path}/andon.db"
    asked: list[tuple[str, Any]] = []
    async with opened(url, clock) as store:
        for engine in (store._engines.writer, store._engines.reader):  # noqa: SLF001 - hears what the database is asked
            event.listen(engine, "before_cursor_execute", lambda *heard: asked.append((heard[2], heard[3])))
        await ask(store)

    plans = planned(url, [one for one in asked if "work" in one[0]])
    assert plans
    assert [step for step in plans if step.startswith("SCAN work") and "INDEX" not in step] == []


async def test_forgetting_old_requests_reads_none_that_was_granted(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path}/andon.db"
    asked: list[tuple[str, Any]] = []
    async with opened(url, clock) as store:
        event.listen(
            store._engines.writer,  # noqa: SLF001 - hears what the database is asked
            "before_cursor_execute",
            lambda *heard: asked.append((heard[2], heard[3])),
        )
        await store.prune(clock.now)

    plans = planned(url, [one for one in asked if "FROM requests" in one[0]])
    assert [step.partition(" (")[0] for step in plans] == [
        "SEARCH requests USING INDEX requests_refused",
        "SEARCH requests USING INDEX requests_unanswered",
    ]


def planned(url: str, asked: list[tuple[str, Any]]) -> list[str]:
    """Tell by which steps SQLite answers statements."""
    engines = open_engines(url)
    steps = [step for statement, given in asked for step in explained(engines.reader, statement, given)]
    engines.dispose()
    return steps


def explained(engine: Engine, statement: str, given: Any) -> list[str]:
    with engine.connect() as connection:
        return [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)]


EAGER = "-c parallel_setup_cost=0 -c parallel_tuple_cost=0 -c min_parallel_table_scan_size=0 -c jit_above_cost=0"
"""Options of a server that would have other processes, and a compiler, answer any question."""

AT_REST = """
INSERT INTO work (key, wanted, done, claimed, token, attempts, looks, error, due_at, finished_at, timer_at)
SELECT 'pull/7/octo/shop/' || one, 3, 3, 3, 2, 0, 1, '', at, at, CASE WHEN mod(one, 10) = 0 THEN at + 9000000 END
FROM (SELECT one, 900000 + mod(one * 7919, 4000) AS at FROM generate_series(1, 4000) AS one) AS numbered
"""
"""Addresses that nobody waits for, in no order."""


async def test_postgresql_answers_each_question_about_the_work_at_once_and_by_an_index(
    postgresql_url: str, clock: Clock
) -> None:
    url = f"{postgresql_url}{'&' if '?' in postgresql_url else '?'}options={quote(EAGER)}"
    async with opened(url, clock) as store:
        with store._engines.writer.begin() as connection:  # noqa: SLF001 - as if it had worked for months
            connection.exec_driver_sql(AT_REST)
            connection.exec_driver_sql("ANALYZE work")
        asked = heard_by(store)
        for ask in (store.next_due, store.resume, store.observed.standing, store.parked):
            await ask()
        plans = [step for statement, given in tuple(asked) for step in explained_there(store, statement, given)]

    assert len(asked) >= len(("when it is free", "when a lease ends", "a start", "the metrics", "what was given up"))
    assert [step for step in plans if "Gather" in step or "JIT" in step or "Seq Scan on work" in step] == []


def heard_by(store: Store) -> list[tuple[str, Any]]:
    """Take note of what is asked of the work from now on."""
    asked: list[tuple[str, Any]] = []

    def heard(*told: Any) -> None:
        if " work" in told[2]:
            asked.append((told[2], told[3]))

    event.listen(store._engines.writer, "before_cursor_execute", heard)  # noqa: SLF001 - hears what is asked
    event.listen(store._engines.reader, "before_cursor_execute", heard)  # noqa: SLF001 - as above
    return asked


def explained_there(store: Store, statement: str, given: Any) -> list[str]:
    """Tell how PostgreSQL answers a statement on a connection of the store."""
    with store._engines.reader.connect() as connection:  # noqa: SLF001 - whose plans are looked at
        plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", given)]
        connection.rollback()
    return plan


async def test_events_and_timers_are_claimed_in_the_order_in_which_they_were_due(url: str, clock: Clock) -> None:
    async with opened(url, clock) as store:
        await store.want([pull(1)])
        (first,) = await store.claim(1)
        await store.finish(first, clock.now + 5)
        await store.want([pull(2)], at=clock.now + 4)
        await store.want([pull(3)], at=clock.now + 6)
        clock.now += 10

        claims = await store.claim(3)

    assert [claim.address for claim in claims] == [pull(number).address for number in (2, 1, 3)]
    assert [claim.by_event for claim in claims] == [True, False, True]


async def test_an_address_that_is_due_twice_is_claimed_once(url: str, clock: Clock) -> None:
    async with opened(url, clock) as store:
        await store.want([pull(1)])
        (first,) = await store.claim(1)
        await store.finish(first, clock.now + 1)
        await store.accept("d1", "pull_request", [pull(1)])
        await store.want([pull(2)])
        clock.now += 10

        claims = await store.claim(8)

    assert sorted(claim.address.number for claim in claims) == [1, 2]  # type: ignore[union-attr] # both are pull requests


async def test_a_lease_of_another_process_holds_up_no_other_address(url: str, clock: Clock) -> None:
    async with opened(url, clock) as store:
        await store.want([pull(1)])
        await store.claim(1)
        await store.want([pull(2)], at=clock.now + 5)

        soonest = await store.next_due()
        (second,) = await claimed_at(store, clock, clock.now + 5)
        last = await store.next_due()

    assert soonest == second.leased_until - 60.0
    assert last == second.leased_until - 5.0


async def claimed_at(store: Store, clock: Clock, now: float) -> Any:
    clock.now = now
    return await store.claim(8)
