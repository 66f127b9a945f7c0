from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession

from bot.address import PullRequestAt, Repository, Want
from bot.service import Service
from bot.settings import Settings
from bot.store.store import Store
from tests.service.given import until
from tests.web.given import SECRET, body_of, headers, opened, private_key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.store.work import Claim

SETTINGS = Settings(app_id=1, private_key=private_key(), webhook_secret=SECRET, port=0)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(f"sqlite:///{tmp_path}/service.db")
    yield store
    await store.close()


async def look_away(_: Claim) -> None:
    return


async def test_a_delivery_leads_to_a_look(store: Store) -> None:
    looked = asyncio.Event()

    async def look(_: Claim) -> None:
        looked.set()

    service = Service(SETTINGS, store, look)
    port = await service.start()
    body = body_of(opened())
    async with (
        ClientSession(f"http://127.0.0.1:{port}") as http,
        http.post("/webhook", data=body, headers=headers(body)) as response,
    ):
        assert response.status == 202
    async with asyncio.timeout(5):
        await looked.wait()
    await service.stop()


async def test_no_more_is_looked_at_at_once_than_the_settings_say(store: Store) -> None:
    looking, most = 0, 0
    await store.want([Want(PullRequestAt(Repository(7, "octo", "shop"), number)) for number in range(1, 5)])

    async def look(_: Claim) -> None:
        nonlocal looking, most
        looking += 1
        most = max(most, looking)
        await asyncio.sleep(0)
        looking -= 1

    async def all_are_done() -> bool:
        return await store.next_due() is None

    service = Service(replace(SETTINGS, looks_at_once=2), store, look)
    await service.start()
    await until(all_are_done)
    await service.stop()

    assert most == 2


async def test_a_background_task_that_fails_is_started_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.service.RESTART_SECONDS", 0)
    starts = 0

    async def sweep() -> None:
        nonlocal starts
        starts += 1
        raise ValueError("broken")

    service = Service(SETTINGS, store, look_away, (sweep,))
    await service.start()

    async def is_tried_again() -> bool:
        return starts >= 3

    await until(is_tried_again)
    await service.stop()


async def test_stopping_ends_background_tasks_and_listens_no_more(store: Store) -> None:
    ended = asyncio.Event()

    async def sweep() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    service = Service(SETTINGS, store, look_away, (sweep,))
    port = await service.start()
    await asyncio.sleep(0)

    async with asyncio.timeout(5):
        await service.stop()
        await ended.wait()

    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_an_idle_connection_does_not_hold_up_stopping(store: Store) -> None:
    service = Service(SETTINGS, store, look_away)
    port = await service.start()
    _, writer = await asyncio.open_connection("127.0.0.1", port)

    async with asyncio.timeout(3):
        await service.stop()
    writer.close()
