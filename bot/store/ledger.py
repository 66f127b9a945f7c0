"""What became of what andon decided: known pull requests, releases and a few marks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, func, or_, select

from bot.address import CommitAt, Repository, Want
from bot.evidence.evidence import Watch, as_json, watch_of
from bot.store import dora_kept
from bot.store.engine import Insert, insert
from bot.store.tables import marks, pull_requests, releases, reverts
from bot.store.work import Quiet, Wish, wish

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Row, Table


class ReleaseState(StrEnum):
    """How far a landed commit is on its way to live."""

    LANDED = "landed"
    DEPLOYING = "deploying"
    VERIFYING = "verifying"
    LIVE = "live"
    FAILED = "failed"
    REVERTING = "reverting"
    REVERTED = "reverted"
    SUPERSEDED = "superseded"


OVER = frozenset({ReleaseState.LIVE, ReleaseState.FAILED, ReleaseState.REVERTED, ReleaseState.SUPERSEDED})
"""Where a release ends; all others are followed. One that failed may yet be taken back."""

UNWELL = frozenset({ReleaseState.FAILED, ReleaseState.REVERTING})
"""States of a release by which production is not well."""

SETTLED = frozenset({ReleaseState.REVERTED, ReleaseState.SUPERSEDED})
"""States of a release that production is past."""


@dataclass(frozen=True, slots=True)
class Release:
    """One landed commit on its way to live. `since` (of this state) and `created_at` are Unix times.

    `watch` is what was seen of it in production.
    """

    repository: Repository
    sha: str
    number: int
    base_branch: str
    state: ReleaseState
    environment: str
    via: str
    deployment_id: int | None
    detail: str
    since: float
    created_at: float
    watch: Watch = field(default_factory=Watch)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was last seen of an open pull request: its head, and a digest of all that a look depends on."""

    head: str
    digest: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """One pull request as it was just seen. `heard_until` is when its newest comment was written (Unix time)."""

    repository: Repository
    number: int
    seen: Remembered
    is_open: bool
    heard_until: float | None = None


def remember(connection: Connection, sightings: Sequence[Sighting]) -> list[None]:
    """Keep what was last seen of pull requests."""
    for one in sorted(sightings, key=lambda one: (one.repository.key, one.number)):
        row = {"repository": one.repository.key, "number": one.number}
        heard = {} if one.heard_until is None else {"heard_until": one.heard_until}
        seen = {"head": one.seen.head, "digest": one.seen.digest, "open": one.is_open, **heard}
        _upsert(connection, pull_requests, row, seen)
    return [None] * len(sightings)


def open_pull_requests(connection: Connection, repository: Repository) -> dict[int, Remembered]:
    """Give the known open pull requests of a repository by their numbers."""
    here = and_(pull_requests.c.repository == repository.key, pull_requests.c.open)
    rows = connection.execute(select(pull_requests).where(here).order_by(pull_requests.c.number))
    return {row.number: Remembered(row.head, row.digest) for row in rows}


def numbers_at(connection: Connection, repository: Repository, sha: str) -> tuple[int, ...]:
    """Give the numbers of the known open pull requests whose head is a commit."""
    here = and_(pull_requests.c.head == sha, pull_requests.c.repository == repository.key, pull_requests.c.open)
    found = select(pull_requests.c.number).where(here).order_by(pull_requests.c.number)
    return tuple(connection.execute(found).scalars())


def land(connection: Connection, landed: Sequence[Release], now: float, quiet: Quiet) -> list[bool]:
    """Keep newly landed commits and want a look at each; False for one that was known, which stays as it is."""
    answers: list[bool] = []
    new_ones: list[Release] = []
    for release in landed:
        placed = _behind_its_second(connection, release)
        new = insert(connection, releases).values(_row_of(placed)).on_conflict_do_nothing().returning(releases.c.sha)
        answers.append(connection.execute(new).first() is not None)
        new_ones.extend([placed] if answers[-1] else ())
    dora_kept.note_states(connection, new_ones)
    dora_kept.note_facts(connection, new_ones)
    wish(connection, [Wish(Want(CommitAt(one.repository, one.sha))) for one in new_ones], now, quiet)
    return answers


def _behind_its_second(connection: Connection, release: Release) -> Release:
    """Give one that landed in the same second as others of its branch a place behind them.

    GitHub tells in whole seconds when a pull request was merged, and what landed later is what mends or fails next.
    """
    second = float(int(release.created_at))
    there = and_(releases.c.repository == release.repository.key, releases.c.base_branch == release.base_branch)
    same = and_(releases.c.created_at >= second, releases.c.created_at < second + 1.0)
    newest = connection.execute(select(func.max(releases.c.created_at)).where(there, same)).scalar()
    if newest is None or newest < release.created_at:
        return release
    return replace(release, created_at=newest + _STEP)


_STEP = 0.001
"""Seconds between two that landed in the same one."""


