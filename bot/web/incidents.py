"""The incidents of a repository as JSON: since when, restored when, and what people mean to do about each."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.web.replies import reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from bot.store.incidents_kept import KeptIncident
    from bot.store.store import Store


class Incidents:
    """Answers which incidents there were. `refusal` answers who may not ask."""

    def __init__(self, store: Store, refusal: Callable[[web.Request], web.Response | None]) -> None:
        self._store = store
        self._refusal = refusal

    async def listed(self, request: web.Request) -> web.Response:
        """List the newest hundred, the newest first, each with its actions; `overdue` is by days in UTC."""
        if refusal := self._refusal(request):
            return refusal
        owner, name = request.match_info["owner"], request.match_info["repo"]
        now = self._store.clock()
        return reply(200, {"incidents": [_shown(one, now) for one in await self._store.incidents.all_of(owner, name)]})


def _shown(one: KeptIncident, now: float) -> dict[str, object]:
    incident, post = one.incident, one.post
    actions = [{**asdict(action), "overdue": action.is_overdue(now)} for action in post.agreed.actions]
    return {
        "sha": incident.sha,
        "pull_request": incident.number,
        "branch": one.branch,
        "failed": list(incident.members),
        "began_at": incident.began_at,
        "restored_at": incident.restored_at,
        "restored_by": incident.restored_by or None,
        "issue": post.issue,
        "issue_closed": post.closed,
        "said": post.said,
        "state": "closed" if post.counts_as_closed else "open",
        "none_needed": post.agreed.none_needed or None,
        "actions": actions,
        "open_actions": sum(not action.done for action in post.agreed.actions),
        "overdue_actions": sum(action.is_overdue(now) for action in post.agreed.actions),
    }
