"""The lease of one address while a look at it goes on: it is kept, and proved before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.address import key_of
from bot.github.fence import Overtaken
from bot.store import work

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.store.store import Store
    from bot.store.work import Claim


class Lease:
    """A lease as its holder knows it, by a clock in Unix time."""

    def __init__(self, store: Store, claim: Claim, clock: Callable[[], float]) -> None:
        self._store = store
        self._claim = claim
        self._clock = clock
        self._ends_at = claim.leased_until

    async def renew(self) -> bool:
        """Keep it for another minute; False if it is lost. Raises StoreUnavailable."""
        asked_at = self._clock()
        kept = await self._store.renew(self._claim)
        self._ends_at = asked_at + work.LEASE_SECONDS if kept else 0.0
        return kept

    async def prove(self) -> None:
        """Prove that it lasts longer than a request may. Raises Overtaken where it is lost, or StoreUnavailable.

        A request ends within half of what a lease lasts. Where less is left, as after a standstill, the store is asked.
        """
        if self._ends_at - self._clock() < work.LEASE_SECONDS / 2 and not await self.renew():
            raise Overtaken(key_of(self._claim.address))
