"""DORA's metrics of some repositories over a period, as JSON."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.dora.as_json import Scope, as_json
from bot.dora.counting import metrics
from bot.dora.periods import LONGEST_DAYS, Period
from bot.text.moments import moment
from bot.web.replies import refuse, reply

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from aiohttp import web

    from bot.store.dora_kept import Recorded
    from bot.store.store import Store

SINCE = "90d"
ENVIRONMENT = "production"
ASKED = ("repository", "since", "until", "environment", "branch", "zone")


class Dora:
    """Answers what DORA's metrics come to. `refusal` answers who may not ask."""

    def __init__(self, store: Store, refusal: Callable[[web.Request], web.Response | None]) -> None:
        self._store = store
        self._refusal = refusal

    async def metrics(self, request: web.Request) -> web.Response:
        """Give the metrics of every `repository` that is named, else of all, `since` a moment `until` another."""
        if refusal := self._refusal(request):
            return refusal
        try:
            period = self._period(request)
        except ValueError as error:
            return refuse(400, f"{error}.")
        query = request.query
        environment, branch = query.get("environment") or ENVIRONMENT, query.get("branch") or None
        found = await self._store.dora.recorded(query.getall("repository", []), environment, branch)
        if found.unknown:
            return refuse(404, _nothing_of(found))
        scope = Scope(found.repositories, environment, branch, found.since, found.environments)
        return reply(200, as_json(await asyncio.to_thread(metrics, found.releases, period), scope))

    def _period(self, request: web.Request) -> Period:
        """Read the period. Raises ValueError with place, problem and cure."""
        for name in request.query:
            if name not in ASKED:
                raise ValueError(f"`{name}` is not asked for here: write {', '.join(ASKED)}")
        now = self._store.clock()
        since = _moment(request, "since", SINCE, now)
        until = min(now, _moment(request, "until", repr(now), now))
        if since >= until:
            raise ValueError("`since` is not before `until` and now: write an earlier moment, such as since=90d")
        period = Period(since, until, _zone(request.query.get("zone") or "UTC"))
        if period.days > LONGEST_DAYS:
            raise ValueError(f"`since`: {period.days:.0f} days are too many: ask for {LONGEST_DAYS} at most")
        return period


def _moment(request: web.Request, name: str, default: str, now: float) -> float:
    try:
        return moment(request.query.get(name) or default, now)
    except ValueError as error:
        raise ValueError(f"`{name}`: {error}") from None


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"`zone`: {name[:40]!r} is no time zone: write one such as Europe/Berlin, or UTC") from None


def _nothing_of(found: Recorded) -> str:
    named = ", ".join(name[:200] for name in found.unknown[:5])
    cure = "check the name (owner/repo), and that andon is installed there and has judged a pull request"
    return f"Nothing is recorded of {named}: {cure}."
