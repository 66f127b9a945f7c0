"""What is asked of the database to read one line, made once: making these takes longer than asking them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, bindparam, func, select

from bot.store.ledger import ReleaseState
from bot.store.tables import line_entries, line_orders, lines, releases, reverts

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select, Table

MOST_RELEASES = 1000


def _here(table: Table, branch: str = "branch") -> ColumnElement[bool]:
    """Select the rows of a line, which is given as owner, name and branch when the statement is carried out."""
    named = and_(*(table.c[name] == bindparam(name) for name in ("owner", "name")))
    return and_(named, table.c[branch] == bindparam("branch"))


def _orders() -> Select[Any]:
    opened = select(func.max(line_orders.c.at)).where(_here(line_orders), line_orders.c.freezes.is_(False))
    since = line_orders.c.at >= func.coalesce(opened.scalar_subquery(), 0.0)
    return select(line_orders).where(_here(line_orders), since).order_by(line_orders.c.at)


def _landed() -> Select[Any]:
    here = _here(releases, "base_branch")
    is_live = releases.c.state == ReleaseState.LIVE.value
    last = select(func.max(releases.c.created_at)).where(here, is_live).scalar_subquery()
    after = releases.c.created_at >= func.coalesce(last, 0.0)
    order = (releases.c.created_at, releases.c.since)
    taken = and_(reverts.c.repository == releases.c.repository, reverts.c.sha == releases.c.sha)
    known = (reverts.c[name] for name in ("closes", "revert", "wanted_at", "login", "over"))
    about = select(releases, *known).outerjoin(reverts, taken)
    return about.where(here, after).order_by(*order).limit(MOST_RELEASES)


LINE: Final = select(lines).where(_here(lines))
ENTRIES: Final = select(line_entries).where(_here(line_entries)).order_by(line_entries.c.number)

ORDERS: Final = _orders()
"""What was ordered since the line was last opened."""

LANDED: Final = _landed()
"""What landed since the release that went live last, that one included, and what is known of taking it back."""
