"""One run: what the benchmarks share, and andon's own processes as operators start them."""

from __future__ import annotations

import asyncio
import functools
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.store import migrate
from simulator.github import Simulator
from simulator.memory_git import MemoryGit
from tests.postgresql import fresh_database, own_server

HERE = Path(__file__).parents[1]
READY = {"serve": b"listening", "work": b"working"}
"""What each command logs once it works."""


@dataclass(frozen=True, slots=True)
class Run:
    """What is asked of all benchmarks: little work or all of it, and a repository with a history."""

    quick: bool = False
    repository: Path = HERE
    floors: dict[str, float] = field(default_factory=dict)

    def times(self, all_of_it: int, quick: int) -> int:
        """Choose how often something is done."""
        return quick if self.quick else all_of_it


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder whose path is short enough for a socket, until it is not needed any more."""
    with TemporaryDirectory(prefix="andon-bench-") as name:
        yield Path(name)


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a PostgreSQL of our own; gives the address of a database with all tables. It syncs nothing to the disk."""
    with folder() as place:
        place.chmod(0o755)
        with own_server(place / "server") as server, fresh_database(server.url, template="template0") as url:
            migrate.upgrade(url)
            yield url


@asynccontextmanager
async def github(place: Path) -> AsyncIterator[Simulator]:
    """Run the simulator in this process, with repositories in memory: git's processes are not what is measured."""
    async with await Simulator.start(place / "github") as one:
        one.open_git = _in_memory
        yield one


def _in_memory(_: Path) -> MemoryGit:
    return MemoryGit()


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Andon:
    """One process of andon that works, how many seconds it took to start, and where it listens, if it does."""

    process: asyncio.subprocess.Process
    log: Path
    boot: float
    url: str = ""

    async def ends(self) -> None:
        """Stop it, and wait until it has ended."""
        if self.process.returncode is None:
            self.process.terminate()
        await self.process.wait()

    async def killed(self) -> None:
        """Kill it as by kill -9."""
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def andon(command: str, served: Simulator, database: str, log: Path, **more: str) -> AsyncIterator[Andon]:
    """Run `andon serve` or `andon work` for a simulated GitHub until it is not needed any more; `more` are settings."""
    port = free_port()
    settings = {
        "GITHUB_APP_ID": str(served.app_id),
        "GITHUB_PRIVATE_KEY": served.private_key_pem,
        "GITHUB_WEBHOOK_SECRET": served.webhook_secret,
        "GITHUB_API_URL": served.url,
        "DATABASE_URL": database,
        "PORT": str(port),
        **more,
    }
    one = await _started(command, settings, log, f"http://127.0.0.1:{port}")
    try:
        yield one
    finally:
        await one.ends()


async def _started(command: str, settings: Mapping[str, str], log: Path, url: str) -> Andon:
    began = time.perf_counter()
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", command), env={**os.environ, **settings}, stderr=output, cwd=HERE
        )
    await until(functools.partial(_says, log, process, READY[command]))
    return Andon(process, log, time.perf_counter() - began, url)


def _says(log: Path, process: asyncio.subprocess.Process, word: bytes) -> bool:
    said = log.read_bytes()
    if process.returncode is not None:
        raise RuntimeError(f"andon ended by itself:\n{said.decode(errors='replace')[-2000:]}")
    return word in said


async def until(is_so: Callable[[], bool], seconds: float = 600, every: float = 0.005) -> None:
    """Wait until another process brought something about. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(every)


def median(values: list[float]) -> float:
    """Give the middle of some values."""
    return sorted(values)[len(values) // 2]
