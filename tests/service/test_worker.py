from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import structlog

from bot.address import PullRequestAt, key_of
from bot.github.errors import Later
from bot.store.engine import StoreUnavailable
from bot.store.store import Store
from bot.worker import Pace, Worker
from tests.service.given import until
from tests.store.given import Clock, pull

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from bot.store.work import Claim

    Look = Callable[[Claim], Awaitable[float | None]]

QUICK = Pace(poll=0.02, renew=0.01, longest_look=5, drain=0.05, first_backoff=0.01)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    store = await Store.open(f"sqlite:///{tmp_path}/worker.db", clock)
    yield store
    await store.close()


@asynccontextmanager
async def working(store: Store, look: Look, pace: Pace = QUICK, concurrency: int = 8) -> AsyncIterator[Worker]:
    worker = Worker(store, look, concurrency, pace=pace)
    running = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.stop()
        async with asyncio.timeout(10):
            await running


def number_of(claim: Claim) -> int:
    assert isinstance(claim.address, PullRequestAt)
    return claim.address.number


async def test_what_is_accepted_is_looked_at_at_once(store: Store) -> None:
    looked = asyncio.Event()

    async def look(_: Claim) -> None:
        looked.set()

    async with working(store, look, Pace(poll=60)):
        await store.accept("d1", "pull_request", [pull(3)])
        async with asyncio.timeout(5):
            await looked.wait()

    assert await store.next_due() is None


async def test_deliveries_that_make_nothing_due_have_it_searched_for_only_now_and_then(store: Store) -> None:
    searches: list[int] = []
    claim = store.claim

    async def counted(limit: int) -> tuple[Claim, ...]:
        searches.append(limit)
        return await claim(limit)

    async def look(_: Claim) -> None:
        """Find nothing."""

    store.claim = counted  # type: ignore[method-assign] # the real one, counted
    began, pace = asyncio.get_running_loop().time(), Pace(poll=60, rest=0.1)
    async with working(store, look, pace):
        for number in range(30):  # the first is due at once, the others when it has been quiet on a clock that stands
            await store.accept(f"d{number}", "pull_request", [pull(3)])
    took = asyncio.get_running_loop().time() - began

    assert len(searches) <= 5 + took / pace.rest


async def test_the_time_that_a_look_names_is_kept(store: Store, clock: Clock) -> None:
    async def look(_: Claim) -> float:
        return clock.now + 30

    async with working(store, look):
        await store.accept("d1", "pull_request", [pull(3)])

        async def is_timed() -> bool:
            return await store.next_due() == clock.now + 30

        await until(is_timed)


async def test_one_address_is_never_looked_at_twice_at_once_and_no_event_is_lost(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path}/real.db")  # on the clock on the wall
    inside: defaultdict[str, int] = defaultdict(int)
    overlaps: list[str] = []
    seen: dict[int, int] = {}

    async def look(claim: Claim) -> None:
        key = key_of(claim.address)
        inside[key] += 1
        if inside[key] > 1:
            overlaps.append(key)
        await asyncio.sleep(0.001)
        inside[key] -= 1
        seen[number_of(claim)] = claim.claimed

    async with working(store, look):
        for turn in range(40):
            await asyncio.gather(*(store.accept(f"{turn}-{n}", "pull_request", [pull(n)]) for n in range(1, 6)))

        async def is_all_seen() -> bool:
            return seen == dict.fromkeys(range(1, 6), 40)

        await until(is_all_seen)
    await store.close()

    assert overlaps == []


async def test_no_more_looks_run_at_once_than_allowed(store: Store) -> None:
    most, inside, done = 0, 0, 0

    async def look(_: Claim) -> None:
        nonlocal most, inside, done
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.002)
        inside -= 1
        done += 1

    async with working(store, look, concurrency=3):
        await store.want(pull(number) for number in range(1, 31))

        async def is_done() -> bool:
            return done == 30

        await until(is_done)

    assert most == 3


async def test_when_github_asks_for_patience_the_look_waits_until_then(store: Store, clock: Clock) -> None:
    async def look(_: Claim) -> None:
        raise Later("secondary rate limit", retry_at=clock.now + 90)

    async with working(store, look):
        await store.accept("d1", "pull_request", [pull(3)])

        async def is_put_off() -> bool:
            return await store.next_due() == clock.now + 90

        await until(is_put_off)


