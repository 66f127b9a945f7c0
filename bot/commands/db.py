"""`andon db`: care for the database."""

from __future__ import annotations

import os

import click

from bot.settings import database_problems, database_url
from bot.store import migrate
from bot.store.engine import StoreUnavailable


@click.group()
def db() -> None:
    """Care for the database."""


@db.command()
def upgrade() -> None:
    """Bring the tables of DATABASE_URL to what this version needs; changes nothing if they are."""
    url = database_url(os.environ)
    if problems := "\n".join(database_problems(url)):
        raise click.ClickException(problems)
    try:
        before, newest = migrate.upgrade(url)
    except StoreUnavailable as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"The database is at {newest}." if before == newest else f"Upgraded from {before or 'empty'} to {newest}."
    )
