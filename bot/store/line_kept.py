"""The line as it is kept: who stands in it and since when, what people ordered, and whose turn it is."""

from __future__ import annotations

from dataclasses import asdict, astuple, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, select, update

from bot.line.line import Entry, Failure, Lane, Line, Standing, Terms, Turn, kept_place, standing
from bot.line.orders import Order
from bot.store import barred_kept, line_asked, strays_kept
from bot.store.engine import insert
from bot.store.ledger import SETTLED, UNWELL, ReleaseState
from bot.store.tables import line_entries, lines
from bot.store.writer import Kind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqlalchemy import ColumnElement, Connection, Row, Table

    from bot.address import Repository
    from bot.line.barred import NotAllowed
    from bot.store.strays_kept import Stray
    from bot.store.writer import Writer

TURN_SECONDS = 180.0
"""How long a turn lasts that nobody gives back, as when a process died in it: longer than a merge request may take."""


@dataclass(frozen=True, slots=True)
class At:
    """One line: a repository by its names in lower case, and a branch."""

    owner: str
    name: str
    branch: str

    @classmethod
    def of(cls, repository: Repository, branch: str) -> At:
        """Name the line into a branch of a repository."""
        return cls(repository.owner.lower(), repository.name.lower(), branch)

    @property
    def row(self) -> dict[str, str]:
        """Write it as columns."""
        return {"owner": self.owner, "name": self.name, "branch": self.branch}

    def here(self, table: Table) -> ColumnElement[bool]:
        """Select the rows of this line."""
        return and_(table.c.owner == self.owner, table.c.name == self.name, table.c.branch == self.branch)


@dataclass(frozen=True, slots=True)
class Step:
    """One pull request's wish for a line: to stand in it, to leave it, or to have its turn."""

    at: At
    number: int
    entry: Entry | None = None


class KeptLine:
    """The lines in the store. Every method raises StoreUnavailable where the database fails; writes are committed."""

    def __init__(
        self,
        writer: Writer,
        read: Callable[[Callable[[Connection], Any]], Awaitable[Any]],
        clock: Callable[[], float],
    ) -> None:
        self._writer = writer
        self._read = read
        self._clock = clock
        self._join = Kind(_join, _place_of)
        self._leave = Kind(_leave, _place_of)
        self._keep_terms = Kind(_keep_terms, lambda kept: astuple(kept[0]))
        self._keep_refusal = Kind(barred_kept.keep_refusals)
        self._take = Kind(self._take_turns, _place_of)
        self._give_back = Kind(_give_back, _place_of)
        self._stray = Kind(strays_kept.keep, lambda kept: (astuple(kept[0]), kept[1].sha))
        self._undo = Kind(strays_kept.undo, lambda taken: (astuple(taken[0]), taken[1]))

    async def read(self, at: At) -> Line:
        """Read one line as it now is."""
        line: Line = await self._read(lambda connection: read_line(connection, at))
        return line

    async def entry(self, repository: Repository, number: int) -> tuple[At, Entry] | None:
        """Find in which line a pull request stands, if in any."""
        found: tuple[At, Entry] | None = await self._read(lambda connection: _entry_of(connection, repository, number))
        return found

    async def of_repository(self, repository: Repository) -> tuple[tuple[At, Line], ...]:
        """Read every line of a repository in which somebody stands."""
        found: tuple[tuple[At, Line], ...] = await self._read(lambda connection: _of_repository(connection, repository))
        return found

    async def join(self, at: At, entry: Entry) -> None:
        """Put a pull request into a line; one that stands there keeps its place, one of another line loses that."""
        await self._writer.write(self._join, Step(at, entry.number, entry))

    async def leave(self, at: At, number: int) -> None:
        """Take a pull request out of a line, and its turn with it."""
        await self._writer.write(self._leave, Step(at, number))

    async def keep_terms(self, at: At, terms: Terms) -> None:
        """Keep what the policy says of a line."""
        await self._writer.write(self._keep_terms, (at, terms))

    async def keep_refusal(self, at: At, refusal: NotAllowed | None) -> None:
        """Keep that GitHub refuses every merge into a branch; None forgets it."""
        await self._writer.write(self._keep_refusal, ((at.owner, at.name, at.branch), refusal))

    async def take_turn(self, at: At, number: int) -> Standing | None:
        """Read the line anew and give where a pull request stands; where it may merge, the turn is its own by then.

        None says that it does not stand there. Reading and taking are one transaction: two processes never both may.
        """
        return await self._writer.write(self._take, Step(at, number))

    async def give_back(self, at: At, number: int) -> None:
        """End a turn."""
        await self._writer.write(self._give_back, Step(at, number))

    async def stray(self, at: At, found: Stray) -> None:
        """Keep what landed otherwise than it was judged; what is known stays as it is."""
        await self._writer.write(self._stray, (at, found))

    async def undo(self, at: At, sha: str, when: float) -> bool:
        """Keep that a commit was taken back at a Unix time; tells whether the line was closed by it."""
        return await self._writer.write(self._undo, (at, sha, when))

    def _take_turns(self, connection: Connection, steps: Sequence[Step]) -> Sequence[Standing | None]:
        return [_take_turn(connection, step, self._clock()) for step in steps]


