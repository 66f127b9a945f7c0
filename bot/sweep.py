"""What is looked at without any webhook: open pull requests, deliveries that failed, and what became too old.

Nothing depends on a delivery arriving: whatever was lost, doubled or late, a sweep finds what moved.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict

import structlog

from bot.address import PullRequestAt, Repository, RepositoryAt, Want
from bot.bench import Bench
from bot.github import app
from bot.github.errors import Gone, Later, Refused
from bot.glimpse import Glimpse, moved
from bot.store.engine import StoreUnavailable
from bot.store.ledger import Remembered

SWEEP_SECONDS = 300.0
"""How often each repository and the list of deliveries are visited."""

KEPT_BY_GITHUB = 3 * 24 * 3600.0
"""Deliveries older than this cannot be sent again (docs: "Redelivering webhooks")."""

OVERLAP = 600.0
"""Seconds of deliveries that are looked at twice, for those that arrive late in the list."""

REDELIVERIES = 50
"""Deliveries asked for again in one sweep."""

ATTEMPTS = 5
"""A delivery that failed this often is left alone: the sweep of its pull request finds what it told."""

RETENTION = 30 * 24 * 3600.0
"""Seconds after which inbox, idle work and superseded decisions are forgotten."""

_log = structlog.get_logger()


async def sweep_for_ever(bench: Bench) -> None:
    """Sweep now and every five minutes."""
    while True:
        try:
            await sweep(bench)
        except (Later, Refused, StoreUnavailable) as problem:
            _log.warning("sweep ended early", why=str(problem))
        await asyncio.sleep(SWEEP_SECONDS)


async def sweep(bench: Bench) -> None:
    """Want a look at every repository, ask again for deliveries that failed, and forget what is old."""
    await redeliver_failures(bench)
    async for installation in app.installations(bench.github.connection):
        try:
            found = [
                Want(RepositoryAt(place)) async for place in app.repositories(bench.github.connection, installation)
            ]
        except Gone:
            continue
        await bench.store.want(found)
    await bench.store.prune(bench.clock() - RETENTION)


async def redeliver_failures(bench: Bench) -> int:
    """Ask GitHub to deliver again what never arrived; return how many. GitHub itself does not try twice."""
    now = bench.clock()
    known = await bench.store.mark("deliveries_read_until")
    since = max(float(known) - OVERLAP if known else 0.0, now - KEPT_BY_GITHUB)
    attempts: dict[str, list[app.Delivery]] = defaultdict(list)
    async for delivery in app.deliveries(bench.github.connection, since):
        attempts[delivery.guid].append(delivery)
    lost = [tries[0] for tries in attempts.values() if len(tries) < ATTEMPTS and not any(one.arrived for one in tries)]
    oldest_first = sorted(lost, key=lambda delivery: delivery.delivered_at)[:REDELIVERIES]
    sent = [delivery for delivery in oldest_first if await app.redeliver(bench.github.connection, delivery)]
    if len(lost) <= REDELIVERIES:
        await bench.store.set_mark("deliveries_read_until", str(now))
    return len(sent)


async def look_around(bench: Bench, repository: Repository) -> None:
    """Compare every open pull request with what was last seen of it; want a look where anything moved."""
    known = await bench.store.open_pull_requests(repository)
    seen: set[int] = set()
    try:
        async for policy, page in bench.github.open_pull_requests(repository):
            seen.update(one.number for one in page)
            await _want(bench, repository, [one.number for one in page if _needs_look(one, policy, known)])
    except Gone:
        return
    await _want(bench, repository, sorted(set(known) - seen))


def _needs_look(one: Glimpse, policy: str, known: dict[int, Remembered]) -> bool:
    remembered = known.get(one.number)
    return remembered is None or moved(remembered.digest, policy, one)


async def _want(bench: Bench, repository: Repository, numbers: list[int]) -> None:
    await bench.store.want([Want(PullRequestAt(repository, number)) for number in numbers])
