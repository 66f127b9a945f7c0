from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession

from bot.settings import Settings
from bot.store.store import Store
from bot.web.server import Server
from tests.web.given import PREVIOUS, SECRET, Running, private_key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path


@pytest.fixture
def serving(tmp_path: Path) -> Callable[..., AbstractAsyncContextManager[Running]]:
    @asynccontextmanager
    async def serve(**settings: Any) -> AsyncIterator[Running]:
        store = await Store.open(f"sqlite:///{tmp_path}/web.db")
        usual = {"app_id": 1, "private_key": private_key(), "webhook_secret": SECRET, "port": 0}
        server = Server(Settings(**{**usual, "previous_webhook_secret": PREVIOUS, **settings}), store)
        port = await server.start()
        async with ClientSession(f"http://127.0.0.1:{port}") as http:
            yield Running(port, store, http)
        await server.stop()
        await store.close()

    return serve


@pytest.fixture
async def running(serving: Callable[..., AbstractAsyncContextManager[Running]]) -> AsyncIterator[Running]:
    async with serving() as running:
        yield running
