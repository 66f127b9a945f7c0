"""What people order of a line, kept together with the answers to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from bot.requests.freezing import freeze
from bot.requests.requests import Verb
from bot.store import requests_kept
from bot.store.engine import insert
from bot.store.line_kept import At
from bot.store.tables import line_orders, requests
from bot.text.redaction import hide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from bot.store.requests_kept import Answered


def answer(connection: Connection, answered: Sequence[Answered]) -> list[None]:
    """Keep answers, and what was ordered of a line by them, in one transaction: no freeze is lost between the two."""
    given = requests_kept.answer(connection, answered)
    for one in answered:
        request = one.answer.request
        if request.verb in (Verb.FREEZE, Verb.UNFREEZE) and _is_granted(connection, one):
            ordered = freeze(request.reason, request.at) if request.verb is Verb.FREEZE else None
            row = {
                **At.of(one.repository, one.branch).row,
                "source": request.source,
                "freezes": ordered is not None,
                "login": request.by.login,
                "account": request.by.id,
                "reason": hide(ordered.reason if ordered else request.reason),
                "at": request.at,
                "until": ordered.until if ordered else None,
            }
            connection.execute(insert(connection, line_orders).values(**row).on_conflict_do_nothing())
    return given


def _is_granted(connection: Connection, one: Answered) -> bool:
    """Tell whether the answer that is kept, which may be an earlier one, was a grant."""
    here = and_(requests.c.repository == one.repository.key, requests.c.source == one.answer.request.source)
    return connection.execute(select(requests.c.refusal).where(here)).scalar() == ""
