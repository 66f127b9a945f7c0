"""The evaluations of one pull request as JSON: the one that stood at a moment, and all of them with what changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.history import changes
from bot.moments import moment, second_of
from bot.store.decisions_kept import MOST_AT_ONCE, Evaluated
from bot.web.replies import refuse, reply
from bot.why import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from bot.store.store import Store

ID = re.compile(r"[0-9]{1,18}")
LISTED = ("standing", "sentence", "next", "exit_code", "head", "policy", "conclusion", "actions", "milliseconds")
"""What the list shows of each evaluation; `why` at its time gives the rest."""


class Evaluations:
    """Answers what andon decided on a pull request and why. `refusal` answers who may not ask."""

    def __init__(self, store: Store, refusal: Callable[[web.Request], web.Response | None]) -> None:
        self._store = store
        self._refusal = refusal

    async def why(self, request: web.Request) -> web.Response:
        """Give the evaluation that stood at `at` (a moment, or how long ago), else the latest, and what it means."""
        if refusal := self._refusal(request):
            return refusal
        try:
            at = moment(request.query["at"], self._store.clock()) if "at" in request.query else None
        except ValueError as error:
            return refuse(400, f"`at`: {error}.")
        owner, name, number = _place(request)
        found = await self._store.evaluation(owner, name, number, at)
        return await self._nothing(owner, name, number) if found is None else reply(200, _shown(found))

    async def decisions(self, request: web.Request) -> web.Response:
        """List the evaluations, the newest first, each with what changed; `before` goes on below an id."""
        if refusal := self._refusal(request):
            return refusal
        before = request.query.get("before", "")
        if before and not ID.fullmatch(before):
            return refuse(400, "`before` is the number that the answer before gave as `before`.")
        owner, name, number = _place(request)
        found = await self._store.evaluations(owner, name, number, int(before) if before else None)
        if not found and not before:
            return await self._nothing(owner, name, number)
        whole = len(found) < MOST_AT_ONCE
        listed, earlier = (found, (*found, None)[1:]) if whole else (found[:-1], found[1:])
        shown = [_listed(one, previous) for one, previous in zip(listed, earlier, strict=True)]
        return reply(200, {"decisions": shown, "before": None if whole else listed[-1].id})

    async def _nothing(self, owner: str, name: str, number: int) -> web.Response:
        place, since = f"{owner}/{name}#{number}", await self._store.recorded_since(owner, name, number)
        if since is not None:
            return refuse(404, f"Of {place} nothing is recorded before {second_of(since)}: ask for a later moment.")
        cure = "check the number, and that andon is installed there and its policy governs the base branch"
        return refuse(404, f"Nothing is recorded of {place}: {cure}.")


def _place(request: web.Request) -> tuple[str, str, int]:
    match = request.match_info
    return match["owner"], match["repo"], int(match["number"])


def _shown(one: Evaluated) -> dict[str, object]:
    return {**told(one.record), "evaluation": {**_times(one), "last": one.last}}


def _listed(one: Evaluated, previous: Evaluated | None) -> dict[str, object]:
    whole = told(one.record)
    changed = changes(previous.record if previous else None, one.record)
    return {**_times(one), "changed": changed, **{key: whole.get(key) for key in LISTED}}


def _times(one: Evaluated) -> dict[str, object]:
    return {"id": one.id, "at": one.at, "last_at": one.last_at, "looks": one.looks}
