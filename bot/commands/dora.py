"""`andon dora`: DORA's five metrics of what andon deployed, and what batch size has to do with them."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from typing import Any, Final
from urllib.parse import urlencode

import click

from bot.commands.asking import FAILED, HERE, CannotTellError, service_at
from bot.commands.dora_shown import releases_csv, text, weeks_csv
from bot.commands.reasons import plain_line

_REPOSITORY: Final = re.compile(r"[A-Za-z0-9_-]{1,100}/(?!\.{1,2}$)[A-Za-z0-9_.-]{1,100}")
_ASKED: Final = ("since", "until", "environment", "branch", "zone")


@click.command(epilog="Example: andon dora octo/shop --since 30d --zone Europe/Berlin")
@click.argument("repositories", metavar="[OWNER/REPO]...", nargs=-1)
@click.option("--since", default="90d", show_default=True, help="A moment: 2026-11-01, or how long ago: 12h, 30d.")
@click.option("--until", help="Another moment, which is no part of the period. [now]")
@click.option("--environment", default="production", show_default=True, help="Where releases go.")
@click.option("--branch", help="The branch that they landed in. [all]")
@click.option("--zone", default="UTC", show_default=True, help="The time zone of days and weeks.")
@click.option("--server", help=f"Where andon runs. [ANDON_URL, else {HERE}]")
@click.option("--by", type=click.Choice(["release", "week"]), default="release", help="The rows of CSV. [release]")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
def dora(*, repositories: tuple[str, ...], server: str | None, by: str, form: str, **given: Any) -> None:  # noqa: ANN401 - click passes options by name
    """Tell DORA's five metrics of one repository, of several together, or of all, and whether small pays there.

    Deployment frequency, lead time, change fail rate, failed-deployment recovery time and rework rate: counted from
    releases that andon followed, each with how many of how many. What is not known is said to be no data. Exits 0, or
    2 where there is no answer. The service asks for its API_TOKEN as with `andon why`.
    """
    try:
        query = _query(repositories, given)
        answer = asyncio.run(service_at(server).ask(f"/api/dora?{query}"))
    except CannotTellError as error:
        click.echo(f"andon: {plain_line(str(error))}", err=True)
        sys.exit(FAILED)
    match form, by:
        case "json", _:
            click.echo(json.dumps(answer, indent=2))
        case "csv", "week":
            click.echo(weeks_csv(answer), nl=False)
        case "csv", _:
            click.echo(releases_csv(answer), nl=False)
        case _:
            click.echo(text(answer))


def _query(repositories: tuple[str, ...], given: dict[str, Any]) -> str:
    for name in repositories:
        if not _REPOSITORY.fullmatch(name):
            raise CannotTellError(f"{name[:100]!r} is no repository: write owner/repo.")
    asked = [(name, given[name]) for name in _ASKED if given[name]]
    return urlencode([*(("repository", name) for name in repositories), *asked])
