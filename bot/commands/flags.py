"""`andon flags`: which feature flags the code asks for, where, and since when."""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from bot.commands.local_policy import policy_for
from bot.git.objects import GitError
from bot.git.tree import first_seen, read_files
from rules.engine.attributes import Attributes
from rules.engine.duration import seconds
from rules.engine.flags.extents import may_ask_in
from rules.engine.flags.reading.pattern import FlagPattern, parsed
from rules.engine.flags.reading.reading import read
from rules.engine.flags.tree.nodes import is_known
from rules.engine.kinds import FileKind, path_kind
from rules.engine.needs import LARGEST_TEXT
from rules.engine.policy import PolicyError
from rules.flag_wrapped import listed_in

NAMED: Final = 3  # places of one flag that the text names


@dataclass(frozen=True, slots=True)
class Found:
    """One flag: its key, where it is asked for (`path:line`), and when its first commit was made (Unix time)."""

    key: str
    places: tuple[str, ...]
    first_seen: int | None
    stale: bool


@click.command(epilog="Example: andon flags --stale-after 60d --format json")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A directory inside the repository. [.]")
@click.option("--rev", default="HEAD", show_default=True, help="The commit whose files are read.")
@click.option("--policy", type=click.Path(path_type=Path), help="A policy file. [the repository's own at --rev]")
@click.option("--stale-after", help="The age at which a flag is stale. [the policy's `stale-after`, else 60d]")
@click.option("--stale", "only_stale", is_flag=True, help="List stale flags alone.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def flags(*, only_stale: bool, form: str, stale_after: str | None, **given: Any) -> None:  # noqa: ANN401 - click passes options by name
    """List the feature flags that the code asks for: key, age, and where.

    Flags are known as by the rule flag-wrapped: by the common libraries and by the `flags` of the policy. Keys that the
    code puts together at run time have no name here. Exits 0, or 2 when the repository or the policy cannot be read.
    """
    try:
        found = tuple(_found(**given, stale_after=None if stale_after is None else _seconds(stale_after)))
    except (GitError, PolicyError) as error:
        click.echo(f"andon: {error}", err=True)
        sys.exit(2)
    listed = [one for one in found if one.stale or not only_stale]
    click.echo(json.dumps({"flags": [asdict(one) for one in listed]}, indent=2) if form == "json" else _text(listed))


def _seconds(age: str) -> int:
    try:
        return seconds(age)
    except ValueError as error:
        raise click.BadParameter(f"{error}, got {age!r}", param_hint="--stale-after") from error


def _found(repo: Path, rev: str, policy: Path | None, stale_after: int | None) -> Iterator[Found]:
    """Yield each flag, the oldest first."""
    rule = listed_in(policy_for(repo, rev, policy))
    places, oldest = _places(repo, rev, parsed(rule.flags)), rule.stale_after if stale_after is None else stale_after
    dated = []
    for number, (key, where) in enumerate(sorted(places.items()), 1):
        _progress(f"dating flag {number} of {len(places)}")
        dated.append((first_seen(repo, rev, key, [place.rpartition(":")[0] for place in where]), key, where))
    _progress("")
    now = time.time()
    for since, key, where in sorted(dated, key=lambda one: (one[0] is None, one[0] or 0, one[1])):
        yield Found(key, tuple(where), since, since is not None and now - since > oldest)


def _places(repo: Path, rev: str, own: tuple[FlagPattern, ...]) -> Mapping[str, list[str]]:
    """Map each key to the lines that ask for it."""
    places: dict[str, list[str]] = defaultdict(list)
    for number, count, path, text in read_files(repo, rev, _is_source):
        if number % 100 == 0:
            _progress(f"read {number} of {count} files")
        if len(text) > LARGEST_TEXT or not may_ask_in(path, text, own):
            continue
        if (reading := read(path, text, own)) is None:
            continue
        for site in reading.sites:
            if site.key:
                places[site.key].append(f"{path}:{reading.nodes.rows(site.node).start}")
    return places


def _is_source(path: str) -> bool:
    """Say whether a file can be read and runs in production: the flags of tests are not in use."""
    return is_known(path) and path_kind(path, Attributes({})) is FileKind.SOURCE


def _text(found: list[Found]) -> str:
    if not found:
        return "No flag is asked for by a name that is written in the code."
    width = max(len(one.key) for one in found)
    return "\n".join(_row(one, width) for one in found)


def _row(one: Found, width: int) -> str:
    since = "unknown   " if one.first_seen is None else datetime.fromtimestamp(one.first_seen, UTC).date().isoformat()
    more = f" and {len(one.places) - NAMED} more" if len(one.places) > NAMED else ""
    mark = click.style("stale", fg="yellow") if one.stale else "     "
    return f"{since}  {mark}  {one.key:<{width}}  {', '.join(one.places[:NAMED])}{more}"


def _progress(words: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{words}", nl=False, err=True)
