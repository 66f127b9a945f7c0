"""The feature flags that landed pull requests brought and took away: since when each is there, and by which change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from bot.store.engine import insert
from bot.store.ledger import mark, set_marks
from bot.store.tables import flags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from bot.address import Repository

LONGEST_KEY = 200
"""Characters of a key that are kept; real ones are much shorter."""

MOST_FLAGS = 1000
"""Flags of one repository that one question gives at most."""


@dataclass(frozen=True, slots=True)
class Landed:
    """What one landed pull request did to flags. `at` is a Unix time."""

    repository: Repository
    number: int
    at: float
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag: the pull requests that first, last and finally touched it, with Unix times.

    `removed_at` and `removed_by` are None while code still asks for it, as far as pull requests told.
    """

    key: str
    first_seen: float
    first_by: int
    last_seen: float
    last_by: int
    removed_at: float | None = None
    removed_by: int | None = None


def note(connection: Connection, landed: Sequence[Landed]) -> list[None]:
    """Keep what landed; a flag that comes back is no longer removed. What is told again, or late, changes nothing."""
    for one in sorted(landed, key=lambda one: one.at):
        for key in sorted({key[:LONGEST_KEY] for key in one.added}):
            seen = {"last_seen": one.at, "last_by": one.number, "removed_at": None, "removed_by": None}
            _upsert(connection, one, key, seen)
        for key in sorted({key[:LONGEST_KEY] for key in one.removed}):
            gone = {"last_seen": one.at, "last_by": one.number, "removed_at": one.at, "removed_by": one.number}
            _upsert(connection, one, key, gone)
    return [None] * len(landed)


def all_of(connection: Connection, owner: str, name: str) -> list[Flag]:
    """Give the flags of a repository, the longest there first, those that are gone last."""
    here = and_(flags.c.owner == owner.lower(), flags.c.name == name.lower())
    order = (flags.c.removed_at.is_not(None), flags.c.first_seen, flags.c.key)
    return [_flag(row) for row in connection.execute(select(flags).where(here).order_by(*order).limit(MOST_FLAGS))]


def keep_stale_after(connection: Connection, kept: Sequence[tuple[Repository, int]]) -> list[None]:
    """Keep after how many seconds the policy of a repository calls a flag stale."""
    return set_marks(connection, [(_mark(one.owner, one.name), str(seconds)) for one, seconds in kept])


def stale_after(connection: Connection, owner: str, name: str) -> int | None:
    """Give after how many seconds a flag is stale, as the policy was seen last; None where none was."""
    seconds = mark(connection, _mark(owner, name))
    return None if seconds is None else int(seconds)


def _mark(owner: str, name: str) -> str:
    return f"stale-after:{owner.lower()}/{name.lower()}"


def _upsert(connection: Connection, one: Landed, key: str, values: dict[str, Any]) -> None:
    place = {"owner": one.repository.owner.lower(), "name": one.repository.name.lower()}
    first = {"first_seen": one.at, "first_by": one.number}
    new = insert(connection, flags).values(repository=one.repository.key, key=key, **place, **first, **values)
    same_second = and_(flags.c.last_seen == one.at, flags.c.last_by <= one.number)  # as GitHub tells when it merged
    later = or_(flags.c.last_seen < one.at, same_second)
    connection.execute(new.on_conflict_do_update(index_elements=["repository", "key"], set_=values, where=later))


def _flag(row: Row[Any]) -> Flag:
    return Flag(row.key, row.first_seen, row.first_by, row.last_seen, row.last_by, row.removed_at, row.removed_by)
