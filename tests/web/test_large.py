"""Large bodies of strangers: few are in memory at once, and small deliveries do not wait for them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.web.webhook import LARGE_AT_ONCE, LARGE_BODY
from tests.web.given import body_of, deliver, headers, opened

if TYPE_CHECKING:
    import pytest

    from tests.web.given import Running

LARGE = body_of({**opened(), "padding": "x" * LARGE_BODY})


async def begun(running: Running) -> asyncio.StreamWriter:
    """Send the head of a large delivery and none of its body, and wait until that is being read."""
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    head = f"POST /webhook HTTP/1.1\r\nHost: andon\r\nExpect: 100-continue\r\nContent-Length: {len(LARGE)}\r\n\r\n"
    writer.write(head.encode())
    await reader.readline()
    return writer


async def test_while_large_bodies_are_read_another_waits_and_small_ones_do_not(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.webhook.PLACE_WITHIN_SECONDS", 0.2)
    strangers = [await begun(running) for _ in range(LARGE_AT_ONCE)]

    small, _ = await deliver(running, body_of(opened()), headers(body_of(opened())))
    large, answer = await deliver(running, LARGE, headers(LARGE, "large"))
    for writer in strangers:
        writer.transport.abort()
    monkeypatch.undo()
    later, _ = await deliver(running, LARGE, headers(LARGE, "large"))

    assert (small, large, later) == (202, 503, 202)
    assert "redeliver it later" in str(answer["error"])
