"""`andon check`: hold a local branch against the policy, before anybody else sees it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

import click

from bot.commands.report import report
from bot.git import POLICY_PATH, GitError, default_base, read_policy_text, read_pull_request
from rules.engine.contract import as_json
from rules.engine.evaluate import evaluate
from rules.engine.policy import Policy, PolicyError, read_policy, recommended
from rules.engine.result import Conclusion

_EXIT: Final = {
    Conclusion.PASSED: 0,
    Conclusion.WARNED: 0,
    Conclusion.HELD: 1,
    Conclusion.BLOCKED: 1,
    Conclusion.UNDECIDED: 2,
}


@click.command(epilog="Example: andon check --base origin/main --head HEAD")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A directory inside the repository. [.]")
@click.option("--base", help="What the change is aimed at. [the remote's default branch, else main or master]")
@click.option("--head", default="HEAD", show_default=True, help="The commit to judge.")
@click.option("--policy", type=click.Path(path_type=Path), help=f"A policy file. [{POLICY_PATH} at --base]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(repo: Path, base: str | None, head: str, policy: Path | None, form: str) -> None:
    """Hold the commits between BASE and HEAD against the policy, as andon will on the pull request.

    Exits 0 when nothing is in the way, 1 when a rule holds or blocks, 2 when andon cannot decide. Only commits count:
    what is not committed is not judged. Nothing of the repository is run.
    """
    try:
        pr = read_pull_request(repo, base or default_base(repo), head)
        verdict = evaluate(_policy(repo, pr.base, policy), pr)
    except (GitError, PolicyError) as error:
        click.echo(f"andon: {_printable(str(error))}", err=True)
        sys.exit(2)
    click.echo(json.dumps(as_json(verdict), indent=2) if form == "json" else report(verdict))
    sys.exit(_EXIT[verdict.conclusion])


def _policy(repo: Path, base: str, file: Path | None) -> Policy:
    if file is not None:
        try:
            return read_policy(file.read_text("utf-8", "replace"), str(file))
        except OSError as error:
            raise GitError(f"{file} cannot be read: {error.strerror}") from error
    text = read_policy_text(repo, base)
    return recommended() if text is None else read_policy(text, POLICY_PATH)


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() or char == "\n" else "�" for char in text)