async def test_what_github_lets_nobody_do_now_is_no_failure_however_often_it_comes(store: Store, clock: Clock) -> None:
    attempts: list[int] = []

    async def look(claim: Claim) -> None:
        attempts.append(claim.attempts)
        if len(attempts) < 150:
            raise Later("the hour is used up", retry_at=clock.now + 300)

    async with working(store, look):
        await store.accept("d1", "pull_request", [pull(3)])

        async def is_done() -> bool:
            clock.now += 301
            return len(attempts) == 150

        await until(is_done)

    assert attempts == [0] * 150
    assert await store.parked() == []


@pytest.mark.parametrize(
    ("failure", "tries"),
    [
        pytest.param(KeyError("oid"), 5, id="a bug, after five tries"),
        pytest.param(Later("down"), 100, id="an outage, after a hundred"),
    ],
)
async def test_what_keeps_failing_is_parked(store: Store, clock: Clock, failure: Exception, tries: int) -> None:
    attempts: list[int] = []

    async def look(claim: Claim) -> None:
        attempts.append(claim.attempts)
        raise failure

    async with working(store, look) as worker:
        await store.accept("d1", "pull_request", [pull(3)])

        async def is_parked() -> bool:
            if worker.idle:  # a look that is not written down yet would lose its lease
                clock.now += 400  # longer than any backoff
            return len(await store.parked()) == 1

        await until(is_parked)

    (parked,) = await store.parked()
    assert attempts == list(range(tries))
    assert parked.attempts == tries
    assert str(failure) in parked.error


async def test_one_broken_address_does_not_hold_up_the_others(store: Store) -> None:
    looked: set[int] = set()

    async def look(claim: Claim) -> None:
        if number_of(claim) == 3:
            raise ValueError("broken")
        looked.add(number_of(claim))

    async with working(store, look, concurrency=1):
        await store.want(pull(number) for number in range(1, 8))

        async def is_done() -> bool:
            return looked == {1, 2, 4, 5, 6, 7}

        await until(is_done)


async def test_a_look_without_end_is_cut_off_and_tried_again(store: Store, clock: Clock) -> None:
    async def look(_: Claim) -> None:
        await asyncio.Event().wait()

    async with working(store, look, Pace(poll=0.02, longest_look=0.02, first_backoff=50)):
        await store.accept("d1", "pull_request", [pull(3)])

        async def is_put_off() -> bool:
            due = await store.next_due()
            return due is not None and clock.now + 25 <= due <= clock.now + 50

        await until(is_put_off)


async def test_a_long_look_keeps_its_lease(store: Store, clock: Clock) -> None:
    began = asyncio.Event()
    may_end = asyncio.Event()

    async def look(_: Claim) -> None:
        began.set()
        await may_end.wait()

    async with working(store, look):
        await store.accept("d1", "pull_request", [pull(3)])
        await began.wait()
        for _ in range(3):
            clock.now += 50

            async def is_renewed() -> bool:
                return await store.next_due() == clock.now + 60

            await until(is_renewed)
        others = await store.claim(10)
        may_end.set()

    assert others == ()
    assert await store.next_due() is None


async def test_stopping_waits_for_what_runs(store: Store) -> None:
    began = asyncio.Event()
    may_end = asyncio.Event()

    async def look(_: Claim) -> None:
        began.set()
        await may_end.wait()

    async with working(store, look, Pace(poll=0.02, drain=5)) as worker:
        await store.accept("d1", "pull_request", [pull(3)])
        await began.wait()
        worker.stop()
        await store.accept("d2", "pull_request", [pull(4)])
        may_end.set()

    assert [claim.address for claim in await store.claim(10)] == [pull(4).address]


async def test_stopping_gives_back_the_lease_of_what_does_not_end(store: Store) -> None:
    began = asyncio.Event()

    async def look(_: Claim) -> None:
        began.set()
        await asyncio.Event().wait()

    async with working(store, look):
        await store.accept("d1", "pull_request", [pull(3)])
        await began.wait()

    (claim,) = await store.claim(10)
    assert (claim.address, claim.token, claim.by_event) == (pull(3).address, 2, True)


