"""Signed deliveries on raw sockets, many at once: a client that costs little beside the server that it measures."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from simulator.github import Simulator
from simulator.pull_request import PullRequest

LANES = 32
PAYLOAD_BYTES = 20 * 1024
KNOCK_AGAIN_SECONDS = 0.02
ANSWER_WITHIN_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery: its id, and the request with which GitHub sends it."""

    id: str
    request: bytes


@dataclass(slots=True)
class Answers:
    """What came of deliveries: those that were acknowledged, how long each answer took, and how often each status."""

    acknowledged: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def take(self, delivery: Delivery, status: int, seconds: float) -> None:
        """Note one answer."""
        self.statuses[status] += 1
        self.seconds.append(seconds)
        if status == 202:
            self.acknowledged.append(delivery.id)


def labelled(github: Simulator, pull: PullRequest, delivery: str, size: int = PAYLOAD_BYTES) -> Delivery:
    """Make the delivery that a pull request got a label, of so many bytes."""
    owner, _, name = pull.repo.full_name.partition("/")
    installation = github.installation_of(pull.repo)
    payload = {
        "action": "labeled",
        "installation": {"id": installation.id if installation else 0},
        "repository": {"id": pull.repo.id, "name": name, "owner": {"login": owner}},
        "pull_request": {"number": pull.number, "updated_at": "2026-05-02T10:00:00Z", "head": {"sha": pull.head}},
        "padding": "x" * size,
    }
    body = json.dumps(payload).encode()[: size - 2]
    body = body.rstrip(b'"}') + b'"}' if len(body) == size - 2 else body
    return Delivery(delivery, request_of(github.webhook_secret, delivery, body))


def request_of(secret: str, delivery: str, body: bytes, event: str = "pull_request") -> bytes:
    """Make a signed request as GitHub sends it."""
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    lines = (
        "POST /webhook HTTP/1.1",
        "Host: andon",
        "Content-Type: application/json",
        f"X-GitHub-Event: {event}",
        f"X-GitHub-Delivery: {delivery}",
        f"X-Hub-Signature-256: sha256={signature}",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join((*lines, "", "")).encode() + body


async def deliver_all(port: int, deliveries: Iterator[Delivery], lanes: int = LANES) -> Answers:
    """Send deliveries over so many connections, each at once after the answer to the one before."""
    answers = Answers()
    await deliver_until(port, deliveries, lambda: False, answers, lanes)
    return answers


async def deliver_until(
    port: int, deliveries: Iterator[Delivery], is_over: Callable[[], bool], answers: Answers, lanes: int = LANES
) -> None:
    """Send deliveries until there are none left, or it is over; whoever is cut off sends the next, not the same."""

    async def lane() -> None:
        while not is_over():
            with contextlib.suppress(OSError, EOFError, TimeoutError):
                await _connection(port, deliveries, is_over, answers)
                return
            await asyncio.sleep(KNOCK_AGAIN_SECONDS)

    await asyncio.gather(*(lane() for _ in range(lanes)))


async def _connection(port: int, deliveries: Iterator[Delivery], is_over: Callable[[], bool], answers: Answers) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while not is_over() and (delivery := next(deliveries, None)) is not None:
            began = time.perf_counter()
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                status = await exchange(reader, writer, delivery.request)
            answers.take(delivery, status, time.perf_counter() - began)
    finally:
        writer.transport.abort()


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    """Send one request; give the status of its answer. Raises OSError or EOFError where the connection ends."""
    writer.write(request)
    await writer.drain()
    return await answered(reader)


async def answered(reader: asyncio.StreamReader) -> int:
    """Read one answer; give its status."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    length = next((int(line[15:]) for line in lines if line.lower().startswith("content-length:")), 0)
    await reader.readexactly(length)
    return int(lines[0].split(" ")[1])


async def asked(port: int, path: str) -> int:
    """Ask for a page; give its status, or 0 where nobody answers."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                return await exchange(reader, writer, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            finally:
                writer.transport.abort()
    except (OSError, EOFError, TimeoutError):
        return 0
