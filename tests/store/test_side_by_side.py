"""Several processes claim, finish and wish on one database at the same time; and two mutants that must be noticed."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import ColumnElement, and_, event, select

from bot.address import key_of
from bot.line.line import Entry, Lane
from bot.store import endings
from bot.store.engine import StoreUnavailable
from bot.store.line_kept import At
from bot.store.store import Store
from bot.store.tables import work
from bot.store.work import LEASE_SECONDS
from tests.store.given import Clock, opened, pull

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.store.work import Claim

PROCESSES = 3
STEPS = 40
ADDRESSES = 4


@dataclass
class Beside:
    """What many do beside each other, and what must hold whatever the order."""

    clock: Clock
    seed: int
    wished: Counter[str] = field(default_factory=Counter)
    claimed: set[tuple[str, int]] = field(default_factory=set)
    newest: Counter[str] = field(default_factory=Counter)
    held: dict[str, float] = field(default_factory=dict)

    async def wish(self, store: Store, process: int) -> None:
        choose = random.Random(f"{self.seed} wish {process}")  # noqa: S311 - a history is not a secret
        for number in range(STEPS):
            want = pull(self.seed * 10 + choose.randint(1, ADDRESSES))
            await store.accept(f"delivery-{self.seed}-{process}-{number}", "pull_request", [want])
            self.wished[key_of(want.address)] += 1
            self.clock.now += choose.choice((0.0, 0.5, 1.1))

    async def look(self, store: Store, process: int) -> None:
        choose = random.Random(f"{self.seed} look {process}")  # noqa: S311 - as above
        hanging: list[Claim] = []
        for _ in range(STEPS):
            for claim in await self.claim(store, 2):
                if choose.random() < 0.2:
                    hanging.append(claim)
                else:
                    await self.finish(store, claim)
            if hanging and choose.random() < 0.2:
                self.clock.now += 61
                taken_over = await self.claim(store, ADDRESSES)
                await self.finish(store, hanging.pop(0))
                hanging.extend(taken_over)
        for claim in hanging:
            await self.finish(store, claim)

    async def claim(self, store: Store, limit: int) -> tuple[Claim, ...]:
        before = self.clock.now
        claims = await store.claim(limit)
        for claim in claims:
            self.hold(claim, before)
        return claims

    def hold(self, claim: Claim, before: float) -> None:
        key = key_of(claim.address)
        assert (key, claim.token) not in self.claimed, "claimed twice"
        self.claimed.add((key, claim.token))
        if claim.token > self.newest[key]:
            assert self.held.get(key, 0.0) < self.clock.now, "looked at twice at once"
            self.newest[key] = claim.token
            self.held[key] = before + LEASE_SECONDS

    async def finish(self, store: Store, claim: Claim) -> None:
        key = key_of(claim.address)
        overtaken = self.newest[key] > claim.token
        if not overtaken:
            self.held.pop(key, None)
        counts = await store.finish(claim)
        assert not (overtaken and counts), "a late finish counted"

    async def settle(self, store: Store) -> None:
        while (due := await store.next_due()) is not None:
            self.clock.now = max(self.clock.now, due) + 0.001
            for claim in await store.claim(10):
                await store.finish(claim)


async def play(url: str, clock: Clock, seed: int, mutant: Callable[..., Any] | None = None) -> None:
    beside = Beside(clock, seed)
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(opened(url, clock)) for _ in range(PROCESSES)]
        if mutant is not None:
            for store in stores:
                event.listen(store._engines.writer, "before_cursor_execute", mutant, retval=True)  # noqa: SLF001 - as the server hears it
        await asyncio.gather(
            *(one(store, process) for process, store in enumerate(stores) for one in (beside.wish, beside.look))
        )
        await beside.settle(stores[0])
        with stores[0]._engines.reader.connect() as connection:  # noqa: SLF001 - looks at the table beside the store
            rows = connection.execute(select(work)).all()
    assert beside.wished.items() <= {row.key: row.wanted for row in rows}.items(), "a wish was lost"
    assert all(row.done == row.wanted for row in rows), "a wish was left"


async def test_processes_beside_each_other_hold_no_lease_together_and_lose_no_wish(url: str, clock: Clock) -> None:
    await play(url, clock, 1)


def nothing_is_locked(*executed: Any) -> tuple[str, Any]:
    statement, parameters = executed[2], executed[3]
    for locks in ("FOR UPDATE SKIP LOCKED", "FOR UPDATE", "IMMEDIATE"):
        statement = statement.replace(locks, "")
    return statement, parameters


def finish_ignores_the_token(claim: Claim) -> ColumnElement[bool]:
    return and_(work.c.key == key_of(claim.address), work.c.lease_until.is_not(None))


async def until_noticed(url: str, clock: Clock, mutant: Callable[..., Any] | None = None) -> None:
    for seed in range(5):
        await play(url, clock, seed, mutant)


async def test_it_is_noticed_where_nothing_is_locked(postgresql_url: str, clock: Clock) -> None:
    # On SQLite a claim and a wish each begin by writing, which locks the file whatever their transaction says.
    with pytest.raises((AssertionError, StoreUnavailable), match=r"twice|a wish was lost"):
        await until_noticed(postgresql_url, clock, nothing_is_locked)


async def test_it_is_noticed_where_a_late_finish_counts(
    url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endings, "holds", finish_ignores_the_token)

    with pytest.raises(AssertionError, match=r"a late finish counted|looked at twice at once"):
        await until_noticed(url, clock)


async def test_processes_that_touch_the_same_lines_in_any_order_never_stop_each_other(
    postgresql_url: str, clock: Clock
) -> None:
    lines = [At("octo", "shop", f"branch-{number}") for number in range(20)]
    entries = [Entry(number, "a" * 40, 1.0, Lane.NORMAL) for number in range(1, 21)]
    deadlocks: list[object] = []

    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(opened(postgresql_url, clock)) for _ in range(PROCESSES)]
        for store in stores:
            event.listen(store._engines.writer, "handle_error", deadlocks.append)  # noqa: SLF001 - the writer tries again
        for turn in range(10):
            choose = random.Random(turn)  # noqa: S311 - a history is not a secret
            todo = [(store, at, entry) for store in stores for at, entry in zip(lines, entries, strict=True)]
            choose.shuffle(todo)
            await asyncio.gather(*(store.line.join(at, entry) for store, at, entry in todo))
            await asyncio.gather(*(store.line.take_turn(at, entry.number) for store, at, entry in todo))
            await asyncio.gather(*(store.line.leave(at, entry.number) for store, at, entry in todo))
        left = [await stores[0].line.read(at) for at in lines]

    assert deadlocks == []
    assert [(line.entries, line.turn) for line in left] == [((), None)] * len(lines)
