"""What is forgotten with time. Large tables are looked through in portions: no delivery waits for a whole one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, and_, bindparam, cast, delete, exists, false, func, or_, select

from bot.store.ledger import REFUSED_MARKS, TOLD_MARKS, TRIED_MARKS, mark, set_marks
from bot.store.requests_kept import outdated
from bot.store.tables import decisions, deliveries, ended_waits, marks, pull_requests, strays, waits, work
from bot.store.waits_kept import SAMPLES_SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Column, ColumnElement, Connection

PORTION = 5_000
"""Rows of a table that are looked at in one go: more than a day's in a day of sweeps, and a few milliseconds' work."""

LAST_ONE_LONGER = 335 * 24 * 3600.0
"""How many seconds longer than others the last evaluation of a pull request is kept that is open no more."""

SAMPLES_LONGER = SAMPLES_SECONDS - 30 * 24 * 3600.0
"""How many seconds longer than others ended waits are kept, which tell how long such waits take."""

_CURSOR = "pruned/"


def prune(connection: Connection, befores: Sequence[float]) -> list[int]:
    """Forget what ended before a time (Unix seconds): inbox, idle work, evaluations, waits, refusals and marks.

    What was granted, released or found in production is kept. Gives how many rows went.
    """
    before = max(befores)
    whole = (
        delete(deliveries).where(deliveries.c.id.in_(_oldest_deliveries(before))),
        delete(waits).where(waits.c.since < before, ~_is_open(waits.c.repository, waits.c.number)),
        delete(strays).where(strays.c.undone_at < before),
        *outdated(before),
    )
    gone = sum(connection.execute(statement).rowcount for statement in whole)
    gone += _in_portions(connection, work.c.key, _is_idle_since(before))
    gone += _in_portions(connection, decisions.c.id, or_(_is_superseded(before), _is_over(before)))
    gone += _in_portions(connection, ended_waits.c.id, ended_waits.c.ended_at < before - SAMPLES_LONGER)
    gone += _forget_marks(connection, before)
    return [gone] * len(befores)


def _oldest_deliveries(before: float) -> Any:  # noqa: ANN401 - a selection of one column
    oldest = select(deliveries.c.id).where(deliveries.c.received_at < before).order_by(deliveries.c.received_at)
    return oldest.limit(PORTION).scalar_subquery()


def _is_idle_since(before: float) -> ColumnElement[bool]:
    """Say which addresses nobody waits for; one that was given up is kept for a person to see."""
    idle = and_(work.c.wanted == work.c.done, work.c.timer_at.is_(None), work.c.lease_until.is_(None))
    return and_(idle, work.c.parked_at.is_(None), work.c.finished_at < before)


def _stood_until() -> ColumnElement[float]:
    return func.coalesce(decisions.c.last_at, decisions.c.at)


def _is_superseded(before: float) -> ColumnElement[bool]:
    """Say which evaluations stood for the last time before a Unix time, and have one after them."""
    later = decisions.alias("later")
    same = (getattr(later.c, name) == getattr(decisions.c, name) for name in ("owner", "name", "number"))
    return and_(_stood_until() < before, exists().where(*same, later.c.id > decisions.c.id))


def _is_over(before: float) -> ColumnElement[bool]:
    """Say which evaluations stood for the last time long before a Unix time, of pull requests that are not open."""
    repository = cast(decisions.c.installation, String) + "/" + decisions.c.owner + "/" + decisions.c.name
    return and_(_stood_until() < before - LAST_ONE_LONGER, ~_is_open(repository, decisions.c.number))


def _is_open(repository: ColumnElement[str], number: ColumnElement[int]) -> ColumnElement[bool]:
    here = and_(pull_requests.c.repository == repository, pull_requests.c.number == number)
    return exists().where(here, pull_requests.c.open)


def _in_portions(connection: Connection, key: Column[Any], ended: ColumnElement[bool]) -> int:
    """Forget what ended in the next portion of a table."""
    return connection.execute(delete(key.table).where(_next_portion(connection, key), ended)).rowcount


def _next_portion(connection: Connection, key: Column[Any]) -> ColumnElement[bool]:
    """Say which rows of a table are next in the order of its key; go round in it."""
    name = f"{_CURSOR}{key.table.name}"
    kept = mark(connection, name)
    reached = json.loads(kept) if kept else None
    beyond = select(key).order_by(key).limit(PORTION)
    keys = connection.execute(beyond if reached is None else beyond.where(key > reached)).scalars().all()
    is_last = len(keys) < PORTION
    if kept or not is_last:
        set_marks(connection, [(name, "" if is_last else json.dumps(keys[-1]))])
    return key.between(keys[0], keys[-1]) if keys else false()


def _forget_marks(connection: Connection, before: float) -> int:
    """Forget the refusals of merges, and what was told of releases, that are older than a time."""
    forgotten = or_(*(marks.c.key.startswith(prefix) for prefix in (TRIED_MARKS, REFUSED_MARKS, TOLD_MARKS)))
    portion = select(marks.c.key, marks.c.value).where(_next_portion(connection, marks.c.key), forgotten)
    old = [
        {"old_key": row.key, "old_value": row.value}
        for row in connection.execute(portion)
        if _time_of(row.value) < before
    ]
    if old:
        connection.execute(_FORGET_MARK, old)
    return len(old)


_FORGET_MARK = delete(marks).where(marks.c.key == bindparam("old_key"), marks.c.value == bindparam("old_value"))
"""One that was made anew meanwhile stays."""


def _time_of(value: str) -> float:
    """Read when a mark was made; what nobody can read was made long ago."""
    try:
        return float(json.loads(value)["at"])
    except (KeyError, TypeError, ValueError):
        return 0.0
