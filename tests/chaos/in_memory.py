"""The bot and the simulator in one process and in virtual time: no socket, no thread, no file, no git."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from bot.commands.stage import settings_for
from bot.judge.judge import Judge
from bot.store.store import Store
from bot.worker import Pace, Worker
from rules.engine import evaluate as here
from rules.engine.needs import Needs
from rules.engine.policy import Policy
from rules.engine.pull_request import PullRequest
from rules.engine.result import Override, Verdict
from simulator.clock import Clock
from simulator.git import AnyGit
from simulator.github import Simulator
from simulator.memory_git import MemoryGit
from tests.chaos.forms import HORIZON, NEVER, bench_of
from tests.chaos.kept_in_memory import AtOnce, databases
from tests.chaos.merges import Merges
from tests.chaos.resting import MOST_LOOKS, Looking, Resting
from tests.chaos.virtual_time import VirtualLoop
from tests.chaos.wire import Wire, join

T = TypeVar("T")
Given = ParamSpec("Given")

BEGINNING = 1_900_000_000.0
"""Unix seconds at which every form begins."""

A_WHILE = 0.5
"""Virtual seconds until it is asked again whether the bot is at rest."""

SECRET = "a secret of at least thirty-two bytes"


class InMemory:
    """The form in memory: the same seed and the same schedule give the same calls.

    The seed draws how long each request travels, how long the store takes for each question, and how long the worker
    waits before it tries again.
    """

    def __init__(self, seed: int = 0, most_looks: int = MOST_LOOKS, *, store_takes_time: bool = True) -> None:
        self._loop = VirtualLoop(random.Random(seed) if store_takes_time else None)  # noqa: S311 - draws orders
        self._most_looks = most_looks
        self._wire = Wire(random.Random(seed))  # noqa: S311 - draws orders, guards nothing
        self.looking = Looking()
        self._database = databases.take()
        random.seed(seed)
        self.run(self._start())

    async def _start(self) -> None:
        nowhere, clock = Path("nowhere"), Clock(lambda: BEGINNING + self._loop.time())
        self.github = Simulator(nowhere, webhook_secret=SECRET, clock=clock)
        self.github.open_git = _git_in_memory
        self.github.url = "http://github.test"
        self.github.webhook_url = "http://andon.test/webhook"
        settings = settings_for(self.github, nowhere)
        store = Store(self._database.engines, clock.now, AtOnce(self._database.engines.writer))
        self.merges = Merges()
        session = self.merges.seen(join(self.github, settings, store, self._wire))
        self.bench = replace(bench_of(settings, session, store, Here()), stopwatch=self._loop.time)
        self._worker = Worker(store, self.looking.at(self.bench), pace=Pace(poll=NEVER))
        self._working = asyncio.create_task(self._worker.run())
        self._resting = Resting(
            self.github, self.bench, lambda: self._worker.idle, self.looking, self.pass_time, self._most_looks
        )

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run something on the form's loop, in virtual time."""
        return self._loop.run_until_complete(coroutine)

    async def pass_time(self, seconds: float) -> None:
        """Let so many virtual seconds pass."""
        await asyncio.sleep(max(seconds, A_WHILE))

    async def rest(self, horizon: float = HORIZON) -> None:
        """Let the bot work until nothing is under way or due within so many virtual seconds."""
        await self._resting.reached(horizon)

    async def sweep(self) -> None:
        """Discover, look around everywhere, redeliver; come to rest."""
        await self._resting.swept()
        await self.rest()

    def close(self) -> None:
        """End both sides, whatever they are doing."""
        self.run(self._end())
        self._loop.close()
        databases.give_back(self._database)

    async def _end(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _git_in_memory(_: Path) -> AnyGit:
    return MemoryGit()


class Here(Judge):
    """Judges in this process, at once."""

    async def run(self, work: Callable[Given, T], /, *args: Given.args, **named: Given.kwargs) -> T:
        """Do some work beside others: once suspended, as for a thread."""
        return await asyncio.get_running_loop().run_in_executor(None, partial(work, *args, **named))

    def evaluate(self, policy: Policy, pr: PullRequest, overrides: Sequence[Override] = ()) -> Verdict:
        """Hold a pull request against a policy."""
        return here.evaluate(policy, pr, overrides)

    def needs_of(self, policy: Policy, pr: PullRequest) -> Needs:
        """Join what all rules must read."""
        return here.needs_of(policy, pr)

    def get_ready(self) -> None:
        """Be ready."""

    def close(self) -> None:
        """Leave nothing behind."""
