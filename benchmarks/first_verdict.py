"""How soon an idle pull request has its first verdict, in trips to the API; `andon serve` stands in its own process."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import floors
from benchmarks.figures import Figure, at_most
from benchmarks.running import Run, andon, folder, github, median, until
from simulator.calls import Exchange
from simulator.github import Simulator
from simulator.repository import Repository

MILLISECONDS = 1000
CHECK_RUNS = "POST /repos/{owner}/{repo}/check-runs"
LATENCY = 0.05
SLACK = 1.1
LARGE = 200
LARGE_TRIPS = 4.5
CALM = 1.2
"""Seconds until the look that follows a delivery is over too."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of pull request: what its repository asks for, and how many trips a verdict on it needs.

    Where it `edits`, its files are in the repository already, and a rule has to read them whole.
    """

    name: str
    policy: str
    files: int
    trips: float
    edits: bool = False


KINDS = (
    Kind("no diff text", "rules: {pairing: {}}\nmerge: {when: label, label: ship}\n", 1, 2),
    Kind("with the file list", "rules: {small-diff: {max-lines: 20}}\nmerge: {when: label, label: ship}\n", 1, 3),
    Kind(
        "with file texts",
        "rules: {flag-wrapped: {flags: [features.has]}}\nmerge: {when: label, label: ship}\n",
        3,
        4,
        edits=True,
    ),
    Kind(f"{LARGE} files", "rules: {small-diff: {max-lines: 20}}\nmerge: {when: label, label: ship}\n", LARGE, 4.5),
)


class Watch:
    """Notes when a delivery went out and when our first check run came in."""

    def __init__(self, served: Simulator) -> None:
        self._served = served
        self.sent_at = 0.0
        self.shown_at = 0.0
        self.trips: tuple[str, ...] = ()
        self._calls = 0

    def begins(self) -> None:
        """Forget what was before."""
        self.sent_at = self.shown_at = 0.0

    def on_webhook(self, event: str, payload: dict[str, Any]) -> None:
        """Note when a pull request was opened."""
        if event == "pull_request" and payload["action"] == "opened":
            self.sent_at, self._calls = time.perf_counter(), len(self._served.calls)

    def on_exchange(self, exchange: Exchange) -> None:
        """Note the first check run after that, and which calls led there."""
        if exchange.asked.kind == CHECK_RUNS and self.sent_at and not self.shown_at:
            self.shown_at = time.perf_counter()
            self.trips = tuple(call.kind for call in self._served.calls[self._calls :])


async def measure(run: Run) -> Sequence[Figure]:
    """Open pull requests one after the other, with an API that answers in 50 ms and in none."""
    figures: list[Figure] = []
    with folder() as place:
        async with github(place) as served:
            served.install("octo", tell=False)
            watch = Watch(served)
            served.observers.append(watch)
            repositories = [await _repository(served, kind) for kind in KINDS]
            async with andon("serve", served, f"sqlite:///{place / 'andon.db'}", place / "log") as ours:
                served.webhook_url = f"{ours.url}/webhook"
                for latency in (LATENCY, 0.0):
                    served.latency = latency
                    for kind, repository in zip(KINDS, repositories, strict=True):
                        took = await _verdicts(repository, kind, watch, run.times(9, 3))
                        figures.append(_figure(kind, latency, took, await floors.trip(served)))
                served.webhook_url = None
    return figures


async def _repository(served: Simulator, kind: Kind) -> Repository:
    repository = await served.create_repository(f"octo/shop-{kind.trips:.0f}-{kind.files}", tell=False)
    before = {f"src/part_{at}.py": "step = 0\n" * 50 for at in range(kind.files)} if kind.edits else {}
    await repository.commit("main", {".github/andon.yml": kind.policy, **before}, tell=False)
    return repository


async def _verdicts(repository: Repository, kind: Kind, watch: Watch, rounds: int) -> float:
    """Give the middle of the seconds from a delivery to its verdict; the first round is not counted."""
    took = []
    for number in range(rounds + 1):
        watch.begins()
        await repository.open_pull_request(files=_files(kind, number))
        await until(lambda: bool(watch.shown_at), 30)
        took.append(watch.shown_at - watch.sent_at)
        await _calm(repository.github)
    return median(took[1:])


def _files(kind: Kind, number: int) -> Mapping[str, str | bytes | None]:
    """Give what one pull request changes."""
    if kind.edits:
        return {f"src/part_{at}.py": "step = 0\n" * 50 + f"step = {number + 1}\n" for at in range(kind.files)}
    return {f"src/part_{number}_{at}.py": f"step = {at}\n" for at in range(kind.files)}


async def _calm(served: Simulator) -> None:
    """Wait until nothing was asked for a while."""
    seen, since = len(served.calls), time.perf_counter()

    def calm() -> bool:
        nonlocal seen, since
        if len(served.calls) != seen:
            seen, since = len(served.calls), time.perf_counter()
        return time.perf_counter() - since > CALM

    await until(calm, 30, 0.05)


def _figure(kind: Kind, latency: float, seconds: float, trip: float) -> Figure:
    if not latency:
        what = f"first verdict, API 0 ms: {kind.name}"
        return Figure(what, seconds * MILLISECONDS, "ms", None, kind.trips * trip * MILLISECONDS)
    floor = trip * (1 if kind.files == LARGE else kind.trips)
    target = at_most(LARGE_TRIPS if kind.files == LARGE else SLACK)
    what = f"first verdict, API {latency * MILLISECONDS:.0f} ms: {kind.name}"
    return Figure(what, seconds * MILLISECONDS, "ms", target, floor * MILLISECONDS)
