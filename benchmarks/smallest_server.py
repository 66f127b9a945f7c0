"""The smallest server that takes deliveries: it checks the signature and says 202.

`python -m benchmarks.smallest_server PORT [DATABASE]`; with a database it says so after a COMMIT that the disk has,
many deliveries in one. It imports nothing of andon: what it takes is a floor too.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import sqlite3
import sys
import threading
import time
from queue import Empty, SimpleQueue

from aiohttp import web

SECRET = "a secret of at least thirty-two bytes"  # noqa: S105 - made up for a server that lives a minute
LARGEST_GROUP = 500

Waiting = tuple[str, asyncio.Future[None]]


class Kept:
    """Writes deliveries in a thread of its own, all that wait in one transaction."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._waiting: SimpleQueue[Waiting] = SimpleQueue()
        threading.Thread(target=self._run, daemon=True).start()

    async def keep(self, delivery: str) -> None:
        """Keep one delivery; returns after its COMMIT."""
        future = self._loop.create_future()
        self._waiting.put((delivery, future))
        await future

    def _run(self) -> None:
        database = sqlite3.connect(self._path, isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE deliveries (id TEXT PRIMARY KEY, event TEXT, received_at REAL)")
        while True:
            group = self._group()
            database.execute("BEGIN IMMEDIATE")
            rows = [(delivery, "pull_request", time.time()) for delivery, _ in group]
            database.executemany("INSERT OR IGNORE INTO deliveries VALUES (?, ?, ?)", rows)
            database.execute("COMMIT")
            self._loop.call_soon_threadsafe(_answer, [future for _, future in group])

    def _group(self) -> list[Waiting]:
        group = [self._waiting.get()]
        with contextlib.suppress(Empty):
            while len(group) < LARGEST_GROUP:
                group.append(self._waiting.get_nowait())
        return group


def _answer(futures: list[asyncio.Future[None]]) -> None:
    for future in futures:
        if not future.done():
            future.set_result(None)


async def _serve(port: int, database: str | None) -> None:
    kept = Kept(database) if database else None

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        wanted = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(wanted, request.headers["X-Hub-Signature-256"]):
            return web.Response(status=401)
        if kept is not None:
            await kept.keep(request.headers["X-GitHub-Delivery"])
        return web.Response(status=202)

    application = web.Application()
    application.router.add_post("/webhook", take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """Take deliveries until killed."""
    port, *database = sys.argv[1:]
    asyncio.run(_serve(int(port), database[0] if database else None))


if __name__ == "__main__":
    main()
