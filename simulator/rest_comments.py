"""Routes of comments under pull requests: GitHub keeps them with issues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator import report_shapes
from simulator.routing import Answer, Ask, Refusal, Route

if TYPE_CHECKING:
    from simulator.pull_request import PullRequest
    from simulator.records import Comment

LONGEST = 65_536  # characters; a longer one is refused (seen in issues of several projects, not in the description)


def _pull(ask: Ask) -> PullRequest:
    pull = ask.repo.pulls.get(ask.number("issue_number"))
    if pull is None:
        raise Refusal(404, "Not Found")
    return pull


def _body(ask: Ask) -> str:
    body = str(ask.required("body"))
    if len(body) > LONGEST:
        raise Refusal(422, f"Validation Failed: body is too long (maximum is {LONGEST} characters)")
    return body


async def comments(ask: Ask) -> Answer:
    """List the comments under a pull request, oldest first."""
    pull = _pull(ask)
    rows, headers = ask.page(pull.comments)
    return Answer(200, [report_shapes.comment(pull, row) for row in rows], headers)


async def write(ask: Ask) -> Answer:
    """Write a comment as the App."""
    pull = _pull(ask)
    written = await pull.comment(ask.github.app.bot.login, _body(ask))
    return Answer(201, report_shapes.comment(pull, written))


async def edit(ask: Ask) -> Answer:
    """Edit a comment of the App."""
    pull, comment = _found(ask)
    await pull.edit_comment(comment, _body(ask), by=ask.github.app.bot.login)
    return Answer(200, report_shapes.comment(pull, comment))


def _found(ask: Ask) -> tuple[PullRequest, Comment]:
    number = ask.number("comment_id")
    for pull in ask.repo.pulls.values():
        for comment in pull.comments:
            if comment.id == number:
                return pull, comment
    raise Refusal(404, "Not Found")


WRITE = ("pull_requests", "write")
ROUTES = (
    Route("GET", "/repos/{owner}/{repo}/issues/{issue_number}/comments", comments, ("pull_requests", "read")),
    Route("POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments", write, WRITE),
    Route("PATCH", "/repos/{owner}/{repo}/issues/comments/{comment_id}", edit, WRITE),
)
