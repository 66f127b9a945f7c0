"""Strangers: thousands of connections that say nothing whole, and bodies that are too large, slow or packed."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import resource
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from tests.faults.figures import Figure, Place, at_most, exactly, percentile
from tests.faults.load import Answers, answered, exchange, labelled, request_of
from tests.faults.serving import Scene, memory_of, scene, until_ready

MIB = 1024 * 1024
SPARED_FILES = 200
GOOD_PAUSE_SECONDS = 0.005
MEMORY_MIB = 256
HEAD = b"POST /webhook HTTP/1.1\r\nHost: andon\r\nContent-Type: application/json\r\n"


@dataclass(frozen=True, slots=True)
class Size:
    """How many hold connections open, how many send the largest body at once, and how many good deliveries come."""

    silent: int
    large: int
    good: int


FULL = Size(2000, 32, 400)
SMALL = Size(200, 8, 40)


async def measured(size: Size, place: Place) -> list[Figure]:
    """Let good deliveries come while strangers do what they can."""
    async with scene(place, 1) as town, town.served() as process:
        await until_ready(town.port)
        with _raised():
            return await _measured(size, town, process)


async def _measured(size: Size, town: Scene, process: asyncio.subprocess.Process) -> list[Figure]:
    async with _silent(town.port, size.silent) as strangers:
        good = await _good(town, size.good, "silent")
    shut = await _shut(town.port)
    flood = asyncio.gather(*(_large(town.port) for _ in range(size.large)), return_exceptions=True)
    beside = await _good(town, size.good, "large")
    answers = await flood
    too_large = [await _too_large(town.port, chunked=chunked) for chunked in (False, True)]
    packed = await _packed(town)
    after = await _good(town, 5, "after")
    memory = memory_of(process)
    return [
        exactly("strangers connected", strangers, size.silent),
        at_most("p99 beside silent connections", percentile(good.seconds, 0.99) * 1000, 200, " ms"),
        at_most("p99 beside unsigned bodies of 25 MiB", percentile(beside.seconds, 0.99) * 1000, 200, " ms"),
        exactly("good deliveries not taken", 2 * size.good + 5 - _taken(good, beside, after), 0),
        exactly("half a request is ended with", shut, "nothing"),
        exactly("unsigned bodies that were taken", sum(answer == 202 for answer in answers), 0),
        exactly("26 MiB, announced and in chunks", too_large, [413, 413]),
        exactly("200 MiB packed into 200 KiB", packed, 415),
        at_most("memory at most", memory, MEMORY_MIB, " MiB"),
    ]


def _taken(*answers: Answers) -> int:
    return sum(one.statuses[202] for one in answers)


@contextmanager
def _raised() -> Iterator[None]:
    """Let this process open as many files as it may, for it holds the other end of each connection."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@asynccontextmanager
async def _silent(port: int, most: int) -> AsyncIterator[int]:
    """Hold connections open that have sent the beginning of their headers; give how many were let in."""
    writers = []
    for _ in range(most):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"POST /webhook HTTP/1.1\r\nHost: an")
            writers.append(writer)
    try:
        yield len(writers)
    finally:
        for writer in writers:
            writer.transport.abort()


async def _good(town: Scene, number: int, name: str) -> Answers:
    """Send good deliveries one after the other, each over a connection of its own, as GitHub does."""
    answers = Answers()
    for index in range(number):
        delivery = labelled(town.github, town.pulls[0], f"{name}-{index}")
        began = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", town.port)
        status = await exchange(reader, writer, delivery.request)
        answers.take(delivery, status, time.perf_counter() - began)
        writer.transport.abort()
        await asyncio.sleep(GOOD_PAUSE_SECONDS)
    return answers


async def _shut(port: int) -> str:
    """Tell what comes back on a connection whose headers never end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD)
    try:
        async with asyncio.timeout(15):
            return (await reader.read(100)).decode() or "nothing"
    except OSError:
        return "nothing"
    finally:
        writer.transport.abort()


async def _large(port: int) -> int:
    """Send the largest body that is read at all, unsigned; give the answer, or 0 where there is none."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    piece = b" " * MIB
    try:
        writer.write(HEAD + f"Content-Length: {25 * MIB}\r\n\r\n".encode())
        for _ in range(25):
            writer.write(piece)
            await writer.drain()
        return await answered(reader)
    except (OSError, EOFError):
        return 0
    finally:
        writer.transport.abort()


async def _too_large(port: int, *, chunked: bool) -> int:
    """Send 26 MiB; give the answer, which may come before all is sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    length = b"Transfer-Encoding: chunked" if chunked else f"Content-Length: {26 * MIB}".encode()
    writer.write(HEAD + length + b"\r\n\r\n")
    answering = asyncio.create_task(answered(reader))
    piece = b" " * MIB
    with contextlib.suppress(OSError):
        for _ in range(26):
            if answering.done():
                break
            writer.write(b"%x\r\n%s\r\n" % (MIB, piece) if chunked else piece)
            await writer.drain()
    try:
        return await answering
    except (OSError, EOFError):
        return 0
    finally:
        writer.transport.abort()


async def _packed(town: Scene) -> int:
    """Send a small body, well signed, that would unpack to 200 MiB."""
    body = gzip.compress(b" " * (200 * MIB), 9)
    request = request_of(town.github.webhook_secret, "packed", body)
    request = request.replace(b"Host: andon\r\n", b"Host: andon\r\nContent-Encoding: gzip\r\n", 1)
    reader, writer = await asyncio.open_connection("127.0.0.1", town.port)
    try:
        return await exchange(reader, writer, request)
    finally:
        writer.transport.abort()