def save_releases(connection: Connection, changed: Sequence[Release]) -> list[None]:
    """Keep releases as they now stand. What is superseded stays so: the look that said otherwise had not seen it."""
    standing = releases.c.state != ReleaseState.SUPERSEDED.value
    kept = []
    for release in changed:
        row = _row_of(release)
        identity = {name: row.pop(name) for name in ("repository", "sha")}
        if _upsert(connection, releases, identity, row, standing):
            kept.append(release)
    dora_kept.note_states(connection, kept)
    return [None] * len(changed)


def release_of(connection: Connection, repository: Repository, sha: str) -> Release | None:
    """Give the release of a landed commit."""
    return _release(connection, and_(releases.c.repository == repository.key, releases.c.sha == sha))


def under_way(connection: Connection, repository: Repository) -> tuple[str, ...]:
    """List the landed commits of a repository that are followed, the oldest first.

    Those whose releases are not over, and those that are to be taken back: a person may do that with a push.
    """
    over = [state.value for state in OVER]
    here = and_(releases.c.repository == repository.key, releases.c.state.not_in(over))
    followed = connection.execute(select(releases.c.sha).where(here).order_by(releases.c.created_at)).scalars().all()
    waits = and_(reverts.c.over.is_(False), or_(reverts.c.closes, reverts.c.login != ""))
    there = and_(reverts.c.repository == repository.key, waits)
    taken_back = connection.execute(select(reverts.c.sha).where(there).order_by(reverts.c.wanted_at)).scalars()
    return tuple(dict.fromkeys((*followed, *taken_back)))


def release_of_pull_request(connection: Connection, owner: str, name: str, number: int) -> Release | None:
    """Give the latest release that a pull request became."""
    place = and_(releases.c.owner == owner.lower(), releases.c.name == name.lower())
    return _release(connection, and_(place, releases.c.number == number))


def _release(connection: Connection, here: ColumnElement[bool]) -> Release | None:
    row = connection.execute(select(releases).where(here).order_by(releases.c.created_at.desc()).limit(1)).first()
    return None if row is None else release_of_row(row)


def release_of_row(row: Row[Any]) -> Release:
    """Read a release from its row."""
    return Release(
        repository=Repository.of_key(row.repository),
        sha=row.sha,
        number=row.number,
        base_branch=row.base_branch,
        state=ReleaseState(row.state),
        environment=row.environment,
        via=row.via,
        deployment_id=row.deployment_id,
        detail=row.detail,
        since=row.since,
        created_at=row.created_at,
        watch=watch_of(row.watch),
    )


def _row_of(release: Release) -> dict[str, Any]:
    return {
        "repository": release.repository.key,
        "sha": release.sha,
        "owner": release.repository.owner.lower(),
        "name": release.repository.name.lower(),
        "number": release.number,
        "base_branch": release.base_branch,
        "state": release.state.value,
        "environment": release.environment,
        "via": release.via,
        "deployment_id": release.deployment_id,
        "detail": release.detail,
        "since": release.since,
        "created_at": release.created_at,
        "watch": None if release.watch == Watch() else as_json(release.watch),
    }


TRIED_MARKS, REFUSED_MARKS, TOLD_MARKS = "tried/", "refused/", "told/"
"""How the marks begin that are forgotten with time: JSON with the Unix time `at` which they are of."""


def mark(connection: Connection, key: str) -> str | None:
    """Give the value of a mark, such as how far the list of deliveries was read."""
    value: str | None = connection.execute(_MARK, {"of_key": key}).scalar()
    return value


_MARK = select(marks.c.value).where(marks.c.key == bindparam("of_key"))
_UPSERTS: dict[tuple[str, str, tuple[str, ...], tuple[str, ...]], Insert] = {}
"""Statements by dialect, table and columns, made once: making one takes longer than carrying it out."""


def set_marks(connection: Connection, new: Sequence[tuple[str, str]]) -> list[None]:
    """Keep marks."""
    for key, value in sorted(dict(new).items()):
        _upsert(connection, marks, {"key": key}, {"value": value})
    return [None] * len(new)


def _upsert(
    connection: Connection,
    table: Table,
    identity: Mapping[str, Any],
    values: Mapping[str, Any],
    standing: ColumnElement[bool] | None = None,
) -> bool:
    """Write one row, in the place of one that is there if that is `standing`; False where it is not."""
    key = (connection.dialect.name, table.name, tuple(identity), tuple(values))
    if key not in _UPSERTS:
        new = insert(connection, table)
        changed = {name: new.excluded[name] for name in values}
        there = new.on_conflict_do_update(index_elements=list(identity), set_=changed, where=standing)
        _UPSERTS[key] = there.execution_options(preserve_rowcount=True)  # an INSERT has none otherwise
    return connection.execute(_UPSERTS[key], {**identity, **values}).rowcount == 1
