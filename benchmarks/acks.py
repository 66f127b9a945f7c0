"""How many deliveries are kept and answered each second, and how late the last of a hundred is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import psutil

from benchmarks import floors
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.loader import Answered, Load, loaded
from benchmarks.running import Run, andon, folder, github
from benchmarks.smallest_server import SECRET
from simulator.calls import Exchange
from simulator.github import Simulator

PULLS = 40
PAYLOAD = 21_000
"""Bytes of a delivery about a pull request, as GitHub sends them."""

RATE = 200.0
LATENCY = 0.05
POLICY = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: label, label: ship}\n"
MILLISECONDS = 1000
MICROSECONDS = 1_000_000


class Heard:
    """Keeps the bodies of deliveries about pull requests."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def on_exchange(self, exchange: Exchange) -> None:
        """Hear nothing."""

    def on_webhook(self, event: str, payload: dict[str, Any]) -> None:
        """Keep a body, made as long as they are at GitHub."""
        if event == "pull_request" and payload["action"] == "labeled":
            short = json.dumps(payload)
            self.bodies.append(json.dumps({**payload, "padding": "x" * (PAYLOAD - len(short))}))


async def measure(run: Run) -> Sequence[Figure]:
    """Load the two floors, then `andon serve`: with nothing to look at, and while it decides on forty pull requests."""
    with folder() as place:
        async with github(place) as served:
            bodies = await _bodies(served)
            load = Load("", SECRET, "pull_request", bodies, run.times(8, 2))
            async with floors.smallest_server() as (url, process):
                least = await _taken(replace(load, url=url), process.pid)
            async with floors.smallest_server(place / "floor.db") as (url, process):
                durable = await _taken(replace(load, url=url), process.pid)
            served.latency = LATENCY
            async with andon("serve", served, f"sqlite:///{place / 'andon.db'}", place / "log") as ours:
                load = replace(load, url=f"{ours.url}/webhook", secret=served.webhook_secret)
                quiet = await _taken(replace(load, event="star"), ours.process.pid)
                deciding = await _taken(load, ours.process.pid)
    return (
        *_acks("SQLite FULL, group commit (a floor)", durable, least, is_floor=True),
        *_acks("andon, nothing to look at", quiet, least),
        *_acks(f"andon, deciding on {PULLS} pull requests, API 50 ms", deciding, least),
    )


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a server took: all it could, and at a rate; `processor` is its own time for one ack of the first (seconds).

    Beside other work that time says more than how many a second were taken.
    """

    most: Answered
    steady: Answered
    processor: float


async def _taken(load: Load, server: int) -> _Taken:
    """Send all it takes, then at a rate, to the process that serves."""
    process = psutil.Process(server)
    before = process.cpu_times()
    most = await loaded(load)
    after = process.cpu_times()
    took = after.user + after.system - before.user - before.system
    return _Taken(most, await loaded(replace(load, rate=RATE)), took / max(1.0, most.per_second * load.seconds))


def _acks(who: str, took: _Taken, least: _Taken, *, is_floor: bool = False) -> tuple[Figure, ...]:
    others = took.most.others + took.steady.others
    if others:
        raise RuntimeError(f"{who}: {others} deliveries were not answered with 202")
    late, floor = took.steady.p99 * MILLISECONDS, least.steady.p99 * MILLISECONDS
    processor, least_processor = took.processor * MICROSECONDS, least.processor * MICROSECONDS
    enough, soon = (None, None) if is_floor else (at_least(0.30), at_most(2))
    return (
        Figure(f"durable acks: {who}", took.most.per_second, "/s", enough, least.most.per_second),
        Figure(f"processor time of an ack: {who}", processor, "µs", floor=least_processor),
        Figure(f"ack p99 at {RATE:.0f}/s: {who}", late, "ms", soon, floor),
    )


async def _bodies(served: Simulator) -> list[str]:
    """Open pull requests without a word, and give what GitHub delivers when each gets a label."""
    served.install("octo", tell=False)
    repository = await served.create_repository("octo/shop", tell=False)
    await repository.commit("main", {".github/andon.yml": POLICY}, tell=False)
    served.observers.append(heard := Heard())
    for number in range(PULLS):
        pull = await repository.open_pull_request(files={f"a{number}.py": "step = 1\n"}, tell=False)
        await pull.label("ready")
    return heard.bodies
