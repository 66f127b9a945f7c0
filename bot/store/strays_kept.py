"""What landed otherwise than it was judged, until it is taken back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, select, update

from bot.line.line import Failure
from bot.store.engine import insert
from bot.store.tables import strays

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from bot.store.line_kept import At


@dataclass(frozen=True, slots=True)
class Stray:
    """A pull request that landed otherwise than it was judged, as so many commits of which `sha` is the last.

    `found_at` is a Unix time.
    """

    number: int
    sha: str
    found_at: float
    detail: str
    commits: int = 1


def read(connection: Connection, at: At) -> tuple[Failure, ...]:
    """Read what landed otherwise than it was judged, and was not taken back."""
    rows = connection.execute(_KNOWN, at.row)
    return tuple(Failure(row.number, row.sha, row.found_at, row.detail) for row in rows)


_HERE = and_(*(strays.c[name] == bindparam(name) for name in ("owner", "name", "branch")))
_KNOWN = select(strays).where(_HERE, strays.c.undone_at.is_(None)).order_by(strays.c.found_at, strays.c.sha)


def keep(connection: Connection, kept: Sequence[tuple[At, Stray]]) -> list[None]:
    """Keep what was found; what is known stays as it is."""
    for at, found in kept:
        new = insert(connection, strays).values(**at.row, **asdict(found))
        connection.execute(new.on_conflict_do_nothing())
    return [None] * len(kept)


def undo(connection: Connection, taken: Sequence[tuple[At, str, float]]) -> list[bool]:
    """Take back what landed as one commit; one of several is not all of it."""
    answers = []
    for at, sha, when in taken:
        known = and_(at.here(strays), strays.c.sha == sha, strays.c.commits == 1, strays.c.undone_at.is_(None))
        answers.append(connection.execute(update(strays).where(known).values(undone_at=when)).rowcount > 0)
    return answers
