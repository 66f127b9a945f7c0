"""Incidents as they are kept: which releases failed together, the issue of each, and what people agreed on there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    and_,
    or_,
    select,
    update,
)

from bot.address import Repository
from bot.postmortem.actions import Agreed, agreed_of, as_json
from bot.postmortem.incident import Incident, Passage, incidents
from bot.store.engine import insert
from bot.store.ledger import ReleaseState
from bot.store.prose import Prose
from bot.store.tables import metadata, release_states, releases
from bot.store.writer import Kind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Row

    from bot.store.writer import Writer

kept_incidents = Table(
    "incidents",
    metadata,
    Column("repository", String(250), nullable=False),
    Column("sha", String(64), nullable=False),
    Column("owner", String(100), nullable=False),
    Column("name", String(100), nullable=False),
    Column("branch", String(400), nullable=False),
    Column("number", Integer, nullable=False),
    Column("began_at", Double, nullable=False),
    Column("members", JSON, nullable=False),
    Column("restored_at", Double),
    Column("restored_by", String(64), nullable=False),
    Column("line_closed_at", Double),
    Column("tried_at", Double),
    Column("issue", Integer),
    Column("said", Prose, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("agreed", JSON(none_as_null=True)),
    Column("nudged", Boolean, nullable=False),
    Column("looked_at", Double, nullable=False),
    PrimaryKeyConstraint("repository", "sha"),
    Index("incidents_newest", "owner", "name", "began_at"),
)

RECENT_SECONDS = 24 * 3600.0
"""A release that failed longer ago than this, and is of no incident yet, makes none any more."""

MOST_RELEASES = 1000
LISTED = 100


@dataclass(frozen=True, slots=True)
class Post:
    """How far the issue of an incident is.

    `tried_at` is when it was last about to be opened or had just been (Unix time), `issue` its number, `said` why there
    is none or why andon leaves it alone. `closed`, `agreed` and `nudged` are as its last look found them; `nudged` is
    also that andon wrote what is missing.
    """

    tried_at: float | None = None
    issue: int | None = None
    said: str = ""
    closed: bool = False
    agreed: Agreed = field(default_factory=Agreed)
    nudged: bool = False
    looked_at: float = 0.0
    line_closed_at: float | None = None

    @property
    def counts_as_closed(self) -> bool:
        """Tell whether people are through with it: closed, with an action or a reason why none is needed."""
        return self.closed and self.agreed.is_complete


@dataclass(frozen=True, slots=True)
class KeptIncident:
    """One incident of a branch, what was said of each of its failures when it failed, and its issue."""

    repository: Repository
    branch: str
    incident: Incident
    details: Mapping[str, str]
    post: Post

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more can become of it: production is restored, and people are through with it."""
        return self.incident.restored_at is not None and (self.post.counts_as_closed or self.is_left)

    @property
    def is_left(self) -> bool:
        """Tell whether there is no issue and will be none."""
        return self.post.issue is None and bool(self.post.said)


class KeptIncidents:
    """The incidents in the store. Every method raises StoreUnavailable as the store does; writes are committed."""

    def __init__(
        self,
        writer: Writer,
        read: Callable[[Callable[[Connection], Any]], Awaitable[Any]],
        clock: Callable[[], float],
    ) -> None:
        self._writer = writer
        self._read = read
        self._clock = clock
        self._settle = Kind(self._settled, lambda place: (place[0].key, place[1]))
        self._save = Kind(_save, lambda one: (one[0].repository.key, one[0].incident.sha))

    async def settle(self, repository: Repository, branch: str) -> tuple[str, ...]:
        """Bring the incidents of a branch up to what its releases say; give those that are new or changed."""
        return await self._writer.write(self._settle, (repository, branch))

    async def of(self, repository: Repository, sha: str) -> KeptIncident | None:
        """Give the incident that is called by a commit."""
        here = and_(kept_incidents.c.repository == repository.key, kept_incidents.c.sha == sha)
        found: tuple[KeptIncident, ...] = await self._read(lambda one: _incidents(one, here))
        return next(iter(found), None)

    async def all_of(self, owner: str, name: str) -> tuple[KeptIncident, ...]:
        """List the newest hundred incidents of a repository, the newest first."""
        here = and_(kept_incidents.c.owner == owner.lower(), kept_incidents.c.name == name.lower())
        found: tuple[KeptIncident, ...] = await self._read(lambda one: _incidents(one, here))
        return found

    async def branches(self, repository: Repository) -> tuple[str, ...]:
        """List the branches of a repository whose incidents may have changed."""
        since = self._clock() - RECENT_SECONDS
        found: tuple[str, ...] = await self._read(lambda one: _branches(one, repository, since))
        return found

    async def save(self, known: KeptIncident, post: Post) -> KeptIncident:
        """Keep how far the issue of an incident is; what its releases say stays as it is.

        So does the number of an issue where `post` knows none: another process may have opened it meanwhile.
        """
        await self._writer.write(self._save, (known, post))
        return KeptIncident(known.repository, known.branch, known.incident, known.details, post)

    def _settled(self, connection: Connection, places: Sequence[tuple[Repository, str]]) -> Sequence[tuple[str, ...]]:
        return [_settle(connection, repository, branch, self._clock()) for repository, branch in places]


