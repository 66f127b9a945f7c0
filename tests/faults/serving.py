"""`andon serve` in a process of its own, beside a simulated GitHub with a repository."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from simulator.github import Simulator
from simulator.limits import Limits
from simulator.pull_request import PullRequest
from simulator.repository import Repository
from tests.faults.figures import Place
from tests.faults.kept import let_a_minute_pass
from tests.faults.load import asked

READY_LINES = {"serve": b"listening", "work": b"working"}
STARTS_WITHIN_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.01
JUDGED = "rules: {small-diff: {mode: hold, max-lines: 20}}\n"


def free_port() -> int:
    """Find a port on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


async def until(is_so: Callable[[], bool], seconds: float = 90) -> None:
    """Wait until another process has brought something about. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110 - another process brings it about
            await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def until_ready(port: int, seconds: float = STARTS_WITHIN_SECONDS) -> None:
    """Wait until a process says that it can do its work."""
    async with asyncio.timeout(seconds):
        while await asked(port, "/readyz") != 200:  # noqa: ASYNC110 - as above
            await asyncio.sleep(LOOK_AGAIN_SECONDS)


@dataclass(frozen=True, slots=True)
class Start:
    """How to start a process: which command, by what program, and with what else in the environment."""

    command: str = "serve"
    program: tuple[str, ...] = (sys.executable, "-m", "bot")
    environment: Mapping[str, str] = field(default_factory=dict)


SHORT_LEASES = Start(program=(sys.executable, "-m", "tests.faults.short_leases"))
"""A process whose leases run out after six seconds instead of sixty."""


@asynccontextmanager
async def served(
    github: Simulator, directory: Path, port: int, database_url: str = "", start: Start | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run andon as operators do, until it is ended here or by whoever uses it; its log is kept in the directory."""
    start = start or Start()
    log = directory / f"andon-{start.command}.log"
    before = log.stat().st_size if log.exists() else 0
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            *start.program,
            start.command,
            env={**_environment(github, directory, port, database_url), **start.environment},
            stderr=errors,
        )
    try:
        await until(lambda: process.returncode is not None or _says(log, before, READY_LINES[start.command]))
        if process.returncode is not None:
            raise RuntimeError(f"andon {start.command} ended:\n{log.read_text()[-2000:]}")
        yield process
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


def _environment(github: Simulator, directory: Path, port: int, database_url: str) -> dict[str, str]:
    settings = {
        "GITHUB_APP_ID": str(github.app_id),
        "GITHUB_PRIVATE_KEY": github.private_key_pem,
        "GITHUB_WEBHOOK_SECRET": github.webhook_secret,
        "GITHUB_API_URL": github.url,
        "DATABASE_URL": database_url or f"sqlite:///{directory / 'andon.db'}",
        "PORT": str(port),
    }
    return {**os.environ, **settings}


def _says(log: Path, before: int, words: bytes) -> bool:
    with log.open("rb") as file:
        file.seek(before)
        return words in file.read()


@dataclass(frozen=True, slots=True)
class Scene:
    """A repository with open pull requests on a simulated GitHub, and the port on which andon is to listen."""

    github: Simulator
    shop: Repository
    pulls: list[PullRequest]
    port: int
    place: Place

    def served(self, start: Start | None = None, port: int | None = None) -> _Serving:
        """Run andon beside it."""
        return served(self.github, self.place.directory, port or self.port, self.place.database_url, start)

    def much_later(self) -> None:
        """Have all that ended be long ago: leases have lapsed, and nobody counts the processes or what they asked for.

        Or the next would find everything held, and of GitHub's limits a thirtieth: so many end here within a minute.
        """
        let_a_minute_pass(self.place)
        self.github.limits = Limits(self.github)

    def verdicts(self, pull: PullRequest) -> int:
        """Count the check runs of andon's on the present head of a pull request."""
        return self.verdicts_at(pull.head)

    def verdicts_at(self, head: str) -> int:
        """Count the check runs of andon's on a commit."""
        return sum(run.name == "andon" for run in self.shop.checks_on.get(head, ()))

    def comments(self, pull: PullRequest) -> int:
        """Count the comments of andon's under a pull request."""
        return sum(comment.author is self.github.app.bot for comment in pull.comments)


_Serving = contextlib.AbstractAsyncContextManager[asyncio.subprocess.Process]


@asynccontextmanager
async def scene(place: Place, pulls: int, policy: str = JUDGED) -> AsyncIterator[Scene]:
    """Set up octo/shop with a policy and so many pull requests of thirty lines each, of which nobody was told."""
    port = free_port()
    async with await Simulator.start(place.directory / "github") as github:
        github.webhook_url = f"http://127.0.0.1:{port}/webhook"
        github.install("octo", tell=False)
        shop = await github.create_repository("octo/shop", tell=False)
        await shop.commit("main", {".github/andon.yml": policy}, tell=False)
        opened = [await opened_in(shop, number) for number in range(pulls)]
        yield Scene(github, shop, opened, port, place)


async def opened_in(shop: Repository, number: int, lines: int = 30) -> PullRequest:
    """Open one pull request of a file of its own, telling nobody."""
    text = "".join(f"step_{index} = {index}\n" for index in range(lines))
    return await shop.open_pull_request(files={f"part_{number}.py": text}, tell=False)


def memory_of(process: asyncio.subprocess.Process, which: str = "VmHWM") -> float:
    """Tell how much memory a process held at most (VmHWM) or holds now (VmRSS), in MiB."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    [line] = [line for line in status.splitlines() if line.startswith(f"{which}:")]
    return int(line.split()[1]) / 1024
