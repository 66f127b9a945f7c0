"""Every evaluation of a pull request: one row for each that said something new, or did something."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, func, insert, select, update

from bot.store.tables import decisions
from bot.text.redaction import KNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Row, Select

    from bot.address import Repository

Place = tuple[str, str, int]
"""A pull request: owner, name, number."""

MOST_AT_ONCE = 100
"""Evaluations that one question gives at most."""


@dataclass(frozen=True, slots=True)
class Again:
    """How an evaluation is told from the one before it.

    `says` names what was decided: equal names are one evaluation, and only the first of them is kept whole. `acted`
    says that it changed something on GitHub, and so is kept for itself. `broke_off` says that GitHub may show nothing
    of it. `seen` is JSON: what may differ all the same.
    """

    says: str
    acted: bool
    broke_off: bool
    seen: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on one pull request at one head; `record` is JSON."""

    repository: Repository
    number: int
    head: str
    record: Mapping[str, object]
    again: Again | None = None


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One evaluation that was kept: `at` first and `last_at` last (Unix times), found `looks` times.

    `last` is what differed at the last of several looks; None where there was one.
    """

    id: int
    at: float
    last_at: float
    looks: int
    record: Mapping[str, Any]
    last: Mapping[str, Any] | None


def keep(connection: Connection, made: Sequence[Decision], now: float) -> list[None]:
    """Keep evaluations. One that repeats the latest of its pull request only moves its last time and its count."""
    for one in made:
        owner, name = one.repository.owner.lower(), one.repository.name.lower()
        again = one.again or Again(_name_of(one.record), acted=False, broke_off=False, seen={})
        latest = connection.execute(_LATEST, _place(owner, name, one.number)).first()
        if latest is None or again.acted or (latest.head, latest.says) != (one.head, again.says):
            row = {"installation": one.repository.installation, "owner": owner, "name": name, "number": one.number}
            said = {"head": one.head, "says": again.says, "record": KNOWN.value(dict(one.record))}
            times = {"at": now, "last_at": now, "looks": 1, "broke_off": again.broke_off}
            connection.execute(_NEW, {**row, **said, **times})
        else:
            seen = {"last_at": now, "looks": latest.looks + 1, "last": KNOWN.value(dict(again.seen))}
            connection.execute(_SEEN_AGAIN, {"of_id": latest.id, **seen})
    return [None] * len(made)


def _name_of(record: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def _of(owner: str, name: str, number: int) -> ColumnElement[bool]:
    return and_(decisions.c.owner == owner.lower(), decisions.c.name == name.lower(), decisions.c.number == number)


def _latest(here: ColumnElement[bool]) -> Select[Any]:
    return select(decisions).where(here).order_by(decisions.c.id.desc()).limit(1)


def _place(owner: str, name: str, number: int) -> dict[str, object]:
    return {"of_owner": owner.lower(), "of_name": name.lower(), "of_number": number}


_NEW = insert(decisions)
_SEEN_AGAIN = update(decisions).where(decisions.c.id == bindparam("of_id"))
_LATEST = _latest(
    and_(
        decisions.c.owner == bindparam("of_owner"),
        decisions.c.name == bindparam("of_name"),
        decisions.c.number == bindparam("of_number"),
    )
)
"""What is asked at every look is made once: making a statement takes longer than asking it."""


def latest_record(connection: Connection, owner: str, name: str, number: int) -> dict[str, Any] | None:
    """Give the latest record of a pull request."""
    latest = connection.execute(_LATEST, _place(owner, name, number)).first()
    return None if latest is None else dict(latest.record)


def evaluation(connection: Connection, owner: str, name: str, number: int, at: float | None = None) -> Evaluated | None:
    """Give the evaluation that stood at a Unix time; without one, the latest."""
    here = _of(owner, name, number)
    latest = connection.execute(_latest(here if at is None else and_(here, decisions.c.at <= at))).first()
    return None if latest is None else _evaluated(latest)


def history(
    connection: Connection, place: Place, before: int | None = None, most: int = MOST_AT_ONCE
) -> tuple[Evaluated, ...]:
    """List the evaluations of a pull request, the newest first; `before` goes on below that id."""
    here = _of(*place)
    older = here if before is None else and_(here, decisions.c.id < before)
    rows = connection.execute(select(decisions).where(older).order_by(decisions.c.id.desc()).limit(most))
    return tuple(_evaluated(row) for row in rows)


def recorded_since(connection: Connection, owner: str, name: str, number: int) -> float | None:
    """Tell when the first evaluation was made that is still kept (Unix time)."""
    at: float | None = connection.execute(select(func.min(decisions.c.at)).where(_of(owner, name, number))).scalar()
    return at


def judged_since(connection: Connection, repository: Repository, number: int, head: str) -> float | None:
    """Tell when the first decision on a head was shown since it last became the head (Unix time)."""
    here = _of(repository.owner, repository.name, number)
    other = select(func.max(decisions.c.id)).where(here, decisions.c.head != head).scalar_subquery()
    shown = decisions.c.broke_off.is_not(True)
    since = and_(here, shown, decisions.c.head == head, decisions.c.id > func.coalesce(other, 0))
    at: float | None = connection.execute(select(func.min(decisions.c.at)).where(since)).scalar()
    return at


def _evaluated(row: Row[Any]) -> Evaluated:
    return Evaluated(row.id, row.at, row.last_at or row.at, row.looks or 1, dict(row.record), row.last)