def read_line(connection: Connection, at: At) -> Line:
    """Read a line: its entries, the orders since it was last opened, and what releases say of production."""
    row = connection.execute(line_asked.LINE, at.row).first()
    entries = connection.execute(line_asked.ENTRIES, at.row)
    failure, undeployed = _production(connection, at)
    return Line(
        branch=at.branch,
        entries=tuple(map(_entry, entries)),
        orders=_orders(connection, at),
        failure=failure,
        undeployed_since=undeployed,
        turn=None if row is None or row.turn is None else Turn(row.turn, row.turn_at, row.turn_until),
        terms=Terms() if row is None else Terms(row.max_undeployed, row.step_aside, row.deploys, row.arms),
        not_allowed=barred_kept.refusal(connection, (at.owner, at.name, at.branch)),
        strays=strays_kept.read(connection, at),
    )


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.number, row.head, row.since, Lane(row.lane), row.stacked_on, row.unready_since)


def _orders(connection: Connection, at: At) -> tuple[Order, ...]:
    rows = connection.execute(line_asked.ORDERS, at.row)
    return tuple(Order(row.source, row.freezes, row.login, row.at, row.reason, row.until) for row in rows)


def _production(connection: Connection, at: At) -> tuple[Failure | None, tuple[float, ...]]:
    """Read what landed after the release that went live last: the newest that failed, and when the others landed."""
    rows = connection.execute(line_asked.LANDED, at.row).all()
    live = max((index for index, row in enumerate(rows) if row.state == ReleaseState.LIVE.value), default=-1)
    later = [row for row in rows[live + 1 :] if row.state not in SETTLED]
    failed = next((row for row in later if _is_unwell(row)), None)
    return _failure(failed) if failed else None, tuple(row.created_at for row in later)


def _is_unwell(row: Row[Any]) -> bool:
    """Tell whether a release failed; or did, and it is not yet seen that production is well with it after all."""
    looked_at_again = row.state == ReleaseState.VERIFYING.value and row.login == "" and not row.over
    return (row.state in UNWELL or looked_at_again) and row.closes is not False


def _failure(row: Row[Any]) -> Failure:
    """Read what is unhealthy; while it is taken back, since it failed and by what."""
    if row.state == ReleaseState.FAILED.value:
        return Failure(row.number, row.sha, row.since, row.detail)
    return Failure(row.number, row.sha, row.wanted_at or row.since, row.detail, row.revert)


