"""`andon setup`: register the App on GitHub and keep its secrets, by one link on this machine."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

import click

from bot.commands.process import CANNOT_START
from bot.commands.reasons import plain_line
from bot.doctor.needed import manifest
from bot.github.register import Registered, registered
from bot.settings import SettingsError, api_url_of
from bot.setup.door import Door
from bot.setup.first_delivery import follow, shown, told
from bot.setup.keeping import PLATFORMS, Home, commands, configured

WITHIN: Final = 3600.0
"""Seconds for which the link is good; GitHub's code is good for as long."""

_ORGANISATION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be set up: where GitHub reaches the service, whose App it is, and where settings go."""

    public_url: str
    organisation: str
    home: Home
    api_url: str
    name: str
    platform: str | None = None
    port: int = 0
    wait: bool = True

    @property
    def further(self) -> dict[str, str]:
        """The settings beside the secrets that this setup knows."""
        api = {} if self.api_url == "https://api.github.com" else {"GITHUB_API_URL": self.api_url}
        return {"PUBLIC_URL": self.public_url, **api}


@click.command(epilog="Example: andon setup --public-url https://andon.example.com --org octo")
@click.option(
    "--public-url", envvar="PUBLIC_URL", required=True, help="Where GitHub will reach `andon serve`. [PUBLIC_URL]"
)
@click.option("--org", "organisation", default="", help="The organisation that owns the App. [you]")
@click.option("--name", default="andon", show_default=True, help="The App's name, which nobody else on GitHub has.")
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Where the files go. [.]"
)
@click.option("--print", "platform", type=click.Choice(PLATFORMS), help="Print commands instead of writing files.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the link. [any free one]")
@click.option("--wait/--no-wait", default=True, help="Wait until GitHub reaches `andon serve`; the page turns green.")
def setup(*, public_url: str, organisation: str, into: Path, **given: Any) -> None:  # noqa: ANN401 - click passes options by name
    """Register a GitHub App for this service, and keep its id, private key and webhook secret.

    Prints a link, good for one visit on this machine within an hour. Where something is set up already it does nothing.
    The page that the link leads to turns green once GitHub's first delivery has arrived. Exits 0 once the secrets are
    kept, else 2.
    """
    home = Home(into)
    try:
        asked = Asked(_public(public_url), _of(organisation), home, api_url_of(os.environ), **given)
    except SettingsError as error:
        _end(error.problems[0])
    if why := configured(os.environ, home):
        _end(f"nothing is set up here: {why}. `andon doctor` looks at what there is; to begin anew, take it away.")
    try:
        kept = asyncio.run(_through_the_door(asked))
    except TimeoutError:
        _end("nobody came back from GitHub within an hour: start again.")
    except OSError as error:
        _end(f"the link cannot be opened: {error.strerror}.")
    sys.exit(0 if kept else CANNOT_START)


async def _through_the_door(asked: Asked) -> bool:
    """Register, keep the secrets, and wait for the first delivery; gives whether the secrets were kept as asked."""
    door = Door(
        api_url=asked.api_url,
        organisation=asked.organisation,
        manifest=manifest(asked.name, asked.public_url),
        exchange=partial(registered, asked.api_url),
    )
    door.told = told((), asked.public_url) if asked.wait else None
    link = await door.open(asked.port)
    try:
        click.echo(f"Open this on this machine, once:\n\n  {link}\n")
        async with asyncio.timeout(WITHIN):
            app = await door.registered
        kept = _keep(asked, app)
        with suppress(asyncio.CancelledError):  # Ctrl-C ends the waiting, and nothing else is left to do
            await _wait(asked, door, app)
        return kept
    finally:
        await door.close()


async def _wait(asked: Asked, door: Door, app: Registered) -> None:
    """Let the page show how it ends: at once, or when GitHub's first delivery arrived, within an hour."""
    if not asked.wait:
        await shown(door)
        return
    click.echo("The page turns green once GitHub reaches it. Ctrl-C ends this waiting; everything is kept.")
    with suppress(TimeoutError):
        async with asyncio.timeout(WITHIN):
            await follow(door, app, api_url=asked.api_url, public_url=asked.public_url)
            click.echo("GitHub's first delivery arrived.")


def _keep(asked: Asked, app: Registered) -> bool:
    """Leave the secrets where they were asked for; where no file can be written they are shown, this once."""
    if asked.platform is None:
        try:
            asked.home.keep(app, asked.further)
        except OSError as error:
            click.echo(f"andon: {error.filename} cannot be written ({error.strerror}); keep this instead:", err=True)
            _show("env", asked, app)
            return False
        click.echo(f"Kept in {asked.home.env_file} and {asked.home.key_file}, for your eyes alone.")
        click.echo(f"Next: set -a; . {asked.home.env_file}; set +a; andon serve")
    else:
        _show(asked.platform, asked, app)
    click.echo(
        f"Install it: {plain_line(app.page)}/installations/new\nThen `andon doctor` tells what is still missing."
    )
    return True


def _show(platform: str, asked: Asked, app: Registered) -> None:
    for line in commands(platform, app, asked.further):
        click.echo(line)


def _public(url: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment or parts.username:
        _end(f"--public-url {url[:100]!r} is no https address: GitHub delivers to no other.")
    return url.strip().rstrip("/")


def _of(organisation: str) -> str:
    if organisation and _ORGANISATION.fullmatch(organisation) is None:
        _end(f"--org {organisation[:100]!r} is no name of an organisation.")
    return organisation


def _end(why: str) -> NoReturn:
    click.echo(f"andon: {plain_line(why)}", err=True)
    sys.exit(CANNOT_START)
