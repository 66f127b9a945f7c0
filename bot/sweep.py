"""What is looked at without any webhook: open pull requests, deliveries that failed, and what became too old.

Nothing depends on a delivery arriving: whatever was lost, doubled or late, a sweep finds what moved.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict

import structlog

from bot import incidents
from bot.address import CommitAt, PullRequestAt, Repository, RepositoryAt, Want
from bot.bench import Bench
from bot.github import app
from bot.github.errors import Gone, Later, Refused
from bot.github.owner_policy import is_owners
from bot.github.urgency import Urgency, urgent
from bot.glimpse import Glimpse, moved
from bot.pull_request.turns import call_the_next
from bot.store.engine import StoreUnavailable
from bot.store.ledger import Remembered
from bot.store.observed import SWEPT

SWEEPS_PER_DISCOVERY = 12
"""Every so many sweeps GitHub is asked where the App is installed; repositories without a policy wait for that."""

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
    """Sweep now, and again every few minutes."""
    for number in itertools.count():
        try:
            if number % SWEEPS_PER_DISCOVERY == 0:
                with urgent(Urgency.BACKFILL):
                    await discover(bench)
            with urgent(Urgency.SWEEP):
                await redeliver_failures(bench)
            await bench.store.prune(bench.clock() - RETENTION)
            await bench.store.set_mark(SWEPT, str(bench.clock()))
        except (Later, Refused, StoreUnavailable) as problem:
            _log.warning("sweep ended early", why=str(problem))
        await asyncio.sleep(bench.sweep_every)


async def discover(bench: Bench) -> None:
    """Want a look at every repository of every installation. From there each comes back by its own timer."""
    async for installation in app.installations(bench.github.connection):
        try:
            found = [
                Want(RepositoryAt(place)) async for place in app.repositories(bench.github.connection, installation)
            ]
        except Refused as refused:
            _log.warning("installation cannot be listed", installation=installation, why=str(refused))
            continue
        await bench.store.want(found)


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


async def look_around(bench: Bench, repository: Repository) -> float | None:
    """Compare every open pull request with what was last seen of it; want a look where anything moved.

    Returns when to come back (Unix time): soon to a repository with a policy, else when it is discovered again.
    """
    known = await bench.store.open_pull_requests(repository)
    seen: set[int] = set()
    policy = ""
    if is_owners(repository):
        bench.github.forget_owner(repository)
    try:
        async for policy, page in bench.github.open_pull_requests(repository):
            seen.update(one.number for one in page)
            await _want(bench, repository, [one.number for one in page if _needs_look(one, policy, known)])
    except Gone:
        return None
    await _want(bench, repository, sorted(set(known) - seen))
    await bench.store.want([Want(CommitAt(repository, sha)) for sha in await bench.store.under_way(repository)])
    await call_the_next(bench, repository)
    await incidents.visit(bench, repository)
    if is_owners(repository):
        await _tell_the_others(bench, repository, policy)
    return bench.clock() + bench.sweep_every if policy else None


async def _tell_the_others(bench: Bench, repository: Repository, policy: str) -> None:
    """Look around in all repositories of an owner whose default policy is another than it was."""
    mark = f"owner-policy/{repository.installation}/{repository.owner.lower()}"
    if policy == (await bench.store.mark(mark) or ""):
        return
    others = app.repositories(bench.github.connection, repository.installation)
    with urgent(Urgency.BACKFILL):
        await bench.store.want([Want(RepositoryAt(place)) async for place in others if not is_owners(place)])
    await bench.store.set_mark(mark, policy)


def _needs_look(one: Glimpse, policy: str, known: dict[int, Remembered]) -> bool:
    """Tell whether anything moved. Where there is no policy, only what was looked at before can need it."""
    remembered = known.get(one.number)
    return bool(policy) if remembered is None else moved(remembered.digest, policy, one)


async def _want(bench: Bench, repository: Repository, numbers: list[int]) -> None:
    await bench.store.want([Want(PullRequestAt(repository, number)) for number in numbers])
