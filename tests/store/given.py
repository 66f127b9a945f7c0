"""What tests of the store start from."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.address import Hint, PullRequestAt, Repository, Want
from bot.store.ledger import Release, ReleaseState
from bot.store.store import Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SHOP = Repository(7, "octo", "shop")


class Clock:
    """A clock that only a test turns."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def pull(number: int, hint: Hint | None = None) -> Want:
    return Want(PullRequestAt(SHOP, number), hint)


@asynccontextmanager
async def opened(url: str, clock: Clock) -> AsyncIterator[Store]:
    """One process's store, until it is closed."""
    store = await Store.open(url, clock)
    try:
        yield store
    finally:
        await store.close()


def just_landed(at: float, **fields: Any) -> Release:
    """Give the release of a commit that landed at a Unix time, but for the `fields` that are named."""
    whole = Release(
        repository=SHOP,
        sha="c" * 40,
        number=3,
        base_branch="main",
        state=ReleaseState.LANDED,
        environment="production",
        via="deployment",
        deployment_id=None,
        detail="",
        since=at,
        created_at=at,
    )
    return replace(whole, **fields)
