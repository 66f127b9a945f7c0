"""Where the parts meet: GitHub, store and clock in, the look at one address and what runs beside it out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp

from bot import incidents, queue_group, reconcile, sweep
from bot.address import CommitAt, IncidentAt, PullRequestAt, QueueGroupAt, RepositoryAt
from bot.bench import SWEEP_SECONDS, Bench
from bot.evidence.probing import Prober
from bot.github.connection import Connection
from bot.github.github import GitHub
from bot.github.urgency import urgent
from bot.judge.judge import Judge
from bot.precedence import urgency_of
from bot.release import release
from bot.settings import Settings
from bot.sharing import share_for_ever
from bot.store.store import Store
from bot.store.work import Claim
from bot.text.redaction import KNOWN
from bot.watch import watch_for_ever

Look = Callable[[Claim], Awaitable[float | None]]


@dataclass(frozen=True, slots=True)
class Connected:
    """What a service runs: the look at one address, tasks beside it, and how to hang up."""

    look: Look
    background: tuple[Callable[[], Awaitable[None]], ...]
    close: Callable[[], Awaitable[None]]
    bench: Bench


def connect(
    settings: Settings,
    store: Store,
    *,
    clock: Callable[[], float] = time.time,
    sweep_every: float = SWEEP_SECONDS,
    judge: Judge | None = None,
) -> Connected:
    """Connect a store with GitHub as the settings say. Call it inside the running event loop.

    A judge that is given belongs to whoever gives it: hanging up leaves it at work.
    """
    session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trust_env=True)
    connection = Connection(
        session,
        api_url=settings.api_url,
        graphql_url=settings.graphql_url,
        app=(settings.app_id, settings.private_key),
        clock=clock,
    )
    KNOWN.learn(settings.secrets)
    store.metrics.names_repositories = settings.metrics_repositories
    connection.counted.metrics = store.metrics
    prober = Prober(settings.targets, clock)
    github, judges = GitHub(connection, clock), judge or Judge()
    bench = Bench(github, store, clock, settings.public_url, sweep_every, judges, prober=prober)
    return Connected(
        look=lambda claim: look(bench, claim),
        background=(
            lambda: store.run_alone("sweep", lambda: sweep.sweep_for_ever(bench)),
            lambda: share_for_ever(bench),
            bench.judge.keep_ready,
            lambda: watch_for_ever(store),
        ),
        close=lambda: _hang_up(session, None if judge else bench.judge),
        bench=bench,
    )


async def _hang_up(session: aiohttp.ClientSession, judge: Judge | None) -> None:
    if judge is not None:
        await asyncio.to_thread(judge.close)
    await session.close()


async def look(bench: Bench, claim: Claim) -> float | None:
    """Look at one address as urgently as it is; return when to look again (Unix time), or None."""
    with urgent(await urgency_of(bench, claim.address)):
        return await _look(bench, claim)


async def _look(bench: Bench, claim: Claim) -> float | None:
    match claim.address:
        case PullRequestAt() as address:
            return await reconcile.reconcile(bench, claim, address)
        case CommitAt() as address:
            return await release.follow(bench, address)
        case QueueGroupAt() as address:
            return await queue_group.answer(bench, claim, address)
        case IncidentAt() as address:
            return await incidents.follow(bench, address)
        case RepositoryAt(repository=repository):
            return await sweep.look_around(bench, repository)
