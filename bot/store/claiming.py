"""Which addresses are due, who gets them, and when the next one is due: each found by an index, however many rest."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, func, or_, select, union_all, update

from bot.address import Hint, address_of
from bot.store.tables import work
from bot.store.work import LEASE_SECONDS, Claim, Parked

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import BindParameter, ColumnElement, Connection, RowMapping, Select
    from sqlalchemy.sql.dml import ReturningUpdate

_EVENTS: tuple[ColumnElement[bool], ColumnElement[float]] = (work.c.wanted > work.c.done, work.c.due_at)
_TIMERS: tuple[ColumnElement[bool], ColumnElement[float]] = (work.c.timer_at.is_not(None), work.c.timer_at)
"""What makes an address due, an event or a timer: which rows have it, and when they are. Each has its partial index."""

_GIVEN_UP = work.c.parked_at.is_not(None)


def free(now: float | BindParameter[float]) -> ColumnElement[bool]:
    """Say which rows may be claimed if they are due: not given up, and looked at by nobody."""
    return and_(work.c.parked_at.is_(None), or_(work.c.lease_until.is_(None), work.c.lease_until < now))


def claim(connection: Connection, limit: int, now: float) -> tuple[Claim, ...]:
    """Lease up to `limit` addresses, the longest due first. Two processes never get the same one."""
    until = now + LEASE_SECONDS
    given = {"now": now, "most": limit, "until": until}
    rows = connection.execute(claiming(free), given).mappings().all()
    rows_in_order = sorted(rows, key=lambda row: (_due_since(row, now), row["key"]))
    return tuple(_claim_of(row, until) for row in rows_in_order)


@lru_cache(maxsize=4)
def claiming(may_be_claimed: Callable[[BindParameter[float]], ColumnElement[bool]]) -> ReturningUpdate[Any]:
    """Make the statement that claims, once: making it takes longer than asking it, and it is asked often.

    Rows that another process is claiming are passed over, where the database knows of several.
    """
    now: BindParameter[float] = bindparam("now", type_=work.c.due_at.type)
    is_free = may_be_claimed(now)
    most: BindParameter[int] = bindparam("most", type_=work.c.attempts.type)
    firsts = [
        select(work.c.key, due.label("due"))
        .where(waits, due <= now, is_free)
        .order_by(due)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte(name)
        for name, (waits, due) in (("events", _EVENTS), ("timers", _TIMERS))
    ]
    both = union_all(*(select(first.c.key, first.c.due) for first in firsts)).subquery("both")
    longest = select(both.c.key).group_by(both.c.key).order_by(func.min(both.c.due), both.c.key).limit(most)
    leased = {"claimed": work.c.wanted, "token": work.c.token + 1, "lease_until": bindparam("until")}
    return update(work).where(work.c.key.in_(longest)).values(leased).returning(work)


def _due_since(row: RowMapping, now: float) -> float:
    event = row["due_at"] if row["wanted"] > row["done"] else now
    timer = row["timer_at"] if row["timer_at"] is not None else now
    return float(min(event, timer))


def _claim_of(row: RowMapping, leased_until: float) -> Claim:
    by_event = row["wanted"] > row["done"]
    return Claim(
        address=address_of(row["key"]),
        token=row["token"],
        claimed=row["claimed"],
        attempts=row["attempts"],
        looks=0 if by_event else row["looks"] + 1,
        by_event=by_event,
        hint=Hint(row["hint_head"], row["hint_at"]) if row["hint_head"] else None,
        since=row["wanted_since"] if by_event else None,
        leased_until=leased_until,
    )


def next_due(connection: Connection, now: float) -> float | None:
    """Tell when the next address may be claimed, as a Unix time; None where nothing is due ever."""
    times = connection.execute(_NEXT_FREE).one()
    soonest = min((float(time) for time in times if time is not None), default=None)
    if soonest is not None and soonest <= now:
        return soonest
    ends = connection.execute(_NEXT_LEASE, {"soon": now + LEASE_SECONDS}).one()
    return min((float(time) for time in (soonest, *ends) if time is not None), default=None)


def _first_free(waits: ColumnElement[bool], due: ColumnElement[float]) -> Select[Any]:
    """Select when the first row is due that no lease holds back until then."""
    unleased = or_(work.c.lease_until.is_(None), work.c.lease_until <= due)
    return select(due).where(waits, work.c.parked_at.is_(None), unleased).order_by(due).limit(1)


def _first_lease(waits: ColumnElement[bool], due: ColumnElement[float]) -> Select[Any]:
    """Select when the first lease ends of those that hold back a row beyond its time, which is soon at the latest."""
    held = and_(work.c.lease_until > due, work.c.parked_at.is_(None))
    return select(func.min(work.c.lease_until)).where(waits, due <= bindparam("soon", type_=due.type), held)


_NEXT_FREE = select(*(_first_free(*kind).scalar_subquery() for kind in (_EVENTS, _TIMERS)))
_NEXT_LEASE = select(*(_first_lease(*kind).scalar_subquery() for kind in (_EVENTS, _TIMERS)))


def resume(connection: Connection, now: float, *, alone: bool) -> None:
    """Try again what was given up, since another version may know better. Alone on the database, end all leases."""
    unparked = {"parked_at": None, "attempts": 0, "error": ""}
    connection.execute(update(work).where(_GIVEN_UP).values(unparked))
    for waits, due in (_EVENTS, _TIMERS) if alone else ():
        latest = now + LEASE_SECONDS  # an address is due from its claim to its ending; an event puts it off a little
        leased = and_(waits, due <= latest, work.c.lease_until.is_not(None))
        connection.execute(update(work).where(leased).values(lease_until=None))


def all_parked(connection: Connection) -> tuple[Parked, ...]:
    """List what was given up, the longest ago first."""
    rows = connection.execute(select(work).where(_GIVEN_UP).order_by(work.c.parked_at))
    return tuple(Parked(address_of(row.key), row.parked_at, row.attempts, row.error) for row in rows)
