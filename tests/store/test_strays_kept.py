"""What landed otherwise than it was judged, in the store: kept once, and gone once it was taken back."""

from __future__ import annotations

from bot.line.line import Failure
from bot.store.line_kept import At
from bot.store.store import Store
from bot.store.strays_kept import Stray
from tests.store.given import SHOP

MAIN, RELEASE = At.of(SHOP, "main"), At.of(SHOP, "release")
STRAY = Stray(7, "7" * 40, 100.0, "app.py: it is not there")


async def test_it_is_kept_as_it_was_found_first_and_for_its_branch_alone(store: Store) -> None:
    await store.line.stray(MAIN, STRAY)
    await store.line.stray(MAIN, Stray(7, "7" * 40, 200.0, "found again"))

    assert (await store.line.read(MAIN)).strays == (Failure(7, "7" * 40, 100.0, "app.py: it is not there"),)
    assert (await store.line.read(RELEASE)).strays == ()


async def test_it_is_gone_once_it_was_taken_back_and_does_not_come_again(store: Store) -> None:
    await store.line.stray(MAIN, STRAY)

    answers = [
        await store.line.undo(RELEASE, STRAY.sha, 150.0),
        await store.line.undo(MAIN, "8" * 40, 150.0),
        await store.line.undo(MAIN, STRAY.sha, 150.0),
        await store.line.undo(MAIN, STRAY.sha, 160.0),
    ]
    await store.line.stray(MAIN, STRAY)

    assert answers == [False, False, True, False]
    assert (await store.line.read(MAIN)).strays == ()


async def test_one_revert_does_not_take_back_what_landed_as_several_commits(store: Store) -> None:
    await store.line.stray(MAIN, Stray(7, "7" * 40, 100.0, "app.py: it is not there", commits=2))

    taken = await store.line.undo(MAIN, "7" * 40, 150.0)

    assert not taken
    assert len((await store.line.read(MAIN)).strays) == 1
