"""What systemd is told: by the real `andon serve`, and by the code alone where that says more."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.commands.supervised import supervised
from tests.service.test_process import process


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(0)
        yield listening


async def heard(systemd: socket.socket, until: str) -> list[str]:
    """Give what is told up to the last one waited for."""
    loop, told = asyncio.get_running_loop(), [""]
    async with asyncio.timeout(30):
        while told[-1] != until:
            told.append((await loop.sock_recv(systemd, 100)).decode())
    return told[1:]


async def test_serve_says_when_it_is_ready_that_it_lives_and_when_it_stops(
    tmp_path: Path, systemd: socket.socket
) -> None:
    asked = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "30000"}
    async with process("-m", "bot", "serve", DATABASE_URL=f"sqlite:///{tmp_path}/andon.db", **asked) as started:
        first = await heard(systemd, "WATCHDOG=1")
        again = await heard(systemd, "WATCHDOG=1")
        started.send_signal(signal.SIGTERM)
        last = await heard(systemd, "STOPPING=1")
        await started.communicate()

    assert (first, again) == (["READY=1", "WATCHDOG=1"], ["WATCHDOG=1"])
    assert set(last[:-1]) <= {"WATCHDOG=1"}
    assert started.returncode == 0


async def test_a_loop_that_hangs_shows_no_life(tmp_path: Path, systemd: socket.socket) -> None:
    beats = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "3"}
    async with supervised(beats):
        await heard(systemd, "WATCHDOG=1")

    assert (await heard(systemd, "STOPPING=1"))[-1] == "STOPPING=1"
    with pytest.raises(BlockingIOError):
        systemd.recv(100)


@pytest.mark.parametrize(
    "asked", [{}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "x"}, {"WATCHDOG_USEC": "3", "WATCHDOG_PID": "1"}]
)
async def test_no_life_is_shown_where_none_is_asked_of_this_process(
    tmp_path: Path, systemd: socket.socket, asked: dict[str, str]
) -> None:
    async with supervised({"NOTIFY_SOCKET": str(tmp_path / "notify"), **asked}):
        await asyncio.sleep(0)

    assert await heard(systemd, "STOPPING=1") == ["READY=1", "STOPPING=1"]


async def test_the_process_that_is_asked_shows_life(tmp_path: Path, systemd: socket.socket) -> None:
    asked = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "3", "WATCHDOG_PID": str(os.getpid())}
    async with supervised(asked):
        told = await heard(systemd, "WATCHDOG=1")

    assert told == ["READY=1", "WATCHDOG=1"]


async def test_nothing_is_told_where_nobody_listens(tmp_path: Path) -> None:
    async with supervised({}), supervised({"NOTIFY_SOCKET": str(tmp_path / "gone"), "WATCHDOG_USEC": "3"}):
        await asyncio.sleep(0)


async def test_an_abstract_address_is_reached(tmp_path: Path) -> None:
    name = f"andon-{os.getpid()}-{tmp_path.name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0{name}")
        listening.settimeout(0)
        async with supervised({"NOTIFY_SOCKET": f"@{name}"}):
            assert await heard(listening, "READY=1") == ["READY=1"]
