"""`andon doctor`: what keeps andon from its work, and how to mend it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

import click

from bot.commands.reasons import plain_line
from bot.doctor.examine import examine, spoken
from bot.doctor.finding import Finding, Level, exit_code
from bot.log import start_logging
from bot.text.redaction import hide


@click.command(epilog="Example: andon doctor --repository octo/shop")
@click.option("--repository", "only", multiple=True, metavar="OWNER/REPO", help="Look at these alone. [all]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def doctor(only: tuple[str, ...], form: str) -> None:
    """Look at settings, key, App, webhook, deliveries, installations, rulesets, policies, clock, disk and database.

    Run it with the environment of `andon serve`. Nothing is changed. Exits 0 where nothing is wrong, 1 where something
    is, 2 where something could not be told.
    """
    start_logging(level="error")
    findings = asyncio.run(_all(only))
    if form == "json":
        found = {"healthy": exit_code(findings) == 0, "findings": [asdict(one) for one in findings]}
        click.echo(hide(json.dumps(found, indent=2)))
    else:
        for line in spoken(findings):
            click.echo(hide(plain_line(line)))
        click.echo(_sum(findings))
    sys.exit(exit_code(findings))


async def _all(only: Sequence[str]) -> list[Finding]:
    return [finding async for finding in examine(os.environ, only)]


def _sum(findings: Sequence[Finding]) -> str:
    counted = Counter(one.level for one in findings)
    words = {Level.WRONG: "wrong", Level.UNKNOWN: "not told", Level.WARNING: "weak", Level.LOOK: "to look at"}
    said = [f"{counted[level]} {word}" for level, word in words.items() if counted[level]]
    return f"{', '.join(said) or 'Nothing wrong'}; {counted[Level.OK]} as it should be."
