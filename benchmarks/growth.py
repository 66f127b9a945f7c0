"""What a decision and a claim cost beside a thousand stored rows and beside a million, on both databases."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, insert

from benchmarks.figures import Figure, at_most
from benchmarks.running import Run, folder, median, postgresql
from bot.address import PullRequestAt, Repository, Want, key_of
from bot.store.decisions_kept import Again
from bot.store.engine import open_engines
from bot.store.ledger import Remembered, Sighting
from bot.store.line_kept import At
from bot.store.store import Store
from bot.store.tables import decisions, deliveries, pull_requests, work

FEW = 1_000
AT_ONCE = 5_000
EACH = 1_000
"""Pull requests of one repository."""

SLOWER = 2.0
"""How many times as long a step may take beside many rows: as long, on a machine that is never quite still."""

SCATTERED = 7919
"""A prime: multiples of it visit each of so many places once, in no order."""

DAY = 24 * 3600.0
MILLISECONDS = 1000
HEAD = "a" * 40
RECORD: Mapping[str, object] = {
    "conclusion": "passed",
    "rules": [{"name": "small-diff", "lines": 12}],
    "text": "x" * 600,
}


@dataclass(slots=True)
class Took:
    """The seconds that each step of a look took."""

    steps: dict[str, list[float]] = field(default_factory=dict)

    async def step(self, name: str, work: Any) -> Any:  # noqa: ANN401 - what any step of the store gives
        """Time one step."""
        began = time.perf_counter()
        answer = await work
        self.steps.setdefault(name, []).append(time.perf_counter() - began)
        return answer


async def measure(run: Run) -> Sequence[Figure]:
    """Fill each database twice, and time the steps of looks in both."""
    many = run.times(1_000_000, 20_000)
    figures: list[Figure] = []
    with folder() as place:
        few = await _timed(f"sqlite:///{place / 'few.db'}", FEW, run)
        figures += _compared("SQLite", many, few, await _timed(f"sqlite:///{place / 'many.db'}", many, run))
    with postgresql() as url:
        few = await _timed(url, FEW, run)
    with postgresql() as url:
        figures += _compared("PostgreSQL", many, few, await _timed(url, many, run))
    return figures


def _compared(name: str, many: int, few: Took, beside: Took) -> Iterator[Figure]:
    for step, took in beside.steps.items():
        what = f"{name}, {many:,} rows: {step}"
        # One portion is forgotten at a time, which is more than a thousand rows.
        target = None if step == "prune" else at_most(SLOWER)
        yield Figure(what, median(took) * MILLISECONDS, "ms", target, median(few.steps[step]) * MILLISECONDS)


async def _timed(url: str, rows: int, run: Run) -> Took:
    """Time the steps of looks at some pull requests among so many."""
    store = await Store.open(url)
    now, took = time.time(), Took()
    await _filled(url, rows, now)
    for number in range(run.times(200, 40)):
        await _look(store, took, rows, number)
    for _ in range(5):
        await _beside_looks(store, took, now)
    await store.close()
    return took


async def _look(store: Store, took: Took, rows: int, number: int) -> None:
    """Do with the store what a delivery and the look at its pull request do."""
    place, pull = _place(number * EACH % rows), number % EACH + 1
    address = PullRequestAt(place, pull)
    await took.step("accept a delivery", store.accept(f"new-{number}", "pull_request", [Want(address)]))
    (claim,) = await took.step("claim", store.claim(1))
    began = time.perf_counter()
    await store.line.entry(place, pull)
    await store.reverts.by(place, pull)
    await store.line.read(At.of(place, "main"))
    await store.waits.known(place, pull)
    await store.requests(place, pull, HEAD)
    await store.decision(place.owner, place.name, pull)
    await store.judged_since(place, pull, HEAD)
    await store.numbers_at(place, HEAD)
    await store.record_decision(
        place, pull, HEAD, RECORD, Again(f"new-{number}", acted=False, broke_off=False, seen={})
    )
    await store.remember(Sighting(place, pull, Remembered(HEAD, "digest"), is_open=True))
    took.steps.setdefault("decision, read and kept", []).append(time.perf_counter() - began)
    await took.step("finish", store.finish(claim))
    await took.step("next due", store.next_due())


async def _beside_looks(store: Store, took: Took, now: float) -> None:
    """Do what happens at the start of a process, when metrics are asked for, and once in a sweep."""
    await took.step("resume", store.resume())
    await took.step("metrics, of the work", store.observed.standing())
    await took.step("prune", store.prune(now - 30 * DAY))


def _place(row: int) -> Repository:
    return Repository(7, "octo", f"shop-{row // EACH}")


async def _filled(url: str, rows: int, now: float) -> None:
    """Insert so many deliveries, decisions, pull requests and idle addresses, as the last ten days left them.

    A tenth of the addresses will be looked at again by a timer, and they lie in no order, as after many looks.
    PostgreSQL counts them and tidies up, as one that runs does by itself within a minute.
    """
    engines = open_engines(url)
    made: tuple[tuple[Table, Callable[[int, float], dict[str, Any]]], ...] = (
        (deliveries, _delivery),
        (decisions, _decision),
        (pull_requests, _pull_request),
        (work, _work),
    )
    for table, row in made:
        for start in range(0, rows, AT_ONCE):
            places = range(start, min(start + AT_ONCE, rows))
            since = (number * SCATTERED % rows if table is work else number for number in places)
            ten_days = (now - 10 * DAY * (1 - one / rows) for one in since)
            some = [row(number, at) for number, at in zip(places, ten_days, strict=True)]
            with engines.writer.begin() as connection:
                connection.execute(insert(table), some)
    if engines.writer.dialect.name == "postgresql":
        with engines.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    engines.dispose()


def _delivery(number: int, at: float) -> dict[str, Any]:
    return {"id": f"00000000-{number:012}", "event": "pull_request", "received_at": at}


def _decision(number: int, at: float) -> dict[str, Any]:
    place = _place(number)
    at_place = {"installation": 7, "owner": place.owner, "name": place.name, "number": number % EACH + 1}
    said = {"head": f"{number:040x}", "says": f"{number:x}", "record": RECORD, "broke_off": False}
    return {**at_place, **said, "at": at, "last_at": at, "looks": 1}


def _pull_request(number: int, at: float) -> dict[str, Any]:
    shown = {"head": f"{number:040x}", "digest": "d" * 64, "heard_until": at}
    return {"repository": _place(number).key, "number": number % EACH + 1, "open": number % 10 == 0, **shown}


def _work(number: int, at: float) -> dict[str, Any]:
    idle = {"wanted": 3, "done": 3, "claimed": 3, "token": 2, "attempts": 0, "looks": 1, "error": ""}
    key = key_of(PullRequestAt(_place(number), number % EACH + 1))
    timer_at = at + 30 * DAY if number % 10 == 0 else None
    return {"key": key, **idle, "due_at": at, "finished_at": at, "timer_at": timer_at}
