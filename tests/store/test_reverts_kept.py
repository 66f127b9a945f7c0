"""What is to be taken back, in the store: kept once, and anew where its release fails once more."""

from __future__ import annotations

from dataclasses import replace

from bot.restore.restore import TakenBack
from bot.store.store import Store
from tests.store.given import SHOP

TAKEN = TakenBack("7" * 40, "main", 7, 100.0)
GIVEN_UP = replace(TAKEN, revert=9, head="9" * 40, said="nothing is to be taken back", over=True)


async def test_a_release_that_fails_once_more_is_due_again_by_the_revert_that_is_there(store: Store) -> None:
    await store.reverts.want(SHOP, TAKEN)
    await store.reverts.save(SHOP, GIVEN_UP)

    await store.reverts.want(SHOP, replace(TAKEN, wanted_at=200.0))

    assert await store.reverts.of(SHOP, TAKEN.sha) == replace(
        TAKEN, wanted_at=200.0, revert=9, head="9" * 40, said="", over=False
    )


async def test_what_a_person_asked_for_stays_theirs_where_its_release_fails(store: Store) -> None:
    asked = replace(TAKEN, login="bob", reason="the price is wrong")
    await store.reverts.want(SHOP, asked)

    await store.reverts.want(SHOP, replace(TAKEN, wanted_at=200.0))

    assert await store.reverts.of(SHOP, TAKEN.sha) == asked
