"""What tests of the web start from: a key, signed deliveries, and a service on a real socket."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import ClientSession

    from bot.store.store import Store

SECRET = b"a webhook secret of enough bytes"
PREVIOUS = b"the webhook secret of last month"
HEAD = "a" * 40


@cache
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


@dataclass(frozen=True, slots=True)
class Running:
    """A service that listens, and its store."""

    port: int
    store: Store
    http: ClientSession


def opened(number: int = 3) -> dict[str, object]:
    """The parts that matter of a delivery that a pull request was opened."""
    return {
        "action": "opened",
        "installation": {"id": 7},
        "repository": {"id": 70, "name": "shop", "owner": {"login": "octo"}},
        "pull_request": {"number": number, "updated_at": "2026-05-02T10:00:00Z", "head": {"sha": HEAD}},
    }


def body_of(payload: object) -> bytes:
    return json.dumps(payload).encode()


def signature(body: bytes, secret: bytes = SECRET, digest: str = "sha256") -> str:
    return f"{digest}={hmac.new(secret, body, getattr(hashlib, digest)).hexdigest()}"


def headers(body: bytes, delivery: str | None = "d1", **others: str | None) -> dict[str, str]:
    """Headers as GitHub sends them; name one (with _ for -) to change it, or as None to leave it out."""
    usual: dict[str, str | None] = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "pull_request",
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": signature(body),
    }
    changed = {name.replace("_", "-"): value for name, value in others.items()}
    return {name: value for name, value in {**usual, **changed}.items() if value is not None}


async def deliver(running: Running, body: bytes, with_headers: Mapping[str, str]) -> tuple[int, dict[str, object]]:
    async with running.http.post("/webhook", data=BytesIO(body), headers=with_headers) as response:
        return response.status, await response.json()


async def keeps_nothing(running: Running, delivery: str = "d1") -> bool:
    """Tell whether nothing is wanted and the delivery is still unknown."""
    return await running.store.next_due() is None and await running.store.accept(delivery, "ping", [])


def set_pragma(store: Store, pragma: str) -> None:
    """Change the one connection that writes, as a failing disk would, outside of any transaction."""
    connection = store._engines.writer.raw_connection()  # noqa: SLF001 - no caller of the store may reach it
    connection.cursor().execute(f"PRAGMA {pragma}")
    connection.close()
