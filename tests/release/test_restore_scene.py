"""What is known of a release that is taken back stays one picture, whatever happens while it is gathered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.address import CommitAt
from bot.release.restore_scene import Standing, scene_of
from bot.restore.restore import OnFailure, Outcome, Restored, TakenBack, WaitFor, decide
from bot.store.ledger import Release, ReleaseState
from tests.races.driver import Race, Stepped
from tests.store.given import SHOP, Clock, just_landed, opened

if TYPE_CHECKING:
    from pathlib import Path

    from bot.store.store import Store

BAD, REVERT = "b" * 40, "e" * 40
READS = 6
"""Await points while the scene is gathered: one for each question to the store."""


@pytest.mark.parametrize("at", range(READS))
async def test_a_revert_that_goes_live_while_it_is_looked_at_is_never_taken_for_another_release(
    at: int, tmp_path: Path
) -> None:
    async with opened(f"sqlite:///{tmp_path}/andon.db", Clock()) as store:
        bad, revert, taken = await _being_taken_back(store)
        live = replace(revert, state=ReleaseState.LIVE)
        race = Race(at=at, between=lambda: store.save_release(live), answered=True)

        outcome = await _decided(store, bad, taken, race)

        assert race.struck is not None, "more reads are listed than there are"
        assert len(race.points) <= READS, "reads were added that no case strikes"
        assert isinstance(outcome, WaitFor | Restored)
        assert await _decided(store, bad, taken, Race()) == Restored(revert.number)


async def _being_taken_back(store: Store) -> tuple[Release, Release, TakenBack]:
    bad = just_landed(1000.0, sha=BAD, number=2, state=ReleaseState.REVERTING)
    revert = just_landed(1100.0, sha=REVERT, number=4, state=ReleaseState.DEPLOYING)
    taken = TakenBack(BAD, bad.base_branch, bad.number, 1050.0, revert=revert.number)
    await store.save_release(bad)
    await store.reverts.land(revert, undoes=BAD)
    await store.reverts.want(SHOP, taken)
    return bad, revert, taken


async def _decided(store: Store, bad: Release, taken: TakenBack, race: Race) -> Outcome:
    race.began = True
    standing = Standing(CommitAt(SHOP, BAD), bad, OnFailure.REVERT)
    return decide(taken, await Stepped(scene_of(store, standing, taken), race))
