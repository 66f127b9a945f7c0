"""Since when each pull request waits for what, and how long such waits took: begun and ended waits of a repository."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, select

from bot.store.engine import insert
from bot.store.tables import ended_waits, waits
from bot.store.writer import Kind
from bot.waiting import Begun, Changed, Known, usual

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqlalchemy import ColumnElement, Connection

    from bot.address import Repository
    from bot.store.writer import Writer

SAMPLES = 500
"""Ended waits of one repository, the newest, from which the usual length is told."""

SAMPLES_SECONDS = 90 * 86_400.0
"""How long an ended wait is remembered: what took long last year says little."""


@dataclass(frozen=True, slots=True)
class Step:
    """How the waits of one pull request changed, and when (Unix time)."""

    repository: Repository
    number: int
    changed: Changed
    at: float


class KeptWaits:
    """The waits in the store. Every method raises StoreUnavailable where the database fails; writes are committed."""

    def __init__(self, writer: Writer, read: Callable[[Callable[[Connection], Any]], Awaitable[Any]]) -> None:
        self._writer = writer
        self._read = read
        self._change = Kind(change)

    async def known(self, repository: Repository, number: int) -> Known:
        """Give the waits of a pull request that have begun, and how long waits of its repository usually take."""
        found: Known = await self._read(lambda connection: read_known(connection, repository, number))
        return found

    async def change(self, repository: Repository, number: int, changed: Changed, at: float) -> None:
        """Keep how the waits of a pull request changed."""
        await self._writer.write(self._change, Step(repository, number, changed, at))


def read_known(connection: Connection, repository: Repository, number: int) -> Known:
    """Read what is known of the waits of a pull request."""
    begun = {
        row.name: Begun(row.head, row.since, row.usually)
        for row in connection.execute(_BEGUN, {"at": repository.key, "of": number})
    }
    ended = [(row.name, row.seconds) for row in connection.execute(_ENDED, {"at": repository.key})]
    return Known(begun, usual(ended))


_OF = and_(waits.c.repository == bindparam("at"), waits.c.number == bindparam("of"))
_BEGUN = select(waits).where(_OF).order_by(waits.c.name)
_IN = ended_waits.c.repository == bindparam("at")
_NEWEST = select(ended_waits.c.name, ended_waits.c.seconds).where(_IN).order_by(ended_waits.c.ended_at.desc())
_ENDED = _NEWEST.limit(SAMPLES)
"""Made once: they are asked at every look."""


def change(connection: Connection, steps: Sequence[Step]) -> list[None]:
    """Keep how waits changed. An end that two processes tell of counts once: for the one that found it begun."""
    for step in sorted(steps, key=lambda step: (step.repository.key, step.number)):
        for name in step.changed.gone:
            gone = connection.execute(delete(waits).where(_here(step.repository, step.number), waits.c.name == name))
            if gone.rowcount and name in step.changed.ended:
                _add_sample(connection, step, name, step.changed.ended[name])
        for name, begun in sorted(step.changed.begun.items()):
            _begin(connection, step, name, begun)
        if step.changed.ended:
            old = ended_waits.c.ended_at < step.at - SAMPLES_SECONDS
            connection.execute(delete(ended_waits).where(ended_waits.c.repository == step.repository.key, old))
    return [None] * len(steps)


def _begin(connection: Connection, step: Step, name: str, begun: Begun) -> None:
    place = {"repository": step.repository.key, "number": step.number, "name": name}
    values = {"head": begun.head, "since": begun.since, "usually": begun.usually}
    new = insert(connection, waits).values(**place, **values)
    connection.execute(new.on_conflict_do_update(index_elements=list(place), set_=values))


def _add_sample(connection: Connection, step: Step, name: str, seconds: float) -> None:
    row = {"repository": step.repository.key, "number": step.number, "name": name}
    connection.execute(ended_waits.insert().values(**row, seconds=seconds, ended_at=step.at))


def _here(repository: Repository, number: int) -> ColumnElement[bool]:
    return and_(waits.c.repository == repository.key, waits.c.number == number)
