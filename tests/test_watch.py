from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING

import pytest
import structlog

from bot.address import Repository
from bot.line.line import Terms
from bot.log import start_logging
from bot.store.ledger import Release, ReleaseState
from bot.store.line_kept import At
from bot.store.observed import Standing
from bot.store.store import Store
from bot.watch import Watch, look, stalled_for
from tests.store.given import Clock, pull

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    start_logging(stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    store = await Store.open(f"sqlite:///{tmp_path}/watch.db", clock)
    yield store
    await store.close()


def standing(*, oldest: float | None, finished_at: float | None) -> Standing:
    return Standing(0 if oldest is None else 1, oldest, 0, finished_at, None)


@pytest.mark.parametrize(
    ("seen", "seconds"),
    [
        pytest.param(standing(oldest=None, finished_at=0.0), 0, id="nothing waits"),
        pytest.param(standing(oldest=100.0, finished_at=None), 900, id="work waits and nothing ever ended"),
        pytest.param(standing(oldest=100.0, finished_at=990.0), 10, id="one waits long while others are looked at"),
        pytest.param(standing(oldest=970.0, finished_at=5.0), 30, id="it rested, and now one waits"),
        pytest.param(standing(oldest=-90.0, finished_at=-95.0), 1000, id="what waited before we watched"),
        pytest.param(standing(oldest=2000.0, finished_at=5.0), 0, id="what is wanted for later does not wait"),
    ],
)
def test_work_stands_still_since_it_waits_unwatched_or_anything_else_ended(seen: Standing, seconds: float) -> None:
    assert stalled_for(Watch(since=0.0, last=1000.0), seen) == seconds


def test_a_watch_that_slept_itself_begins_anew() -> None:
    watch = Watch(0.0, 1000.0)

    assert watch.at(1030.0) == Watch(0.0, 1030.0)
    assert watch.at(5000.0) == Watch(5000.0, 5000.0)
    assert watch.at(400.0) == Watch(400.0, 400.0)


async def test_the_alarm_is_raised_aloud_and_ends_with_the_next_look_that_ends_well(
    store: Store, clock: Clock, written: io.StringIO
) -> None:
    began = clock.now
    await store.accept("d1", "pull_request", [pull(3)])
    (claim,) = await store.claim(1)
    clock.now += 599
    await look(store, Watch(began, clock.now))
    early = store.metrics.stalled
    clock.now += 2
    await look(store, Watch(began, clock.now))
    late = store.metrics.stalled
    metrics = store.metrics.exposition().decode()

    await store.finish(claim)
    await look(store, Watch(began, clock.now))

    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert (early, late, store.metrics.stalled) == (False, True, False)
    assert "andon_stalled 1.0" in metrics
    assert [(line["level"], line["event"].partition(":")[0]) for line in lines] == [
        ("critical", "stalled"),
        ("warning", "no longer stalled"),
    ]
    assert (lines[0]["seconds"], lines[0]["waiting"]) == (601, 1)


async def test_what_was_given_up_does_not_wait_any_more(store: Store, clock: Clock) -> None:
    began = clock.now
    await store.accept("d1", "pull_request", [pull(3)])
    (claim,) = await store.claim(1)
    await store.park(claim, "KeyError: 'oid'")
    clock.now += 5000

    await look(store, Watch(began, clock.now))

    assert not store.metrics.stalled


async def test_what_is_only_tried_again_and_again_raises_the_alarm(store: Store, clock: Clock) -> None:
    began = clock.now
    await store.accept("d1", "pull_request", [pull(3)])
    for _ in range(3):
        (claim,) = await store.claim(1)
        await store.retry(claim, clock.now + 300, "later: GitHub answered 502")
        clock.now += 301

    await look(store, Watch(began, clock.now))

    assert store.metrics.stalled


async def test_closed_lines_are_counted_by_their_cause(store: Store, clock: Clock) -> None:
    def failed(name: str, sha: str) -> Release:
        place = Repository(7, "octo", name)
        return Release(place, sha * 40, 3, "main", ReleaseState.FAILED, "", "deployment", 9, "", clock.now, clock.now)

    for name, sha in (("shop", "a"), ("till", "b")):
        await store.land(failed(name, sha))
        await store.line.keep_terms(At("octo", name, "main"), Terms(deploys=True))
    await store.line.keep_terms(At("octo", "quiet", "main"), Terms())

    await look(store, Watch(clock.now, clock.now))

    metrics = store.metrics.exposition().decode()
    assert 'andon_lines_closed{by="production"} 2.0' in metrics
    assert 'andon_lines_closed{by="freeze"} 0.0' in metrics
