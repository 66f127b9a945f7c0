"""A simulator with one repository, an App client with a token, and an ear for its webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator import Repository, Simulator
from tests.simulator.app_client import AppClient, Ear

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def ear() -> AsyncIterator[Ear]:
    listening = Ear()
    runner = await listening.start()
    yield listening
    listening.answering.set()
    await runner.cleanup()


@pytest.fixture
async def github(tmp_path: Path, ear: Ear) -> AsyncIterator[Simulator]:
    async with await Simulator.start(tmp_path, webhook_url=ear.url) as running:
        yield running


@pytest.fixture
async def shop(github: Simulator) -> Repository:
    github.install("octo", tell=False)
    return await github.create_repository("octo/shop", tell=False)


@pytest.fixture
async def client(github: Simulator, shop: Repository) -> AsyncIterator[AppClient]:
    assert shop.installation is not None
    async with AppClient(github) as calling:
        await calling.mint(shop.installation.id)
        yield calling
