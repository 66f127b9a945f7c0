"""What andon knows, as JSON, for those who may: bearers of the API token, or this machine where none is set."""

from __future__ import annotations

import hmac
import ipaddress
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

from aiohttp import web

from bot.line.words import as_json
from bot.settings import LOOPBACK_HOSTS
from bot.store.line_kept import At
from bot.web.replies import refuse, reply
from rules.flag_wrapped import FlagWrapped

if TYPE_CHECKING:
    from bot.requests.requests import Answer
    from bot.restore.restore import TakenBack
    from bot.store.ledger import Release
    from bot.store.store import Store

BEFORE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")
FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded")


class Api:
    """Answers questions about pull requests and about the state of the work."""

    def __init__(self, store: Store, token: str) -> None:
        self._store = store
        self._token = token.encode()

    async def pull_request(self, request: web.Request) -> web.Response:
        """Give the latest decision on a pull request, and its release if it has landed."""
        if refusal := self.refusal(request):
            return refusal
        owner, name, number = (request.match_info[part] for part in ("owner", "repo", "number"))
        record = await self._store.decision(owner, name, int(number))
        release = await self._store.release_of_pull_request(owner, name, int(number))
        taken = await self._store.reverts.of_pull_request(owner, name, int(number))
        if record is None and release is None:
            return refuse(404, f"Nothing is known of {owner}/{name}#{number}.")
        return reply(200, {**(record or {}), **_with_release(release, taken)})

    async def release(self, request: web.Request) -> web.Response:
        """Give how the release of one landed commit stands, what was seen of it, and what takes it back."""
        if refusal := self.refusal(request):
            return refusal
        owner, name, sha = (request.match_info[part] for part in ("owner", "repo", "sha"))
        release, taken = await self._store.reverts.release(owner, name, sha)
        if release is None and taken is None:
            return refuse(404, f"Nothing is known of a release of {sha} in {owner}/{name}.")
        return reply(200, _with_release(release, taken))

    async def audit(self, request: web.Request) -> web.Response:
        """Give what people asked for in a repository and what became of it, the newest first; `before` goes further."""
        if refusal := self.refusal(request):
            return refusal
        before = request.query.get("before", "")
        if before and not BEFORE.fullmatch(before):
            return refuse(400, "`before` is a Unix time, such as before=1767225600.5: the `at` of the last one shown.")
        owner, name = request.match_info["owner"], request.match_info["repo"]
        answers = await self._store.audit(owner, name, float(before) if before else None)
        return reply(200, {"requests": [_audited(number, answer) for number, answer in answers]})

    async def flags(self, request: web.Request) -> web.Response:
        """Give the feature flags that pull requests brought to a repository, the longest there first.

        `stale_after` is the age in seconds at which the policy calls one stale that is still there.
        """
        if refusal := self.refusal(request):
            return refusal
        owner, name = request.match_info["owner"], request.match_info["repo"]
        known = await self._store.flags(owner, name)
        seen = await self._store.stale_after(owner, name)
        age = FlagWrapped().stale_after if seen is None else seen
        before = self._store.clock() - age
        listed = [{**asdict(flag), "stale": flag.removed_at is None and flag.first_seen < before} for flag in known]
        return reply(200, {"stale_after": age, "flags": listed})

    async def line(self, request: web.Request) -> web.Response:
        """Give the line into one branch: open or closed, why, and who stands in it in order."""
        if refusal := self.refusal(request):
            return refusal
        branch = request.query.get("branch", "")
        if not branch:
            return refuse(400, "Say into which branch, such as branch=main.")
        owner, name = request.match_info["owner"], request.match_info["repo"]
        line = await self._store.line.read(At(owner.lower(), name.lower(), branch))
        return reply(200, as_json(line, self._store.clock()))

    def refusal(self, request: web.Request) -> web.Response | None:
        """Answer who may not ask; None for who may."""
        if self._token:
            given = request.headers.get("Authorization", "").encode(errors="surrogateescape")
            if hmac.compare_digest(b"Bearer " + self._token, given):
                return None
            refusal = refuse(401, "Send `Authorization: Bearer` with the API_TOKEN that andon was started with.")
            refusal.headers["WWW-Authenticate"] = "Bearer"
            return refusal
        if is_from_this_machine(request):
            return None
        return refuse(403, "Only this machine may ask: set API_TOKEN to let others in.")


def is_from_this_machine(request: web.Request) -> bool:
    """Tell whether a request was made here, not by a proxy for others nor by a browser that a strange name led here."""
    if any(header in request.headers for header in FORWARDED):
        return False
    try:
        peer = ipaddress.ip_address(request.remote or "")
    except ValueError:
        return False
    return peer.is_loopback and (request.url.host or "") in LOOPBACK_HOSTS


def _audited(number: int, answer: Answer) -> dict[str, object]:
    request = answer.request
    return {
        "pull_request": number,
        "verb": request.verb.value if request.verb else None,
        "rule": request.rule,
        "reason": request.reason,
        "said": request.line,
        "by": request.by.login,
        "account": request.by.id,
        "asked_at": request.at,
        "at": answer.at,
        "head": answer.head,
        "tree": answer.tree,
        "refusal": answer.refusal,
        "source": request.source,
    }


def _with_release(release: Release | None, taken: TakenBack | None) -> dict[str, object]:
    shown: dict[str, object] = {"release": _shown(release)} if release else {}
    return {**shown, **({"restore": restore_json(taken)} if taken else {})}


def restore_json(taken: TakenBack) -> dict[str, object]:
    """Write how far taking something back is, and who must act."""
    shown = asdict(taken)
    return {**shown, "asked_by": shown.pop("login") or None, "who": taken.who or None}


def _shown(release: Release) -> dict[str, object]:
    shown = asdict(release)
    shown["repository"] = release.repository.full_name
    shown["number"] = release.number or None
    watch = shown.pop("watch")
    return {**shown, **watch}
