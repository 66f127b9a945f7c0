"""Tells systemd that a process is ready, lives and stops, where it asks to be told (`Type=notify`, `WatchdogSec`)."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Final

MICROSECONDS: Final = 1_000_000
BEATS: Final = 3
"""How often life is shown within the time after which systemd takes the process for dead."""


@asynccontextmanager
async def supervised(env: Mapping[str, str]) -> AsyncIterator[None]:
    """Say READY, then show life from the event loop, and say STOPPING; does nothing where nobody asked.

    Life comes from the loop itself: one that hangs is silent, and the process is killed and started anew.
    """
    place = env.get("NOTIFY_SOCKET", "")
    if not place:
        yield
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as teller:
        address = f"\0{place[1:]}" if place.startswith("@") else place
        _say(teller, address, "READY=1")
        beating = asyncio.create_task(_beat(teller, address, _every(env)))
        try:
            yield
        finally:
            _say(teller, address, "STOPPING=1")
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)


def _every(env: Mapping[str, str]) -> float | None:
    """Give the seconds between two signs of life, or None where none is asked of this process."""
    within, whose = env.get("WATCHDOG_USEC", ""), env.get("WATCHDOG_PID", "")
    if not within.isdecimal() or int(within) == 0 or whose not in {"", str(os.getpid())}:
        return None
    return int(within) / MICROSECONDS / BEATS


async def _beat(teller: socket.socket, address: str, every: float | None) -> None:
    while every is not None:
        _say(teller, address, "WATCHDOG=1")
        await asyncio.sleep(every)


def _say(teller: socket.socket, address: str, state: str) -> None:
    with suppress(OSError):  # who supervises may be away for a moment; the next sign of life arrives
        teller.sendto(state.encode(), address)
