"""POST /webhook: check the signature over the raw bytes, keep what the delivery wants, and only then say 202."""

from __future__ import annotations

import asyncio
import hmac
import re
import time
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from bot.address import key_of
from bot.events import Hearing, heard, interpret
from bot.payload import fields_of
from bot.store.engine import StoreUnavailable
from bot.web.replies import refuse, reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.store.store import Store

log = structlog.get_logger(__name__)

LARGEST_BODY = 25 * 1024 * 1024  # above it GitHub does not deliver at all
BODY_WITHIN_SECONDS = 10.0  # GitHub gives up on an answer after ten seconds
LARGE_BODY = 64 * 1024  # few deliveries of GitHub are larger
LARGE_AT_ONCE = 2  # whoever sends them may be anybody, and each is in memory as a whole
PLACE_WITHIN_SECONDS = 5.0
DELIVERY = re.compile(r"[!-~]{1,100}")
EVENT = re.compile(r"[a-z0-9_]{1,60}")
HEARD = heard() | {"ping"}
ADDRESSES_LOGGED = 10


class Refusal(Exception):  # noqa: N818 - an answer to the sender, not an error of ours
    """A delivery that is not taken: the HTTP status, and what to mend."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


@dataclass(slots=True)
class _Came:
    """What is known of a delivery so far. Before its signature is checked that is nothing: a stranger may have sent it.

    `answer` is new, known, or the status of a refusal.
    """

    delivery: str = ""
    event: str = ""
    answer: str = "500"

    @property
    def kind(self) -> str:
        """Name the event for counting: those that are listened to, and no others."""
        return self.event if self.event in HEARD else "other" if self.event else "unsigned"


class Webhook:
    """Takes deliveries of GitHub. `secrets` are those that may sign one: the current, and the one before it."""

    def __init__(self, store: Store, secrets: tuple[bytes, ...], heard_by: Hearing) -> None:
        if not secrets or not all(secrets):
            raise ValueError("a webhook without a secret would believe anybody")
        self._store = store
        self._secrets = secrets
        self._heard_by = heard_by
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)

    async def post(self, request: web.Request) -> web.Response:
        """Take one delivery; 202 is said only after it is committed."""
        began, came = time.monotonic(), _Came()
        try:
            async with self._large_place() if _may_be_large(request) else nullcontext():
                response = await self._read_and_take(came, request)
        except Refusal as refusal:
            log.info("delivery refused", status=refusal.status, why=refusal.error, peer=request.remote)
            came.answer, response = str(refusal.status), refuse(refusal.status, refusal.error)
        self._store.metrics.delivered(came.kind, came.answer, time.monotonic() - began)
        return response

    @asynccontextmanager
    async def _large_place(self) -> AsyncIterator[None]:
        """Give a large body room in memory: there are few at once."""
        try:
            async with asyncio.timeout(PLACE_WITHIN_SECONDS):
                await self._large.acquire()
        except TimeoutError:
            raise Refusal(503, "Too many large deliveries come at once; redeliver it later.") from None
        try:
            yield
        finally:
            self._large.release()

    async def _read_and_take(self, came: _Came, request: web.Request) -> web.Response:
        """Read a delivery, believe it if it is signed, and take it."""
        body = await _read(request)
        await self._check_signature(body, request.headers)
        came.delivery, came.event = _named(request.headers)
        return await self._take(came, parse(body, request.content_type))

    async def _take(self, came: _Came, payload: Mapping[str, object]) -> web.Response:
        """Keep what a delivery wants, and say so."""
        wants = interpret(came.event, payload, self._heard_by)
        try:
            is_new = await self._store.accept(came.delivery, came.event, wants)
        except StoreUnavailable as error:
            log.warning("delivery not kept", delivery=came.delivery, error=str(error))
            came.answer = "503"
            return refuse(503, "The delivery could not be kept; redeliver it later.")
        came.answer = "new" if is_new else "known"
        addresses = [key_of(want.address) for want in wants[:ADDRESSES_LOGGED]]
        kept = {"delivery": came.delivery, "new": is_new}
        log.info("delivery", **kept, kind=came.event, wanted=len(wants), addresses=addresses)
        return reply(202, {**kept, "wanted": len(wants) if is_new else 0})

    async def _check_signature(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Refuse what no secret signed; a large body is hashed in a thread, so that others are answered meanwhile."""
        given = (body, headers.get("X-Hub-Signature-256"), self._secrets)
        signed = await asyncio.to_thread(is_signed, *given) if len(body) > LARGE_BODY else is_signed(*given)
        if not signed:
            raise Refusal(
                401, "X-Hub-Signature-256 is missing or wrong: set the same webhook secret here and at GitHub."
            )


def is_signed(body: bytes, signature: str | None, secrets: tuple[bytes, ...]) -> bool:
    """Tell whether one of the secrets signed these raw bytes with SHA-256, in a time that tells nothing."""
    given = (signature or "").encode(errors="surrogateescape")
    matches = [
        hmac.compare_digest(b"sha256=" + hmac.digest(secret, body, "sha256").hex().encode(), given)
        for secret in secrets
        if secret
    ]
    return any(matches)


def parse(body: bytes, content_type: str) -> Mapping[str, object]:
    """Read a body that is a JSON object in UTF-8. Raises Refusal for anything else."""
    if content_type != "application/json":
        raise Refusal(400, "The delivery is not JSON: set the webhook's content type to application/json.")
    try:
        payload = fields_of(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise Refusal(400, "The delivery is not UTF-8.") from None
    except RecursionError:
        raise Refusal(400, "The delivery is nested too deeply.") from None
    except ValueError:
        raise Refusal(400, "The delivery is not valid JSON.") from None
    if not isinstance(payload, dict):
        raise Refusal(400, "The delivery is JSON, but not an object.")
    return payload


def _named(headers: Mapping[str, str]) -> tuple[str, str]:
    delivery, event = headers.get("X-GitHub-Delivery", ""), headers.get("X-GitHub-Event", "")
    if DELIVERY.fullmatch(delivery) is None:
        raise Refusal(400, "X-GitHub-Delivery is missing or odd: GitHub sends a unique id there.")
    if EVENT.fullmatch(event) is None:
        raise Refusal(400, "X-GitHub-Event is missing or odd: GitHub names the event there.")
    return delivery, event


def _may_be_large(request: web.Request) -> bool:
    """Tell whether a body may be large; one of unknown length may."""
    length = request.content_length
    return request.can_read_body if length is None else length > LARGE_BODY


async def _read(request: web.Request) -> bytes:
    """Read the raw body, and never more of it than is allowed."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refusal(415, "Content-Encoding is not taken here: send the delivery as it is.")
    too_large = Refusal(413, f"The delivery is larger than {LARGEST_BODY} bytes.")
    if (request.content_length or 0) > LARGEST_BODY:
        raise too_large
    if request.content.is_eof():  # all of it is here, as it is with most deliveries
        return request.content.read_nowait()
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN_SECONDS):
            async for piece in request.content.iter_any():
                body += piece
                if len(body) > LARGEST_BODY:
                    raise too_large
    except TimeoutError:
        raise Refusal(408, f"The delivery did not arrive within {BODY_WITHIN_SECONDS:.0f} seconds.") from None
    return bytes(body)
