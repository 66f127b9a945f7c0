"""A delivery tells of a commit: it may be on its way to live, the head of pull requests, or both."""

from __future__ import annotations

import pytest

from bot.address import Address, CommitAt, PullRequestAt, Repository, Want
from bot.store.ledger import Release, ReleaseState, Remembered, Sighting
from bot.store.store import Store
from tests.store.given import SHOP

SHA = "a" * 40
ITS_CHECK = Want(CommitAt(SHOP, SHA), if_unfinished=True)


def release(state: ReleaseState) -> Release:
    return Release(SHOP, SHA, 3, "main", state, "production", "deployment", None, "", 1.0, 1.0)


async def wanted_by(store: Store, *wants: Want) -> set[Address]:
    """Tell what a delivery has looked at."""
    await store.accept("d1", "check_run", wants)
    return {claim.address for claim in await store.claim(10)}


@pytest.mark.parametrize("state", list(ReleaseState))
async def test_a_check_wakes_a_commit_until_its_release_is_over(store: Store, state: ReleaseState) -> None:
    await store.save_release(release(state))

    found = await wanted_by(store, Want(PullRequestAt(SHOP, 9)), ITS_CHECK)

    over = {ReleaseState.LIVE, ReleaseState.REVERTED, ReleaseState.SUPERSEDED}
    assert found == {PullRequestAt(SHOP, 9)} | (set() if state in over else {CommitAt(SHOP, SHA)})


async def test_a_check_of_a_commit_that_never_landed_wakes_its_pull_requests_alone(store: Store) -> None:
    found = await wanted_by(store, Want(PullRequestAt(SHOP, 9)), ITS_CHECK)

    assert found == {PullRequestAt(SHOP, 9)}


async def test_a_commit_that_landed_in_another_repository_is_not_woken(store: Store) -> None:
    await store.save_release(release(ReleaseState.DEPLOYING))

    found = await wanted_by(store, Want(CommitAt(Repository(7, "octo", "docs"), SHA), if_unfinished=True))

    assert found == set()


async def test_a_status_of_a_landed_commit_wakes_whose_head_it_is_as_well(store: Store) -> None:
    await store.save_release(release(ReleaseState.LIVE))
    await store.remember(Sighting(SHOP, 9, Remembered(SHA, ""), is_open=True))
    await store.remember(Sighting(SHOP, 8, Remembered(SHA, ""), is_open=False))

    found = await wanted_by(store, Want(CommitAt(SHOP, SHA)))

    assert found == {CommitAt(SHOP, SHA), PullRequestAt(SHOP, 9)}


async def test_a_status_of_a_commit_that_never_landed_wakes_that_alone(store: Store) -> None:
    await store.remember(Sighting(SHOP, 9, Remembered(SHA, ""), is_open=True))

    assert await wanted_by(store, Want(CommitAt(SHOP, SHA))) == {CommitAt(SHOP, SHA)}
