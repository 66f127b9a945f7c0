"""The evaluations of one pull request as JSON: the one that stood at a moment, and all of them with what changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.evaluation.history import changes
from bot.evaluation.why import told
from bot.store.decisions_kept import MOST_AT_ONCE, Evaluated
from bot.text.moments import moment, second_of
from bot.web.api import restore_json
from bot.web.replies import refuse, reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from bot.restore.restore import TakenBack
    from bot.store.ledger import Release
    from bot.store.store import Store

ID = re.compile(r"[0-9]{1,18}")
AT_ONCE = 20
"""How many are listed where nobody says."""

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
        if found is None:
            return await self._nothing(owner, name, number)
        if at is not None:
            return reply(200, _shown(found, None, None))
        taken = await self._store.reverts.of_pull_request(owner, name, number)
        return reply(200, _shown(found, taken, await self._store.release_of_pull_request(owner, name, number)))

    async def decisions(self, request: web.Request) -> web.Response:
        """List the evaluations, the newest first, each with what changed; `before` goes on below an id.

        `limit` says how many, a hundred at most.
        """
        if refusal := self._refusal(request):
            return refusal
        before = request.query.get("before", "")
        if before and not ID.fullmatch(before):
            return refuse(400, "`before` is the number that the answer before gave as `before`.")
        limit = request.query.get("limit", str(AT_ONCE))
        if not ID.fullmatch(limit) or not 1 <= int(limit) <= MOST_AT_ONCE:
            return refuse(400, f"`limit` is a number from 1 to {MOST_AT_ONCE}.")
        place, most = _place(request), int(limit) + 1  # one more, for what changed since
        found = await self._store.evaluations(place, int(before) if before else None, most)
        if not found and not before:
            return await self._nothing(*place)
        whole = len(found) < most
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


def _shown(one: Evaluated, taken: TakenBack | None, release: Release | None) -> dict[str, object]:
    record = {**one.record, "restore": restore_json(taken)} if taken is not None else one.record
    if release is not None:
        record = {**record, "release": {"state": release.state.value, "detail": release.detail}}
    return {**told(record), "evaluation": {**_times(one), "last": one.last}}


def _listed(one: Evaluated, previous: Evaluated | None) -> dict[str, object]:
    whole = told(one.record)
    changed = changes(previous.record if previous else None, one.record)
    return {**_times(one), "changed": changed, **{key: whole.get(key) for key in LISTED}}


def _times(one: Evaluated) -> dict[str, object]:
    return {"id": one.id, "at": one.at, "last_at": one.last_at, "looks": one.looks}
