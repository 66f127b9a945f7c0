"""Strangers who hold connections open do not keep others waiting."""

from __future__ import annotations

import asyncio
import resource
from typing import TYPE_CHECKING

import pytest

from bot.web.server import SPARED_FILES, most_connections
from tests.web.given import Running, body_of, deliver, headers, opened

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def files() -> Iterator[int]:
    """Raise the number of files that this process may open, and give it."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(before[1], 4096), before[1]))
    yield min(before[1], 4096)
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_good_deliveries_are_taken_while_strangers_hold_connections_open(running: Running, files: int) -> None:
    held = (files - 2 * SPARED_FILES) // 2 - 100  # both ends of each are in this process
    strangers = [await asyncio.open_connection("127.0.0.1", running.port) for _ in range(held)]
    for _, writer in strangers:
        writer.write(b"POST /webhook HTTP/1.1\r\nHost: an")

    answers = []
    for number in range(100):
        body = body_of(opened(number + 1))
        answers.append((await deliver(running, body, headers(body, f"good-{number}")))[0])
    for _, writer in strangers:
        writer.transport.abort()

    assert answers == [202] * 100


def test_connections_are_bounded_by_the_files_that_may_be_open(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {256: 128, 128: 1, 1_000_000: 4000, resource.RLIM_INFINITY: 4000}

    found = {}
    for files in limits:
        monkeypatch.setattr(resource, "getrlimit", lambda _, files=files: (files, files))
        found[files] = most_connections()

    assert found == limits
