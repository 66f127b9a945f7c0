"""How tests of running things wait: on a condition, with a deadline."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


async def until(is_so: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
    """Wait for something that others bring about and that nobody announces."""
    async with asyncio.timeout(seconds):
        while not await is_so():  # noqa: ASYNC110 - another process or thread brings it about
            await asyncio.sleep(0.005)
