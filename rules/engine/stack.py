"""Writes the git commands that build the parts of a pull request as branches, each on top of the one before."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from typing import TYPE_CHECKING, Final

from rules.engine.pull_request import Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rules.engine.pull_request import ChangedFile, PullRequest

_LOST: Final = "\N{REPLACEMENT CHARACTER}"  # stands where a name was no UTF-8
_PATTERN: Final = re.compile(r"[*?\[\\:]")  # what git may take for more than a path (gitglossary, pathspec)
_SHORT: Final = 7  # digits of a SHA


def stack(pr: PullRequest, parts: Sequence[tuple[str, Sequence[ChangedFile]]]) -> tuple[tuple[str, ...], ...]:
    """Give the commands of each (title, files), to be run in order at the top of a clean work tree.

    The last part takes all that is left, so that the stack ends with exactly the tree of the head. One command is one
    line of printable text; a name with other characters is quoted as bash and zsh read it.
    """
    changed = [frozenset(path for file in files for path in paths_of(file)) for _, files in parts]
    commands = []
    for number, (title, _) in enumerate(parts):
        others = [path for at, paths in enumerate(changed) if at != number for path in paths]
        taken = [*_taking(changed[number], others)] if number + 1 < len(parts) else ["restore", ":/"]
        commands.append(
            (
                *(_beginning(pr) if number == 0 else ()),
                f"git switch -c {_branch(pr, number)} {_start(pr) if number == 0 else _branch(pr, number - 1)}",
                f"git {taken[0]} --source {pr.head} --staged --worktree {' '.join(taken[1:])}",
                f"git commit -m {quoted(title)}",
            )
        )
    return tuple(commands)


def paths_of(file: ChangedFile) -> tuple[str, ...]:
    """Give every path that a change touches: of a renamed file the old one too."""
    if file.change is Change.RENAMED and file.previous_path is not None:
        return file.path, file.previous_path
    return (file.path,)


def must_end(file: ChangedFile) -> bool:
    """Say whether a file can only be in the last part, which takes all that is left.

    No command can name a path that is no UTF-8, for it was lost on the way here. And attributes land last because every
    part is counted by those that hold today.
    """
    return any(_LOST in path or path.rsplit("/", 1)[-1] == ".gitattributes" for path in paths_of(file))


def quoted(text: str) -> str:
    """Quote one word for the shell; what is not printable, and the back-tick, is written by its bytes."""
    if text.isprintable() and "`" not in text:
        return shlex.quote(text)
    plain = (chr(byte) if chr(byte).isalnum() and byte < 128 else f"\\{byte:03o}" for byte in text.encode())  # noqa: PLR2004 - ASCII
    return f"$'{''.join(plain)}'"


def _branch(pr: PullRequest, number: int) -> str:
    return f"split-{pr.head[:_SHORT]}-{number + 1}"


def _beginning(pr: PullRequest) -> tuple[str, ...]:
    """Fetch what a pull request on GitHub is made of; a local one is here already."""
    if pr.number is None:
        return ()
    return (f"git fetch origin {quoted(f'refs/heads/{pr.base_branch}')} refs/pull/{pr.number}/head",)


def _start(pr: PullRequest) -> str:
    """Name the commit that the branch left; by the base's name, not its SHA, so that the words last."""
    if pr.merge_base:
        return pr.merge_base
    base = pr.base if pr.number is None else quoted(f"origin/{pr.base_branch}")
    return f'"$(git merge-base {base} {pr.head})"'


def _taking(paths: Iterable[str], others: Iterable[str]) -> Iterator[str]:
    """Choose the git command and its paths; a directory where nothing else changes stands for all that it holds."""
    foreign = {parent for path in others for parent in parents(path)}
    paths = sorted(paths)
    below = Counter(parent for path in paths for parent in parents(path))
    wholes = (
        next((parent for parent in parents(path) if parent not in foreign and below[parent] > 1), path)
        for path in paths
    )
    named = list(dict.fromkeys(wholes))
    yield "--literal-pathspecs restore" if any(_PATTERN.search(name) for name in named) else "restore"
    yield "--"
    yield from map(quoted, named)


def parents(path: str) -> Iterator[str]:
    """Give the directories above a path, the topmost first."""
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)
