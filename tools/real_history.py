"""Open commits of a real repository as pull requests and hold what the bot says of them against git and `andon check`.

Usage: python -m tools.real_history REPOSITORY [--count 100]
Ends with 0 only if every fact of every pull request is equal on both sides and every number is git's own.
"""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import click

from bot.commands.stage import Stage, stage
from bot.log import start_logging
from simulator.pull_request import PullRequest
from simulator.repository import Repository

POLICY = 'branches: ["**"]\nrules: {small-diff: {}}\n'
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Opened:
    """One commit of the history as a pull request: from its parent, on a branch of its own, to itself."""

    parent: str
    commit: str
    pull: PullRequest


@click.command()
@click.argument("repository", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--count", default=100, show_default=True, help="How many of the newest commits that are no merges.")
def main(repository: Path, count: int) -> None:
    """Compare the bot with `andon check` and git on commits of a REPOSITORY that is only read."""
    start_logging((), io.StringIO())
    differences = asyncio.run(_compare(repository.resolve(), count))
    click.echo("\n".join(differences) or f"{count} commits: every fact equal, every number git's own.")
    raise SystemExit(bool(differences))


def _git(repository: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(repository), *arguments], capture_output=True, text=True, check=True).stdout


async def _compare(repository: Path, count: int) -> list[str]:
    commits = _git(repository, "log", "--no-merges", "--min-parents=1", f"-{count}", "--format=%H %P").splitlines()
    total = _git(repository, "rev-list", "--count", "HEAD").strip()
    click.echo(f"{total} commits in {repository.name}; {len(commits)} are opened as pull requests")
    with tempfile.TemporaryDirectory(prefix="andon-real-") as directory:
        policy = Path(directory) / "andon.yml"
        policy.write_text(POLICY, encoding="utf-8")
        async with stage(Path(directory)) as both:
            both.github.install("octo")
            place = await both.github.create_repository("octo/real", source=repository)
            await place.commit("main", {".github/andon.yml": POLICY}, "Judge every branch")
            opened = [await _open(place, *line.split()[:2]) for line in commits]
            await both.until("every pull request has its check", lambda: all(map(_is_judged, opened)), within=600)
            await both.at_rest()
            gate = asyncio.Semaphore(AT_ONCE)
            found = await asyncio.gather(*(_differences(gate, both, repository, policy, one) for one in opened))
    return [line for lines in found for line in lines]


async def _open(place: Repository, commit: str, parent: str) -> Opened:
    await place.branch(f"base-{commit[:10]}", at=parent, tell=False)
    await place.branch(f"change-{commit[:10]}", at=commit, tell=False)
    pull = await place.open_pull_request(head_branch=f"change-{commit[:10]}", base=f"base-{commit[:10]}")
    return Opened(parent, commit, pull)


def _is_judged(one: Opened) -> bool:
    return one.pull.check_run("andon") is not None


async def _differences(gate: asyncio.Semaphore, both: Stage, repository: Path, policy: Path, one: Opened) -> list[str]:
    async with gate, aiohttp.ClientSession() as session:
        async with session.get(f"{both.url}/api/repos/octo/real/pulls/{one.pull.number}") as response:
            served = await response.json()
        checked = await asyncio.to_thread(_checked, repository, policy, one)
    counted = _counted(repository, one)
    rule, other = served["rules"][0], checked["rules"][0]
    sides = {
        "kind": (served["kind"], checked["kind"]),
        "conclusion": (served["conclusion"], checked["conclusion"]),
        "facts": (_without_parts(rule["facts"]), _without_parts(other["facts"])),
        "findings": (rule["findings"], other["findings"]),
        "numbers of git": ({name: rule["facts"][name] for name in counted}, counted),
    }
    return [f"{one.commit[:10]} {name}: {here} ≠ {there}" for name, (here, there) in sides.items() if here != there]


def _without_parts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out the proposal to split: its commands name the place that they are run in."""
    return {name: value for name, value in facts.items() if name != "parts"}


def _checked(repository: Path, policy: Path, one: Opened) -> Mapping[str, Any]:
    command = [Path(sys.executable).parent / "andon", "check", "--repo", repository, "--policy", policy]
    asked = [*map(str, command), "--base", one.parent, "--head", one.commit, "--format", "json"]
    answer: Mapping[str, Any] = json.loads(subprocess.run(asked, capture_output=True, text=True, check=False).stdout)
    return answer


def _counted(repository: Path, one: Opened) -> Mapping[str, int]:
    rows = _git(repository, "diff", "-M", "--numstat", one.parent, one.commit).splitlines()
    numbers = [row.split("\t")[:2] for row in rows]
    return {
        "raw_added": sum(int(added) for added, _ in numbers if added != "-"),
        "raw_deleted": sum(int(deleted) for _, deleted in numbers if deleted != "-"),
        "files": len(rows),
    }


if __name__ == "__main__":
    main()
