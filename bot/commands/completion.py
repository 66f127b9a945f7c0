"""`andon completion`: what a shell needs to complete andon's words."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command(epilog='Example: eval "$(andon completion bash)"')
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script for SHELL; the shell's start-up file evaluates it.

    fish: `andon completion fish > ~/.config/fish/completions/andon.fish`.
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.ClickException(f"{shell} is not known to this version of click")
    click.echo(kind(ctx.find_root().command, {}, "andon", "_ANDON_COMPLETE").source())
