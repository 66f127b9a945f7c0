"""A lease is proved before anything is written: by the clock while it is fresh, else by the store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import structlog

from bot.github.fence import Overtaken, prove
from bot.lease import Lease
from bot.store.work import LEASE_SECONDS
from bot.worker import Pace, Worker
from tests.store.given import Clock, opened, pull

if TYPE_CHECKING:
    from bot.store.work import Claim

PATIENT = Pace(poll=60.0, renew=3600.0)


async def test_while_it_is_fresh_the_store_is_not_asked(url: str) -> None:
    clock = Clock()
    async with opened(url, clock) as store:
        await store.accept("d1", "pull_request", [pull(3)])
        [claim] = await store.claim(1)
        await store.release(claim)
        clock.now += LEASE_SECONDS / 2

        await Lease(store, claim, clock).prove()  # the store would say that it is given back


async def test_after_half_of_it_the_store_renews_it(url: str) -> None:
    clock = Clock()
    async with opened(url, clock) as store:
        await store.accept("d1", "pull_request", [pull(3)])
        [claim] = await store.claim(1)
        clock.now += LEASE_SECONDS - 1

        await Lease(store, claim, clock).prove()
        clock.now += LEASE_SECONDS - 1

        assert await store.claim(1) == ()


async def test_whoever_stood_still_until_another_took_over_has_no_proof(url: str) -> None:
    clock = Clock()
    async with opened(url, clock) as store:
        await store.accept("d1", "pull_request", [pull(3)])
        [claim] = await store.claim(1)
        lease = Lease(store, claim, clock)
        clock.now += LEASE_SECONDS + 1
        assert len(await store.claim(1)) == 1

        with pytest.raises(Overtaken):
            await lease.prove()
        with pytest.raises(Overtaken):
            await lease.prove()


async def test_a_look_that_was_taken_over_ends_without_a_word(postgresql_url: str) -> None:
    clock = Clock()
    wrote, ended = [], asyncio.Event()
    async with opened(postgresql_url, clock) as store, opened(postgresql_url, clock) as beside:

        async def look(_: Claim) -> None:
            clock.now += LEASE_SECONDS + 1
            assert len(await beside.claim(1)) == 1
            ended.set()
            await prove()
            wrote.append("something")

        worker = Worker(store, look, 1, pace=PATIENT)  # with another place free it might claim its own anew
        await store.accept("d1", "pull_request", [pull(3)])
        with structlog.testing.capture_logs() as logs:
            running = asyncio.create_task(worker.run())
            async with asyncio.timeout(10):
                await ended.wait()
                worker.stop()
                await running

    assert wrote == []
    assert [line["outcome"] for line in logs if line["event"] == "looked"] == ["overtaken"]
