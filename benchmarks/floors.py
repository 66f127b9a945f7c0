"""The floors: the least that anything which does such work must cost here, measured in the same run."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from benchmarks.running import HERE, free_port, median
from simulator.github import Simulator


@asynccontextmanager
async def smallest_server(database: Path | None = None) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """Run the smallest server; gives where it takes deliveries, and its process."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.smallest_server", str(port), *([str(database)] if database else [])),
        stdout=asyncio.subprocess.PIPE,
        cwd=HERE,
    )
    try:
        if process.stdout is None or await process.stdout.readline() != b"ready\n":
            raise RuntimeError("the smallest server did not start")
        yield f"http://127.0.0.1:{port}/webhook", process
    finally:
        process.kill()
        await process.wait()


async def trip(github: Simulator, times: int = 20) -> float:
    """Give the seconds of one trip to the API over a connection that stands, the middle of several."""
    headers = {"Authorization": f"Bearer {next(reversed(github.tokens))}"} if github.tokens else {}
    took = []
    async with aiohttp.ClientSession(headers=headers) as session:
        for _ in range(times + 1):
            began = time.perf_counter()
            async with session.get(f"{github.url}/rate_limit") as answer:
                await answer.read()
            took.append(time.perf_counter() - began)
    return median(took[1:])
