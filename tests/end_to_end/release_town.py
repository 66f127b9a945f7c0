"""octo/shop in virtual time, with a bot that may be killed between any two of its effects and is started again."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import aiohttp
from aiohttp import web

from bot import sweep
from bot.address import Repository as Place
from bot.commands.stage import settings_for
from bot.evidence.targets import read_targets
from bot.settings import Settings
from bot.store.ledger import Release
from bot.store.store import Store
from bot.web.server import Server
from bot.worker import Pace, Worker
from simulator.clock import Clock
from simulator.deployments import Deployment
from simulator.git import AnyGit
from simulator.github import Simulator
from simulator.memory_git import MemoryGit
from simulator.pull_request import PullRequest
from tests.chaos.campaign import quietly
from tests.chaos.forms import NEVER, bench_of
from tests.chaos.in_memory import BEGINNING, SECRET, Here
from tests.chaos.kept_in_memory import databases
from tests.chaos.resting import Looking
from tests.chaos.virtual_time import VirtualLoop
from tests.chaos.wire import Wire, join, request_of
from tests.end_to_end.conftest import lines
from tests.end_to_end.mortal import Life, MortalSession, MortalWriter, NearProber, Street
from tests.production import targets_text

T = TypeVar("T")

READY = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: ready}\ndeploy: {via: deployment}\n"
API_TOKEN = "who bears this may ask"
SOON = 10.0
"""Virtual seconds within which nothing may be due for the bot to have done all that it can do now."""

DEAD_FOR = 5.0
"""Virtual seconds until a bot that was killed is started again; what is delivered meanwhile is lost."""

PATIENCE = 4 * 3600.0
"""Virtual seconds within which everything must have come about."""


class NeverError(Exception):
    """Something that should have come about did not."""


class Town:
    """One repository whose branch main requires the check `ci`, a bot beside it, and who deploys it."""

    def __init__(self, policy: str = READY, seed: int = 0) -> None:
        self._loop = VirtualLoop(random.Random(seed))  # noqa: S311 - draws orders, guards nothing
        self._wire = Wire(random.Random(seed))  # noqa: S311 - draws orders, guards nothing
        self._database = databases.take()
        random.seed(seed)
        self.street, self.lives, self.pulls = Street(), list[Life](), dict[str, PullRequest]()
        self.run(self._found(policy))

    async def _found(self, policy: str) -> None:
        clock = Clock(lambda: BEGINNING + self._loop.time())
        self.github = Simulator(Path("nowhere"), webhook_secret=SECRET, clock=clock)
        self.github.open_git = _git_in_memory
        self.github.url, self.github.webhook_url = "http://github.test", "http://andon.test/webhook"
        self._beside: list[asyncio.Task[None]] = []
        await self.begin(Life())
        self.installation = self.github.install("octo").id
        self.repository = await self.github.create_repository("octo/shop")
        self.repository.require_checks("main", ("ci", None))
        await self.repository.commit("main", {".github/andon.yml": policy}, "Let small changes ship by themselves")
        await self.rest()

    async def begin(self, life: Life) -> None:
        """Start a bot on the database as it is."""
        self.lives.append(life)
        self.settings = _settings(self.github)
        clock = self.github.clock.now
        self.store = store = Store(self._database.engines, clock, MortalWriter(self._database.engines.writer, life))
        session = cast(
            "aiohttp.ClientSession", MortalSession(join(self.github, self.settings, store, self._wire), life)
        )
        bench = bench_of(self.settings, session, store, Here())
        prober = NearProber(self.settings.targets, clock)
        prober.street = self.street
        self.bench = replace(bench, stopwatch=self._loop.time, prober=prober, sweep_every=300.0)
        self.worker = Worker(store, Looking().at(self.bench), pace=Pace(poll=NEVER))
        self._tasks = [asyncio.create_task(self._lives(life))]

    async def _lives(self, life: Life) -> None:
        """Live as `andon serve` does; once killed, be followed by a new bot."""
        await self.store.resume()
        tasks = [asyncio.create_task(run()) for run in (self.worker.run, partial(sweep.sweep_for_ever, self.bench))]
        await life.killed.wait()
        self.github.webhooks.carry = _nobody
        await asyncio.sleep(DEAD_FOR)
        self._beside += tasks
        await self.begin(Life())

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run something in virtual time."""
        return self._loop.run_until_complete(coroutine)

    def begin_beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside everything else, until the town ends."""
        self._beside.append(asyncio.get_running_loop().create_task(work))

    async def pass_time(self, seconds: float) -> None:
        """Let so many seconds pass."""
        await asyncio.sleep(seconds)

    async def rest(self, horizon: float = SOON) -> None:
        """Let the bot work until nothing is under way or due within so many seconds."""
        until, began = self.github.now() + horizon, self.github.now()
        while True:
            await asyncio.sleep(0.5)
            await self.github.settled()
            due = await self.store.next_due()
            is_still = self.worker.idle and not self.lives[-1].is_over
            if is_still and (due is None or due > max(until, self.github.now())):
                return
            if self.github.now() - began > PATIENCE:
                raise NeverError("the bot never comes to rest")

    async def until(self, what: str, is_so: Callable[[], bool | Awaitable[bool]]) -> None:
        """Let time pass until something is so."""
        ends = self.github.now() + PATIENCE
        while True:
            now = is_so()
            if await now if isinstance(now, Awaitable) else now:
                return
            if self.github.now() > ends:
                raise NeverError(what)
            await asyncio.sleep(1.0)

    def close(self) -> None:
        """End everything, whatever it is doing."""
        self.run(self._end())
        self._loop.close()
        databases.give_back(self._database)

    async def _end(self) -> None:
        for life in self.lives:
            life.is_buried = True
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def place(self) -> Place:
        """The repository as the bot names it."""
        return Place(self.installation, "octo", "shop")

    async def told(self, path: str) -> Any:
        """Ask the bot's API."""
        application = Server(self.settings, self.store)._application(self.store)  # noqa: SLF001 - without its socket
        request = request_of("GET", f"http://andon.test{path}", {"Authorization": f"Bearer {API_TOKEN}"}, b"")
        route = await application.router.resolve(request)
        request._match_info = route  # noqa: SLF001 - as above
        response = await route.handler(request)
        return json.loads(cast("bytes", cast("web.Response", response).body))

    async def opens(self, name: str, files: Mapping[str, str | None] | None = None, **asked: Any) -> PullRequest:
        """Open a pull request of a file of its own."""
        pull = await self.repository.open_pull_request(files=files or {f"{name}.py": lines(5, name)}, **asked)
        self.pulls[name] = pull
        return pull

    async def ships(self, name: str, **asked: Any) -> PullRequest:
        """Open a pull request with green CI, and let it land if it may."""
        pull = await self.opens(name, **asked)
        await self.repository.ci.succeeds(pull.head, "ci")
        await self.rest()
        return pull

    async def release_of(self, pull: PullRequest) -> Release | None:
        """Give the release that a pull request became."""
        return await self.store.release_of_pull_request("octo", "shop", pull.number)

    async def release(self, name: str) -> Release | None:
        """Give the release of a pull request by its name."""
        return await self.release_of(self.pulls[name])

    def deployments(self, pull: PullRequest) -> Sequence[Deployment]:
        """List the deployments of what a pull request landed as."""
        return [one for one in self.repository.deployments if one.sha == pull.merge_commit]

    def reverts(self) -> list[PullRequest]:
        """List the pull requests that andon opened."""
        return [one for one in self.repository.pulls.values() if one.author.login == self.github.app.bot.login]


@contextmanager
def a_town(policy: str = READY, seed: int = 0) -> Iterator[Town]:
    """Give a town, and end it; its bot keeps its log to itself, for what goes wrong on purpose is no news."""
    with quietly():
        town = Town(policy, seed)
        try:
            yield town
        finally:
            town.close()


async def _nobody(_: object) -> int:
    raise aiohttp.ClientConnectionError("nobody listens")


def _settings(github: Simulator) -> Settings:
    made = settings_for(github, Path("nowhere"))
    return replace(made, api_token=API_TOKEN, targets=read_targets(targets_text(1), {}))


def _git_in_memory(_: Path) -> AnyGit:
    return MemoryGit()
