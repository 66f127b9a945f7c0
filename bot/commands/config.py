"""`andon config`: look at a policy file by itself, as the service would read it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from bot.commands.local_policy import policy_in
from bot.commands.reasons import plain_line
from bot.git.objects import GitError
from rules.engine.known import broken_rules
from rules.engine.policy import POLICY_PATH, Policy, PolicyError
from rules.engine.result import Mode

UNREADABLE = 2


@click.group()
def config() -> None:
    """Look at policy files."""


@config.command(epilog="Example: andon config check .github/andon.yml")
@click.argument("file", type=click.Path(path_type=Path), default=Path(POLICY_PATH))
@click.option("--owner-policy", type=click.Path(path_type=Path), help="The owner's policy, for `extends: owner`.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(file: Path, owner_policy: Path | None, form: str) -> None:
    """Read FILE as the service does, and say everything that is wrong with it, with line and column.

    Exits 0 where nothing is, 1 where something is, 2 where there is no such file.
    """
    for why in broken_rules().values():
        click.echo(f"andon: {plain_line(why)}", err=True)
    try:
        policy = policy_in(file, policy_in(owner_policy) if owner_policy else None)
    except GitError as error:
        click.echo(f"andon: {plain_line(str(error))}", err=True)
        sys.exit(UNREADABLE)
    except PolicyError as error:
        _say(form, [plain_line(line) for line in error.lines()], {"problems": [asdict(one) for one in error.problems]})
        sys.exit(1)
    _say(form, [_sum(policy)], {"problems": []})


def _say(form: str, lines: list[str], found: dict[str, object]) -> None:
    click.echo(json.dumps(found, indent=2) if form == "json" else "\n".join(lines))


def _sum(policy: Policy) -> str:
    """Say in one line what a policy comes to."""
    modes = ", ".join(f"{one.name} {one.mode.value}" for one in policy.rules if one.mode is not Mode.OFF)
    merges = f"andon merges what is {policy.merge.when}" if policy.merge else "andon does not merge"
    deploys = f"deploys via {policy.deploy.via}" if policy.deploy else "does not deploy"
    return f"{plain_line(policy.source)}: nothing is wrong. Rules: {modes or 'none'}; {merges}, and {deploys}."
