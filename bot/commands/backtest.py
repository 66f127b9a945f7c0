"""`andon backtest`: what a policy would have said of the changes that landed here."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

from bot.backtest.asked import Asked, side_by_side
from bot.backtest.folding import Json, summed_up
from bot.backtest.running import Range, Seen, judged_history
from bot.backtest.words import clean, text
from bot.commands.local_policy import policy_for
from bot.git.objects import GitError
from bot.text.moments import moment
from rules.engine.policy import POLICY_PATH, PolicyError

NEWEST: Final = 500
"""Changes that are judged where nobody says how many."""

_FILE: Final = click.Path(path_type=Path)


class _Since(click.ParamType[int]):
    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ANN401 - click's signature
        """Read a moment as a Unix time."""
        try:
            return int(moment(str(value), time.time()))
        except ValueError as error:
            self.fail(str(error), param, ctx)


SINCE: Final = _Since()
"""Reads an option that names a moment."""


@click.command(epilog="Example: andon backtest --since 90d --policy stricter.yml --html report.html")
@click.option("--repo", type=_FILE, default=Path(), help="A directory inside the repository. [.]")
@click.option("--rev", default="HEAD", show_default=True, help="The branch or commit whose history is judged.")
@click.option("--last", type=click.IntRange(min=1), help=f"So many of the newest changes. [{NEWEST}]")
@click.option("--since", type=SINCE, help="Instead: what landed since 2026-11-01, or since 12h or 90d ago.")
@click.option("--policy", "files", type=_FILE, multiple=True, help=f"A file; several are compared. [{POLICY_PATH}]")
@click.option("--rules", "names", help="Judge these rules alone, such as small-diff,pairing. [all that are listed]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--html", type=_FILE, help="A file for a report with plots, which needs `andon[report]`.")
def backtest(*, html: Path | None, form: str, **given: Any) -> None:  # noqa: ANN401 - click passes the options above by name
    """Tell what each rule would have held of what landed here, and which limits this history proposes.

    A change is one commit of the branch's first-parent history, held against its first parent: a merged or squashed
    pull request, or one commit where people push. Nothing of the repository is run, and nothing is written to it.
    Exits 0, or 2 when the repository or a policy cannot be read.
    """
    try:
        write = None if html is None else _reporter(html)
        told = _told(ranged(**{name: given.pop(name) for name in ("rev", "last", "since")}), **given)
        if write is not None:
            write(told)
    except (GitError, PolicyError) as error:
        click.echo(f"andon: {clean(str(error).replace(chr(10), ' '))}", err=True)
        sys.exit(2)
    click.echo(json.dumps(told, indent=2) if form == "json" else text(told))


def ranged(rev: str, last: int | None, since: int | None) -> Range:
    """Say what is judged; the newest changes where nothing is said."""
    if last is not None and since is not None:
        raise click.UsageError("--last and --since say two different things: give one of them.")
    return Range(rev, NEWEST if last is None and since is None else last, since)


def _told(wanted: Range, repo: Path, files: Sequence[Path], names: str | None) -> Json:
    asked = _asked(repo, wanted.revision, files, names)
    with progress() as seen:
        return summed_up(judged_history(repo, wanted, asked, seen))


def _asked(repo: Path, rev: str, files: Sequence[Path], names: str | None) -> Asked:
    policies = [policy_for(repo, rev, file) for file in files or (None,)]
    only = [name.strip() for name in (names or "").split(",") if name.strip()]
    try:
        return side_by_side(policies, only)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--rules") from error


@contextmanager
def progress() -> Iterator[Seen]:
    """Show how far it is and how long it takes, where somebody looks."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console  # noqa: PLC0415 - only people at a terminal wait for it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("judging"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("judging", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _reporter(file: Path) -> Callable[[Json], None]:
    """Give what writes the report, before anybody waits for it in vain. Raises GitError."""
    try:
        from bot.backtest.report import report  # noqa: PLC0415 - its plots take a second to load
    except ImportError as error:
        raise GitError(f"--html needs {error.name}: install andon[report]") from error

    def write(told: Json) -> None:
        try:
            file.write_text(report(told), "utf-8")
        except OSError as error:
            raise GitError(f"{file} cannot be written: {error.strerror}") from error

    return write