async def test_a_store_that_fails_for_a_while_stops_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = asyncio.Event()
    failures = iter([StoreUnavailable("disk full"), RuntimeError("odd"), StoreUnavailable("disk full")])
    genuine = store.claim

    async def claim(limit: int) -> tuple[Claim, ...]:
        if failure := next(failures, None):
            raise failure
        return await genuine(limit)

    async def look(_: Claim) -> None:
        looked.set()

    monkeypatch.setattr(store, "claim", claim)
    async with working(store, look):
        await store.accept("d1", "pull_request", [pull(3)])
        async with asyncio.timeout(5):
            await looked.wait()

    assert await store.next_due() is None


async def test_a_look_whose_ending_cannot_be_written_is_made_again_without_waiting_for_its_lease(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    failures = iter([StoreUnavailable("connection lost")])
    genuine = store.finish

    async def finish(claim: Claim, again_at: float | None) -> bool:
        if failure := next(failures, None):
            raise failure
        return await genuine(claim, again_at)

    async def look(claim: Claim) -> None:
        looks.append(claim.token)

    async def nothing_is_due() -> bool:
        return await store.next_due() is None

    monkeypatch.setattr(store, "finish", finish)
    async with working(store, look):
        await store.accept("d1", "pull_request", [pull(3)])
        await until(nothing_is_due)

    assert looks == [1, 2]


async def test_an_address_whose_lease_was_lost_is_looked_at_behind_the_old_look_and_not_beside_it(
    store: Store, clock: Clock
) -> None:
    began: list[int] = []
    may_end = asyncio.Event()

    async def look(claim: Claim) -> None:
        began.append(claim.token)
        await may_end.wait()

    async with working(store, look, Pace(poll=0.01, renew=60)):
        await leased_anew_beside_a_look(store, clock, began)
        assert began == [1]

        may_end.set()

        async def is_done() -> bool:
            return await store.next_due() is None

        await until(is_done)
    assert began == [1, 2]


async def test_what_waits_behind_a_look_is_given_back_where_the_worker_stops(store: Store, clock: Clock) -> None:
    began: list[int] = []

    async def look(claim: Claim) -> None:
        began.append(claim.token)
        await asyncio.Event().wait()

    async with working(store, look, Pace(poll=0.01, renew=60, drain=0.01)):
        await leased_anew_beside_a_look(store, clock, began)

    assert began == [1]
    assert (await store.next_due() or 0.0) <= clock.now


async def leased_anew_beside_a_look(store: Store, clock: Clock, began: list[int]) -> None:
    """Want one address, and let the lease of its look run out: it is claimed once more while the look goes on."""
    await store.accept("d1", "pull_request", [pull(3)])

    async def has_begun() -> bool:
        return began == [1]

    await until(has_begun)
    clock.now += 61

    async def is_leased_anew() -> bool:
        return await store.next_due() == clock.now + 60

    await until(is_leased_anew)


async def test_every_look_is_counted_by_how_it_ended(store: Store, clock: Clock) -> None:
    async def look(claim: Claim) -> None:
        clock.now += 2
        if number_of(claim) == 2:
            raise Later("GitHub answered 502: octo/shop")
        if number_of(claim) == 3:
            raise ValueError("octo/shop")

    async with working(
        store, look, Pace(poll=60, first_backoff=900, longest_backoff=900, tries_when_broken=1), concurrency=1
    ):
        await store.accept("d1", "pull_request", [pull(1), pull(2), pull(3)])

        async def are_counted() -> bool:
            return "parked" in store.metrics.exposition().decode()

        await until(are_counted)
    counted = store.metrics.exposition().decode()

    assert [
        f'andon_looks_total{{kind="pull",outcome="{outcome}",repository=""}} 1.0' in counted
        for outcome in ("finished", "retry", "parked")
    ] == [True, True, True]
    assert 'andon_decision_seconds_count{kind="pull"} 1.0' in counted
    assert 'andon_decision_seconds_sum{kind="pull"} 2.0' in counted
    assert "octo" not in counted


async def test_whatever_is_logged_during_a_look_bears_its_address(store: Store) -> None:
    seen: list[object] = []

    async def deeper() -> None:
        seen.append(structlog.contextvars.get_contextvars().get("address"))

    async def look(_: Claim) -> None:
        await asyncio.gather(deeper(), asyncio.create_task(deeper()))

    async with working(store, look):
        await store.accept("d1", "pull_request", [pull(3)])

        async def is_seen() -> bool:
            return len(seen) == 2

        await until(is_seen)

    assert seen == [key_of(pull(3).address)] * 2
    assert "address" not in structlog.contextvars.get_contextvars()
