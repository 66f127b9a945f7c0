"""Which processes work on one database: each says now and then that it is alive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, func, select

from bot.store.engine import insert
from bot.store.tables import marks
from bot.store.writer import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from bot.store.writer import Writer

BEAT_SECONDS = 20.0
"""How often a process says that it is alive."""

ALIVE_SECONDS = 65.0
"""A process that said nothing for so long is counted no more: three beats, and a moment."""

_PREFIX = "process/"


class KeptProcesses:
    """The processes that work on this database. Raises StoreUnavailable where the database fails."""

    def __init__(self, writer: Writer, clock: Callable[[], float]) -> None:
        self._writer = writer
        self._clock = clock
        self._beat = Kind(self._beaten)

    async def beat(self, name: str) -> int:
        """Say that a process is alive; tells how many are, this one included."""
        return await self._writer.write(self._beat, name)

    def _beaten(self, connection: Connection, names: Sequence[str]) -> Sequence[int]:
        now = self._clock()
        for name in sorted(names):
            row = insert(connection, marks).values(key=f"{_PREFIX}{name}", value=_moment(now))
            connection.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": row.excluded.value}))
        ours = marks.c.key.startswith(_PREFIX)
        # Whole seconds since 1970 have ten digits until the year 2286, and so stand in order as text.
        connection.execute(delete(marks).where(and_(ours, marks.c.value < _moment(now - ALIVE_SECONDS))))
        alive: int = connection.execute(select(func.count()).select_from(marks).where(ours)).scalar_one()
        return [alive] * len(names)


def _moment(at: float) -> str:
    return f"{int(at):010}"
