"""The `andon` command: wires the commands up, and holds no logic."""

from __future__ import annotations

from contextlib import nullcontext
from importlib import import_module
from typing import Final

import click
from click.shell_completion import CompletionItem

from bot.commands.loading import hidden, loading

_COMMANDS: Final = {
    "backtest": ("bot.commands.backtest:backtest", "Tell what a policy would have held of what landed here."),
    "check": ("bot.commands.check:check", "Hold local commits against the policy."),
    "completion": ("bot.commands.completion:completion", "Print what a shell needs to complete these words."),
    "config": ("bot.commands.config:config", "Look at a policy file."),
    "db": ("bot.commands.db:db", "Look after the database."),
    "demo": ("bot.commands.demo:demo", "Show the whole story on a GitHub that runs here."),
    "doctor": ("bot.commands.doctor:doctor", "Look for what keeps andon from its work, and say the cure."),
    "dora": ("bot.commands.dora:dora", "Tell DORA's five metrics, and whether small changes pay."),
    "explain": ("bot.commands.explain:explain", "Print the page of a rule."),
    "flags": ("bot.commands.flags:flags", "List the feature flags that the code asks for, and since when."),
    "incidents": (
        "bot.commands.incidents:incidents",
        "List the incidents of a repository, and what is still to be done.",
    ),
    "init": ("bot.commands.init:init", "Propose a policy from what landed here."),
    "replay": ("bot.commands.replay:replay", "Send a delivery from a file to the service."),
    "serve": ("bot.commands.serve:serve", "Receive webhooks and act on them."),
    "work": ("bot.commands.work:work", "Act on webhooks beside `serve`, in another process."),
    "setup": ("bot.commands.setup:setup", "Register the App on GitHub, and keep its secrets."),
    "simulate": ("bot.commands.simulate:simulate", "Say what andon would say of a pull request; write nothing."),
    "why": ("bot.commands.why:why", "Say what andon decided on a pull request, and why."),
}

_SERVICES: Final = ("serve", "work")
"""What runs for long and draws nothing: structlog would load `rich` with them (5 MiB) because it is there."""


class LazyGroup(click.Group):
    """A group that imports a command only when it is run, so that `check` starts without the web stack."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name all commands."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import one command, or give None where there is none of that name."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name][0].partition(":")
        with loading(), hidden("rich") if cmd_name in _SERVICES else nullcontext():
            command = getattr(import_module(module), name)
        return command if isinstance(command, click.Command) else None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the names of commands without importing any, and options."""
        named = ((name, about) for name, (_, about) in sorted(_COMMANDS.items()) if name.startswith(incomplete))
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [*(CompletionItem(name, help=about) for name, about in named), *options]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_text) for name, (_, help_text) in sorted(_COMMANDS.items())])


@click.group(cls=LazyGroup, epilog="Example: andon check --base origin/main")
@click.version_option(package_name="andon", prog_name="andon")
def main() -> None:
    """Make production-first delivery the easy path."""


if __name__ == "__main__":
    main()
