"""Several real processes on one database: `andon serve`, `andon work`, and what a SQLite file allows."""

from __future__ import annotations

import asyncio
import re
import signal
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import ClientSession

from bot.store.migrate import newest_version
from tests.service.given import until
from tests.service.test_process import process
from tests.web.given import body_of, headers, opened

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator
    from pathlib import Path


class Said:
    """All that a process has said so far on standard error."""

    def __init__(self, started: Process) -> None:
        self.process = started
        self.lines: list[str] = []

    async def listen(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.lines.append(line.decode())

    def line_with(self, words: str) -> str | None:
        return next((line for line in self.lines if words in line), None)

    async def has(self, words: str) -> bool:
        return self.line_with(words) is not None

    @property
    def looks(self) -> list[str]:
        """The looks that it ended, as address and token."""
        lines = [line for line in self.lines if "looked" in line]
        found = [(re.search(r"pull/[\w/]+", line), re.search(r"token\W+(\d+)", line)) for line in lines]
        return [f"{address[0]} {token[1]}" for address, token in found if address and token]


@asynccontextmanager
async def running(*arguments: str, ready: str, **environ: str) -> AsyncIterator[Said]:
    async with process("-m", "bot", *arguments, **environ) as started:
        said = Said(started)
        listening = asyncio.create_task(said.listen())
        await until(lambda: said.has(ready), 30)
        yield said
        for number in (signal.SIGTERM, signal.SIGTERM):
            if started.returncode is None:
                started.send_signal(number)
        async with asyncio.timeout(20):
            await listening
            await started.wait()


async def test_workers_beside_the_server_share_its_work_and_stop_when_told(postgresql_url: str) -> None:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(running("serve", ready="listening", DATABASE_URL=postgresql_url))
        workers = [
            await stack.enter_async_context(running("work", ready="working", DATABASE_URL=postgresql_url))
            for _ in range(2)
        ]
        url = re.search(r"http://[\d.]+:\d+", server.line_with("listening") or "")
        assert url is not None
        async with ClientSession(url[0]) as http:
            numbers = iter(range(1, 1000))

            async def all_have_looked() -> bool:
                """Deliver one more, and tell whether every process has looked at something."""
                body = body_of(opened(number := next(numbers)))
                async with http.post("/webhook", data=body, headers=headers(body, f"delivery-{number}")) as response:
                    assert response.status == 202
                return all(one.looks for one in (server, *workers))

            await until(all_have_looked, 30)

    looks = Counter(look for one in (server, *workers) for look in one.looks)
    assert looks
    assert [look for look, times in looks.items() if times > 1] == []
    assert [one.process.returncode for one in (server, *workers)] == [0, 0, 0]
    assert [one.line_with("doing this for all processes") is not None for one in (server, *workers)].count(True) == 1


async def refused(*arguments: str, **environ: str) -> tuple[int | None, str]:
    """Start what does not start; give how it ended and what it said."""
    async with process("-m", "bot", *arguments, **environ) as started:
        async with asyncio.timeout(30):
            _, said = await started.communicate()
        return started.returncode, said.decode()


async def test_a_sqlite_file_is_for_one_process_and_free_once_that_is_killed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/andon.db"
    async with process("-m", "bot", "serve", DATABASE_URL=url) as first:
        said = Said(first)
        listening = asyncio.create_task(said.listen())
        await until(lambda: said.has("listening"), 30)
        beside = await refused("serve", DATABASE_URL=url)
        first.kill()
        await listening
    async with running("serve", ready="listening", DATABASE_URL=url) as later:
        pass

    assert beside == (
        2,
        (
            f"andon cannot start: another process works on {tmp_path}/andon.db: stop that one first, "
            "or set DATABASE_URL to PostgreSQL, where several may work\n"
        ),
    )
    assert later.process.returncode == 0


async def test_a_worker_refuses_a_sqlite_file_and_says_what_to_do(tmp_path: Path) -> None:
    code, said = await refused("work", DATABASE_URL=f"sqlite:///{tmp_path}/andon.db")

    assert code == 2
    assert "set DATABASE_URL to PostgreSQL, or let `andon serve` do it all" in said


async def test_a_database_without_tables_is_refused_until_it_is_upgraded(postgresql_bare_url: str) -> None:
    before = await refused("serve", DATABASE_URL=postgresql_bare_url)
    async with process("-m", "bot", "db", "upgrade", DATABASE_URL=postgresql_bare_url) as upgrade:
        out, _ = await upgrade.communicate()
    async with running("serve", ready="listening", DATABASE_URL=postgresql_bare_url) as after:
        pass

    newest = newest_version()
    needs = f"the database is at nothing, this version needs {newest}: run `andon db upgrade`"
    assert before == (2, f"andon cannot start: {needs}\n")
    assert out.decode().strip() == f"Upgraded from empty to {newest}."
    assert after.process.returncode == 0
