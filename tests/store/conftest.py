from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.store.store import Store
from tests.store.given import Clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    store = await Store.open(f"sqlite:///{tmp_path}/andon.db", clock)
    yield store
    await store.close()
