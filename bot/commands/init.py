"""`andon init`: a policy to begin with, proposed from what landed here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from bot.backtest.asked import side_by_side
from bot.backtest.folding import summed_up
from bot.backtest.proposal import policy_text
from bot.backtest.running import Range, judged_history
from bot.backtest.scouting import Seen, is_wanted, scouted
from bot.backtest.words import clean
from bot.commands.backtest import NEWEST, SINCE, progress, ranged
from bot.git.objects import GitError, in_place
from bot.git.tree import list_paths, read_files
from rules.engine.policy import POLICY_PATH, read_policy, recommended


@click.command(epilog="Example: andon init --since 90d --write")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A directory inside the repository. [.]")
@click.option("--rev", default="HEAD", show_default=True, help="The branch or commit whose history is judged.")
@click.option("--last", type=click.IntRange(min=1), help=f"So many of the newest changes. [{NEWEST}]")
@click.option("--since", type=SINCE, help="Instead: what landed since 2026-11-01, or since 12h or 90d ago.")
@click.option("--write", is_flag=True, help=f"Write it to {POLICY_PATH} instead of printing it.")
def init(*, repo: Path, write: bool, **given: Any) -> None:  # noqa: ANN401 - click passes the options above by name
    """Propose a commented policy: limits from this history, the places of tests, and what asks for flags.

    Each number says where it comes from. A policy that is there already is never overwritten. Exits 0, or 2 when the
    repository cannot be read or the file is there.
    """
    try:
        target = _target(repo) if write else None
        text = _proposed(repo, ranged(**given))
        if target is None:
            click.echo(text, nl=False)
            return
        _write(target, text)
    except GitError as error:
        click.echo(f"andon: {clean(str(error).replace(chr(10), ' '))}", err=True)
        sys.exit(2)
    click.echo(f"Wrote {clean(str(target))}: read it, and merge it to the default branch.")


def _proposed(repo: Path, wanted: Range) -> str:
    """Judge the history by the preset, look the files over, and write the policy that the loader accepts."""
    with progress() as seen:
        told = summed_up(judged_history(repo, wanted, side_by_side([recommended()]), seen))
    text = policy_text(told, _scouted(repo, wanted.revision))
    read_policy(text, POLICY_PATH)
    return text


def _scouted(repo: Path, revision: str) -> Seen:
    return scouted(list_paths(repo, revision), _texts(repo, revision))


def _texts(repo: Path, revision: str) -> Iterator[tuple[str, bytes]]:
    for _, _, path, text in read_files(repo, revision, is_wanted):
        yield path, text


def _target(repo: Path) -> Path:
    """Name the file to write. Raises GitError where it is there already, or would not be in the work tree."""
    top = in_place(repo, "rev-parse", "--show-toplevel") if repo.is_dir() else ""
    if not top:
        raise GitError(f"{repo} has no work tree to write to: leave out --write")
    target = Path(top) / POLICY_PATH
    if target.exists() or target.is_symlink():
        raise GitError(f"{target} is there already, and is never overwritten: leave out --write to see a proposal")
    if target.parent.exists() and target.parent.resolve() != Path(top).resolve() / target.parent.name:
        raise GitError(f"{target.parent} leads out of the work tree")
    return target


def _write(target: Path, text: str) -> None:
    """Write a new file. Raises GitError, also where somebody made it meanwhile."""
    try:
        target.parent.mkdir(exist_ok=True)
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise GitError(f"{target} cannot be written: {error.strerror}") from error
