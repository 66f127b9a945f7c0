"""`andon simulate`: what andon would say of a pull request, by any policy, without writing anything anywhere."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from bot.commands.asking import FAILED, CannotTellError
from bot.commands.reasons import plain_line
from bot.commands.reasons import simulated as in_words
from bot.commands.simulating import Looking, NoPullRequestError, simulated
from bot.commands.why import pull_request_at
from bot.github.errors import Later, Refused
from bot.log import start_logging
from bot.settings import SettingsError, api_url_of
from bot.snapshot import PolicyFile
from rules.engine.policy import POLICY_PATH, PolicyError

GH_SECONDS: Final = 10.0
"""Within which `gh auth token` answers."""

_EXIT: Final = {"passed": 0, "warned": 0, "held": 1, "blocked": 1, "undecided": 2}
_SILENT: Final = 0
WRONG_POLICY: Final = 1


@click.command(epilog="Example: andon simulate octo/shop#12 --policy andon.yml")
@click.argument("place", metavar="OWNER/REPO#NUMBER")
@click.option("--policy", type=click.Path(path_type=Path), help=f"A policy file. [the repository's own {POLICY_PATH}]")
@click.option("--app-id", type=click.IntRange(1), help="andon's App there. [GITHUB_APP_ID, else whose check is seen]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def simulate(*, place: str, policy: Path | None, app_id: int | None, form: str) -> None:
    """Say what andon would say of a pull request now, and do: check run, comment, readiness. Nothing is written.

    Reads with your own token: GITHUB_TOKEN, GH_TOKEN, or that of `gh`. The line and what was asked by buttons are known
    to the service alone. Exits as `andon check`: 0 nothing is in the way of the rules, 1 a rule holds or blocks or the
    policy is wrong, 2 andon cannot decide.
    """
    start_logging(level="error")
    try:
        owner, name, number = pull_request_at(place)
        looking = Looking(owner, name, number, api_url_of(os.environ), _token(os.environ), _app(app_id), _file(policy))
        found = asyncio.run(simulated(looking))
    except (CannotTellError, NoPullRequestError, PolicyError) as error:
        _fail(str(error))
    except SettingsError as error:
        _fail("\n".join(error.problems))
    except OSError as error:
        _fail(f"{policy} cannot be read: {error.strerror}")
    except (Later, Refused) as error:
        _fail(f"GitHub says: {error}. A token needs to read contents, pull requests, checks and statuses.")
    click.echo(json.dumps(found, indent=2) if form == "json" else "\n".join(_text(found)))
    sys.exit(_exit_code(found))


def _exit_code(found: Mapping[str, Any]) -> int:
    if found["policy_problems"]:
        return WRONG_POLICY
    return _EXIT.get(str(found["conclusion"]), _SILENT)


def _text(found: Mapping[str, Any]) -> Iterator[str]:
    yield in_words(found)
    check, comment = found["check_run"], found["comment"]
    if check is None:
        yield f"andon is silent: no policy governs it. Try one with --policy, such as a {POLICY_PATH} of your own."
        return
    yield click.style(f"Check run andon: {check['conclusion'] or 'in progress'}", bold=True)
    yield from _indented(f"{check['title']}\n\n{check['summary']}\n\n{check['text']}")
    if comment is not None:
        when = "begun, or edited" if comment["begins"] else "not begun; one that stands there is edited"
        yield click.style(f"Comment: {when}", bold=True)
        yield from _indented(comment["body"])
    yield click.style("This was simulated: nothing was written.", dim=True)


def _indented(text: str) -> Iterator[str]:
    yield from (f"  {plain_line(line)}".rstrip() for line in text.strip().splitlines())


def _file(path: Path | None) -> PolicyFile | None:
    return None if path is None else PolicyFile(str(path), "", path.read_text("utf-8", "replace"))


def _app(given: int | None) -> int:
    text = os.environ.get("GITHUB_APP_ID", "").strip()
    return given or (int(text) if text.isascii() and text.isdigit() else 0)


def _token(env: Mapping[str, str]) -> str:
    """Take the person's own token. Raises CannotTellError."""
    token = env.get("GITHUB_TOKEN", "").strip() or env.get("GH_TOKEN", "").strip() or _of_gh()
    if not token:
        raise CannotTellError(
            "no token: set GITHUB_TOKEN to one of yours that reads the repository, or log in with `gh auth login`."
        )
    return token


def _of_gh() -> str:
    """Ask GitHub's own command line for its token; nothing where it is missing or knows none."""
    gh = shutil.which("gh")
    if gh is None:
        return ""
    try:
        done = subprocess.run([gh, "auth", "token"], capture_output=True, text=True, timeout=GH_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _fail(why: str) -> NoReturn:
    for line in why.splitlines():
        click.echo(f"andon: {plain_line(line)}", err=True)
    sys.exit(FAILED)
