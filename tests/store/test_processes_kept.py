"""Processes on one database know of one another, and forget who says nothing any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store.processes_kept import ALIVE_SECONDS, BEAT_SECONDS
from bot.store.store import Store

if TYPE_CHECKING:
    from tests.store.given import Clock


async def test_each_process_counts_all_that_are_alive(store: Store, url: str, clock: Clock) -> None:
    other = await Store.open(url, clock)

    counts = [await store.processes.beat("a"), await other.processes.beat("b"), await store.processes.beat("a")]
    await other.close()

    assert counts == [1, 2, 2]


async def test_a_process_that_says_nothing_any_more_is_forgotten(store: Store, clock: Clock) -> None:
    await store.processes.beat("gone")
    clock.now += BEAT_SECONDS
    soon = await store.processes.beat("here")
    clock.now += ALIVE_SECONDS

    assert (soon, await store.processes.beat("here")) == (2, 1)


async def test_counting_processes_leaves_other_marks_alone(store: Store, clock: Clock) -> None:
    await store.set_mark("processes", "a mark of another kind")
    await store.processes.beat("gone")
    clock.now += 10 * ALIVE_SECONDS

    await store.processes.beat("here")

    assert await store.mark("processes") == "a mark of another kind"
