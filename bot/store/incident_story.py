"""Gathers what the ledger knows of an incident: its releases, what came with them, and what takes them back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select

from bot.dora.size import size_in
from bot.postmortem.facts import Facts, Failed, Said, Suspect
from bot.store.decisions_kept import latest_record
from bot.store.incidents_kept import KeptIncident, KeptIncidents, states_of
from bot.store.ledger import Release, release_of_row
from bot.store.tables import flags, release_facts, release_states, releases, reverts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

MOST = 50
"""Pull requests that are looked at beside those whose releases failed."""

MOST_FLAGS = 20


class Incidents(KeptIncidents):
    """The incidents in the store, with all that the ledger knows of each."""

    async def facts(self, known: KeptIncident) -> Facts | None:
        """Give all that is known of an incident; None where its releases are gone."""
        found: Facts | None = await self._read(lambda one: facts_of(one, known))
        return found


def facts_of(connection: Connection, known: KeptIncident) -> Facts | None:
    """Read all that is known of an incident; None where its releases are gone."""
    incident = known.incident
    of_members = and_(releases.c.repository == known.repository.key, releases.c.sha.in_(incident.members))
    members = {one.sha: one for one in _releases(connection, of_members)}
    reached = states_of(connection, of_members)
    failed = tuple(
        _failed(connection, members[sha], reached[sha], known.details.get(sha, ""))
        for sha in incident.members
        if sha in members and "failed" in reached[sha]
    )
    if not failed:
        return None
    taking_back = {one.revert for one in failed}
    suspects = (one for one in _came_with(connection, known, failed) if one.number not in taking_back)
    return Facts(
        incident=incident,
        branch=known.branch,
        failed=failed,
        suspects=tuple(_suspect(connection, one, is_in=one.sha in members) for one in suspects),
        line_closed_at=known.post.line_closed_at,
        restored_number=_number_of(connection, known, incident.restored_by),
    )


def _releases(connection: Connection, here: ColumnElement[bool]) -> list[Release]:
    rows = connection.execute(select(releases).where(here).order_by(releases.c.created_at.desc()).limit(MOST))
    return [release_of_row(row) for row in rows]


def _failed(connection: Connection, one: Release, reached: Mapping[str, float], detail: str) -> Failed:
    revert, opened_at, merged_at = _revert(connection, one)
    return Failed(
        sha=one.sha,
        number=one.number,
        landed_at=one.created_at,
        failed_at=reached["failed"],
        deploying_at=reached.get("deploying"),
        environment=one.environment,
        detail=detail or one.detail,
        first=one.watch.first_failing,
        revert=revert,
        revert_opened_at=opened_at,
        revert_merged_at=merged_at,
    )


def _revert(connection: Connection, one: Release) -> tuple[int | None, float | None, float | None]:
    """Find what takes a commit back: what landed and is proven to, else the pull request that is to."""
    same = and_(release_facts.c.repository == releases.c.repository, release_facts.c.sha == releases.c.sha)
    proven = and_(release_facts.c.repository == one.repository.key, release_facts.c.undoes == one.sha)
    found = select(releases.c.number, releases.c.created_at).join(release_facts, same).where(proven)
    landed = connection.execute(found.order_by(releases.c.created_at).limit(1)).first()
    wanted = and_(reverts.c.repository == one.repository.key, reverts.c.sha == one.sha)
    asked = connection.execute(select(reverts.c.revert, reverts.c.wanted_at).where(wanted)).first()
    if landed is None and asked is None:
        return None, None, None
    number = landed.number if landed is not None else asked.revert if asked is not None else None
    opened_at = _opened_at(connection, one, number)
    if opened_at is None and asked is not None:
        opened_at = asked.wanted_at
    return number, opened_at, landed.created_at if landed is not None else None


def _opened_at(connection: Connection, one: Release, number: int | None) -> float | None:
    if number is None:
        return None
    opened_at: float | None = (_record(connection, one, number)).get("opened_at")
    return opened_at


def _record(connection: Connection, one: Release, number: int) -> Mapping[str, Any]:
    return latest_record(connection, one.repository.owner, one.repository.name, number) or {}


def _came_with(connection: Connection, known: KeptIncident, failed: Sequence[Failed]) -> list[Release]:
    """List the releases of an incident, and what landed before them since production was last known to be well."""
    here = and_(releases.c.repository == known.repository.key, releases.c.base_branch == known.branch)
    first, last = min(one.landed_at for one in failed), max(one.landed_at for one in failed)
    before = and_(here, releases.c.created_at < first)
    same = and_(release_states.c.repository == releases.c.repository, release_states.c.sha == releases.c.sha)
    live = and_(same, release_states.c.state == "live", release_states.c.at < known.incident.began_at)
    last_live = select(func.max(releases.c.created_at)).join(release_states, live).where(before)
    well_at: float | None = connection.execute(last_live).scalar()
    members = known.incident.members
    until = and_(here, releases.c.created_at <= last)
    since = until if well_at is None else and_(until, releases.c.created_at > well_at)
    found = _releases(connection, since)
    return [one for one in found if one.sha in members or well_at is not None or one.created_at >= first]


def _suspect(connection: Connection, one: Release, *, is_in: bool) -> Suspect:
    """Say what was known of a pull request when it landed."""
    record = _record(connection, one, one.number)
    rules: Sequence[Mapping[str, Any]] = record.get("rules", ())
    facts = {rule["rule"]: rule.get("facts") or {} for rule in rules}
    size, guarded = size_in(record), facts.get("flag-wrapped", {})
    return Suspect(
        number=one.number,
        is_in=is_in,
        lines=size.get("effective_lines"),
        files=size.get("files"),
        risky=len(guarded.get("risky_files") or ()),
        wrapped=guarded.get("wrapped") or "",
        flags=_flags(connection, one, (guarded.get("flags") or {}).get("added", ())),
        said=tuple(Said(rule["rule"], rule.get("sentence", ""), "override" in rule) for rule in rules),
    )


def _flags(connection: Connection, one: Release, added: Iterable[str]) -> tuple[str, ...]:
    """List the flags that a pull request brought, as it was judged and as the ledger of flags has it."""
    here = and_(flags.c.repository == one.repository.key, flags.c.first_by == one.number)
    kept = connection.execute(select(flags.c.key).where(here).order_by(flags.c.key).limit(MOST_FLAGS)).scalars()
    return tuple(dict.fromkeys([*added, *kept]))[:MOST_FLAGS]


def _number_of(connection: Connection, known: KeptIncident, sha: str) -> int | None:
    here = and_(releases.c.repository == known.repository.key, releases.c.sha == sha)
    number: int | None = connection.execute(select(releases.c.number).where(here)).scalar()
    return number
