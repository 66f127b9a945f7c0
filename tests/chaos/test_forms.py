"""The forms play the same schedules alike: in memory as on sockets, and twice as once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from tests.chaos.forms import FullStack
from tests.chaos.in_memory import InMemory
from tests.chaos.sample import played
from tests.chaos.virtual_time import StandstillError, VirtualLoop


@pytest.fixture
def form() -> Iterator[InMemory]:
    made = InMemory()
    yield made
    made.close()


def calls_of(form: InMemory) -> list[tuple[str, int, float]]:
    return [(call.kind, call.status, call.at) for call in form.github.calls]


def test_the_same_seed_gives_the_same_calls_at_the_same_times() -> None:
    logs = []
    for seed in (7, 7, 8):
        form = InMemory(seed)
        played(form)
        logs.append(calls_of(form))
        form.close()

    assert logs[0] == logs[1]
    assert logs[0] != logs[2]


def test_in_memory_ends_as_the_full_stack_does(form: InMemory) -> None:
    beside = FullStack()

    expected = played(beside).shown()
    shown = played(form).shown()

    beside.close()
    assert shown == expected == ["success", (True, "success", 0), (False, "neutral", 1)]


def test_hours_pass_at_once(form: InMemory) -> None:
    began, before = time.monotonic(), form.github.now()

    form.run(asyncio.sleep(10 * 3600.0))

    assert form.github.now() - before == pytest.approx(36_000.0)
    assert time.monotonic() - began < 1.0


def test_what_waits_for_nothing_is_told_at_once() -> None:
    loop = VirtualLoop()

    with pytest.raises(StandstillError, match="no timer runs"):
        loop.run_until_complete(asyncio.Event().wait())

    loop.close()


def test_deliveries_that_are_lost_are_made_good_by_a_sweep(form: InMemory) -> None:
    sample = played(form)
    form.github.loses_deliveries()
    form.run(sample.large.push({"b.py": "x = 1\n"}))
    form.run(sample.repository.ci.succeeds(sample.large.head))
    form.run(sample.large.label("ship"))
    form.run(form.rest())
    unmerged = sample.large.merged

    form.run(form.sweep())

    assert (unmerged, sample.large.merged) == (False, True)


@pytest.mark.parametrize("fault", ["resets_next", "fails_next", "limits_next"])
def test_calls_fail_as_on_a_socket(form: InMemory, fault: str) -> None:
    getattr(form.github, fault)(1, lambda asked: asked.operation == "PullRequestSnapshot")

    sample = played(form)

    failed = [call.status for call in form.github.calls if call.status not in {200, 201, 204}]
    assert failed == [{"resets_next": 0, "fails_next": 502, "limits_next": 403}[fault]]
    assert sample.small.merged


def test_a_delivery_signed_with_another_secret_is_refused(form: InMemory) -> None:
    form.github.webhooks.secret = b"another secret"

    async def pinged() -> None:
        form.github.ping()
        await form.rest()

    form.run(pinged())

    assert [delivery.status_code for delivery in form.github.webhooks.sent] == [401]


def test_every_schedule_begins_with_an_empty_database() -> None:
    first = InMemory()
    played(first)
    first.close()

    second = InMemory()
    release = second.run(second.bench.store.release_of_pull_request("octo", "shop", 1))
    due = second.run(second.bench.store.next_due())
    second.close()

    assert (release, due) == (None, None)
