"""How much faster four processes of `andon work` are than one, on PostgreSQL, with an API that answers in 50 ms."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass

import psutil

from benchmarks.figures import Figure, Target, at_least
from benchmarks.running import Andon, Run, andon, folder, github, postgresql, until
from bot.address import PullRequestAt, Want
from bot.address import Repository as Place
from bot.store.processes_kept import BEAT_SECONDS
from bot.store.store import Store
from simulator.github import Simulator
from simulator.pull_request import PullRequest
from simulator.repository import Repository

POLICY = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: label, label: ship}\n"
LATENCY = 0.05
MILLISECONDS = 1000
OWNERS = 20
"""Installations: GitHub bounds what each may ask for in a minute, and that is not what is measured here.

Each process keeps to its part of that, seven writes at once of thirty with four: so few looks at each installation. And
each asks for a token of its own for each of them, of which the App may ask for some 180 in a minute.
"""

WORKERS = 4
TIMES = 3

FEW_AT_ONCE, MANY_AT_ONCE = 2, 8
"""Looks at once of one process. Few leave the cores idle while GitHub answers, so that more processes can do more."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many first verdicts processes make in a second, and the seconds of processor time that each one costs them.

    `around` is what the simulated GitHub and this benchmark take beside.
    """

    per_second: float
    cost: float
    around: float


async def measure(run: Run) -> Sequence[Figure]:
    """Want a look at many pull requests at once, with one worker process and with four."""
    pulls = run.times(160, 80)
    few = [await _pace(workers, FEW_AT_ONCE, pulls) for workers in (1, WORKERS)]
    many = [await _pace(workers, MANY_AT_ONCE, pulls) for workers in (1, WORKERS)]
    return (
        _figure(FEW_AT_ONCE, few, at_least(TIMES)),
        _figure(MANY_AT_ONCE, many, None),  # which would take more cores than there are
        Figure("processor time of a look, its worker and judge", many[0].cost * MILLISECONDS, "ms"),
        Figure("beside it, of the simulated GitHub", many[0].around * MILLISECONDS, "ms"),
    )


def _figure(at_once: int, paces: Sequence[Pace], target: Target | None) -> Figure:
    alone, together = paces
    what = f"{WORKERS} `andon work`, {at_once} looks at once each, API 50 ms"
    return Figure(what, together.per_second, "verdicts/s", target, alone.per_second)


async def _pace(workers: int, at_once: int, count: int) -> Pace:
    """Have so many processes make first verdicts."""
    with folder() as place, postgresql() as database:
        async with github(place) as served, AsyncExitStack() as started:
            repositories = [await _repository(served, number) for number in range(OWNERS)]
            logs = [place / f"work-{number}" for number in range(workers)]
            settings = {"LOOKS_AT_ONCE": str(at_once)}
            store, running = await Store.open(database), list[Andon]()
            for log in logs:
                one = await started.enter_async_context(andon("work", served, database, log, **settings))
                with _standing_still(running):
                    await _warmed(repositories, store)
                running.append(one)
            if workers > 1:
                await asyncio.sleep(BEAT_SECONDS + 1)  # until each knows of how many it is one
            await _idle(store)
            # Opened only now and without a word: the first sweep would have found them.
            pulls, served.latency = await _opened(repositories, count), LATENCY
            began, worked, around = time.perf_counter(), _spent(running), time.process_time()
            await store.want(map(_want, pulls))
            await until(lambda: _are_judged(pulls), 600, 0.02)
            spent = time.perf_counter() - began
            pace = Pace(count / spent, (_spent(running) - worked) / count, (time.process_time() - around) / count)
            await store.close()
    return pace


@contextmanager
def _standing_still(others: Sequence[Andon]) -> Iterator[None]:
    """Have processes that do nothing leave all there is to another one for a while."""
    for other in others:
        other.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for other in others:
            other.process.send_signal(signal.SIGCONT)


async def _warmed(repositories: list[Repository], store: Store) -> None:
    """Have each installation looked at: whoever does it has its tokens and its judges then."""
    warm = await _opened(repositories, OWNERS)
    await store.want(map(_want, warm))
    await until(lambda: _are_judged(warm), 600, 0.05)
    await _idle(store)


async def _idle(store: Store) -> None:
    """Wait until nothing is wanted, nor looked at."""
    while (await store.observed.standing()).waiting:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.1)


def _spent(running: Sequence[Andon]) -> float:
    """Give the seconds of processor time that processes took so far, with those that they started."""
    whole = [psutil.Process(one.process.pid) for one in running]
    times = [one.cpu_times() for process in whole for one in (process, *process.children(recursive=True))]
    return float(sum(one.user + one.system for one in times))


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
