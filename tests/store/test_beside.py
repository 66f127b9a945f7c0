"""Processes on one PostgreSQL: they wake each other, and some tasks are done by one of them alone."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, text

from bot.store import beside, migrate, retention
from bot.store.engine import open_engines
from tests.service.given import until
from tests.store.given import Clock, opened, pull

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.store.store import Store


async def listens(store: Store, others: int = 0) -> None:
    """Let a store listen, and wait until the server knows of it and of so many others."""
    await store.resume()
    counted = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"

    def count() -> int:
        with store._engines.reader.connect() as connection:  # noqa: SLF001 - looks at the server beside the store
            return int(connection.execute(text(counted)).scalar_one())

    async def is_heard() -> bool:
        return await asyncio.to_thread(count) == 1 + others

    await until(is_heard)
    store.wanted.clear()


async def is_woken(store: Store) -> None:
    async with asyncio.timeout(3):
        await store.wanted.wait()
    store.wanted.clear()


def cut_off(url: str) -> None:
    """End every other connection to a database, as a server does that is told to."""
    engines = open_engines(url)
    every = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    with engines.writer.connect() as connection:
        connection.execute(text(f"{every} AND pid <> pg_backend_pid()"))
    engines.dispose()


async def test_what_one_process_wants_wakes_another_at_once(postgresql_url: str, clock: Clock) -> None:
    async with opened(postgresql_url, clock) as web, opened(postgresql_url, clock) as worker:
        await listens(worker)

        await web.accept("d1", "pull_request", [pull(3)])
        await is_woken(worker)
        (claim,) = await web.claim(10)
        await web.want([pull(4)])
        await is_woken(worker)
        await web.release(claim)
        await is_woken(worker)
        await web.accept("d1", "pull_request", [pull(3)])
        await web.set_mark("nothing", "wanted")

        assert not worker.wanted.is_set()


async def test_a_process_that_was_cut_off_is_woken_again(
    postgresql_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "FIRST_BACKOFF", 0.01)
    async with opened(postgresql_url, clock) as web, opened(postgresql_url, clock) as worker:
        await listens(worker)

        await asyncio.to_thread(cut_off, postgresql_url)
        await is_woken(worker)  # what was told in between is looked for
        await listens(worker)
        await web.want([pull(4)])

        await is_woken(worker)


class Task:
    """A task that goes on until it is cancelled or told to end, and knows how often it runs."""

    def __init__(self) -> None:
        self.running = 0
        self.most = 0
        self.began = asyncio.Event()
        self.ending = asyncio.Event()

    async def run(self) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        self.began.set()
        try:
            await self.ending.wait()
        finally:
            self.running -= 1


@pytest.mark.parametrize("leaves", ["by ending", "by stopping", "by being cut off"])
async def test_e3_one_process_does_a_task_and_another_takes_it_over(
    postgresql_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch, leaves: str
) -> None:
    monkeypatch.setattr(beside, "TRY_SECONDS", 0.02)
    monkeypatch.setattr(beside, "ALIVE_SECONDS", 0.02)
    tries = count_tries(monkeypatch)
    task, after = Task(), Task()
    async with opened(postgresql_url, clock) as one, opened(postgresql_url, clock) as other:
        first = asyncio.create_task(one.run_alone("sweep", task.run))
        async with asyncio.timeout(5):
            await task.began.wait()
        second = asyncio.create_task(other.run_alone("sweep", after.run))
        await until(lambda: tried(tries, 4))
        waited = after.running

        if leaves == "by ending":
            task.ending.set()
        elif leaves == "by stopping":
            first.cancel()
        else:
            await asyncio.to_thread(cut_off_the_holder, postgresql_url)
        await asyncio.gather(first, return_exceptions=True)
        async with asyncio.timeout(5):
            await after.began.wait()

        assert (waited, task.running, after.running) == (0, 0, 1)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)


def count_tries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keep a list of the tasks that anybody has tried to do alone."""
    tries: list[str] = []
    genuine = beside._is_done_alone  # noqa: SLF001 - nothing else tells that a process tried in vain

    async def counted(connection: Any, task: str, run: Any) -> bool:
        tries.append(task)
        return await genuine(connection, task, run)

    monkeypatch.setattr(beside, "_is_done_alone", counted)
    return tries


async def tried(tries: list[str], often: int) -> bool:
    return len(tries) >= often


def cut_off_the_holder(url: str) -> None:
    """End the one connection that holds a lock of ours."""
    engines = open_engines(url)
    with engines.writer.connect() as connection:
        held = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        connection.execute(text(held))
    engines.dispose()


async def test_tasks_of_other_names_run_beside_each_other(postgresql_url: str, clock: Clock) -> None:
    task = Task()
    async with opened(postgresql_url, clock) as one, opened(postgresql_url, clock) as other:
        both = [asyncio.create_task(store.run_alone(name, task.run)) for store, name in ((one, "a"), (other, "b"))]

        async def both_run() -> bool:
            return task.running == 2

        await until(both_run)
        task.ending.set()
        await asyncio.gather(*both)

    assert task.most == 2


async def test_what_a_task_raises_is_raised(url: str, clock: Clock) -> None:
    async def broken() -> None:
        raise ValueError("broken")

    async with opened(url, clock) as store:
        with pytest.raises(ValueError, match="broken"):
            await store.run_alone("sweep", broken)


async def test_a_wish_for_an_address_that_is_just_being_forgotten_is_not_lost(
    postgresql_url: str, clock: Clock
) -> None:
    async with opened(postgresql_url, clock) as web, opened(postgresql_url, clock) as sweeper:
        await web.want([pull(3)])
        (claim,) = await web.claim(10)
        await web.finish(claim)
        clock.now += 100
        engine = web._engines.writer  # noqa: SLF001 - comes between two statements of one transaction
        event.listen(engine, "before_cursor_execute", partial(_forget_once, sweeper, clock.now))

        await web.want([pull(3)])

        assert [again.address for again in await web.claim(10)] == [claim.address]


def _forget_once(sweeper: Store, before: float, *executed: Any) -> None:
    connection, statement = executed[0], executed[2]
    if "FOR UPDATE" in statement and not connection.info.get("forgotten"):
        connection.info["forgotten"] = True
        with sweeper._engines.writer.begin() as beside_it:  # noqa: SLF001 - as above
            _forget(beside_it, before)


def _forget(connection: Connection, before: float) -> None:
    assert retention.prune(connection, [before]) == [1]


async def test_of_two_upgrades_at_once_one_waits_for_the_other(postgresql_bare_url: str) -> None:
    upgrades = await asyncio.gather(*(asyncio.to_thread(migrate.upgrade, postgresql_bare_url) for _ in range(2)))

    newest = migrate.newest_version()
    assert sorted(upgrades, key=str) == [(newest, newest), (None, newest)]
