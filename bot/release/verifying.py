"""Gathers the evidence that a release's policy asks for: one look at production."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from bot.address import CommitAt
from bot.bench import Bench
from bot.evidence.evidence import RETRY_SECONDS, Evidence, Kind
from bot.store.ledger import Release
from rules.engine.sections import Verify

FRESH_SECONDS: Final = 1.0
"""Who was asked this recently is not asked again, however many deliveries tell of the commit."""

OUTSIDE: Final = frozenset({Kind.PROBE, Kind.QUERY})
"""What is asked outside GitHub, and so has no delivery that tells of it."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A piece of evidence and the way to look at it."""

    kind: Kind
    name: str
    look: Callable[[], Awaitable[Evidence]]


async def look_at_production(bench: Bench, release: Release, verify: Verify) -> tuple[Evidence, ...]:
    """Look at everything but the deployment, all at once. Raises Later where GitHub does not answer."""
    now = bench.clock()
    return tuple(await asyncio.gather(*(_fresh(release, one, now) for one in _asked(bench, release, verify))))


def _asked(bench: Bench, release: Release, verify: Verify) -> Iterator[_Asked]:
    landed, place = CommitAt(release.repository, release.sha), release.repository.full_name
    github, prober = bench.github.evidence, bench.prober
    for name in dict.fromkeys(verify.checks):
        yield _Asked(Kind.CHECK, name, partial(github.check, landed, name))
    if verify.workflow is not None:
        yield _Asked(Kind.WORKFLOW, verify.workflow, partial(github.workflow, landed, verify.workflow))
    for name in dict.fromkeys(verify.probes):
        yield _Asked(Kind.PROBE, name, partial(prober.probe, name, place))
    for name in dict.fromkeys(verify.queries):
        yield _Asked(Kind.QUERY, name, partial(prober.query, name, place, release.environment))


async def _fresh(release: Release, asked: _Asked, now: float) -> Evidence:
    before = release.watch.of((asked.kind, asked.name)) if asked.kind in OUTSIDE else None
    if before is not None and 0 <= now - before.at < _fresh_for(before):
        return before
    return await asked.look()


def _fresh_for(before: Evidence) -> float:
    """Give seconds: tries that follow each other at once would all meet the same accident."""
    return RETRY_SECONDS - FRESH_SECONDS if before.misses else FRESH_SECONDS
