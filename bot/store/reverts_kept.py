"""What is to be taken back and how far that is, as it is kept."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, select, update

from bot.address import CommitAt, Repository, Want
from bot.restore.restore import TakenBack, named
from bot.store.dora_kept import FIX, note_states
from bot.store.engine import insert
from bot.store.ledger import Release, ReleaseState, land, release_of_row
from bot.store.tables import release_facts, release_states, releases, reverts
from bot.store.work import Quiet, Wish, wish
from bot.store.writer import Kind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqlalchemy import ColumnElement, Connection, Row, Select

    from bot.store.writer import Writer

MOST = 200
"""Releases of one branch that are looked at beside one that failed."""

LEFT = frozenset({ReleaseState.LANDED, ReleaseState.DEPLOYING, ReleaseState.VERIFYING, ReleaseState.FAILED})
"""What a later release that is live makes needless."""


class KeptReverts:
    """What is to be taken back. Every method raises StoreUnavailable as the store does; writes are committed."""

    def __init__(
        self, writer: Writer, read: Callable[[Callable[[Connection], Any]], Awaitable[Any]], quiet: Quiet
    ) -> None:
        self._writer = writer
        self._read = read
        self._want = Kind(_want, lambda one: (one[0].key, one[1].sha))
        self._save = Kind(_save, lambda one: (one[0].key, one[1].sha))
        self._supersede = Kind(partial(_supersede, quiet))
        self._land = Kind(partial(_land, quiet), lambda one: (one[0].repository.key, one[0].sha))

    async def want(self, repository: Repository, taken: TakenBack) -> None:
        """Keep that a commit is to be taken back; what is known stays, but for who asked where nobody had.

        Where its release fails once more, it is to be taken back anew.
        """
        await self._writer.write(self._want, (repository, taken))

    async def save(self, repository: Repository, taken: TakenBack) -> None:
        """Keep how far it is."""
        await self._writer.write(self._save, (repository, taken))

    async def of(self, repository: Repository, sha: str) -> TakenBack | None:
        """Give what is known of taking a commit back."""
        here = and_(reverts.c.repository == repository.key, reverts.c.sha == sha)
        found: TakenBack | None = await self._read(lambda one: _one(one, here))
        return found

    async def by(self, repository: Repository, number: int) -> TakenBack | None:
        """Give what a pull request is there to take back."""
        found: TakenBack | None = await self._read(lambda one: _by(one, repository, number))
        return found

    async def of_pull_request(self, owner: str, name: str, number: int) -> TakenBack | None:
        """Give what is known of taking back what a pull request landed as, by names in any case."""
        place = and_(reverts.c.owner == owner.lower(), reverts.c.name == name.lower())
        found: TakenBack | None = await self._read(lambda one: _one(one, and_(place, reverts.c.number == number)))
        return found

    async def release(self, owner: str, name: str, sha: str) -> tuple[Release | None, TakenBack | None]:
        """Give the release of a commit and what is known of taking it back, by names in any case."""
        found: tuple[Release | None, TakenBack | None]
        found = await self._read(lambda one: _release(one, (owner.lower(), name.lower()), sha))
        return found

    async def landed_for(self, repository: Repository, sha: str) -> Release | None:
        """Give the newest release that is proven to take a commit back."""
        found: Release | None = await self._read(lambda one: _landed_for(one, repository, sha))
        return found

    async def last_live(self, release: Release) -> str | None:
        """Name the commit that landed last of all that are live in the environment of a release."""
        found: str | None = await self._read(lambda one: _last_live(one, release))
        return found

    async def is_fix(self, repository: Repository, sha: str) -> bool:
        """Tell whether a release takes something back, or went before all others to mend production."""
        found: bool = await self._read(lambda one: _is_fix(one, repository, sha))
        return found

    async def undoes(self, repository: Repository, sha: str) -> bool:
        """Tell whether a release takes something back."""
        found: bool = await self._read(lambda one: _undoes(one, repository, sha))
        return found

    async def beside(self, release: Release) -> tuple[tuple[Release, TakenBack | None], ...]:
        """List the other releases into the same branch since the last hundreds, the oldest first."""
        found: tuple[tuple[Release, TakenBack | None], ...] = await self._read(lambda one: _beside(one, release))
        return found

    async def was_live_before(self, release: Release) -> bool:
        """Tell whether an earlier release of the same branch to the same environment was ever live."""
        found: bool = await self._read(lambda one: _was_live_before(one, release))
        return found

    async def land(self, pushed: Release, undoes: str) -> None:
        """Keep a commit that somebody pushed and that is proven to take another one back; a second time is nothing."""
        await self._writer.write(self._land, (pushed, undoes))

    async def supersede(self, release: Release, by: Release, now: float) -> None:
        """End every release between two of which the later is live and holds them all."""
        await self._writer.write(self._supersede, (release, by, now))


def _row(repository: Repository, taken: TakenBack) -> dict[str, Any]:
    place = {"repository": repository.key, "owner": repository.owner.lower(), "name": repository.name.lower()}
    return {**place, **asdict(taken)}


def _taken(row: Row[Any]) -> TakenBack:
    names = TakenBack.__dataclass_fields__
    return TakenBack(**{name: getattr(row, name) for name in names})


def _one(connection: Connection, here: ColumnElement[bool]) -> TakenBack | None:
    row = connection.execute(_newest(here)).first()
    return None if row is None else _taken(row)


def _newest(here: ColumnElement[bool]) -> Select[Any]:
    return select(reverts).where(here).order_by(reverts.c.wanted_at.desc()).limit(1)


def _by(connection: Connection, repository: Repository, number: int) -> TakenBack | None:
    row = connection.execute(_BY, {"of_repository": repository.key, "of_revert": number}).first()
    return None if row is None else _taken(row)


_BY = _newest(and_(reverts.c.repository == bindparam("of_repository"), reverts.c.revert == bindparam("of_revert")))
"""It is asked at every look: made once, since making it takes longer than asking it."""


def _want(connection: Connection, wanted: Sequence[tuple[Repository, TakenBack]]) -> list[None]:
    for repository, taken in wanted:
        row = _row(repository, taken)
        connection.execute(insert(connection, reverts).values(**row).on_conflict_do_nothing())
        if not taken.login:
            again = and_(reverts.c.repository == repository.key, reverts.c.sha == taken.sha, reverts.c.login == "")
            anew = {"wanted_at": row["wanted_at"], "closes": row["closes"], "said": "", "over": False}
            connection.execute(update(reverts).where(again).values(**anew))
        else:
            here = and_(reverts.c.repository == repository.key, reverts.c.sha == taken.sha, reverts.c.login == "")
            asked = {name: row[name] for name in ("login", "reason", "wanted_at")}
            connection.execute(update(reverts).where(here).values(**asked, over=False))
    return [None] * len(wanted)


def _save(connection: Connection, kept: Sequence[tuple[Repository, TakenBack]]) -> list[None]:
    for repository, taken in kept:
        here = and_(reverts.c.repository == repository.key, reverts.c.sha == taken.sha)
        now = {name: getattr(taken, name) for name in ("revert", "head", "said", "who", "over")}
        connection.execute(update(reverts).where(here).values(**now))
    return [None] * len(kept)


def _release(connection: Connection, place: tuple[str, str], sha: str) -> tuple[Release | None, TakenBack | None]:
    here = and_(releases.c.owner == place[0], releases.c.name == place[1], releases.c.sha == sha)
    row = connection.execute(select(releases).where(here).limit(1)).first()
    taken = and_(reverts.c.owner == place[0], reverts.c.name == place[1], reverts.c.sha == sha)
    return release_of_row(row) if row is not None else None, _one(connection, taken)


def _landed_for(connection: Connection, repository: Repository, sha: str) -> Release | None:
    one_of = and_(release_facts.c.repository == releases.c.repository, release_facts.c.sha == releases.c.sha)
    here = and_(releases.c.repository == repository.key, release_facts.c.undoes == sha)
    found = select(releases).join(release_facts, one_of).where(here).order_by(releases.c.created_at.desc()).limit(1)
    row = connection.execute(found).first()
    return None if row is None else release_of_row(row)


def _last_live(connection: Connection, release: Release) -> str | None:
    place = and_(
        releases.c.repository == release.repository.key,
        releases.c.environment == release.environment,
        releases.c.state == ReleaseState.LIVE.value,
    )
    found = select(releases.c.sha).where(place).order_by(releases.c.created_at.desc()).limit(1)
    sha: str | None = connection.execute(found).scalar()
    return sha


def _facts(connection: Connection, repository: Repository, sha: str) -> Row[Any] | None:
    here = and_(release_facts.c.repository == repository.key, release_facts.c.sha == sha)
    return connection.execute(select(release_facts).where(here)).first()


def _is_fix(connection: Connection, repository: Repository, sha: str) -> bool:
    row = _facts(connection, repository, sha)
    return row is not None and (row.undoes is not None or row.lane == FIX)


def _undoes(connection: Connection, repository: Repository, sha: str) -> bool:
    row = _facts(connection, repository, sha)
    return row is not None and row.undoes is not None


def _same_line(release: Release) -> ColumnElement[bool]:
    place = and_(releases.c.repository == release.repository.key, releases.c.base_branch == release.base_branch)
    return and_(place, releases.c.sha != release.sha)


def _beside(connection: Connection, release: Release) -> tuple[tuple[Release, TakenBack | None], ...]:
    found = select(releases).where(_same_line(release)).order_by(releases.c.created_at.desc()).limit(MOST)
    others = [release_of_row(row) for row in connection.execute(found)][::-1]
    known = select(reverts).where(
        reverts.c.repository == release.repository.key, reverts.c.branch == release.base_branch
    )
    taken = {row.sha: _taken(row) for row in connection.execute(known)}
    return tuple((one, taken.get(one.sha)) for one in others)


def _was_live_before(connection: Connection, release: Release) -> bool:
    one_of = and_(release_states.c.repository == releases.c.repository, release_states.c.sha == releases.c.sha)
    live = and_(release_states.c.state == ReleaseState.LIVE.value, releases.c.environment == release.environment)
    here = and_(_same_line(release), releases.c.created_at <= release.created_at, live)
    return (
        connection.execute(select(releases.c.sha).join(release_states, one_of).where(here).limit(1)).first() is not None
    )


def _land(quiet: Quiet, connection: Connection, pushed: Sequence[tuple[Release, str]]) -> list[None]:
    for release, undoes in pushed:
        if land(connection, [release], release.since, quiet) == [True]:
            here = and_(release_facts.c.repository == release.repository.key, release_facts.c.sha == release.sha)
            connection.execute(update(release_facts).where(here).values(undoes=undoes))
    return [None] * len(pushed)


def _supersede(quiet: Quiet, connection: Connection, pairs: Sequence[tuple[Release, Release, float]]) -> list[None]:
    for release, by, now in pairs:
        between = and_(releases.c.created_at >= release.created_at, releases.c.created_at <= by.created_at)
        here = and_(_same_line(release), between, releases.c.state.in_([one.value for one in LEFT]))
        said = f"{named(by.number, by.sha)} holds it, and is live"
        ended = {"state": ReleaseState.SUPERSEDED.value, "since": now, "detail": said}
        others = select(releases.c.sha).where(here, releases.c.sha != by.sha)
        shas = tuple(connection.execute(others).scalars())
        mine = and_(releases.c.repository == release.repository.key, releases.c.sha.in_(shas))
        connection.execute(update(releases).where(mine).values(**ended))
        note_states(connection, [release_of_row(row) for row in connection.execute(select(releases).where(mine))])
        needless = and_(reverts.c.repository == release.repository.key, reverts.c.sha.in_(shas))
        connection.execute(update(reverts).where(needless).values(over=True, said=ended["detail"], who=""))
        wish(connection, [Wish(Want(CommitAt(release.repository, sha))) for sha in shas], now, quiet)
    return [None] * len(pairs)
