"""Routes of issues. GitHub lists pull requests among them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from simulator import issues
from simulator.rest_comments import LONGEST
from simulator.routing import Answer, Ask, Refusal, Route

if TYPE_CHECKING:
    from simulator.issues import Issue, Thread
    from simulator.records import Json

MAX_TITLE = 256  # characters (seen in the field, not in the description)


def _repository(ask: Ask) -> None:
    """Refuse with 410 where the repository has no issues."""
    if not ask.repo.has_issues:
        raise Refusal(410, "Issues are disabled for this repo")


def _issue(ask: Ask) -> Issue:
    _repository(ask)
    found = ask.repo.issues.get(ask.number("issue_number"))
    if found is None:
        raise Refusal(404, "Not Found")
    if found.is_deleted:
        raise Refusal(410, "This issue was deleted")
    return found


def _words(ask: Ask, name: str, longest: int) -> str:
    said = str(ask.body.get(name) or "")
    if len(said) > longest:
        raise Refusal(422, f"Validation Failed: {name} is too long (maximum is {longest} characters)")
    return said


async def listed(ask: Ask) -> Answer:
    """List issues and pull requests, the newest first: those of a `state`, a `creator`, and touched `since`."""
    _repository(ask)
    since, state, creator = ask.query.get("since", ""), ask.query.get("state", "open"), ask.query.get("creator")
    threads: list[Thread] = [*ask.repo.pulls.values(), *(one for one in ask.repo.issues.values() if not one.is_deleted)]
    shown = [one.issue_shape() for one in sorted(threads, key=lambda one: -one.number)]
    kept = [one for one in shown if state in ("all", one["state"]) and creator in (None, one["user"]["login"])]
    rows, headers = ask.page([one for one in kept if not since or _touched(one) >= datetime.fromisoformat(since)])
    return Answer(200, rows, headers)


def _touched(one: Json) -> datetime:
    return datetime.fromisoformat(one["updated_at"])


async def open_one(ask: Ask) -> Answer:
    """Open an issue as the App."""
    _repository(ask)
    ask.required("title")
    words = _words(ask, "title", MAX_TITLE), _words(ask, "body", LONGEST)
    made = await issues.opened(ask.repo, ask.github.app.bot.login, words, ask.body.get("labels") or ())
    return Answer(201, made.issue_shape())


async def shown(ask: Ask) -> Answer:
    """Show one issue."""
    return Answer(200, _issue(ask).issue_shape())


async def edit(ask: Ask) -> Answer:
    """Write the text of an issue anew, or close or open it, as the App."""
    found, by = _issue(ask), ask.github.app.bot.login
    if "body" in ask.body:
        await found.edit(_words(ask, "body", LONGEST), by)
    moved = {"closed": found.close, "open": found.reopen}.get(ask.body.get("state", ""))
    if moved is not None:
        await moved(by)
    return Answer(200, found.issue_shape())


READ, WRITE = ("issues", "read"), ("issues", "write")
ONE = "/repos/{owner}/{repo}/issues/{issue_number}"
ROUTES = (
    Route("GET", "/repos/{owner}/{repo}/issues", listed, READ),
    Route("POST", "/repos/{owner}/{repo}/issues", open_one, WRITE),
    Route("GET", ONE, shown, READ),
    Route("PATCH", ONE, edit, WRITE),
)