def _settle(connection: Connection, repository: Repository, branch: str, now: float) -> tuple[str, ...]:
    table = kept_incidents.c
    here = and_(table.repository == repository.key, table.branch == branch)
    rows = {one.incident.sha: one for one in _incidents(connection, here)}
    unrestored = (one.incident.began_at for one in rows.values() if one.incident.restored_at is None)
    details: dict[str, str] = {}
    passages = _passages(connection, (repository, branch), min([now - RECENT_SECONDS, *unrestored]), details)
    changed = []
    for one in incidents(passages, tuple(rows)):
        known = rows.get(one.sha)
        if known is None and now - one.began_at > RECENT_SECONDS and one.restored_at is not None:
            continue
        said = {sha: details.get(sha, "") for sha in one.members} | dict(known.details if known else {})
        if known is None or known.incident != one:
            _keep(connection, KeptIncident(repository, branch, one, said, Post()))
            changed.append(one.sha)
    return tuple(changed)


def _passages(
    connection: Connection, place: tuple[Repository, str], since: float, details: dict[str, str]
) -> tuple[Passage, ...]:
    """Read the releases of a branch that failed since a time, and all that landed from the first of them on."""
    repository, branch = place
    of_branch = and_(releases.c.repository == repository.key, releases.c.base_branch == branch)
    same = and_(release_states.c.repository == releases.c.repository, release_states.c.sha == releases.c.sha)
    failed = and_(same, release_states.c.state == ReleaseState.FAILED.value, release_states.c.at >= since)
    landed = select(releases.c.created_at).join(release_states, failed).where(of_branch)
    first = connection.execute(landed.order_by(releases.c.created_at).limit(1)).scalar()
    if first is None:
        return ()
    wanted = and_(of_branch, releases.c.created_at >= first)
    rows = connection.execute(select(releases).where(wanted).order_by(releases.c.created_at).limit(MOST_RELEASES)).all()
    reached = states_of(connection, wanted)
    details |= {row.sha: row.detail for row in rows if row.state == ReleaseState.FAILED.value}
    return tuple(
        Passage(
            row.sha,
            row.number,
            row.created_at,
            failed_at=reached[row.sha].get("failed"),
            live_at=reached[row.sha].get("live"),
            reverted_at=reached[row.sha].get("reverted"),
        )
        for row in rows
    )


def states_of(connection: Connection, wanted: ColumnElement[bool]) -> Mapping[str, Mapping[str, float]]:
    """Read when each of some releases reached which state first (Unix times)."""
    same = and_(release_states.c.repository == releases.c.repository, release_states.c.sha == releases.c.sha)
    reached: dict[str, dict[str, float]] = defaultdict(dict)
    for row in connection.execute(select(release_states).join(releases, same).where(wanted)):
        reached[row.sha][row.state] = row.at
    return reached


def _keep(connection: Connection, one: KeptIncident) -> None:
    """Keep which releases belong to an incident; its issue stays as it is."""
    incident = one.incident
    values = {
        "members": [{"sha": sha, "detail": one.details.get(sha, "")} for sha in incident.members],
        "restored_at": incident.restored_at,
        "restored_by": incident.restored_by,
        "began_at": incident.began_at,
        "number": incident.number,
    }
    place = {"owner": one.repository.owner.lower(), "name": one.repository.name.lower(), "branch": one.branch}
    identity = {"repository": one.repository.key, "sha": incident.sha}
    new = insert(connection, kept_incidents).values(**identity, **place, **values, **_post(one.post))
    connection.execute(new.on_conflict_do_update(index_elements=list(identity), set_=values))


def _save(connection: Connection, saved: Sequence[tuple[KeptIncident, Post]]) -> list[None]:
    for known, post in saved:
        here = and_(kept_incidents.c.repository == known.repository.key, kept_incidents.c.sha == known.incident.sha)
        values = _post(post)
        if post.issue is None:
            del values["issue"]
        connection.execute(update(kept_incidents).where(here).values(**values))
    return [None] * len(saved)


def _post(post: Post) -> dict[str, Any]:
    named = {name: getattr(post, name) for name in Post.__dataclass_fields__}
    return {**named, "agreed": as_json(post.agreed)}


def _incidents(connection: Connection, here: ColumnElement[bool]) -> tuple[KeptIncident, ...]:
    newest = (kept_incidents.c.began_at.desc(), kept_incidents.c.sha)
    rows = connection.execute(select(kept_incidents).where(here).order_by(*newest).limit(LISTED))
    return tuple(map(_incident, rows))


def _incident(row: Row[Any]) -> KeptIncident:
    details = {one["sha"]: one["detail"] for one in row.members}
    incident = Incident(row.sha, row.number, row.began_at, tuple(details), row.restored_at, row.restored_by)
    post = Post(
        tried_at=row.tried_at,
        issue=row.issue,
        said=row.said,
        closed=row.closed,
        agreed=agreed_of(row.agreed),
        nudged=row.nudged,
        looked_at=row.looked_at,
        line_closed_at=row.line_closed_at,
    )
    return KeptIncident(Repository.of_key(row.repository), row.branch, incident, details, post)


def _branches(connection: Connection, repository: Repository, since: float) -> tuple[str, ...]:
    same = and_(release_states.c.repository == releases.c.repository, release_states.c.sha == releases.c.sha)
    failed = and_(same, release_states.c.state == ReleaseState.FAILED.value, release_states.c.at >= since)
    here = releases.c.repository == repository.key
    found = set(connection.execute(select(releases.c.base_branch).join(release_states, failed).where(here)).scalars())
    table = kept_incidents.c
    lasting = and_(table.repository == repository.key, or_(table.restored_at.is_(None), table.looked_at == 0.0))
    return tuple(sorted(found | set(connection.execute(select(table.branch).where(lasting)).scalars())))
