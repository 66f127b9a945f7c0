"""Real processes: killed, told to stop, and started with a bad environment."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import ClientSession

from bot.store.migrate import newest_version
from bot.store.store import Store
from tests.service.given import until
from tests.web.given import SECRET, body_of, headers, opened, private_key

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("serve_here.py")


def environment(**others: str) -> dict[str, str]:
    usual = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "GITHUB_APP_ID": "1",
        "GITHUB_PRIVATE_KEY": private_key().replace("\n", "\\n"),
        "GITHUB_WEBHOOK_SECRET": SECRET.decode(),
        "GITHUB_API_URL": "http://127.0.0.1:9",
        "PORT": "0",
    }
    return {**usual, **others}


@asynccontextmanager
async def process(*arguments: str, **environ: str) -> AsyncIterator[Process]:
    pipe = asyncio.subprocess.PIPE
    # The script logs a line for each look, more than a pipe holds that nobody reads.
    errors = asyncio.subprocess.DEVNULL if arguments[0] == str(SCRIPT) else pipe
    started = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env=environment(**environ), stdout=pipe, stderr=errors, cwd=ROOT
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.communicate()


async def port_of(started: Process) -> int:
    assert started.stdout is not None
    async with asyncio.timeout(30):
        return int(await started.stdout.readline())


async def deliver_all(port: int, numbers: range) -> list[int]:
    """Deliver one event for each pull request, 32 at a time; gives those that were acknowledged."""
    acknowledged: list[int] = []
    waiting = iter(numbers)

    async def lane(http: ClientSession) -> None:
        for number in waiting:
            body = body_of(opened(number))
            async with http.post("/webhook", data=body, headers=headers(body, f"delivery-{number}")) as response:
                if response.status == 202:
                    acknowledged.append(number)

    async with ClientSession(f"http://127.0.0.1:{port}") as http:
        await asyncio.gather(*(lane(http) for _ in range(32)), return_exceptions=True)
    return acknowledged


async def test_nothing_acknowledged_is_lost_when_the_process_is_killed(url: str, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    async with process(str(SCRIPT), url, str(tmp_path / "first.txt"), "0", "hang") as first:
        delivering = asyncio.create_task(deliver_all(await port_of(first), range(1, 2001)))
        store = await Store.open(url)
        await until(lambda: has_accepted(store, 1000), 60)
        first.kill()
        acknowledged = await delivering
        await store.close()

    # A minute later, when the leases of the dead process have lapsed.
    async with process(str(SCRIPT), url, str(notes), "61") as second:
        await port_of(second)
        wanted = {f"pull/7/octo/shop/{number}" for number in acknowledged}
        await until(lambda: noted(notes, wanted), 60)

    assert len(acknowledged) >= 900
    assert len(wanted) == len(acknowledged)


async def noted(notes: Path, lines: set[str]) -> bool:
    """Tell whether a process has noted all these lines."""
    return await asyncio.to_thread(lambda: notes.exists() and lines <= set(notes.read_text().splitlines()))


async def has_lines(notes: Path, number: int) -> bool:
    return await asyncio.to_thread(lambda: notes.exists() and len(notes.read_text().splitlines()) >= number)


async def has_accepted(store: Store, number: int) -> bool:
    def count() -> int:
        with store._engines.reader.connect() as connection:  # noqa: SLF001 - looks at the file beside the process
            return int(connection.exec_driver_sql("SELECT count(*) FROM deliveries").scalar_one())

    return await asyncio.to_thread(count) >= number


async def test_a_process_told_to_stop_gives_its_leases_back(url: str, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    async with process(str(SCRIPT), url, str(notes), "0", "hang") as started:
        await deliver_all(await port_of(started), range(1, 21))
        await until(lambda: has_lines(notes, 8), 30)
        began = time.monotonic()
        for _ in range(3):
            started.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            code = await started.wait()
        seconds = time.monotonic() - began

    store = await Store.open(url)
    free = await store.claim(100)
    await store.close()
    assert code == 0
    assert seconds < 20
    assert len(free) == 20


async def test_serve_listens_and_stops_when_told_several_times(tmp_path: Path) -> None:
    async with process("-m", "bot", "serve", DATABASE_URL=f"sqlite:///{tmp_path}/andon.db") as started:
        assert started.stderr is not None
        async with asyncio.timeout(30):
            lines: list[str] = []
            while not any("listening" in line for line in lines):
                lines.append((await started.stderr.readline()).decode())
                assert lines[-1], f"it ended: {lines}"
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
            started.send_signal(number)
        async with asyncio.timeout(20):
            _, rest = await started.communicate()

    assert started.returncode == 0
    assert "stopped" in rest.decode()
    assert SECRET.decode() not in "".join(lines) + rest.decode()


async def test_serve_names_everything_that_is_wrong_at_once_and_exits_2(tmp_path: Path) -> None:
    wrong = {"GITHUB_APP_ID": "x", "GITHUB_WEBHOOK_SECRET": "short", "DATABASE_URL": f"sqlite:///{tmp_path}/a.db"}
    async with process("-m", "bot", "serve", **wrong) as started:
        async with asyncio.timeout(30):
            _, said = await started.communicate()

    assert started.returncode == 2
    assert "GITHUB_APP_ID" in said.decode()
    assert "GITHUB_WEBHOOK_SECRET has 5 bytes" in said.decode()
    assert "Traceback" not in said.decode()


async def test_serve_says_that_its_port_is_taken(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    taken = str(server.sockets[0].getsockname()[1])
    async with process("-m", "bot", "serve", PORT=taken, DATABASE_URL=f"sqlite:///{tmp_path}/a.db") as started:
        async with asyncio.timeout(30):
            _, said = await started.communicate()
    server.close()
    await server.wait_closed()

    assert started.returncode == 2
    assert "address already in use" in said.decode() or taken in said.decode()
    assert "Traceback" not in said.decode()


async def test_db_upgrade_makes_the_tables(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    said = []
    for _ in range(2):
        async with process("-m", "bot", "db", "upgrade", DATABASE_URL=url) as started, asyncio.timeout(30):
            out, _ = await started.communicate()
            said.append(out.decode().strip())

    newest = newest_version()
    assert said == [f"Upgraded from empty to {newest}.", f"The database is at {newest}."]
