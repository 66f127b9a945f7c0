"""A GitHub on this machine with the real bot beside it, joined by signed HTTP: the stage of demo and tests."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from bot.bench import SWEEP_SECONDS, Bench
from bot.github.budget import Allowance
from bot.judge.judge import Judge
from bot.service import Service
from bot.settings import Settings
from bot.store.store import Store
from bot.store.work import Quiet
from bot.wiring import connect
from simulator.clock import Clock
from simulator.github import Simulator

LONGEST_WAIT = 120.0
"""Seconds within which everything on the stage must have come about."""

SOON_SECONDS = 1.2
"""What is due within it is waited for before the bot counts as at rest; longer than until a first second try."""

SHORTLY = Quiet(seconds=0.1, at_most=1.0)
"""How long events are waited for on the stage: long enough for a burst on one machine."""

CLOSE = Allowance(points_a_minute=100_000, between_content=0.0, writes_in_a_burst=10_000)
"""What an installation is allowed on the stage: there a minute is short, and writes need not keep any time apart."""


class NotAsToldError(Exception):
    """Something that should have come about did not."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Both sides while they run: the simulated GitHub, and the bot's address, settings, parts and clock."""

    github: Simulator
    settings: Settings
    bench: Bench
    service: Service
    url: str
    clock: Clock

    async def until(
        self, what: str, comes_true: Callable[[], bool | Awaitable[bool]], within: float | None = None
    ) -> None:
        """Wait until something is so. Raises NotAsToldError with `what` where it does not come about in time."""
        deadline = time.monotonic() + (within or LONGEST_WAIT)
        while True:
            now = comes_true()
            if await now if isinstance(now, Awaitable) else now:
                return
            if time.monotonic() > deadline:
                raise NotAsToldError(what)
            await asyncio.sleep(0.02)

    async def at_rest(self) -> None:
        """Wait until no delivery is under way and nothing is looked at or soon due."""

        async def quiet() -> bool:
            await self.github.settled()
            was_idle = self.service.idle  # a look that ends while this asks may have wanted others just before
            due = await self.bench.store.next_due()
            return was_idle and self.service.idle and (due is None or due > self.clock.now() + SOON_SECONDS)

        await self.until("the bot comes to rest", quiet)

    def pass_time(self, seconds: float) -> None:
        """Move the clocks of both sides on, and have the worker see what is due by then."""
        self.github.advance(seconds)
        self.clock.advance(seconds)
        self.bench.store.wanted.set()


def settings_for(github: Simulator, directory: Path) -> Settings:
    """Make the settings of a bot that serves a simulated GitHub and keeps its database in a directory."""
    return Settings(
        app_id=github.app_id,
        private_key=github.private_key_pem,
        webhook_secret=github.webhook_secret.encode(),
        api_url=github.url,
        graphql_url=github.graphql_url,
        database_url=f"sqlite:///{directory / 'andon.db'}",
        port=0,
    )


@asynccontextmanager
async def stage(
    directory: Path, *, sweep_every: float = SWEEP_SECONDS, judge: Judge | None = None, quiet: Quiet = SHORTLY
) -> AsyncIterator[Stage]:
    """Start a simulated GitHub and the bot; stop both at the end. A judge that is given is left at work."""
    async with (
        await Simulator.start(directory / "github", webhook_secret=secrets.token_urlsafe(32)) as github,
        bot_beside(github, settings_for(github, directory), sweep_every=sweep_every, judge=judge, quiet=quiet) as both,
    ):
        yield both


@asynccontextmanager
async def bot_beside(
    github: Simulator,
    settings: Settings,
    *,
    sweep_every: float = SWEEP_SECONDS,
    judge: Judge | None = None,
    quiet: Quiet = SHORTLY,
) -> AsyncIterator[Stage]:
    """Start the bot for a simulated GitHub that runs already; stop it at the end."""
    clock = Clock()
    store = await Store.open(settings.database_url, clock.now, quiet)
    connected = connect(settings, store, clock=clock.now, sweep_every=sweep_every, judge=judge)
    connected.bench.github.connection.allow(CLOSE)
    service = Service(settings, store, connected.look, connected.background)
    port = await service.start()
    url = f"http://{settings.host}:{port}"
    github.webhook_url = f"{url}/webhook"
    try:
        yield Stage(github, replace(settings, port=port), connected.bench, service, url, clock)
    finally:
        await _hang_up(github)
        await service.stop()
        await connected.close()
        await store.close()


async def _hang_up(github: Simulator) -> None:
    """Let what is being delivered arrive: nobody is to knock while the bot closes its door."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SOON_SECONDS):
            await github.settled()
