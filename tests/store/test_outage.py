"""PostgreSQL goes away and comes back: deliveries are refused meanwhile, nothing that was accepted is lost."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession

from bot.address import key_of
from bot.service import Service
from bot.settings import Settings
from bot.store import migrate
from bot.store.store import Store
from bot.worker import Pace
from tests.postgresql import Server, own_server
from tests.service.given import until
from tests.web.given import SECRET, body_of, headers, opened, private_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.store.work import Claim

SETTINGS = Settings(app_id=1, private_key=private_key(), webhook_secret=SECRET, port=0)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that a test may stop, in a folder whose name is short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="andon-", dir="/tmp"))
    with own_server(folder) as server:
        yield server
    shutil.rmtree(folder)


async def deliver(http: ClientSession, number: int) -> int:
    body = body_of(opened(number))
    async with http.post("/webhook", data=body, headers=headers(body, f"delivery-{number}")) as response:
        return response.status


async def ready(http: ClientSession) -> int:
    async with http.get("/readyz") as response:
        return response.status


async def is_ready(http: ClientSession) -> bool:
    return await ready(http) == 200


async def test_an_outage_refuses_deliveries_and_loses_none_that_were_accepted(server: Server) -> None:
    migrate.upgrade(server.url)
    looked: set[str] = set()
    away = asyncio.Event()

    async def look(claim: Claim) -> None:
        if key_of(claim.address).endswith("/1") and not away.is_set():
            await away.wait()  # the look lasts until the database is back, and is written down then
        looked.add(key_of(claim.address))

    async def all_are_looked_at() -> bool:
        return looked == {f"pull/7/octo/shop/{number}" for number in (1, 2, 4)} and service.idle

    store = await Store.open(server.url)
    service = Service(SETTINGS, store, look, pace=Pace(poll=0.2, first_backoff=0.1))
    port = await service.start()
    async with ClientSession(f"http://127.0.0.1:{port}") as http:
        before = [await deliver(http, 1), await deliver(http, 2)]
        await asyncio.to_thread(server.stop)
        during = [await deliver(http, 3), await ready(http)]
        await asyncio.to_thread(server.start)
        away.set()
        await until(lambda: is_ready(http))
        after = await deliver(http, 4)
        await until(all_are_looked_at)
    due = await store.next_due()
    await service.stop()
    await store.close()

    assert (before, during, after) == ([202, 202], [503, 503], 202)
    assert due is None
