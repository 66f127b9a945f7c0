"""Judge the newest commits of real repositories as `andon check` does, and sum up what it said.

Usage: python -m tools.judge_history CHECKOUT... [--count 1000] [--write docs/measured/real-histories.md]
Ends with 0 only if nothing crashed and nothing is unknown without a cause.
"""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from bot.commands.check import Asked, verdict_of
from bot.git.objects import GitError
from rules.engine.contract import as_json
from tools.history_summary import Judged, as_markdown, is_sound, summary_of

_ADDRESS: Final = re.compile(r"github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?$", re.MULTILINE)
_NEWEST: Final = ("log", "--no-merges", "--min-parents=1", "--format=%H %P")
_DIRECTORY: Final = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("checkouts", nargs=-1, required=True, type=_DIRECTORY)
@click.option("--count", default=1000, show_default=True, help="How many of the newest commits that are no merges.")
@click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A policy file. [the one at each commit's parent]",
)
@click.option("--write", type=click.Path(path_type=Path), help="A Markdown file to write; JSON is written beside it.")
@click.option("--verdicts", type=_DIRECTORY, help="A directory for every single verdict, one JSON object a line.")
def main(checkouts: Sequence[Path], count: int, policy: Path | None, write: Path | None, verdicts: Path | None) -> None:
    """Judge each of the newest commits against its parent, in CHECKOUTS that are only read."""
    summaries = []
    for checkout in checkouts:
        name = _name(checkout)
        history = _judged_all(checkout, name, count, policy)
        if verdicts is not None:
            _keep(verdicts / f"{name.replace('/', '-')}.jsonl", history)
        summaries.append(summary_of(name, history))
    report = f"{_preface(summaries, count, policy)}\n\n{as_markdown(summaries)}"
    if write is None:
        click.echo(report)
    else:
        write.parent.mkdir(parents=True, exist_ok=True)
        write.write_text(report, "utf-8")
        write.with_suffix(".json").write_text(json.dumps(summaries, indent=2) + "\n", "utf-8")
    raise SystemExit(0 if all(map(is_sound, summaries)) else 1)


def _judged_all(checkout: Path, name: str, count: int, policy: Path | None) -> list[Judged]:
    pairs = [line.split()[:2] for line in _git(checkout, *_NEWEST, f"-{count}").splitlines()]
    with click.progressbar(pairs, label=name, show_pos=True, item_show_func=_shown) as shown:
        return [judged(Asked(checkout.resolve(), parent, commit, policy)) for commit, parent in shown]


def _shown(pair: list[str] | None) -> str:
    return pair[0][:12] if pair else ""


def judged(asked: Asked) -> Judged:
    """Judge one commit, and note how long that took; a failure is noted and stops nothing."""
    start = time.perf_counter()
    try:
        verdict = verdict_of(asked)
    except GitError as error:
        return Judged(asked.head, _since(start), None, {}, unread=str(error).partition("\n")[0])
    except Exception as error:  # noqa: BLE001 - whatever fails is what this run is there to find
        return Judged(asked.head, _since(start), None, {}, f"{type(error).__name__}: {error}")
    causes = {result.rule: result.unknown for result in verdict.results if result.unknown}
    return Judged(asked.head, _since(start), as_json(verdict), causes)


def _since(start: float) -> float:
    return (time.perf_counter() - start) * 1000


def _git(checkout: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(checkout), *arguments], capture_output=True, text=True, check=True).stdout


def _name(checkout: Path) -> str:
    """Name a repository as its remote does, else by its directory."""
    found = _ADDRESS.search(_git(checkout, "config", "--default", "", "--get", "remote.origin.url"))
    return found[1] if found else checkout.resolve().name


def _keep(file: Path, history: Sequence[Judged]) -> None:
    file.write_text("".join(f"{json.dumps(_line(one))}\n" for one in history), "utf-8")


def _line(one: Judged) -> dict[str, Any]:
    known = one.verdict or {"failure": one.failure or one.unread}
    return {"commit": one.commit, "milliseconds": round(one.milliseconds, 1), "causes": dict(one.causes), **known}


def _preface(summaries: Sequence[dict[str, Any]], count: int, policy: Path | None) -> str:
    return "\n".join(_preface_lines([one["repository"] for one in summaries], count, policy))


def _preface_lines(names: Sequence[str], count: int, policy: Path | None) -> Iterator[str]:
    by, option = (f"the policy `{policy.name}`", f" --policy {policy.name}") if policy else ("`andon:recommended`", "")
    yield "# Real histories\n"
    yield f"What andon says of the newest {count} commits that are no merges, each held against its parent as"
    yield f"`andon check` does it, with {by}. What only GitHub knows, such as approvals, is not asked for.\n"
    yield f"Made on {datetime.now(UTC).date()} by this command, on checkouts of these names:\n"
    yield f"    python -m tools.judge_history {' '.join(names)} --count {count}{option}"


if __name__ == "__main__":
    main()
