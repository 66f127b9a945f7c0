"""`andon explain`: print the page of one rule."""

from __future__ import annotations

import sys

import click

from rules.engine.complaints import guess
from rules.engine.known import broken_rules, known_rules
from rules.engine.page import text_page


@click.command(epilog="Example: andon explain small-diff")
@click.argument(
    "rule", shell_complete=lambda _ctx, _param, said: [one for one in known_rules() if one.startswith(said)]
)
def explain(rule: str) -> None:
    """Print what RULE asks, why, how to fix what it finds, and its options."""
    rules = known_rules()
    if rule not in rules:
        why = broken_rules().get(rule)
        click.echo(f"andon: {why or f'no such rule: {rule!r}.{guess(rule, rules)}'}", err=True)
        sys.exit(2)
    for line in text_page(rules[rule]):
        heading = line.startswith("#")
        click.echo(click.style(line.lstrip("# "), bold=True) if heading else line)
