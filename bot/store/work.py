"""The work table: what is wanted, who looks at it now, and when to look again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import and_, bindparam, case, func, or_, select, update

from bot.address import Address, Hint, Want, address_of, key_of
from bot.store.beside import tell
from bot.store.engine import insert
from bot.store.followed import worth
from bot.store.requests_kept import Pressed, press
from bot.store.tables import deliveries, work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import BindParameter, ColumnElement, Connection, RowMapping, ScalarSelect, Select

LEASE_SECONDS = 60.0
ROWS_AT_ONCE = 500  # SQLite and PostgreSQL both bound the number of parameters of a statement

Row = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Quiet:
    """How events that come close together are made one look: `seconds` after the last, `at_most` after the first.

    The first event after a longer rest does not wait.
    """

    seconds: float = 1.0
    at_most: float = 10.0


USUAL = Quiet()


@dataclass(frozen=True, slots=True)
class Claim:
    """One address, leased to one worker.

    `looks` counts the looks by timer since the last event, this one included; `attempts` those that failed.
    `since` is when it was first wanted otherwise than by a timer (Unix time).
    """

    address: Address
    token: int
    claimed: int
    attempts: int = 0
    looks: int = 0
    by_event: bool = True
    hint: Hint | None = None
    since: float | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery and what it makes worth a look."""

    id: str
    event: str
    wants: tuple[Want, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """A want on its way into the table. `at` is the earliest time to look, None is as soon as for an event.

    Only a delivery brings back what was given up: a sweep would try it again for ever.
    """

    want: Want
    at: float | None = None
    delivered: bool = False


@dataclass(frozen=True, slots=True)
class Parked:
    """An address that was given up until an event or a person asks again."""

    address: Address
    parked_at: float
    attempts: int
    error: str


def accept(connection: Connection, arrived: Sequence[Delivery], now: float, quiet: Quiet) -> list[bool]:
    """Keep deliveries and what they want; False for one that was seen before, which wants nothing again."""
    rows = [{"id": one.id, "event": one.event, "received_at": now} for one in sorted(arrived, key=lambda one: one.id)]
    unseen: set[str] = set()
    for some in _portions(rows):
        new = insert(connection, deliveries).on_conflict_do_nothing().returning(deliveries.c.id)
        unseen.update(connection.execute(new, list(some)).scalars())
    answers: list[bool] = []
    wants: list[Want] = []
    pressed: list[Pressed] = []
    for delivery in arrived:
        is_new = delivery.id in unseen
        unseen.discard(delivery.id)
        answers.append(is_new)
        wanted = delivery.wants if is_new else ()
        wants.extend(wanted)
        pressed.extend(
            Pressed(want.address.repository, delivery.id, want.press) for want in wanted if want.press is not None
        )
    press(connection, pressed, now)
    wish(connection, [Wish(want, delivered=True) for want in worth(connection, wants)], now, quiet)
    return answers


def wish(connection: Connection, wishes: Sequence[Wish], now: float, quiet: Quiet) -> None:
    """Add to what is wanted. Keys are touched in their order, so that two processes cannot deadlock."""
    by_key: dict[str, list[Wish]] = {}
    for one in wishes:
        by_key.setdefault(key_of(one.want.address), []).append(one)
    for keys in _portions(sorted(by_key)):
        changed = []
        for state in _locked(connection, keys):
            after = reduce(lambda row, one: wished(row, one, now, quiet), by_key[state["key"]], state)
            changed.append({f"new_{name}": after[name] for name in ("key", *_WISHED)})
        connection.execute(_WISH, changed)
    if wishes:
        tell(connection)


def _locked(connection: Connection, keys: Sequence[str]) -> list[Row]:
    """Lock the rows of keys, those that are missing are added.

    Another process may forget an idle row between the two statements: then it is added anew, or its wish would be lost.
    """
    found: dict[str, Row] = {}
    while missing := [key for key in keys if key not in found]:
        connection.execute(insert(connection, work).on_conflict_do_nothing(), [_idle(key) for key in missing])
        of_keys = select(work).where(work.c.key.in_(missing)).order_by(work.c.key).with_for_update()
        found |= {row["key"]: dict(row) for row in connection.execute(of_keys).mappings()}
    return [found[key] for key in keys]


_WISHED = ("wanted", "due_at", "wanted_since", "attempts", "parked_at", "error", "hint_head", "hint_at")
_WISH = (
    update(work).where(work.c.key == bindparam("new_key")).values({name: bindparam(f"new_{name}") for name in _WISHED})
)


def _idle(key: str) -> Row:
    counters = dict.fromkeys(("wanted", "done", "claimed", "token", "attempts", "looks"), 0)
    return {"key": key, "due_at": 0.0, "error": "", **counters}


def wished(row: Row, one: Wish, now: float, quiet: Quiet) -> Row:
    """Give the row as one more wish leaves it: due at once if it was quiet, else once it is, or has waited enough."""
    earliest = now if one.at is None else max(now, one.at)
    since = row["wanted_since"] if _waits(row) and row["wanted_since"] is not None else earliest
    changes: Row = {"wanted": row["wanted"] + 1, "wanted_since": since, "due_at": _due(row, one, since, now, quiet)}
    if row["parked_at"] is not None and one.delivered:
        changes |= {"parked_at": None, "attempts": 0, "error": ""}
    hint = one.want.hint
    if hint is not None and hint.updated_at >= (row["hint_at"] or ""):
        changes |= {"hint_head": hint.head, "hint_at": hint.updated_at}
    return row | changes


def _waits(row: Row) -> bool:
    """Tell whether a row is wanted and nobody looks at it yet, nor gave it up."""
    looked_at = row["lease_until"] is not None and row["claimed"] == row["wanted"]
    return row["wanted"] > row["done"] and not looked_at and row["parked_at"] is None


def _due(row: Row, one: Wish, since: float, now: float, quiet: Quiet) -> float:
    due_at: float = row["due_at"]
    waits = _waits(row)
    if waits and row["attempts"]:
        return max(due_at, now)  # a look that failed keeps the patience it was asked for
    if one.at is not None:
        return min(due_at, one.at) if waits else max(now, one.at)
    finished_at = row["finished_at"]
    if row["wanted"] == row["done"] and (finished_at is None or now - finished_at > quiet.seconds):
        return now
    return min(now + quiet.seconds, since + quiet.at_most)


def claimable(now: float | BindParameter[float]) -> ColumnElement[bool]:
    """Say which rows may be claimed: not parked, not leased, and due by an event or by a timer."""
    unleased = or_(work.c.lease_until.is_(None), work.c.lease_until < now)
    by_event = and_(work.c.wanted > work.c.done, work.c.due_at <= now)
    return and_(work.c.parked_at.is_(None), unleased, or_(by_event, work.c.timer_at <= now))


def due_rows(limit: int, now: float | BindParameter[float]) -> Select[Any]:
    """Select what may be claimed; on PostgreSQL, rows that another process is claiming are passed over."""
    due = select(work).where(claimable(now)).order_by(work.c.due_at, work.c.key).limit(limit)
    return due.with_for_update(skip_locked=True)


@lru_cache(maxsize=32)
def _due_rows(limit: int, _: Callable[..., ColumnElement[bool]]) -> Select[Any]:
    """Make the statement once for what is claimable: making it takes longer than asking it, and it is asked often."""
    return due_rows(limit, bindparam("now", type_=work.c.due_at.type))


def claim(connection: Connection, limit: int, now: float) -> tuple[Claim, ...]:
    """Lease up to `limit` addresses, the longest due first. Two processes never get the same one."""
    rows = connection.execute(_due_rows(limit, claimable), {"now": now}).mappings().all()
    if rows:
        leased = [{"new_key": row["key"], "new_lease": now + LEASE_SECONDS} for row in rows]
        connection.execute(_CLAIM, leased)
    return tuple(_claim_of(row) for row in rows)


_CLAIM = (
    update(work)
    .where(work.c.key == bindparam("new_key"))
    .values(claimed=work.c.wanted, token=work.c.token + 1, lease_until=bindparam("new_lease"))
)


def _claim_of(row: RowMapping) -> Claim:
    by_event = row["wanted"] > row["done"]
    return Claim(
        address=address_of(row["key"]),
        token=row["token"] + 1,
        claimed=row["wanted"],
        attempts=row["attempts"],
        looks=0 if by_event else row["looks"] + 1,
        by_event=by_event,
        hint=Hint(row["hint_head"], row["hint_at"]) if row["hint_head"] else None,
        since=row["wanted_since"] if by_event else None,
    )


def resume(connection: Connection, *, alone: bool) -> None:
    """Try again what was given up, since another version may know better. Alone on the database, end all leases."""
    unparked = {"parked_at": None, "attempts": 0, "error": ""}
    connection.execute(update(work).where(work.c.parked_at.is_not(None)).values(unparked))
    if alone:
        connection.execute(update(work).where(work.c.lease_until.is_not(None)).values(lease_until=None))


def next_due(connection: Connection) -> float | None:
    """Tell when the next address may be claimed, as a Unix time; None where nothing is due ever."""
    times = connection.execute(_NEXT_DUE).one()
    return min((float(time) for time in times if time is not None), default=None)


def _earliest(waits: ColumnElement[bool], due: ColumnElement[float]) -> ScalarSelect[Any]:
    """Select when the first of some rows may be claimed: when it is due, but not before its lease runs out."""
    lease = func.coalesce(work.c.lease_until, 0.0)
    free = select(func.min(case((lease > due, lease), else_=due)))
    return free.where(waits, work.c.parked_at.is_(None)).scalar_subquery()


_NEXT_DUE = select(
    _earliest(work.c.wanted > work.c.done, work.c.due_at).label("by_event"),
    _earliest(work.c.timer_at.is_not(None), work.c.timer_at).label("by_timer"),
)


def all_parked(connection: Connection) -> tuple[Parked, ...]:
    """List what was given up, the longest ago first."""
    rows = connection.execute(select(work).where(work.c.parked_at.is_not(None)).order_by(work.c.parked_at))
    return tuple(Parked(address_of(row.key), row.parked_at, row.attempts, row.error) for row in rows)


def _portions(items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[start : start + ROWS_AT_ONCE] for start in range(0, len(items), ROWS_AT_ONCE))
