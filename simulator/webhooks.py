"""Deliveries: signed, sent once, given ten seconds, written down, and never sent again by themselves."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from simulator.github import Simulator
    from simulator.records import Json

DEADLINE = 10.0  # seconds to answer (docs, best practices for using webhooks)
MAX_PAYLOAD = 25 * 1024 * 1024  # a larger one is not sent at all (docs, webhook events and payloads)
KEPT = 3 * 24 * 3600.0  # seconds for which a delivery can be sent again (docs, redelivering webhooks)
AT_ONCE = 16
MEMORY = 4000  # deliveries remembered


@dataclass(slots=True)
class Delivery:
    """One attempt to deliver one event. `status` is `OK` or why not; `status_code` 0 where nobody answered."""

    id: int
    guid: str
    event: str
    action: str | None
    body: bytes
    installation_id: int | None
    repository_id: int | None
    at: float
    redelivery: bool = False
    status: str = "pending"
    status_code: int = 0
    duration: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def payload(self) -> Json:
        """The event's JSON."""
        loaded: Json = json.loads(self.body)
        return loaded


class Webhooks:
    """Sends events to the App's webhook and remembers each attempt."""

    def __init__(self, github: Simulator, secret: str) -> None:
        self.github = github
        self.secret = secret.encode()
        self.url: str | None = None
        self.hook_id = github.next_id()
        self.sent: deque[Delivery] = deque(maxlen=MEMORY)
        self.held: list[Delivery] = []
        self.carry: Callable[[Delivery], Awaitable[int]] = self._post
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._gate = asyncio.Semaphore(AT_ONCE)

    def send(self, name: tuple[str, str | None], payload: Json, place: tuple[int | None, int | None]) -> None:
        """Emit (event, action) for (installation, repository); the knobs may lose, hold or double it."""
        event, action = name
        body = json.dumps(payload, ensure_ascii=False).encode()
        if len(body) > MAX_PAYLOAD:
            return
        delivery = Delivery(self.github.next_id(), str(uuid.uuid4()), event, action, body, *place, self.github.now())
        for observer in self.github.observers:
            observer.on_webhook(event, payload)
        self._dispose(delivery)

    def _dispose(self, delivery: Delivery) -> None:
        knobs = self.github
        if knobs.lost.takes(delivery):
            return
        if self.url is None:
            delivery.status = "no webhook URL"
            self.sent.append(delivery)
            return
        if knobs.holding.takes(delivery):
            self.held.append(delivery)
            return
        for _ in range(2 if knobs.doubled.takes(delivery) else 1):
            self._start(delivery)

    def release(self, *, reverse: bool = False) -> None:
        """Send what was held, in order or the other way round."""
        held, self.held = self.held, []
        for delivery in reversed(held) if reverse else held:
            self._start(delivery)

    def again(self, delivery: Delivery) -> None:
        """Redeliver: the same GUID and body, as a new attempt."""
        body, place = delivery.body, (delivery.installation_id, delivery.repository_id)
        name = (delivery.guid, delivery.event, delivery.action)
        copy = Delivery(self.github.next_id(), *name, body, *place, self.github.now(), redelivery=True)
        if self.url is None:
            copy.status = "no webhook URL"
            self.sent.append(copy)
            return
        self._start(copy)

    def _start(self, delivery: Delivery) -> None:
        self.sent.append(delivery)
        task = asyncio.get_running_loop().create_task(self._deliver(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait until no delivery is under way; what is held does not count."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def signed(self, delivery: Delivery) -> dict[str, str]:
        """Make the headers of a delivery, with both signatures over its raw body."""
        new = hmac.new(self.secret, delivery.body, hashlib.sha256).hexdigest()
        legacy = hmac.new(self.secret, delivery.body, hashlib.sha1).hexdigest()
        return {
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/simulator",
            "X-GitHub-Event": delivery.event,
            "X-GitHub-Delivery": delivery.guid,
            "X-GitHub-Hook-ID": str(self.hook_id),
            "X-GitHub-Hook-Installation-Target-ID": str(self.github.app_id),
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            "X-Hub-Signature": f"sha1={legacy}",
            "X-Hub-Signature-256": f"sha256={new}",
        }

    async def _deliver(self, delivery: Delivery) -> None:
        delivery.headers = self.signed(delivery)
        async with self._gate:
            began = asyncio.get_running_loop().time()
            try:
                delivery.status_code = await self.carry(delivery)
                delivery.status = "OK" if 200 <= delivery.status_code < 300 else "Invalid HTTP Response"  # noqa: PLR2004 - the range of HTTP success
            except TimeoutError:
                delivery.status = "timed out"
            except aiohttp.ClientError:
                delivery.status = "failed to connect to host"
            delivery.duration = asyncio.get_running_loop().time() - began

    async def _post(self, delivery: Delivery) -> int:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self.github.delivery_deadline))
        url = self.url or ""
        async with self._session.post(url, data=delivery.body, headers=delivery.headers, allow_redirects=False) as got:
            await got.read()
            return got.status

    async def close(self) -> None:
        """Stop what is under way and close the connections."""
        for task in self._tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
