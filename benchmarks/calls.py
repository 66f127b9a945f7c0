"""What pull requests cost in API calls, counted in virtual time: the same figures on any machine."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence

from benchmarks.figures import Figure, at_most
from benchmarks.running import Run
from bot.address import PullRequestAt, Want
from bot.address import Repository as Place
from simulator.pull_request import PullRequest
from simulator.repository import Repository
from tests.chaos.campaign import quiet
from tests.chaos.in_memory import InMemory
from tests.chaos.many_open import play

POLICY = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: ready}\ndeploy: {via: deployment}\n"
CHECKS = ("ci", "lint")
CALM = 2.0
"""Virtual seconds without anything due, after which the next thing happens: a developer's pace."""

BURST = 0.07
"""Virtual seconds between the steps of a burst: all of it comes within 0.7."""

EACH_PAGE = 50
"""Open pull requests that one read tells of."""


class Scene:
    """One repository in virtual time, and how many calls something costs there."""

    def __init__(self) -> None:
        self.form = InMemory(1, store_takes_time=False)  # so that a rest of CALM ends between two acts
        self.repository = self.form.run(self._governed())

    async def _governed(self) -> Repository:
        self.form.github.install("octo")
        repository = await self.form.github.create_repository("octo/shop")
        repository.require_checks("main", *((name, None) for name in CHECKS))
        repository.require_approvals("main", 1)
        await repository.commit("main", {".github/andon.yml": POLICY}, "Let small changes ship by themselves")
        await self.form.rest(CALM)
        return repository

    async def opened(self, lines: int = 5) -> PullRequest:
        """Open a pull request of so many lines, and wait for its verdict."""
        text = "".join(f"step_{line} = {line}\n" for line in range(lines))
        pull = await self.repository.open_pull_request(files={"src/app.py": text})
        await self.form.rest(CALM)
        return pull

    def count(self, act: Callable[[], Awaitable[object]]) -> tuple[int, int]:
        """Let something happen until all is at rest; gives how many calls and how many deliveries that made."""
        github = self.form.github
        calls, sent = len(github.calls), len(github.webhooks.sent)

        async def happens() -> None:
            await act()
            await self.form.rest(CALM)

        self.form.run(happens())
        return len(github.calls) - calls, len(github.webhooks.sent) - sent


async def lives(scene: Scene, pull: PullRequest) -> None:
    """Push once, have it checked each time, labelled, reviewed and merged; all is at rest between the steps."""
    for push in range(2):
        if push:
            await pull.push({"src/app.py": f"step = {push}\n"})
            await scene.form.rest(CALM)
        for name in CHECKS:
            await scene.repository.ci.succeeds(pull.head, name)
        await scene.form.rest(CALM)
    await pull.label("ready")
    await pull.review("bob", "COMMENTED")
    await scene.form.rest(CALM)
    await pull.review("carol", "APPROVED")


async def bursts(scene: Scene, pull: PullRequest) -> None:
    """Let everything happen within 0.7 virtual seconds, but for the approval that would have it merged."""
    for push in range(2):
        if push:
            await pull.push({"src/app.py": f"step = {push}\n"})
        await asyncio.sleep(BURST)
        for name in CHECKS:
            await scene.repository.ci.succeeds(pull.head, name)
    for number in range(6):
        await pull.label(f"label-{number}")
        await asyncio.sleep(BURST)
    await pull.review("bob", "COMMENTED")


def _again(scene: Scene, pull: PullRequest) -> Awaitable[object]:
    """Want a look at a pull request where nothing happened."""
    place = Place(next(iter(scene.form.github.installations)), "octo", "shop")
    return scene.form.bench.store.want([Want(PullRequestAt(place, pull.number))])


async def _five_times(scene: Scene) -> None:
    """Deliver what was delivered last five times more."""
    webhooks = scene.form.github.webhooks
    delivered = webhooks.sent[-1]
    for _ in range(5):
        webhooks.again(delivered)


async def measure(run: Run) -> Sequence[Figure]:
    """Count the calls of a few ordinary days, and what a thousand open pull requests ask for."""
    return await asyncio.to_thread(_counted, run)


def _counted(run: Run) -> Sequence[Figure]:
    quiet()
    return (*_one(), *_life(lives, "a life of", 30), *_life(bursts, "a burst of", 8), *_many(run))


def _one() -> Sequence[Figure]:
    scene = Scene()
    pull, large = scene.form.run(scene.opened()), scene.form.run(scene.opened(30))
    again, _ = scene.count(lambda: _again(scene, pull))
    head, _ = scene.count(lambda: pull.push({"src/app.py": "step = 7\n"}))
    commented, _ = scene.count(lambda: large.push({"src/app.py": "step = 8\n" * 40}))
    repeated, _ = scene.count(lambda: _five_times(scene))
    scene.form.close()
    return (
        _calls("an evaluation with nothing new", again, 1),
        _calls("a new head", head, 3),
        _calls("a new head, with a comment", commented, 4),
        _calls("the same delivery five times more", repeated, 0),
    )


def _life(passes: Callable[[Scene, PullRequest], Awaitable[None]], what: str, most: int) -> Sequence[Figure]:
    scene = Scene()
    scene.form.run(scene.opened(30))  # an hour's tokens are there

    async def happens() -> None:
        text = "".join(f"step_{line} = {line}\n" for line in range(5))
        await passes(scene, await scene.repository.open_pull_request(files={"src/new.py": text}))

    calls, sent = scene.count(happens)
    scene.form.close()
    return (_calls(f"{what} {sent} deliveries", calls, most),)


def _many(run: Run) -> Sequence[Figure]:
    """Push to the base of many open pull requests."""
    count = run.times(1000, 120)
    acts = dict(play(count))
    pushed = acts["push to the base"]
    return (
        _calls(
            f"{count} open pull requests, a push to the base: calls", pushed.calls.total(), math.ceil(count / EACH_PAGE)
        ),
        _calls(f"{count} open pull requests, a push to the base: writes", pushed.writes, 0),
    )


def _calls(what: str, count: int, most: float) -> Figure:
    return Figure(f"calls: {what}", count, "", at_most(most))
