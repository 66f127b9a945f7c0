"""The watchdog: says aloud that deliveries arrive and no decisions leave, and counts the lines that are closed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import structlog

from bot.line.line import ClosedBy, closings
from bot.store.engine import StoreUnavailable
from bot.store.observed import Standing
from bot.store.store import Store

EVERY: Final = 30.0
"""Seconds from one look at the work to the next."""

STALLED_AFTER: Final = 600.0
"""Seconds for which work may wait while no look ends well: two sweeps, and longer than any look may take."""

GAP: Final = 4.0
"""A watch that itself stood still for so many rounds, as on a machine that slept, begins anew."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Watch:
    """Since when the work is watched without a gap, and when it was looked at last (Unix times)."""

    since: float
    last: float

    def at(self, now: float, every: float = EVERY) -> Watch:
        """Go on watching; after a gap, or where the clock was set back, from now."""
        return replace(self, last=now) if 0 <= now - self.last <= GAP * every else Watch(now, now)


def stalled_for(watch: Watch, standing: Standing) -> float:
    """Tell for how many seconds work has waited while no look ended well. Nothing waits: 0."""
    if standing.oldest is None:
        return 0.0
    return max(0.0, watch.last - max(watch.since, standing.oldest, standing.finished_at or 0.0))


async def watch_for_ever(store: Store, every: float = EVERY, after: float = STALLED_AFTER) -> None:
    """Look at the work again and again."""
    now = store.clock()
    watch = Watch(now, now)
    while True:
        watch = watch.at(store.clock(), every)
        try:
            await look(store, watch, after)
        except StoreUnavailable as error:
            _log.warning("the work cannot be watched", error=str(error))
        await asyncio.sleep(every)


async def look(store: Store, watch: Watch, after: float = STALLED_AFTER) -> None:
    """Look once: raise the alarm or end it, and count the closed lines."""
    standing = await store.observed.standing()
    seconds = stalled_for(watch, standing)
    is_stalled, was_stalled = seconds > after, store.metrics.stalled
    store.metrics.stalled = is_stalled
    if is_stalled:
        _log.critical(
            "stalled: deliveries arrive and no decisions leave",
            seconds=round(seconds),
            waiting=standing.waiting,
            oldest_waiting=standing.oldest,
            last_finished=standing.finished_at,
        )
    elif was_stalled:
        _log.warning("no longer stalled", waiting=standing.waiting)
    await _count_closed(store, store.clock)


async def _count_closed(store: Store, clock: Callable[[], float]) -> None:
    causes = [
        closed[0].by.value
        for at in await store.observed.lines()
        if (closed := closings(await store.line.read(at), clock()))
    ]
    store.metrics.closed(causes, (by.value for by in ClosedBy))