def _entry_of(connection: Connection, repository: Repository, number: int) -> tuple[At, Entry] | None:
    place = At.of(repository, "")
    row = connection.execute(_ENTRY, {"of_owner": place.owner, "of_name": place.name, "of_number": number}).first()
    return None if row is None else (At(row.owner, row.name, row.branch), _entry(row))


_ENTRY = select(line_entries).where(
    line_entries.c.owner == bindparam("of_owner"),
    line_entries.c.name == bindparam("of_name"),
    line_entries.c.number == bindparam("of_number"),
)
"""It is asked at every look: made once, since making it takes longer than asking it."""


def _of_repository(connection: Connection, repository: Repository) -> tuple[tuple[At, Line], ...]:
    place = At.of(repository, "")
    here = and_(line_entries.c.owner == place.owner, line_entries.c.name == place.name)
    branches = connection.execute(select(line_entries.c.branch).where(here).distinct()).scalars()
    found = [At(place.owner, place.name, branch) for branch in sorted(branches)]
    return tuple((at, read_line(connection, at)) for at in found)


def _place_of(step: Step) -> tuple[str, ...]:
    return (*astuple(step.at), f"{step.number:010}")


def _join(connection: Connection, steps: Sequence[Step]) -> list[None]:
    for step in steps:
        if step.entry is not None:
            row = connection.execute(select(line_entries).where(_of(step))).first()
            stays = row is not None and row.branch == step.at.branch
            entry = kept_place(_entry(row), step.entry) if row is not None and stays else step.entry
            values = {
                "branch": step.at.branch,
                "head": entry.head,
                "since": entry.since,
                "lane": entry.lane.value,
                "stacked_on": entry.stacked_on,
                "unready_since": entry.unready_since,
            }
            identity = {"owner": step.at.owner, "name": step.at.name, "number": step.number}
            new = insert(connection, line_entries).values(**identity, **values)
            connection.execute(new.on_conflict_do_update(index_elements=list(identity), set_=values))
    return [None] * len(steps)


def _of(step: Step) -> ColumnElement[bool]:
    place = and_(line_entries.c.owner == step.at.owner, line_entries.c.name == step.at.name)
    return and_(place, line_entries.c.number == step.number)


def _leave(connection: Connection, steps: Sequence[Step]) -> list[None]:
    for step in steps:
        connection.execute(delete(line_entries).where(_of(step), line_entries.c.branch == step.at.branch))
    return _give_back(connection, steps)


def _give_back(connection: Connection, steps: Sequence[Step]) -> list[None]:
    for step in steps:
        ended = update(lines).where(step.at.here(lines), lines.c.turn == step.number)
        connection.execute(ended.values(turn=None, turn_at=None, turn_until=None))
    return [None] * len(steps)


def _keep_terms(connection: Connection, kept: Sequence[tuple[At, Terms]]) -> list[None]:
    for at, terms in kept:
        values = _terms(terms)
        new = insert(connection, lines).values(**at.row, **values)
        connection.execute(new.on_conflict_do_update(index_elements=list(at.row), set_=values))
    return [None] * len(kept)


def _terms(terms: Terms) -> dict[str, Any]:
    return asdict(terms)


def _take_turn(connection: Connection, step: Step, now: float) -> Standing | None:
    """Take the turn where the line lets it: the row of the line is the lock, so that of two one finds it taken."""
    new = insert(connection, lines).values(**step.at.row, **_terms(Terms()))
    connection.execute(new.on_conflict_do_nothing())
    locked = select(lines.c.turn).where(step.at.here(lines)).with_for_update()
    connection.execute(locked)
    line = read_line(connection, step.at)
    found = standing(line, step.number, now)
    if found is None or not found.may_merge:
        return found
    goes_on = line.turn is not None and line.turn.number == step.number and line.turn.until > now
    began = line.turn.taken_at if line.turn is not None and goes_on else now
    taken = update(lines).where(step.at.here(lines))
    connection.execute(taken.values(turn=step.number, turn_at=began, turn_until=now + TURN_SECONDS))
    return found
