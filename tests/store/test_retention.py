"""What is forgotten with time, on a clock that is moved on: the tables stay as large as what comes in is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from bot.store import retention
from bot.store.engine import open_engines
from bot.store.ledger import Remembered, Sighting
from bot.store.line_kept import At
from bot.store.strays_kept import Stray
from bot.store.tables import metadata
from bot.sweep import RETENTION
from bot.waiting import Begun, Changed, Known
from tests.store.given import SHOP, Clock, pull

if TYPE_CHECKING:
    from bot.store.store import Store

DAY = 24 * 3600.0
HEAD = "a" * 40
MAIN = At.of(SHOP, "main")


def rows(url: str) -> dict[str, int]:
    """Count what every table holds."""
    engines = open_engines(url)
    with engines.reader.connect() as connection:
        counts = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }
    engines.dispose()
    return counts


async def sweep(store: Store, clock: Clock) -> int:
    return await store.prune(clock.now - RETENTION)


async def ten_days(store: Store, clock: Clock, number: int) -> None:
    """Open a pull request, look at it twice, refuse and tell what there is, and close it."""
    await store.accept(f"opened-{number}", "pull_request", [pull(number)])
    (claim,) = await store.claim(1)
    await store.remember(Sighting(SHOP, number, Remembered(HEAD, "digest"), is_open=True))
    await store.waits.change(SHOP, number, Changed(begun={"ci": Begun(HEAD, clock.now)}), clock.now)
    await store.record_decision(SHOP, number, HEAD, {"conclusion": "held"})
    await store.record_decision(SHOP, number, HEAD, {"conclusion": "passed"})
    await store.waits.change(SHOP, number, Changed(gone=("ci",), ended={"ci": 60.0}), clock.now)
    for mark in ("tried/7/octo/shop", "told", "refused"):
        await store.set_mark(f"{mark}/{number}", json.dumps({"at": clock.now}))
    await store.line.stray(MAIN, Stray(number, f"{number:040}", clock.now, "app.py: it is not there"))
    await store.line.undo(MAIN, f"{number:040}", clock.now)
    await store.remember(Sighting(SHOP, number, Remembered("", ""), is_open=False))
    await store.finish(claim)
    clock.now += 10 * DAY
    await sweep(store, clock)


async def test_in_the_third_year_no_table_is_larger_than_in_the_second(store: Store, clock: Clock, url: str) -> None:
    for number in range(1, 74):
        await ten_days(store, clock, number)
    second = rows(url)

    for number in range(74, 110):
        await ten_days(store, clock, number)

    grown = {name: (second[name], count) for name, count in rows(url).items() if count > second[name]}
    assert grown == {"pull_requests": (73, 109)}  # one short row for each pull request there was
    held = ("deliveries", "work", "strays", "marks", "decisions", "ended_waits")
    assert [second[name] for name in held] == [3, 3, 3, 9, 39, 9]


async def test_the_last_evaluation_is_kept_while_a_pull_request_is_open_and_a_year_longer(
    store: Store, clock: Clock
) -> None:
    for number in (1, 2):
        await store.remember(Sighting(SHOP, number, Remembered(HEAD, "digest"), is_open=True))
        await store.record_decision(SHOP, number, HEAD, {"number": number})
    await store.remember(Sighting(SHOP, 2, Remembered("", ""), is_open=False))
    clock.now += 364 * DAY
    within_a_year = await sweep(store, clock)

    clock.now += 2 * DAY
    later = await sweep(store, clock)

    assert (within_a_year, later) == (0, 1)
    assert await store.decision("octo", "shop", 1) == {"number": 1}
    assert await store.decision("octo", "shop", 2) is None


async def test_a_large_table_is_looked_through_in_portions_and_then_from_its_beginning(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "PORTION", 3)
    for number in range(8):
        await store.record_decision(SHOP, 1, HEAD, {"turn": number})
    clock.now += 31 * DAY
    first_round = [await sweep(store, clock) for _ in range(3)]
    for number in range(8, 10):
        await store.record_decision(SHOP, 1, HEAD, {"turn": number})

    clock.now += 31 * DAY
    second_round = [await sweep(store, clock) for _ in range(2)]

    assert first_round == [3, 3, 1]
    assert sum(second_round) == 2
    assert await store.decision("octo", "shop", 1) == {"turn": 9}


async def test_deliveries_of_a_long_absence_are_forgotten_in_portions(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "PORTION", 3)
    for number in range(5):
        await store.accept(f"d{number}", "star", [])
        clock.now += 1
    clock.now += 31 * DAY

    forgotten = [await sweep(store, clock) for _ in range(3)]

    assert forgotten == [3, 2, 0]


async def test_what_landed_wrongly_is_kept_until_it_was_taken_back(store: Store, clock: Clock, url: str) -> None:
    for number, sha in ((1, "1" * 40), (2, "2" * 40)):
        await store.line.stray(MAIN, Stray(number, sha, clock.now, "app.py: it is not there"))
    await store.line.undo(MAIN, "2" * 40, clock.now)
    clock.now += 400 * DAY

    gone = await sweep(store, clock)

    assert (gone, rows(url)["strays"]) == (1, 1)
    assert [one.number for one in (await store.line.read(MAIN)).strays] == [1]


async def test_a_wait_is_kept_while_its_pull_request_is_open(store: Store, clock: Clock) -> None:
    begun = {"ci": Begun(HEAD, clock.now)}
    for number in (1, 2):
        await store.waits.change(SHOP, number, Changed(begun=begun), clock.now)
        await store.remember(Sighting(SHOP, number, Remembered(HEAD, "digest"), is_open=number == 1))
    clock.now += 31 * DAY

    gone = await sweep(store, clock)

    assert gone == 1
    assert await store.waits.known(SHOP, 1) == Known(begun)
    assert await store.waits.known(SHOP, 2) == Known()
