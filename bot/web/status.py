"""How the work stands, for its operator: one page as JSON, and the metrics for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from bot.address import key_of
from bot.metrics import counter, gauge
from bot.store.engine import StoreUnavailable
from bot.store.observed import SWEPT
from bot.version import our_version
from bot.web.replies import reply

if TYPE_CHECKING:
    from bot.metrics import Family
    from bot.store.observed import Standing
    from bot.store.store import Store

log = structlog.get_logger(__name__)

Refusing = Callable[[web.Request], web.Response | None]


class Status:
    """Answers the operator. `refusal` says who may not ask."""

    def __init__(self, store: Store, refusal: Refusing) -> None:
        self._store = store
        self._refusal = refusal

    async def show(self, request: web.Request) -> web.Response:
        """Give since when the oldest delivery waits, what was given up, the last sweep and decision (Unix times)."""
        if refusal := self._refusal(request):
            return refusal
        standing, metrics = await self._store.observed.standing(), self._store.metrics
        swept = await self._store.mark(SWEPT)
        parked = [
            {"address": key_of(one.address), "parked_at": one.parked_at, "attempts": one.attempts, "error": one.error}
            for one in await self._store.parked()
        ]
        budgets = [
            {"installation": installation, "resource": resource, **asdict(budget)}
            for (installation, resource), budget in sorted(metrics.budgets.items())
        ]
        body = {
            "version": our_version(),
            "now": self._store.clock(),
            "waiting": standing.waiting,
            "oldest_waiting": standing.oldest,
            "stalled": metrics.stalled,
            "parked_count": standing.parked,
            "parked": parked,
            "last_sweep": float(swept) if swept else None,
            "last_finished": standing.finished_at,
            "last_decision": standing.decided_at,
            "clock_skew": metrics.clock_skew,
            "rate_budget": budgets,
        }
        return reply(200, body)

    async def metrics(self, request: web.Request) -> web.Response:
        """Give the metrics. Where the database cannot be read, those of this process alone, and that it is so."""
        if refusal := self._refusal(request):
            return refusal
        try:
            kept = await self._kept()
        except StoreUnavailable as error:
            log.warning("store unavailable", path=request.path, error=str(error))
            kept = (gauge("database_up", _UP, 0.0),)
        body = self._store.metrics.exposition(kept)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    async def _kept(self) -> tuple[Family, ...]:
        standing = await self._store.observed.standing()
        releases, swept = await self._store.observed.releases(), await self._store.mark(SWEPT)
        return kept_families(standing, self._store.clock(), releases, float(swept) if swept else None)


_UP = "Whether the database could be read for this page."


def kept_families(
    standing: Standing, now: float, releases: Mapping[str, int], swept_at: float | None
) -> tuple[Family, ...]:
    """Write as metrics what the database knows; it is the same at every process. Times are Unix seconds."""
    waited = 0.0 if standing.oldest is None else max(0.0, now - standing.oldest)
    moments = (
        ("last_decision_timestamp_seconds", "When a decision was written last.", standing.decided_at),
        ("last_sweep_timestamp_seconds", "When a sweep ended last.", swept_at),
    )
    return (
        gauge("database_up", _UP, 1.0),
        gauge("queue_depth", "Addresses that wait for a look.", standing.waiting),
        gauge("oldest_waiting_seconds", "Seconds since the longest-waiting of them was wanted.", waited),
        gauge("parked", "Addresses that were given up until an event wants them.", standing.parked),
        counter("releases", "Releases that ever reached a state.", "state", releases.items()),
        *(gauge(name, meaning, at) for name, meaning, at in moments if at is not None),
    )
