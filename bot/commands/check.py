"""`andon check`: hold a local branch against the policy, before anybody else sees it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

from bot.commands.local_policy import policy_for
from bot.commands.printable import lines
from bot.git.objects import GitError
from bot.git.pull_request import default_base, read_needs, read_pull_request
from rules.engine.coverage import Coverage, CoverageError, read_coverage
from rules.engine.evaluate import evaluate, needs_of
from rules.engine.known import broken_rules
from rules.engine.policy import POLICY_PATH, PolicyError
from rules.engine.result import Conclusion, Verdict

Report = Callable[[Verdict], str]

_FORMS: Final = {
    "text": "bot.commands.report",
    "json": "bot.commands.report_json",
    "sarif": "bot.commands.report_sarif",
    "github": "bot.commands.report_github",
}
"""The modules that print a verdict, imported when they are asked for: a start is felt before every push."""

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
@click.option("--owner-policy", type=click.Path(path_type=Path), help="The owner's policy, for `extends: owner`.")
@click.option("--coverage", type=click.Path(path_type=Path), help="A test run's report: Cobertura, LCOV or Go profile.")
@click.option("--format", "form", type=click.Choice(tuple(_FORMS)), default="text", show_default=True)
def check(**given: Any) -> None:  # noqa: ANN401 - click passes the options above by name
    """Hold the commits between BASE and HEAD against the policy, as andon will on the pull request.

    Exits 0 when nothing is in the way, 1 when a rule holds or blocks, 2 when andon cannot decide. Only commits count:
    what is not committed is not judged. Nothing of the repository is run.
    """
    asked = Asked(**given)
    for why in broken_rules().values():
        click.echo(f"andon: {lines(why)}", err=True)
    try:
        verdict = verdict_of(asked)
    except (GitError, PolicyError, CoverageError) as error:
        click.echo(f"andon: {lines(str(error))}", err=True)
        _annotate(asked.form, str(error))
        sys.exit(2)
    report: Report = import_module(_FORMS[asked.form]).report
    click.echo(report(verdict))
    sys.exit(_EXIT[verdict.conclusion])


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for."""

    repo: Path
    base: str | None
    head: str
    policy: Path | None = None
    coverage: Path | None = None
    form: str = "text"
    owner_policy: Path | None = None


def verdict_of(asked: Asked) -> Verdict:
    """Judge what `head` would bring to `base`. Raises GitError, PolicyError and CoverageError."""
    pr = read_pull_request(asked.repo, asked.base or default_base(asked.repo), asked.head)
    policy = policy_for(asked.repo, pr.base, asked.policy, asked.owner_policy)
    if needs := needs_of(policy, pr):
        pr = read_needs(asked.repo, pr, needs)
    if asked.coverage is not None:
        pr = replace(pr, coverage=_coverage(asked.coverage))
    return evaluate(policy, pr)


def _coverage(file: Path) -> Coverage:
    try:
        return read_coverage(file.read_bytes())
    except OSError as error:
        raise CoverageError(f"{file} cannot be read: {error.strerror}") from error
    except CoverageError as error:
        raise CoverageError(f"{file}: {error}") from error


def _annotate(form: str, why: str) -> None:
    """Say in a workflow's annotations too why nothing was judged: nobody opens the log of each job."""
    if form == "github":
        from bot.commands.report_github import trouble  # noqa: PLC0415 - only where it is asked for

        click.echo(trouble(why))
