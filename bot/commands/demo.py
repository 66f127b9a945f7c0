"""`andon demo`: the whole path on this machine, on a real git history."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import click

LOG_LINES = 30


@click.command(epilog="Example: andon demo --repo ~/src/my-service")
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="A git repository to take the history from; it is only read. Without one here, a small one is made up.",
)
def demo(repo: Path) -> None:
    """Play the whole path on this machine: signed webhooks in; checks, merges and deployments out.

    Nothing leaves 127.0.0.1 and nothing needs a GitHub account. Ends with 0 only if every scene ended as told.
    """
    try:
        import simulator.github  # noqa: F401, PLC0415 - an extra that only the demo needs
    except ModuleNotFoundError as missing:
        raise click.ClickException(f"The demo needs {missing.name}: pip install 'andon[simulator]'") from missing
    from bot.commands.stage import NotAsToldError  # noqa: PLC0415 - needs that extra
    from bot.commands.story import play  # noqa: PLC0415 - as above
    from bot.log import start_logging  # noqa: PLC0415 - kept out of `andon --help`

    log = io.StringIO()
    start_logging((), log)
    try:
        asyncio.run(play(repo))
    except NotAsToldError as problem:
        click.echo("".join(log.getvalue().splitlines(keepends=True)[-LOG_LINES:]), err=True)
        raise click.ClickException(f"This did not come about: {problem}.") from problem
