"""What andon reads as the App itself: where it is installed, and which deliveries did not arrive."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from bot.address import Repository
from bot.github.connection import Connection
from bot.github.errors import Gone, Refused
from bot.github.tokens import Purpose, Scope


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to deliver one webhook. A redelivery has the same `guid` and an `id` of its own."""

    id: int
    guid: str
    arrived: bool
    delivered_at: float


async def installations(connection: Connection) -> AsyncIterator[int]:
    """Yield the ids of all installations that are not suspended."""
    async for page in connection.app_pages("/app/installations?per_page=100"):
        for installation in page:
            if not installation.get("suspended_at"):
                yield installation["id"]


async def repositories(connection: Connection, installation: int) -> AsyncIterator[Repository]:
    """Yield the repositories of one installation, without archived ones."""
    scope = Scope(installation, None, Purpose.LOOK)
    async for page in connection.pages(scope, "/installation/repositories?per_page=100"):
        for found in page["repositories"]:
            if not found.get("archived"):
                yield Repository(installation, found["owner"]["login"], found["name"])


async def deliveries(connection: Connection, since: float) -> AsyncIterator[Delivery]:
    """Yield attempts to deliver, newest first, back to a Unix time. GitHub keeps three days."""
    async for page in connection.app_pages("/app/hook/deliveries?per_page=100"):
        for found in page:
            moment = datetime.fromisoformat(found["delivered_at"]).timestamp()
            if moment < since:
                return
            yield Delivery(found["id"], found["guid"], found["status"] == "OK", moment)


async def redeliver(connection: Connection, delivery: Delivery) -> bool:
    """Ask GitHub to deliver once more; False where it no longer can."""
    try:
        await connection.as_app("POST", f"/app/hook/deliveries/{delivery.id}/attempts", {})
    except (Gone, Refused):
        return False
    return True
