"""`andon incidents`: what went wrong in production, and what people mean to do about it."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import click

from bot.commands.asking import FAILED, HERE, CannotTellError, service_at
from bot.commands.reasons import plain_line
from bot.postmortem.issue import span

_REPOSITORY: Final = re.compile(r"[A-Za-z0-9_-]{1,100}/(?!\.{1,2}$)[A-Za-z0-9_.-]{1,100}")


@click.command(epilog="Example: andon incidents octo/shop --format json")
@click.argument("repository", metavar="OWNER/REPO")
@click.option("--server", help=f"Where andon runs. [ANDON_URL, else {HERE}]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def incidents(*, repository: str, server: str | None, form: str) -> None:
    """List the incidents of a repository, the newest first: when each began and ended, its issue, and its actions.

    An incident counts as closed once its issue is closed and lists an action, or says why none is needed. Exits 0, or 2
    where there is no answer. The service asks for its API_TOKEN as with `andon why`.
    """
    try:
        answer = asyncio.run(service_at(server).ask(_path(repository)))
    except CannotTellError as error:
        click.echo(f"andon: {plain_line(str(error))}", err=True)
        sys.exit(FAILED)
    click.echo(json.dumps(answer, indent=2) if form == "json" else "\n".join(text(answer)))


def _path(repository: str) -> str:
    if not _REPOSITORY.fullmatch(repository):
        raise CannotTellError(f"{repository[:100]!r} is no repository: write owner/repo.")
    return f"/api/repos/{repository}/incidents"


def text(answer: Mapping[str, Any]) -> Iterator[str]:
    """Write the incidents in lines."""
    if not answer["incidents"]:
        yield "No incident is known."
    for one in answer["incidents"]:
        yield plain_line(
            f"{_day(one['began_at'])}  #{one['pull_request']} on {one['branch']}  {_ended(one)}; {_issue(one)}"
        )
        for action in one["actions"]:
            yield plain_line(f"  [{'x' if action['done'] else ' '}] {action['what']}{_who(action)}")


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")


def _ended(one: Mapping[str, Any]) -> str:
    if one["restored_at"] is None:
        return "not restored yet"
    return f"restored after {span(one['restored_at'] - one['began_at'])}"


def _issue(one: Mapping[str, Any]) -> str:
    if one["issue"] is None:
        return f"no issue: {one['said'] or 'it is about to be opened'}"
    if one["state"] == "closed":
        return f"issue #{one['issue']} closed"
    lacks = "closed without an action" if one["issue_closed"] else "open"
    overdue = f", {one['overdue_actions']} overdue" if one["overdue_actions"] else ""
    return f"issue #{one['issue']} {lacks}, {one['open_actions']} to do{overdue}"


def _who(action: Mapping[str, Any]) -> str:
    named = ", ".join(word for word in (action["owner"], action["due"], "overdue" if action["overdue"] else "") if word)
    return f" ({named})" if named else ""
