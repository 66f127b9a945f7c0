"""How much faster four processes of `andon work` are than one, on PostgreSQL, with an API that answers in 50 ms."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

from benchmarks.figures import Figure, at_least
from benchmarks.running import Run, andon, folder, github, postgresql, until
from bot.address import PullRequestAt, Want
from bot.address import Repository as Place
from bot.store.store import Store
from simulator.github import Simulator
from simulator.pull_request import PullRequest
from simulator.repository import Repository

POLICY = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: label, label: ship}\n"
LATENCY = 0.05
OWNERS = 20
"""Installations: GitHub bounds what each may ask for in a minute, and that is not what is measured here."""

WORKERS = 4
TIMES = 3


async def measure(run: Run) -> Sequence[Figure]:
    """Want a look at many pull requests at once, with one worker process and with four."""
    pulls = run.times(400, 80)
    alone = await _rate(1, pulls)
    together = await _rate(WORKERS, pulls)
    what = f"{WORKERS} `andon work` on PostgreSQL, API 50 ms (the floor is one)"
    return (Figure(what, together, "verdicts/s", at_least(TIMES), alone),)


async def _rate(workers: int, count: int) -> float:
    """Give how many first verdicts so many processes make in a second."""
    with folder() as place, postgresql() as database:
        async with github(place) as served, AsyncExitStack() as started:
            repositories = [await _repository(served, number) for number in range(OWNERS)]
            awake = await _opened(repositories, OWNERS)
            for number in range(workers):
                await started.enter_async_context(andon("work", served, database, place / f"work-{number}"))
            await until(lambda: _are_judged(awake), 120, 0.05)
            # Opened only now and without a word: the first sweep would have found them.
            pulls = await _opened(repositories, count)
            served.latency, store = LATENCY, await Store.open(database)
            began = time.perf_counter()
            await store.want(map(_want, pulls))
            await until(lambda: _are_judged(pulls), 600, 0.02)
            spent = time.perf_counter() - began
            await store.close()
    return count / spent


def _are_judged(pulls: list[PullRequest]) -> bool:
    return all(pull.check_run("andon") is not None for pull in pulls)


def _want(pull: PullRequest) -> Want:
    installed = pull.repo.installation
    if installed is None:
        raise RuntimeError("andon is installed everywhere here")
    owner, _, name = pull.repo.full_name.partition("/")
    return Want(PullRequestAt(Place(installed.id, owner, name), pull.number))


async def _repository(served: Simulator, number: int) -> Repository:
    served.install(f"octo-{number}", tell=False)
    repository = await served.create_repository(f"octo-{number}/shop", tell=False)
    await repository.commit("main", {".github/andon.yml": POLICY}, tell=False)
    return repository


async def _opened(repositories: list[Repository], count: int) -> list[PullRequest]:
    """Open pull requests without a word, in each repository in turn."""
    return [
        await repositories[number % OWNERS].open_pull_request(files={f"a{number}.py": "step = 1\n"}, tell=False)
        for number in range(count)
    ]
