"""Waits in the store: since when each lasts, and how long those took that are over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.address import Repository
from bot.store.waits_kept import SAMPLES_SECONDS
from bot.waiting import Begun, Changed, Known
from tests.store.given import SHOP

if TYPE_CHECKING:
    from bot.store.store import Store

HEAD = "a" * 40
CI = {"check:ci": Begun(HEAD, 100.0, 60.0)}


async def test_a_wait_that_began_is_known_until_it_is_gone(store: Store) -> None:
    await store.waits.change(SHOP, 3, Changed(begun={**CI, "approval": Begun("", 90.0)}), 100.0)
    before = await store.waits.known(SHOP, 3)
    await store.waits.change(SHOP, 3, Changed(gone=("check:ci",)), 110.0)

    assert before == Known({"approval": Begun("", 90.0), **CI})
    assert await store.waits.known(SHOP, 3) == Known({"approval": Begun("", 90.0)})


async def test_each_pull_request_of_each_repository_has_waits_of_its_own(store: Store) -> None:
    await store.waits.change(SHOP, 3, Changed(begun=CI), 100.0)

    assert await store.waits.known(SHOP, 4) == Known()
    assert await store.waits.known(Repository(7, "octo", "other"), 3) == Known()


async def test_one_that_begins_anew_replaces_what_was_known(store: Store) -> None:
    await store.waits.change(SHOP, 3, Changed(begun=CI), 100.0)
    await store.waits.change(SHOP, 3, Changed(begun={"check:ci": Begun("b" * 40, 200.0)}), 200.0)

    assert (await store.waits.known(SHOP, 3)).begun == {"check:ci": Begun("b" * 40, 200.0)}


async def ends(store: Store, number: int, seconds: float, at: float) -> None:
    await store.waits.change(SHOP, number, Changed(begun={"check:ci": Begun(HEAD, at - seconds)}), at - seconds)
    await store.waits.change(SHOP, number, Changed(gone=("check:ci",), ended={"check:ci": seconds}), at)


async def test_five_ends_tell_what_is_usual_for_every_pull_request(store: Store) -> None:
    for number, seconds in enumerate((60.0, 120.0, 6000.0, 180.0), 1):
        await ends(store, number, seconds, 10_000.0 * number)
    before = (await store.waits.known(SHOP, 9)).usual
    await ends(store, 5, 240.0, 50_000.0)

    assert before == {}
    assert (await store.waits.known(SHOP, 9)).usual == {"check:ci": 180.0}


async def test_an_end_that_two_processes_tell_of_counts_once(store: Store) -> None:
    for number in range(1, 5):
        await ends(store, number, 60.0, 1000.0 * number)
    await store.waits.change(SHOP, 4, Changed(gone=("check:ci",), ended={"check:ci": 60.0}), 4000.0)

    assert (await store.waits.known(SHOP, 9)).usual == {}


async def test_what_took_long_a_season_ago_says_nothing(store: Store) -> None:
    for number in range(1, 5):
        await ends(store, number, 60.0, 1000.0 * number)

    await ends(store, 5, 60.0, 5000.0 + SAMPLES_SECONDS)

    assert (await store.waits.known(SHOP, 9)).usual == {}
