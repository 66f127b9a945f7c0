"""Sends signed deliveries as fast as they are answered, or at a rate, from a process of its own.

`python -m benchmarks.loader` reads one JSON object from stdin (the fields of `Load`), and writes one (those of
`Answered`). The requests are made before the clock starts, and HTTP is spoken by hand: what sends costs less than what
answers.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import sys
import time
import uuid
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

LATE = 0.99
"""Which part of all answers came no later than what is called p99."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent: bodies in turn as one event, to `url`, for so many seconds; `rate` a second, or 0: all it takes."""

    url: str
    secret: str
    event: str
    bodies: Sequence[str]
    seconds: float
    connections: int = 32
    rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Answered:
    """How it was answered: how many a second with 202, what else came, and the seconds until an answer."""

    per_second: float
    others: int
    half: float
    p99: float


async def loaded(load: Load) -> Answered:
    """Send a load from a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.loader"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate(json.dumps(asdict(load)).encode())
    return Answered(**json.loads(told))


class _Connection(asyncio.Protocol):
    """One connection: sends what it is given, and tells when that was answered."""

    def __init__(self, sender: _Sender) -> None:
        self._sender = sender
        self._came = b""
        self._began = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport if isinstance(transport, asyncio.Transport) else None
        self._sender.free(self)

    def send(self, request: bytes, began: float) -> None:
        """Send one request, which is late from `began` on."""
        self._began = began
        if self._transport is not None:
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, separator, body = self._came.partition(b"\r\n\r\n")
        if not separator or len(body) < _length(head):
            return
        self._came = b""
        self._sender.answered(head[9:12], time.perf_counter() - self._began)
        self._sender.free(self)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0] or b"0")


class _Sender:
    """Gives free connections something to send, at once or when it is due."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._requests = _requests(load)
        self._idle: deque[_Connection] = deque()
        self._due: deque[float] = deque()
        self._ends = float("inf")
        self._statuses: Counter[bytes] = Counter()
        self._took: list[float] = []

    def free(self, connection: _Connection) -> None:
        """Have a connection send what is next."""
        if self._load.rate:
            self._idle.append(connection)
            self._match()
        elif self._ends < float("inf") and time.perf_counter() < self._ends:
            connection.send(next(self._requests), time.perf_counter())
        else:
            self._idle.append(connection)

    def answered(self, status: bytes, seconds: float) -> None:
        """Count an answer."""
        if time.perf_counter() < self._ends or self._load.rate:
            self._statuses[status] += 1
            self._took.append(seconds)

    def _match(self) -> None:
        while self._due and self._idle:
            self._idle.popleft().send(next(self._requests), self._due.popleft())

    async def run(self) -> Answered:
        """Send for as long as was asked."""
        url, loop = urlsplit(self._load.url), asyncio.get_running_loop()
        for _ in range(self._load.connections):
            await loop.create_connection(lambda: _Connection(self), url.hostname or "", url.port or 80)
        connections, began = list(self._idle), time.perf_counter()
        self._ends = began + self._load.seconds
        if self._load.rate:
            await self._at_a_rate(began)
        else:
            for _ in range(len(self._idle)):
                self.free(self._idle.popleft())
            await asyncio.sleep(self._load.seconds)
        for connection in connections:
            connection.close()
        took = sorted(self._took) or [0.0]
        good = self._statuses[b"202"]
        late = took[min(int(len(took) * LATE), len(took) - 1)]
        return Answered(good / self._load.seconds, self._statuses.total() - good, took[len(took) // 2], late)

    async def _at_a_rate(self, began: float) -> None:
        for number in range(int(self._load.rate * self._load.seconds)):
            due = began + number / self._load.rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            self._due.append(due)
            self._match()
        await asyncio.sleep(1.0)  # for the last answers


def _requests(load: Load) -> Iterator[bytes]:
    """Give requests for ever, each a delivery of its own."""
    url = urlsplit(load.url)
    made = []
    for body in map(str.encode, load.bodies):
        signature = hmac.new(load.secret.encode(), body, hashlib.sha256).hexdigest()
        head = (
            f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Type: application/json\r\n"
            f"X-GitHub-Event: {load.event}\r\nX-Hub-Signature-256: sha256={signature}\r\n"
            f"Content-Length: {len(body)}\r\nX-GitHub-Delivery: "
        )
        made.append((head.encode(), b"\r\n\r\n" + body))
    run = uuid.uuid4().hex
    for number, (head_of, tail) in enumerate(itertools.cycle(made)):
        yield head_of + f"{run}-{number}".encode() + tail


def main() -> None:
    """Send what stdin asks for, and tell how it was answered."""
    load = Load(**json.load(sys.stdin))
    print(json.dumps(asdict(asyncio.run(_Sender(load).run()))))


if __name__ == "__main__":
    main()
