"""The kinds of writes that the store knows, for the writer to put many of a kind into one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store import (
    claiming,
    decisions_kept,
    endings,
    flags_kept,
    ledger,
    orders_kept,
    requests_kept,
    retention,
    work,
)
from bot.store.writer import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from bot.store.decisions_kept import Decision
    from bot.store.ledger import Release
    from bot.store.work import Claim, Delivery, Quiet, Wish


class Kinds:
    """The kinds of writes, each with the clock it needs and with how long events are waited for."""

    def __init__(self, clock: Callable[[], float], quiet: Quiet) -> None:
        self._clock = clock
        self._quiet = quiet
        self.accept = Kind(self._accept)
        self.want = Kind(self._want)
        self.claim = Kind(self._claim)
        self.end = Kind(endings.end)
        self.record = Kind(self._record)
        self.remember = Kind(ledger.remember)
        self.land = Kind(self._land, _commit)
        self.save_release = Kind(ledger.save_releases, _commit)
        self.answer = Kind(orders_kept.answer)
        self.tell = Kind(requests_kept.tell)
        self.note_flags = Kind(flags_kept.note)
        self.keep_stale_after = Kind(flags_kept.keep_stale_after)
        self.set_mark = Kind(ledger.set_marks)
        self.prune = Kind(retention.prune)
        self.resume = Kind(self._resume)

    def _accept(self, connection: Connection, arrived: Sequence[Delivery]) -> Sequence[bool]:
        return work.accept(connection, arrived, self._clock(), self._quiet)

    def _want(self, connection: Connection, groups: Sequence[tuple[Wish, ...]]) -> Sequence[None]:
        work.wish(connection, [one for group in groups for one in group], self._clock(), self._quiet)
        return [None] * len(groups)

    def _claim(self, connection: Connection, limits: Sequence[int]) -> Sequence[tuple[Claim, ...]]:
        return [claiming.claim(connection, limit, self._clock()) for limit in limits]

    def _resume(self, connection: Connection, alone: Sequence[bool]) -> Sequence[None]:
        claiming.resume(connection, self._clock(), alone=all(alone))
        return [None] * len(alone)

    def _record(self, connection: Connection, made: Sequence[Decision]) -> Sequence[None]:
        return decisions_kept.keep(connection, made, self._clock())

    def _land(self, connection: Connection, landed: Sequence[Release]) -> Sequence[bool]:
        return ledger.land(connection, landed, self._clock(), self._quiet)


def _commit(release: Release) -> tuple[str, str]:
    return release.repository.key, release.sha
