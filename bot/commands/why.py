"""`andon why`: what andon decided on a pull request, then or now, and why."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import Mapping
from typing import Any, Final

import click

from bot.commands.asking import FAILED, HERE, CannotTellError, Service, service_at
from bot.commands.reasons import history, plain_line, reasons
from bot.text.moments import moment

LISTED: Final = 20
"""How many evaluations are listed where nobody says."""

ALL: Final = "all"
PAGE: Final = 100
"""Evaluations that the API gives at once."""

_COUNT: Final = re.compile(r"[1-9][0-9]{0,8}")
_PLACE: Final = re.compile(r"([A-Za-z0-9_-]{1,100})/(?!\.{1,2}#)([A-Za-z0-9_.-]{1,100})#([1-9][0-9]{0,8})")


@click.command(epilog="Example: andon why octo/shop#12 --at 2h")
@click.argument("place", metavar="OWNER/REPO#NUMBER", required=False)
@click.option("--at", help="A moment: 2026-11-22T10:00Z, or how long ago: 30m, 2h, 3d. [now]")
@click.option(
    "--history",
    "listed",
    is_flag=False,
    flag_value=str(LISTED),
    metavar="[N|all]",
    help=f"List the last N evaluations, and what changed between them. [{LISTED}]",
)
@click.option("--exit-code", "speaks", is_flag=True, help="Exit by what was decided, for a step of CI.")
@click.option("--server", help=f"Where andon runs. [ANDON_URL, else {HERE}]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def why(*, place: str | None, at: str | None, listed: str | None, form: str, **given: Any) -> None:  # noqa: ANN401 - click passes options by name
    """Say what andon decided on a pull request, why, and who must do what next.

    Exits 0, or 2 where there is no answer. With --exit-code: 0 where it merges or is merged, 1 where it is stopped (a
    rule found something, the policy is wrong, or it was closed), 3 where it only waits. The service asks for the
    API_TOKEN that it was started with; this machine needs none where none is set.
    """
    if place is None and listed is not None:
        place, listed = listed, str(LISTED)  # `--history owner/repo#12`: the word behind it is no number
    try:
        path, most = _path(place or ""), None if listed is None else _most(listed)
        service = service_at(given["server"])
        answer = asyncio.run(service.ask(f"{path}/why{_query(at)}") if most is None else _listed(service, path, most))
    except CannotTellError as error:
        click.echo(f"andon: {plain_line(str(error))}", err=True)
        sys.exit(FAILED)
    if form == "json":
        click.echo(json.dumps(answer, indent=2))
    else:
        click.echo(reasons(answer) if most is None else history(str(place), answer))
    if given["speaks"]:
        sys.exit(answer["exit_code"] if most is None else answer["decisions"][0]["exit_code"])


def _most(listed: str) -> int:
    if listed != ALL and not _COUNT.fullmatch(listed):
        raise CannotTellError(f"--history: {listed[:100]!r} is no number: write one from 1 on, or {ALL}.")
    return sys.maxsize if listed == ALL else int(listed)


def pull_request_at(place: str) -> tuple[str, str, int]:
    """Read `owner/repo#12`. Raises CannotTellError."""
    found = _PLACE.fullmatch(place)
    if found is None:
        said = f"{place[:100]!r} is no pull request" if place else "of which pull request"
        raise CannotTellError(f"{said}: write owner/repo#12.")
    owner, name, number = found.groups()
    return owner, name, int(number)


def _path(place: str) -> str:
    owner, name, number = pull_request_at(place)
    return f"/api/repos/{owner}/{name}/pulls/{number}"


def _query(at: str | None) -> str:
    if at is None:
        return ""
    try:
        return f"?at={moment(at, time.time())!r}"
    except ValueError as error:
        raise CannotTellError(f"--at: {error}.") from None


async def _listed(service: Service, path: str, most: int) -> Mapping[str, Any]:
    """Read page after page until there are so many; `before` says that there are more."""
    listed: list[Any] = []
    below = ""
    while True:
        page = await service.ask(f"{path}/decisions?limit={min(most - len(listed), PAGE)}{below}")
        listed += page["decisions"]
        if page["before"] is None or len(listed) >= most:
            return {"decisions": listed, "before": page["before"]}
        below = f"&before={page['before']}"
