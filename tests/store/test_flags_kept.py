"""Flags in the store: since when they are there, and which change took them away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.store.flags_kept import LONGEST_KEY, Flag, Landed
from tests.store.given import SHOP

if TYPE_CHECKING:
    from bot.store.store import Store


async def test_a_flag_is_known_since_the_change_that_brought_it(store: Store) -> None:
    await store.note_flags(Landed(SHOP, 3, 100.0, added=("new-checkout",)))
    await store.note_flags(Landed(SHOP, 5, 200.0, added=("new-checkout", "refunds")))

    assert await store.flags("Octo", "Shop") == [
        Flag("new-checkout", 100.0, 3, 200.0, 5),
        Flag("refunds", 200.0, 5, 200.0, 5),
    ]


async def test_one_that_is_taken_away_is_listed_last_and_comes_back_when_asked_for_again(store: Store) -> None:
    await store.note_flags(Landed(SHOP, 3, 100.0, added=("old",)))
    await store.note_flags(Landed(SHOP, 4, 150.0, added=("young",)))
    await store.note_flags(Landed(SHOP, 6, 300.0, removed=("old",)))
    gone = await store.flags("octo", "shop")

    await store.note_flags(Landed(SHOP, 7, 400.0, added=("old",)))
    back = await store.flags("octo", "shop")

    assert [(flag.key, flag.removed_at, flag.removed_by) for flag in gone] == [("young", None, None), ("old", 300.0, 6)]
    assert back[0] == Flag("old", 100.0, 3, 400.0, 7)


async def test_one_that_was_there_before_andon_is_known_from_its_end(store: Store) -> None:
    await store.note_flags(Landed(SHOP, 6, 300.0, removed=("ancient",)))

    assert await store.flags("octo", "shop") == [Flag("ancient", 300.0, 6, 300.0, 6, 300.0, 6)]


async def test_the_age_at_which_flags_are_stale_is_the_one_that_was_seen_last(store: Store) -> None:
    never = await store.stale_after("octo", "shop")
    await store.keep_stale_after(SHOP, 100)
    await store.keep_stale_after(SHOP, 100)
    first = await store.stale_after("Octo", "Shop")
    await store.keep_stale_after(SHOP, 200)

    assert (never, first, await store.stale_after("octo", "shop")) == (None, 100, 200)
    assert await store.stale_after("octo", "other") is None


async def test_repositories_keep_their_flags_apart_and_keys_short(store: Store) -> None:
    await store.note_flags(Landed(replace(SHOP, name="other"), 1, 100.0, added=("x" * 500,)))

    assert await store.flags("octo", "shop") == []
    assert [len(flag.key) for flag in await store.flags("octo", "other")] == [LONGEST_KEY]
