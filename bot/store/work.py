"""The work table: what is wanted, and from when on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, reduce
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import bindparam, literal_column, select, update

from bot.address import Address, Hint, Want, key_of
from bot.store.beside import is_postgresql, tell
from bot.store.engine import insert_into
from bot.store.followed import worth
from bot.store.requests_kept import Pressed, press
from bot.store.tables import deliveries, work

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection
    from sqlalchemy.sql.dml import ReturningInsert

    from bot.store.engine import Insert

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
    `since` is when it was first wanted otherwise than by a timer, `leased_until` how long nobody else may look (Unix
    times).
    """

    address: Address
    token: int
    claimed: int
    attempts: int = 0
    looks: int = 0
    by_event: bool = True
    hint: Hint | None = None
    since: float | None = None
    leased_until: float = 0.0


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
        unseen.update(connection.execute(_new_deliveries(connection.dialect.name), list(some)).scalars())
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
    # In a SQLite file nobody else writes meanwhile: most rows are there, and need no lock.
    found = {} if is_postgresql(connection.dialect) else _rows(connection, keys)
    while missing := [key for key in keys if key not in found]:
        connection.execute(_idle_row(connection.dialect.name), [{"key": key} for key in missing])
        found |= _rows(connection, missing)
    return [found[key] for key in keys]


def _rows(connection: Connection, keys: Sequence[str]) -> dict[str, Row]:
    return {row["key"]: dict(row) for row in connection.execute(_OF_KEYS, {"keys": keys}).mappings()}


# Each statement is made once: making it takes longer than carrying it out, and deliveries wait for it.
_OF_KEYS = select(work).where(work.c.key.in_(bindparam("keys", expanding=True))).order_by(work.c.key).with_for_update()


@cache
def _new_deliveries(dialect: str) -> ReturningInsert[Any]:
    return insert_into(dialect, deliveries).on_conflict_do_nothing().returning(deliveries.c.id)


@cache
def _idle_row(dialect: str) -> Insert:
    """Add a row that wants nothing."""
    zero: ColumnElement[int] = literal_column("0")
    counters = dict.fromkeys(("wanted", "done", "claimed", "token", "attempts", "looks", "due_at"), zero)
    row = {"key": bindparam("key"), "error": literal_column("''"), **counters}
    return insert_into(dialect, work).values(row).on_conflict_do_nothing()


_WISHED = ("wanted", "due_at", "wanted_since", "attempts", "parked_at", "error", "hint_head", "hint_at")
_WISH = (
    update(work).where(work.c.key == bindparam("new_key")).values({name: bindparam(f"new_{name}") for name in _WISHED})
)


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


def _portions(items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[start : start + ROWS_AT_ONCE] for start in range(0, len(items), ROWS_AT_ONCE))
