"""The database fails in real ways: read-only, full, locked, gone."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from bot.store import engine as engine_module
from bot.store.engine import StoreUnavailable, open_engines
from bot.store.store import Store
from bot.store.writer import Kind, Writer
from tests.store.given import Clock, pull

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from bot.address import Want


async def test_a_full_disk_is_unavailable_and_keeps_nothing_by_halves(tmp_path: Path, clock: Clock) -> None:
    store = await Store.open(f"sqlite:///{tmp_path}/full.db", clock)
    fill(store)
    wants: list[Want] = [pull(number) for number in range(1, 5000)]

    with pytest.raises(StoreUnavailable, match="full"):
        await store.accept("d1", "pull_request", wants)
    empty(store)

    assert await store.next_due() is None
    assert await store.accept("d1", "pull_request", [pull(1)])
    await store.close()


def fill(store: Store) -> None:
    """Let the file grow no further, as on a full disk."""
    with store._engines.writer.connect() as connection:  # noqa: SLF001 - the limit belongs to this one connection
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


def empty(store: Store) -> None:
    with store._engines.writer.connect() as connection:  # noqa: SLF001 - as above
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")


async def test_a_database_locked_by_another_program_is_unavailable(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0)
    store = await Store.open(f"sqlite:///{tmp_path}/locked.db", clock)

    with closing(sqlite3.connect(tmp_path / "locked.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreUnavailable, match="locked"):
            await store.accept("d1", "pull_request", [pull(1)])
        other.rollback()

    assert await store.accept("d1", "pull_request", [pull(1)])
    await store.close()


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear database, " * 1000)

    with pytest.raises(StoreUnavailable, match="not a database"):
        await Store.open(f"sqlite:///{tmp_path}/letter.db")


async def test_a_folder_that_is_missing_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="unable to open"):
        await Store.open(f"sqlite:///{tmp_path}/missing/andon.db")


async def test_a_closed_store_is_unavailable(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path}/closed.db")
    await store.close()

    with pytest.raises(StoreUnavailable, match="closed"):
        await store.accept("d1", "pull_request", [pull(1)])


async def test_all_that_waits_shares_one_commit(tmp_path: Path, clock: Clock) -> None:
    store = await Store.open(f"sqlite:///{tmp_path}/group.db", clock)
    commits: list[object] = []
    event.listen(store._engines.writer, "commit", commits.append)  # noqa: SLF001 - only the engine sees its commits

    await asyncio.gather(*(store.accept(f"d{number}", "pull_request", [pull(number + 1)]) for number in range(200)))
    kept = len(await store.claim(500))
    await store.close()

    assert kept == 200
    assert len(commits) <= 10


async def test_calls_that_come_in_the_next_turns_of_the_loop_share_the_commit(tmp_path: Path, clock: Clock) -> None:
    store = await Store.open(f"sqlite:///{tmp_path}/turns.db", clock)
    commits: list[object] = []
    event.listen(store._engines.writer, "commit", commits.append)  # noqa: SLF001 - only the engine sees its commits

    async def accepted(number: int) -> bool:
        for _ in range(number):
            await asyncio.sleep(0)
        return await store.accept(f"d{number}", "pull_request", [pull(number + 1)])

    answers = await asyncio.gather(*map(accepted, range(200)))
    await store.close()

    assert answers == [True] * 200
    assert len(commits) <= 10


async def test_a_call_that_is_given_up_while_others_gather_is_not_carried_out(tmp_path: Path, clock: Clock) -> None:
    store = await Store.open(f"sqlite:///{tmp_path}/given-up.db", clock)
    patient = asyncio.ensure_future(store.accept("d1", "pull_request", [pull(1)]))
    impatient = asyncio.ensure_future(store.accept("d2", "pull_request", [pull(2)]))
    await asyncio.sleep(0)

    impatient.cancel()
    kept = await patient
    again = await store.accept("d2", "pull_request", [pull(2)])
    await store.close()

    assert (kept, impatient.cancelled(), again) == (True, True, True)


async def test_one_bad_item_does_not_take_the_others_down(tmp_path: Path) -> None:
    engines = open_engines(f"sqlite:///{tmp_path}/bad.db")
    with engines.writer.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE numbers (number INTEGER CHECK (number > 0))")
    writer = Writer(engines.writer)

    def put(connection: Connection, items: Sequence[int]) -> Sequence[int]:
        for item in items:
            connection.exec_driver_sql("INSERT INTO numbers VALUES (?)", (item,))
        return items

    kind = Kind(put)
    answers = await asyncio.gather(*(writer.write(kind, item) for item in (1, 2, -3, 4)), return_exceptions=True)
    await writer.close()
    with engines.reader.connect() as connection:
        kept = sorted(connection.exec_driver_sql("SELECT number FROM numbers").scalars())
    engines.dispose()

    assert [answer for answer in answers if not isinstance(answer, BaseException)] == [1, 2, 4]
    assert isinstance(answers[2], IntegrityError)
    assert kept == [1, 2, 4]


async def test_a_caller_whose_answer_was_forgotten_does_not_wait_for_ever(tmp_path: Path) -> None:
    engines = open_engines(f"sqlite:///{tmp_path}/forgotten.db")
    writer = Writer(engines.writer)

    def forget(_: Connection, _items: Sequence[int]) -> Sequence[int]:
        return ()

    async with asyncio.timeout(5):
        with pytest.raises(AssertionError, match="1 items got 0 answers"):
            await writer.write(Kind(forget), 1)
    await writer.close()
    engines.dispose()


async def test_closing_carries_out_what_waits(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path}/closing.db"
    store = await Store.open(url, clock)
    waiting = [asyncio.ensure_future(store.accept(f"d{n}", "pull_request", [pull(n + 1)])) for n in range(50)]
    await asyncio.sleep(0)

    await store.close()
    answers = await asyncio.gather(*waiting)

    assert answers == [True] * 50
