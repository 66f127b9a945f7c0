"""Reads the commits of a local branch: who wrote them, what they say and which paths they touch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from rules.engine.pull_request import Author, Commit
from rules.engine.trailers import read_co_authors

COMMIT_FORMAT: Final = "%H%n%P%n%an%n%ae%n%cn%n%ce%n%B"
"""How git writes one commit for `commit_in`."""

_FATAL: Final = 128  # git's exit code where an object is missing


class Git(Protocol):
    """Runs one git command and gives its output."""

    def __call__(self, *arguments: str, stdin: bytes = b"", wrong: tuple[int, ...] = ()) -> bytes:
        """Run it; the exit codes in `wrong` are no error."""


def read_commits(run: Git, base: str, head: str) -> tuple[Commit, ...]:
    """List the commits that `head` brings, oldest first."""
    shown = run(
        "log", "-z", "--reverse", "--topo-order", "--encoding=UTF-8", "--no-mailmap", "--no-show-signature",
        f"--format={COMMIT_FORMAT}", f"{base}..{head}", "--"
    )  # fmt: skip
    texts = [text.lstrip("\n") for text in shown.decode("utf-8", "replace").split("\0") if text]
    paths = _paths(run, [text.partition("\n")[0] for text in texts])
    return tuple(commit_in(text, paths) for text in texts)


def commit_in(text: str, paths: Mapping[str, Sequence[str]]) -> Commit:
    """Read one commit as COMMIT_FORMAT writes it; the accounts behind its people are only known to GitHub."""
    sha, parents, name, email, committer, address, message = text.split("\n", 6)
    named = [Author(one.name, one.email) for one in read_co_authors(message).co_authors]
    return Commit(
        sha=sha,
        message=message.rstrip("\n"),
        parents=len(parents.split()),
        authors=(Author(name, email), *named),
        paths=tuple(paths.get(sha, ())),
        committer=Author(committer, address),
    )


def _paths(run: Git, shas: list[str]) -> dict[str, list[str]]:
    """List which paths each commit touches; of a merge none are known, nor of any where trees were not cloned."""
    paths: dict[str, list[str]] = {sha: [] for sha in shas}
    options = ("-r", "-z", "--root", "--name-only", "--no-renames", "--format=%x01%H")
    stdin = "".join(f"{sha}\n" for sha in shas).encode()
    shown = run("diff-tree", "--stdin", *options, stdin=stdin, wrong=(_FATAL,))
    listed: list[str] = []
    for field in shown.decode("utf-8", "replace").split("\0"):
        if field[:1] == "\1" and field[1:] in paths:
            listed = paths[field[1:]]
        elif field:
            listed.append(field if listed else field.removeprefix("\n"))
    return paths
