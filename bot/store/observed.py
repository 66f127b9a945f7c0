"""What the operator asks of the database: how much waits, since when, what was given up, and what was done last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select

from bot.store.line_kept import At
from bot.store.tables import decisions, lines, release_states, work

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy import Connection

SWEPT = "swept_at"
"""The mark of when a sweep ended last, as a Unix time."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the work stands, over all processes of this database. Times are Unix seconds, None where there is none.

    `waiting` addresses are wanted and not looked at to the end, the first of them since `oldest`; `parked` ones were
    given up. `finished_at` is when a look ended well last, `decided_at` when a decision was written last.
    """

    waiting: int
    oldest: float | None
    parked: int
    finished_at: float | None
    decided_at: float | None


class Observed:
    """Reads what the operator asks. Every method raises StoreUnavailable where the database fails."""

    def __init__(self, read: Callable[[Callable[[Connection], Any]], Awaitable[Any]]) -> None:
        self._read = read

    async def standing(self) -> Standing:
        """Read how the work stands."""
        found: Standing = await self._read(standing)
        return found

    async def releases(self) -> dict[str, int]:
        """Count the releases that ever reached each state."""
        found: dict[str, int] = await self._read(releases)
        return found

    async def lines(self) -> tuple[At, ...]:
        """Name every line there is."""
        found: tuple[At, ...] = await self._read(known_lines)
        return found


_WAITS = and_(work.c.wanted > work.c.done, work.c.parked_at.is_(None))
_STANDING = (
    select(func.count().label("waiting"), func.min(work.c.wanted_since).label("oldest")).where(_WAITS),
    select(func.count()).where(work.c.parked_at.is_not(None)),
    select(func.max(work.c.finished_at)),
    select(decisions.c.at).order_by(decisions.c.id.desc()).limit(1),
)
"""One question for each index, or all that rests would be read."""


def standing(connection: Connection) -> Standing:
    """Read how the work stands."""
    waiting, *others = _STANDING
    found = connection.execute(waiting).one()
    parked, finished_at, decided_at = (connection.execute(other).scalar() for other in others)
    return Standing(found.waiting, found.oldest, parked or 0, finished_at, decided_at)


def releases(connection: Connection) -> dict[str, int]:
    """Count by state."""
    counted = select(release_states.c.state, func.count().label("releases")).group_by(release_states.c.state)
    return {row.state: row.releases for row in connection.execute(counted.order_by(release_states.c.state))}


def known_lines(connection: Connection) -> tuple[At, ...]:
    """Name the lines in their order."""
    rows = connection.execute(select(lines.c.owner, lines.c.name, lines.c.branch).order_by(*lines.primary_key))
    return tuple(At(row.owner, row.name, row.branch) for row in rows)
