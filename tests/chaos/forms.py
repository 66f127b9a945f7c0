"""The bot beside a simulated GitHub, in forms that schedules are played on: what each gives, and the full stack."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import functools
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Protocol, TypeVar

import aiohttp

from bot.bench import Bench
from bot.commands.stage import CLOSE, SOON_SECONDS, settings_for
from bot.evidence.probing import Prober
from bot.github.connection import Connection
from bot.github.github import GitHub
from bot.judge.judge import Judge
from bot.service import Service
from bot.settings import Settings
from bot.store.store import Store
from bot.worker import Pace
from simulator.clock import Clock
from simulator.github import Simulator
from tests.chaos.merges import Merges
from tests.chaos.resting import Looking, Resting

T = TypeVar("T")

NEVER = 10 * 365 * 24 * 3600.0
"""Seconds between sweeps where only `sweep` asks for one."""

HORIZON = 7200.0
"""Virtual seconds within which nothing may be due any more for the bot to be at rest."""


class Form(Protocol):
    """One GitHub of its own with the real bot beside it, on an event loop of its own.

    Both sides share one clock: `github.now()`, in Unix seconds; `github.advance` moves it for both.
    """

    @property
    def github(self) -> Simulator:
        """The simulated GitHub: its knobs are how a schedule goes on."""

    @property
    def bench(self) -> Bench:
        """What the bot's looks have at hand."""

    @property
    def merges(self) -> Merges:
        """The merges that andon asks for, as they overlap."""

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run something on the form's loop; the bot goes on meanwhile, and stands still afterwards."""

    async def pass_time(self, seconds: float) -> None:
        """Let so many seconds pass for both sides."""

    async def rest(self, horizon: float = HORIZON) -> None:
        """Let the bot work, and time pass, until nothing is under way or due within so many seconds.

        Raises RestlessError where that takes too many looks.
        """

    async def sweep(self) -> None:
        """Do what the bot does without any delivery: discover, look around everywhere, redeliver; come to rest."""

    def close(self) -> None:
        """End both sides."""


class FullStack:
    """The form with real sockets, real git, a SQLite file, and rules judged in processes of their own.

    Nothing waits for what is due later: at rest the clock of both sides jumps there.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._directory = tempfile.TemporaryDirectory(prefix="andon-")
        self._open = contextlib.AsyncExitStack()
        self._looking = Looking()
        self.run(self._start())

    async def _start(self) -> None:
        directory, clock = Path(self._directory.name), Clock()
        self.github = await Simulator.start(directory / "github", clock=clock)
        self._open.push_async_callback(self.github.stop)
        settings = settings_for(self.github, directory)
        store = await Store.open(settings.database_url, clock.now)
        self._open.push_async_callback(store.close)
        session = await self._open.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        self.merges = Merges()
        self.bench = bench_of(settings, self.merges.seen(session), store, _judge())
        self.bench.github.connection.allow(CLOSE)
        service = Service(settings, store, self._looking.at(self.bench), pace=Pace(poll=0.5))
        port = await service.start()
        self._open.push_async_callback(service.stop)
        self._open.push_async_callback(self._hang_up)
        self.github.webhook_url = f"http://{settings.host}:{port}/webhook"
        self._resting = Resting(self.github, self.bench, lambda: service.idle, self._looking, self.pass_time)

    async def _hang_up(self) -> None:
        """Let what is being delivered arrive: nobody is to knock while the bot closes its door."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SOON_SECONDS):
                await self.github.settled()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run something on the form's loop, in real time."""
        return self._loop.run_until_complete(coroutine)

    async def rest(self, horizon: float = HORIZON) -> None:
        """Let the bot work until nothing is under way or due within so many seconds of the shared clock."""
        await self._resting.reached(horizon)

    async def pass_time(self, seconds: float) -> None:
        """Move the clock of both sides on, and have the worker see it."""
        if seconds > 0:
            self.github.advance(seconds)
            self.bench.store.wanted.set()
        await asyncio.sleep(0.005)

    async def sweep(self) -> None:
        """Discover, look around everywhere, redeliver; come to rest."""
        await self._resting.swept()
        await self.rest()

    def close(self) -> None:
        """End both sides."""
        self.run(self._open.aclose())
        self.run(self._loop.shutdown_asyncgens())
        self.run(self._loop.shutdown_default_executor())
        self._loop.close()
        self._directory.cleanup()


def bench_of(settings: Settings, session: aiohttp.ClientSession, store: Store, judge: Judge) -> Bench:
    """Join the parts of the bot as bot/wiring.py does, on the store's clock; session and judge come from outside."""
    connection = Connection(
        session,
        api_url=settings.api_url,
        graphql_url=settings.graphql_url,
        app=(settings.app_id, settings.private_key),
        clock=store.clock,
    )
    prober = Prober(settings.targets, store.clock)
    return Bench(GitHub(connection, store.clock), store, store.clock, sweep_every=NEVER, judge=judge, prober=prober)


@functools.cache
def _judge() -> Judge:
    """Give the one judge of this process: starting its processes takes longer than a schedule."""
    judge = Judge()
    atexit.register(judge.close)
    return judge
