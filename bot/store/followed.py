"""Which commits that deliveries tell of are worth a look: one may be on its way to live, a head, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from bot.address import CommitAt, PullRequestAt, Want
from bot.store.tables import pull_requests, releases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

ENDED = frozenset({"live", "reverted", "superseded"})
"""States of a release that nothing which CI says of its commit brings any further."""

AT_ONCE = 400  # SQLite and PostgreSQL both bound the number of parameters of a statement


def worth(connection: Connection, wants: Sequence[Want]) -> list[Want]:
    """Leave out commits that are wanted only while their release is not over, and add what else they tell of.

    Whose head a landed commit is, and what is live where something else was deployed.
    """
    asked = sorted({_key(one.address) for one in wants if isinstance(one.address, CommitAt)})
    states: dict[tuple[str, str], str] = {}
    for start in range(0, len(asked), AT_ONCE):
        states.update(_states(connection, asked[start : start + AT_ONCE]))
    worth_it = [one for one in wants if not one.if_unfinished or _is_under_way(one, states)]
    landed = [one.address for one in worth_it if isinstance(one.address, CommitAt) and _key(one.address) in states]
    heads = [head for address in landed for head in _heads(connection, address)]
    live = [found for one in worth_it if one.environment for found in _live(connection, one)]
    return [*worth_it, *map(Want, heads), *map(Want, live)]


def _key(address: CommitAt) -> tuple[str, str]:
    return address.repository.key, address.sha


def _states(connection: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Tell how the releases of commits stand; one that is no release has none."""
    places, shas = {place for place, _ in keys}, {sha for _, sha in keys}
    here = and_(releases.c.repository.in_(sorted(places)), releases.c.sha.in_(sorted(shas)))
    rows = connection.execute(select(releases.c.repository, releases.c.sha, releases.c.state).where(here))
    return {(row.repository, row.sha): row.state for row in rows}


def _is_under_way(one: Want, states: dict[tuple[str, str], str]) -> bool:
    return isinstance(one.address, CommitAt) and states.get(_key(one.address), "live") not in ENDED


def _heads(connection: Connection, address: CommitAt) -> list[PullRequestAt]:
    """List the known open pull requests whose head is a commit."""
    place, sha = _key(address)
    here = and_(pull_requests.c.head == sha, pull_requests.c.repository == place, pull_requests.c.open)
    found = select(pull_requests.c.number).where(here).order_by(pull_requests.c.number)
    return [PullRequestAt(address.repository, number) for number in connection.execute(found).scalars()]


def _live(connection: Connection, deployed: Want) -> list[CommitAt]:
    """Find what is live by andon in an environment to which something else was deployed."""
    place, address = deployed.address.repository, deployed.address
    there = and_(releases.c.repository == place.key, releases.c.environment == deployed.environment)
    found = select(releases.c.sha).where(there, releases.c.state == "live").order_by(releases.c.created_at.desc())
    shas = connection.execute(found.limit(1)).scalars()
    return [CommitAt(place, sha) for sha in shas if address != CommitAt(place, sha)]
