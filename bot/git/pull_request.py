"""Reads a pull request from a local repository by git plumbing alone, running nothing that the repository brings."""

from __future__ import annotations

import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.git.commits import read_commits
from bot.git.objects import GitError, Objects, blobs, commit_of, opened, parsed
from rules.engine.attributes import Attributes
from rules.engine.diff import DiffError, parse_diff
from rules.engine.policy import POLICY_PATH
from rules.engine.pull_request import Commit, PullRequest, Totals
from rules.engine.reverts import named_revert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rules.engine.needs import Needs

_ATTRIBUTES: Final = ".gitattributes"
DIFF_OPTIONS: Final = (
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-relative",
    "--submodule=short",
    "--ignore-submodules=none",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--diff-algorithm=myers",
    "--indent-heuristic",
    "--unified=3",
    "--inter-hunk-context=0",
    "-l1000",
    "--find-renames=50%",
)
"""How changes are shown, whatever the settings: as GitHub shows them."""

EMPTY_TREE: Final = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_TRUNKS: Final = ("main", "master")


def read_pull_request(directory: Path, base: str, head: str, *, fetched_at: datetime | None = None) -> PullRequest:
    """Read what `head` would bring to `base`, as GitHub would show it (from their merge base). Raises GitError."""
    with tempfile.TemporaryDirectory(prefix="andon-") as own:
        objects = opened(directory, Path(own))
        base_sha, head_sha = (commit_of(directory, objects, revision) for revision in (base, head))
        start = _merge_base(objects, base_sha, head_sha, (base, head))
        try:
            files = parse_diff(objects.run("diff", *DIFF_OPTIONS, start, head_sha, "--"))
        except DiffError as error:
            raise GitError(f"git printed a diff that cannot be read: {error}") from error
        paths = [path for file in files for path in (file.path, file.previous_path) if path]
        commits = read_commits(objects.run, base_sha, head_sha)
        return PullRequest(
            repository=directory.resolve().name,
            base=base_sha,
            head=head_sha,
            fetched_at=fetched_at or datetime.now(UTC),
            files=files,
            totals=_totals(objects, start, head_sha),
            attributes=Attributes(_attributes(objects, base_sha, paths)),
            title=commits[-1].message.partition("\n")[0] if commits else "",
            base_branch=base.removeprefix("origin/"),
            commits=commits,
            undoes=undone(objects, start, head_sha, commits),
            merge_base=start,
        )


def read_needs(directory: Path, pr: PullRequest, needs: Needs) -> PullRequest:
    """Add the whole files that rules asked for, and the list of all files at the head. Raises GitError."""
    with tempfile.TemporaryDirectory(prefix="andon-") as own:
        objects = opened(directory, Path(own))
        names = {f"{pr.head}:{path}": path for path in needs.to_fetch(pr) if "\n" not in path}
        texts = {names[name]: text for name, text in blobs(objects, sorted(names))}
        listed = objects.run("ls-tree", "-r", "-z", "--name-only", pr.head) if needs.tree else b""
        return needs.filled(pr, texts, frozenset(filter(None, listed.decode("utf-8", "replace").split("\0"))))


def read_policy_text(directory: Path, base: str) -> str | None:
    """Read the policy at `base`, or None where there is none. Raises GitError."""
    with tempfile.TemporaryDirectory(prefix="andon-") as own:
        objects = opened(directory, Path(own))
        sha = commit_of(directory, objects, base)
        text = dict(blobs(objects, [f"{sha}:{POLICY_PATH}"])).get(f"{sha}:{POLICY_PATH}")
        return None if text is None else text.decode("utf-8", "replace")


def default_base(directory: Path) -> str:
    """Name what work here is aimed at: the remote's default branch, else a local trunk. Raises GitError for neither."""
    names = ("origin/HEAD", "origin/main", "origin/master")
    trunks = [(f"refs/remotes/{name}", name) for name in names] + [(f"refs/heads/{name}", name) for name in _TRUNKS]
    found = next((name for ref, name in trunks if parsed(directory, ref)), None)
    if found is None:
        raise GitError("no default branch was found here: name one with --base")
    return found


def _merge_base(objects: Objects, base: str, head: str, names: tuple[str, str]) -> str:
    found = objects.run("merge-base", base, head, wrong=(1,)).decode().split("\n")[0]
    if found:
        return found
    cure = " This clone is shallow: run `git fetch --unshallow` first." if objects.shallow else ""
    raise GitError(f"{names[0]!r} and {names[1]!r} have no common history.{cure}")


def _totals(objects: Objects, start: str, head: str) -> Totals:
    """Sum up `git diff --numstat`, which is counted apart from the text of the diff."""
    files, added, deleted = 0, 0, 0
    numbers = re.compile(rb"(\d+|-)\t(\d+|-)\t")
    fields = iter(objects.run("diff", *DIFF_OPTIONS, "--numstat", "-z", start, head, "--").split(b"\0"))
    for field in fields:
        found = numbers.match(field)
        if found is None:
            continue
        files += 1
        added += 0 if found[1] == b"-" else int(found[1])
        deleted += 0 if found[2] == b"-" else int(found[2])
        if found.end() == len(field):  # a rename: its two names follow as fields of their own
            next(fields, None)
            next(fields, None)
    return Totals(files, added, deleted)


def _attributes(objects: Objects, base: str, paths: Iterable[str]) -> dict[str, str]:
    directories = {"", *(directory for path in paths for directory in _parents(path))}
    names = {f"{base}:{directory}{_ATTRIBUTES}": directory for directory in directories if "\n" not in directory}
    return {names[name]: text.decode("utf-8", "replace") for name, text in blobs(objects, sorted(names))}


def _parents(path: str) -> Iterator[str]:
    at = path.find("/")
    while at >= 0:
        yield path[: at + 1]
        at = path.find("/", at + 1)


def undone(objects: Objects, start: str, head: str, commits: tuple[Commit, ...]) -> str | None:
    """Name the landed commit that this change takes back byte for byte, if its messages name it and it is so."""
    sha = named_revert(commits)
    if sha is None:
        return None
    try:
        parents = objects.run("rev-list", "--no-walk", "--parents", sha).decode().split()[1:]
        before = _changes(objects, parents[0] if parents else EMPTY_TREE, sha)
        restored = {path: old for path, (old, _) in before.items()}
        if not restored or restored != {path: new for path, (_, new) in _changes(objects, start, head).items()}:
            return None
        objects.run("merge-base", "--is-ancestor", sha, start)
    except GitError:
        return None
    return sha


def _changes(objects: Objects, old: str, new: str) -> dict[bytes, tuple[bytes, bytes]]:
    """List what differs between two trees: path to (mode and object before, mode and object after)."""
    fields = objects.run("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", old, new).split(b"\0")
    changes = {}
    for header, path in zip(fields[::2], fields[1::2], strict=False):
        old_mode, new_mode, old_blob, new_blob, _ = header.removeprefix(b":").split(b" ")
        changes[path] = (old_mode + b" " + old_blob, new_mode + b" " + new_blob)
    return changes
