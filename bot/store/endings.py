"""How a look at an address ends: well, to be tried again, given up or handed on; nothing once its lease is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, update

from bot.address import key_of
from bot.store.beside import tell
from bot.store.tables import work
from bot.store.work import LEASE_SECONDS, Claim
from bot.text.redaction import hide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection

ERROR_LENGTH = 4000
RELEASED: dict[str, Any] = {"lease_until": None}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: the columns of its row that change, written only while its token still holds."""

    claim: Claim
    changes: dict[str, Any]


def finished(claim: Claim, again_at: float | None, now: float) -> Ending:
    """End a run well. `done` becomes what was claimed, never what is wanted: an event during the run wants one more."""
    changes = {"done": claim.claimed, "timer_at": again_at, "looks": claim.looks, "attempts": 0, "finished_at": now}
    return Ending(claim, {**changes, "lease_until": None, "error": ""})


def retried(claim: Claim, at: float, error: str) -> Ending:
    """End a run that shall be tried again at a time."""
    changes = {"attempts": claim.attempts + 1, "due_at": at, "timer_at": at}
    return Ending(claim, {**changes, "lease_until": None, "error": _kept(error)})


def postponed(claim: Claim, at: float, why: str) -> Ending:
    """End a run that could not be made before a time, which is no failure of its own."""
    return Ending(claim, {"due_at": at, "timer_at": at, "lease_until": None, "error": _kept(why)})


def parked(claim: Claim, error: str, now: float) -> Ending:
    """End a run that shall not be tried again by itself."""
    changes = {"attempts": claim.attempts + 1, "parked_at": now, "timer_at": None}
    return Ending(claim, {**changes, "lease_until": None, "error": _kept(error)})


def _kept(error: str) -> str:
    """Take secrets out of an error, and cut it short."""
    return hide(error)[:ERROR_LENGTH]


def released(claim: Claim) -> Ending:
    """Give the lease back, so that another worker may start at once."""
    return Ending(claim, dict(RELEASED))


def renewed(claim: Claim, now: float) -> Ending:
    """Keep the lease for another minute."""
    return Ending(claim, {"lease_until": now + LEASE_SECONDS})


def holds(claim: Claim) -> ColumnElement[bool]:
    """Say which row a run may still change: its own, as long as no newer run has taken it over."""
    return and_(work.c.key == key_of(claim.address), work.c.token == claim.token, work.c.lease_until.is_not(None))


def end(connection: Connection, endings: Sequence[Ending]) -> list[bool]:
    """Write how runs ended; False for a run that lost its lease to a newer one, which then changes nothing."""
    answers: dict[int, bool] = {}
    for place, ending in sorted(enumerate(endings), key=lambda pair: key_of(pair[1].claim.address)):
        changed = update(work).where(holds(ending.claim)).values(ending.changes)
        answers[place] = connection.execute(changed).rowcount == 1
    if any(ending.changes == RELEASED for ending in endings):
        tell(connection)
    return [answers[place] for place in range(len(endings))]
