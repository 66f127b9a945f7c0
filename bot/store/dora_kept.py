"""What DORA's metrics are counted from: when each release reached which state, and what it brought."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, false, or_, select, true

from bot.dora.delivered import Delivered
from bot.dora.size import size_in
from bot.store.decisions_kept import latest_record, recorded_since
from bot.store.engine import insert
from bot.store.tables import decisions, release_facts, release_states, releases

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Row, Table

    from bot.store.ledger import Release

DEPLOYED = ("verifying", "live")
"""States of what is in production, the first one that it can reach first."""

LIVE = ("live", "superseded")
"""States of what is live, by itself or within a later release that holds it."""

FAILED = ("failed", "reverting", "reverted")
FIX = "fix"
"""The lane of the line in which that goes which mends production."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is recorded of some repositories, each `owner/name` in lower case.

    `unknown` are those that were asked for and of which nothing at all is known. `environments` are all that releases
    went to; `releases` are those to the environment that was asked for.
    """

    repositories: tuple[str, ...]
    unknown: tuple[str, ...]
    environments: tuple[str, ...]
    releases: tuple[Delivered, ...]

    @property
    def since(self) -> float | None:
        """When the first of the releases landed (Unix time)."""
        return min((one.merged_at for one in self.releases), default=None)


def note_states(connection: Connection, changed: Sequence[Release]) -> None:
    """Keep when releases first reached the state that they are in."""
    for one in changed:
        row = {"repository": one.repository.key, "sha": one.sha, "state": one.state.value, "at": one.since}
        connection.execute(insert(connection, release_states).values(**row).on_conflict_do_nothing())


def note_facts(connection: Connection, landed: Sequence[Release]) -> None:
    """Keep what newly landed commits brought, as their pull requests were judged last."""
    for one in landed:
        place = one.repository.owner, one.repository.name, one.number
        record = latest_record(connection, *place) or {}
        row = {"repository": one.repository.key, "sha": one.sha, **_facts(record)}
        if row["first_push_at"] is None:
            row["first_push_at"] = recorded_since(connection, *place)
        connection.execute(insert(connection, release_facts).values(**row).on_conflict_do_nothing())


def _facts(record: Mapping[str, Any]) -> dict[str, Any]:
    sized = size_in(record)
    return {
        "first_push_at": record.get("opened_at"),
        "lines": sized.get("effective_lines"),
        "files": sized.get("files"),
        "undoes": record.get("undoes"),
        "lane": (record.get("line") or {}).get("lane", ""),
    }


class KeptDora:
    """What is recorded of releases, asynchronously; raises StoreUnavailable as the store does."""

    def __init__(self, read: Callable[[Callable[[Connection], Any]], Awaitable[Any]]) -> None:
        self._read = read

    async def recorded(self, repositories: Sequence[str], environment: str, branch: str | None = None) -> Recorded:
        """Give all releases of repositories (`owner/name`; none for all) to an environment; None for all branches."""
        found: Recorded = await self._read(lambda one: recorded(one, repositories, environment, branch))
        return found

    async def reached(self, release: Release) -> tuple[tuple[str, float], ...]:
        """List the states that a release was in, each with when it first was (Unix time), in that order."""
        here = and_(release_states.c.repository == release.repository.key, release_states.c.sha == release.sha)
        asked = select(release_states.c.state, release_states.c.at).where(here).order_by(release_states.c.at)
        found: Sequence[Row[Any]] = await self._read(lambda one: one.execute(asked).all())
        return tuple((row.state, row.at) for row in found)


def recorded(connection: Connection, repositories: Sequence[str], environment: str, branch: str | None) -> Recorded:
    """Read all that is recorded of repositories; of all in which anything landed, where none is named."""
    asked = tuple(dict.fromkeys(name.lower() for name in repositories))
    known = tuple(name for name in asked if _is_known(connection, name)) if asked else _all_that_landed(connection)
    here = or_(false(), *(_of(releases, name) for name in known)) if asked else true()
    environments = select(releases.c.environment).where(here).distinct().order_by(releases.c.environment)
    there = and_(here, releases.c.environment == environment)
    wanted = there if branch is None else and_(there, releases.c.base_branch == branch)
    return Recorded(
        repositories=known,
        unknown=tuple(name for name in asked if name not in known),
        environments=tuple(connection.execute(environments).scalars()),
        releases=_releases(connection, wanted),
    )


def _is_known(connection: Connection, repository: str) -> bool:
    """Tell whether anything was judged or landed in a repository."""
    looks = (select(table.c.name).where(_of(table, repository)).limit(1) for table in (releases, decisions))
    return any(connection.execute(look).first() is not None for look in looks)


def _all_that_landed(connection: Connection) -> tuple[str, ...]:
    """List the repositories in which anything landed."""
    found = select(releases.c.owner, releases.c.name).distinct().order_by(releases.c.owner, releases.c.name)
    return tuple(f"{row.owner}/{row.name}" for row in connection.execute(found))


def _of(table: Table, repository: str) -> ColumnElement[bool]:
    owner, _, name = repository.partition("/")
    return and_(table.c.owner == owner, table.c.name == name)


def _releases(connection: Connection, wanted: ColumnElement[bool]) -> tuple[Delivered, ...]:
    one_of = and_(release_states.c.repository == releases.c.repository, release_states.c.sha == releases.c.sha)
    reached: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    moments = select(release_states).join(releases, one_of).where(wanted)
    for row in connection.execute(moments):
        reached[row.repository, row.sha][row.state] = row.at
    facts = and_(release_facts.c.repository == releases.c.repository, release_facts.c.sha == releases.c.sha)
    columns = (c for c in release_facts.c if c.name not in ("repository", "sha"))
    rows = connection.execute(select(releases, *columns).outerjoin(release_facts, facts).where(wanted))
    return tuple(_delivered(row, {row.state: row.since, **reached[row.repository, row.sha]}) for row in rows)


def _delivered(row: Row[Any], reached: Mapping[str, float]) -> Delivered:
    return Delivered(
        repository=f"{row.owner}/{row.name}",
        sha=row.sha,
        number=row.number,
        environment=row.environment,
        branch=row.base_branch,
        merged_at=row.created_at,
        first_push_at=row.first_push_at,
        deployed_at=_first(reached, DEPLOYED),
        live_at=_first(reached, LIVE),
        failed_at=_first(reached, FAILED),
        reverts=row.undoes,
        lines=row.lines,
        files=row.files,
        rework=row.undoes is not None or row.lane == FIX,
    )


def _first(reached: Mapping[str, float], states: Sequence[str]) -> float | None:
    return min((reached[state] for state in states if state in reached), default=None)
