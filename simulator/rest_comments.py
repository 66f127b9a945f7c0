"""Routes of comments under pull requests and issues, and of reactions to them: GitHub keeps both with issues."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from simulator import comments, report_shapes
from simulator.records import REACTIONS
from simulator.routing import Answer, Ask, Refusal, Route

if TYPE_CHECKING:
    from simulator.issues import Thread
    from simulator.records import Comment

LONGEST = 65_536  # characters; a longer one is refused (seen in issues of several projects, not in the description)


def _thread(ask: Ask, level: str) -> Thread:
    """Find what is commented under: a pull request by the permission for those, an issue by that for issues."""
    number = ask.number("issue_number")
    pull = ask.repo.pulls.get(number)
    thread = pull or ask.repo.issues.get(number)
    if thread is None:
        raise Refusal(404, "Not Found")
    if not ask.granted.may("issues" if pull is None else "pull_requests", level):
        raise Refusal(403, "Resource not accessible by integration")
    return thread


def _body(ask: Ask) -> str:
    body = str(ask.required("body"))
    if len(body) > LONGEST:
        raise Refusal(422, f"Validation Failed: body is too long (maximum is {LONGEST} characters)")
    return body


async def listed(ask: Ask) -> Answer:
    """List the comments under a pull request or an issue, oldest first; `since` leaves out what was touched before."""
    thread = _thread(ask, "read")
    since = datetime.fromisoformat(ask.query.get("since", "1970-01-01T00:00:00Z")).timestamp()
    rows, headers = ask.page([row for row in thread.comments if row.updated_at >= since])
    return Answer(200, [report_shapes.comment(thread, row) for row in rows], headers)


async def write(ask: Ask) -> Answer:
    """Write a comment as the App."""
    thread = _thread(ask, "write")
    written = await comments.write(thread, ask.github.app.bot.login, _body(ask))
    return Answer(201, report_shapes.comment(thread, written))


async def shown(ask: Ask) -> Answer:
    """Show one comment."""
    return Answer(200, report_shapes.comment(*_found(ask)))


async def edit(ask: Ask) -> Answer:
    """Edit a comment."""
    thread, comment = _found(ask)
    await comments.edit(thread, comment, _body(ask), ask.github.app.bot.login)
    return Answer(200, report_shapes.comment(thread, comment))


async def delete(ask: Ask) -> Answer:
    """Delete a comment."""
    thread, comment = _found(ask)
    await comments.delete(thread, comment, ask.github.app.bot.login)
    return Answer(204)


def _found(ask: Ask) -> tuple[Thread, Comment]:
    found = comments.found(ask.repo, ask.number("comment_id"))
    if found is None:
        raise Refusal(404, "Not Found")
    return found


async def reactions(ask: Ask) -> Answer:
    """List the reactions to a comment, all or those of one content."""
    _, comment = _found(ask)
    wanted = ask.query.get("content")
    chosen = [reaction for reaction in comment.reactions if wanted in {None, reaction.content}]
    rows, headers = ask.page(chosen)
    return Answer(200, [report_shapes.reaction(ask.repo, row) for row in rows], headers)


async def react(ask: Ask) -> Answer:
    """React as the App: 201 where that is new, 200 where it was there (OpenAPI, create reaction)."""
    _, comment = _found(ask)
    content = ask.required("content")
    if content not in REACTIONS:
        raise Refusal(422, f"Validation Failed: {content} is not one of {', '.join(REACTIONS)}")
    reaction, is_new = comments.react(ask.repo, comment, ask.github.app.bot.login, content)
    return Answer(201 if is_new else 200, report_shapes.reaction(ask.repo, reaction))


async def unreact(ask: Ask) -> Answer:
    """Take a reaction of the App back."""
    _, comment = _found(ask)
    number = ask.number("reaction_id")
    mine = [one for one in comment.reactions if (one.id, one.author) == (number, ask.github.app.bot)]
    if not mine:
        raise Refusal(404, "Not Found")
    comment.reactions.remove(mine[0])
    return Answer(204)


READ, WRITE = ("pull_requests", "read"), ("pull_requests", "write")
ONE = "/repos/{owner}/{repo}/issues/comments/{comment_id}"
ROUTES = (
    Route("GET", "/repos/{owner}/{repo}/issues/{issue_number}/comments", listed, anyone=True),
    Route("POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments", write, anyone=True),
    Route("GET", ONE, shown, READ),
    Route("PATCH", ONE, edit, WRITE),
    Route("DELETE", ONE, delete, WRITE),
    Route("GET", f"{ONE}/reactions", reactions, READ),
    Route("POST", f"{ONE}/reactions", react, WRITE),
    Route("DELETE", f"{ONE}/reactions/{{reaction_id}}", unreact, WRITE),
)
