"""Requests around the issue of an incident."""

from __future__ import annotations

from http import HTTPStatus

from bot.github.answers import Json
from bot.github.connection import Connection
from bot.github.errors import Refused
from bot.github.tokens import Purpose, Scope
from bot.published import AnswerIssue, EditIssue, OpenIssue


async def send_issue(connection: Connection, action: OpenIssue | EditIssue | AnswerIssue) -> Json:
    """Carry out one action. Raises Refused with GitHub's words (Gone where issues are turned off), or Later."""
    issues, scope = f"/repos/{action.repository.full_name}/issues", Scope.of(action.repository, Purpose.ISSUES)
    match action:
        case OpenIssue(title=title, body=body, labels=labels):
            opened = await connection.write(
                scope, "POST", issues, {"title": title, "body": body, "labels": list(labels)}
            )
            if not isinstance(opened, dict) or "number" not in opened:
                raise Refused(HTTPStatus.CREATED, "GitHub took the issue but opened none")
            return opened
        case EditIssue(number=number, body=body, closes=closes):
            state = {"state": "closed", "state_reason": "not_planned"} if closes else {}
            return await connection.write(scope, "PATCH", f"{issues}/{number}", {"body": body, **state})
        case AnswerIssue(number=number, body=body):
            return await connection.write(scope, "POST", f"{issues}/{number}/comments", {"body": body})
