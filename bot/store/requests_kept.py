"""What people asked for and what became of it: kept for ever where it was granted, for the audit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, and_, bindparam, delete, literal_column, or_, select, update

from bot.requests.requests import Answer, Request, Verb
from bot.store.engine import insert
from bot.store.tables import pull_requests, requests
from bot.text.redaction import hide
from rules.engine.pull_request import Account

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Delete, Row

    from bot.address import Press, Repository

# What may be forgotten is found beside any number of requests that were granted: a database takes such an index where
# the question says its condition literally.
_REFUSED, _NO_ANSWER = requests.c.refusal != literal_column("''"), requests.c.answered_at.is_(None)
Index("requests_refused", requests.c.answered_at, sqlite_where=_REFUSED, postgresql_where=_REFUSED)
Index("requests_unanswered", requests.c.asked_at, sqlite_where=_NO_ANSWER, postgresql_where=_NO_ANSWER)

AUDIT_ROWS = 200
"""Answers that one question for the audit gives at most."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button that a delivery told of."""

    repository: Repository
    delivery: str
    press: Press


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer on one pull request into `branch`."""

    repository: Repository
    number: int
    answer: Answer
    branch: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known for one pull request: answers, the oldest first, and presses that nobody has answered yet.

    `heard_until` is when the newest comment of the last look was written (Unix time), None before the first.
    """

    answers: tuple[Answer, ...] = ()
    open: tuple[Request, ...] = ()
    heard_until: float | None = None


def press(connection: Connection, pressed: Sequence[Pressed], now: float) -> None:
    """Keep presses of buttons; one delivery tells of one."""
    for one in sorted(pressed, key=lambda one: one.delivery):
        who = Account(one.press.login, one.press.account)
        request = Request(f"delivery/{one.delivery}", Verb(one.press.button), who, now, head=one.press.head)
        row = {**_asked(one.repository, request), "head": "", "tree": "", "refusal": "", "told": False}
        connection.execute(insert(connection, requests).values(**row).on_conflict_do_nothing())


def answer(connection: Connection, answered: Sequence[Answered]) -> list[None]:
    """Keep answers. What was answered once stays as it is: a request is carried out once."""
    for one in sorted(answered, key=lambda one: one.answer.request.source):
        given = one.answer
        told = {"head": given.head, "tree": given.tree, "refusal": given.refusal, "told": given.told}
        values = {**told, "number": one.number, "answered_at": given.at}
        new = insert(connection, requests).values(**{**_asked(one.repository, given.request), **values})
        unanswered = requests.c.answered_at.is_(None)
        keys = ["repository", "source"]
        connection.execute(new.on_conflict_do_update(index_elements=keys, set_=values, where=unanswered))
    return [None] * len(answered)


def tell(connection: Connection, told: Sequence[tuple[Repository, str, str]]) -> list[None]:
    """Keep that whoever asked was shown the answer; where a refusal is given, that it is refused from now on."""
    for repository, source, refusal in sorted(told, key=lambda one: one[1]):
        here = and_(requests.c.repository == repository.key, requests.c.source == source)
        values: dict[str, object] = {"refusal": refusal} if refusal else {}
        connection.execute(update(requests).where(here).values(told=True, **values))
    return [None] * len(told)


def kept(connection: Connection, repository: Repository, number: int, head: str) -> Kept:
    """Give what was asked on a pull request, and on its head."""
    rows = list(connection.execute(_KEPT, {"at": repository.key, "of": number, "on": head}))
    answers = tuple(_answer(row) for row in rows if row.answered_at is not None)
    heard_until = connection.execute(_HEARD, {"at": repository.key, "of": number}).scalar()
    return Kept(answers, tuple(_request(row) for row in rows if row.answered_at is None), heard_until)


_UNANSWERED = and_(requests.c.answered_at.is_(None), requests.c.pressed_on == bindparam("on"))
_ASKED = and_(requests.c.repository == bindparam("at"), or_(requests.c.number == bindparam("of"), _UNANSWERED))
_KEPT = select(requests).where(_ASKED).order_by(requests.c.asked_at, requests.c.source)
_SEEN = and_(pull_requests.c.repository == bindparam("at"), pull_requests.c.number == bindparam("of"))
_HEARD = select(pull_requests.c.heard_until).where(_SEEN)
"""Made once: they are asked at every look."""


def audit(connection: Connection, owner: str, name: str, before: float | None) -> list[tuple[int, Answer]]:
    """Give the newest answers of a repository with their pull requests, those before a Unix time if one is given."""
    here = and_(requests.c.owner == owner.lower(), requests.c.name == name.lower(), requests.c.answered_at.is_not(None))
    earlier = here if before is None else and_(here, requests.c.answered_at < before)
    rows = connection.execute(select(requests).where(earlier).order_by(requests.c.answered_at.desc()).limit(AUDIT_ROWS))
    return [(row.number, _answer(row)) for row in rows]


def outdated(before: float) -> tuple[Delete, Delete]:
    """Forget what was refused, or never answered, before a Unix time; what was granted is kept, and is not read."""
    refused = and_(_REFUSED, requests.c.told, requests.c.answered_at < before)
    unanswered = and_(_NO_ANSWER, requests.c.asked_at < before)
    return delete(requests).where(refused), delete(requests).where(unanswered)


def _asked(repository: Repository, request: Request) -> dict[str, Any]:
    return {
        "repository": repository.key,
        "source": request.source,
        "owner": repository.owner.lower(),
        "name": repository.name.lower(),
        "verb": request.verb.value if request.verb else "",
        "rule": request.rule,
        "reason": hide(request.reason),
        "line": hide(request.line),
        "login": request.by.login,
        "account": request.by.id,
        "asked_at": request.at,
        "pressed_on": request.head,
    }


def _request(row: Row[Any]) -> Request:
    return Request(
        source=row.source,
        verb=Verb(row.verb) if row.verb else None,
        by=Account(row.login, row.account),
        at=row.asked_at,
        rule=row.rule,
        reason=row.reason,
        head=row.pressed_on,
        line=row.line,
    )


def _answer(row: Row[Any]) -> Answer:
    return Answer(_request(row), row.head, row.tree, row.answered_at, row.refusal, row.told)
