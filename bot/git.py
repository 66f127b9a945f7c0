"""Reads a pull request from a local repository by git plumbing alone, running nothing that the repository brings."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.git_commits import read_commits
from rules.engine.attributes import Attributes
from rules.engine.diff import DiffError, parse_diff
from rules.engine.policy import POLICY_PATH
from rules.engine.pull_request import Commit, PullRequest, Totals
from rules.engine.reverts import named_revert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rules.engine.needs import Needs

_ATTRIBUTES: Final = ".gitattributes"
_LARGEST_TEXT: Final = 1024 * 1024  # bytes read of one policy (which may have far less) or .gitattributes
_DIFF: Final = (
    "diff",
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
)
_SHA: Final = re.compile(r"[0-9a-f]{40}")
_EMPTY_TREE: Final = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_TRUNKS: Final = ("main", "master")


class GitError(Exception):
    """The repository cannot answer; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class _Objects:
    """A repository of our own beside the given one: its objects, and none of its settings, hooks or attributes."""

    directory: Path
    environment: dict[str, str]
    shallow: bool

    def run(self, *arguments: str, stdin: bytes = b"", wrong: tuple[int, ...] = ()) -> bytes:
        """Run one git command and give its output. Raises GitError unless it exits 0 or as `wrong` allows."""
        return _run(("git", *arguments), self.directory, self.environment, stdin, wrong)


def read_pull_request(directory: Path, base: str, head: str, *, fetched_at: datetime | None = None) -> PullRequest:
    """Read what `head` would bring to `base`, as GitHub would show it (from their merge base). Raises GitError."""
    with tempfile.TemporaryDirectory(prefix="andon-") as own:
        objects = _open(directory, Path(own))
        base_sha, head_sha = (_commit(directory, objects, revision) for revision in (base, head))
        start = _merge_base(objects, base_sha, head_sha, (base, head))
        try:
            files = parse_diff(objects.run(*_DIFF, "--find-renames=50%", start, head_sha, "--"))
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
            undoes=_undone(objects, start, head_sha, commits),
            merge_base=start,
        )


def read_needs(directory: Path, pr: PullRequest, needs: Needs) -> PullRequest:
    """Add the whole files that rules asked for, and the list of all files at the head. Raises GitError."""
    with tempfile.TemporaryDirectory(prefix="andon-") as own:
        objects = _open(directory, Path(own))
        names = {f"{pr.head}:{path}": path for path in needs.to_fetch(pr) if "\n" not in path}
        texts = {names[name]: text for name, text in _blobs(objects, sorted(names))}
        listed = objects.run("ls-tree", "-r", "-z", "--name-only", pr.head) if needs.tree else b""
        return needs.filled(pr, texts, frozenset(filter(None, listed.decode("utf-8", "replace").split("\0"))))


def read_policy_text(directory: Path, base: str) -> str | None:
    """Read the policy at `base`, or None where there is none. Raises GitError."""
    with tempfile.TemporaryDirectory(prefix="andon-") as own:
        objects = _open(directory, Path(own))
        sha = _commit(directory, objects, base)
        text = dict(_blobs(objects, [f"{sha}:{POLICY_PATH}"])).get(f"{sha}:{POLICY_PATH}")
        return None if text is None else text.decode("utf-8", "replace")


def default_base(directory: Path) -> str:
    """Name what work here is aimed at: the remote's default branch, else a local trunk. Raises GitError for neither."""
    names = ("origin/HEAD", "origin/main", "origin/master")
    trunks = [(f"refs/remotes/{name}", name) for name in names] + [(f"refs/heads/{name}", name) for name in _TRUNKS]
    found = next((name for ref, name in trunks if _parsed(directory, ref)), None)
    if found is None:
        raise GitError("no default branch was found here: name one with --base")
    return found


def _environment() -> dict[str, str]:
    """Give git a fixed world: no user or system settings, no prompts, no network, one language."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",  # newer git; older ones are stopped by the next line
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_PAGER": "cat",
    }


def _run(
    command: tuple[str, ...],
    directory: Path,
    environment: dict[str, str],
    stdin: bytes = b"",
    wrong: tuple[int, ...] = (),
) -> bytes:
    try:
        done = subprocess.run(command, cwd=directory, env=environment, input=stdin, capture_output=True, check=False)
    except OSError as error:
        raise GitError(f"git cannot be run in {directory}: {error.strerror}") from error
    if done.returncode not in (0, *wrong):
        raise GitError(_explained(done.stderr.decode("utf-8", "replace").strip()))
    return done.stdout


def _explained(message: str) -> str:
    if "missing" in message or "unable to read" in message or "bad object" in message or "promisor" in message:
        return f"{message}\nObjects are missing here, as in a partial or shallow clone: fetch the whole history first."
    return message or "git failed without a word"


def _in_place(directory: Path, *arguments: str, wrong: tuple[int, ...] = ()) -> str:
    """Ask the given repository itself; only questions that run no hook, filter or monitor are asked this way."""
    safe = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "safe.directory=*")
    return _run(("git", *safe, *arguments), directory, _environment(), wrong=wrong).decode("utf-8", "replace").strip()


def _parsed(directory: Path, revision: str) -> str:
    return _in_place(directory, "rev-parse", "--verify", "--quiet", "--end-of-options", revision, wrong=(1, 128))


def _open(directory: Path, own: Path) -> _Objects:
    if not directory.is_dir():
        raise GitError(f"{directory} is not a directory")
    try:
        where = _in_place(directory, "rev-parse", "--path-format=absolute", "--git-common-dir", "--show-object-format")
    except GitError as error:
        raise GitError(f"{directory} is not a git repository: {error}") from error
    common, kind = where.rsplit("\n", 1)
    if kind != "sha1":
        raise GitError(f"{directory} stores its objects by {kind}; GitHub and andon use sha1")
    (own / "objects").mkdir()
    (own / "refs").mkdir()
    (own / "HEAD").write_text("ref: refs/heads/none\n")
    shallow = Path(common) / "shallow"
    if shallow.is_file():
        (own / "shallow").write_bytes(shallow.read_bytes())
    environment = _environment() | {"GIT_DIR": str(own), "GIT_OBJECT_DIRECTORY": str(Path(common) / "objects")}
    return _Objects(own, environment, shallow.is_file())


def _commit(directory: Path, objects: _Objects, revision: str) -> str:
    sha = "" if revision.startswith("-") else _parsed(directory, revision)
    if not _SHA.fullmatch(sha):
        raise GitError(f"no such revision: {revision!r}")
    peeled = objects.run("rev-parse", "--verify", "--quiet", f"{sha}^{{commit}}", wrong=(1, 128)).decode().strip()
    if not peeled:
        raise GitError(f"{revision!r} is not a commit that is here")
    return peeled


def _merge_base(objects: _Objects, base: str, head: str, names: tuple[str, str]) -> str:
    found = objects.run("merge-base", base, head, wrong=(1,)).decode().split("\n")[0]
    if found:
        return found
    cure = " This clone is shallow: run `git fetch --unshallow` first." if objects.shallow else ""
    raise GitError(f"{names[0]!r} and {names[1]!r} have no common history.{cure}")


def _totals(objects: _Objects, start: str, head: str) -> Totals:
    """Sum up `git diff --numstat`, which is counted apart from the text of the diff."""
    files, added, deleted = 0, 0, 0
    numbers = re.compile(rb"(\d+|-)\t(\d+|-)\t")
    fields = iter(objects.run(*_DIFF, "--find-renames=50%", "--numstat", "-z", start, head, "--").split(b"\0"))
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


def _attributes(objects: _Objects, base: str, paths: Iterable[str]) -> dict[str, str]:
    directories = {"", *(directory for path in paths for directory in _parents(path))}
    names = {f"{base}:{directory}{_ATTRIBUTES}": directory for directory in directories if "\n" not in directory}
    return {names[name]: text.decode("utf-8", "replace") for name, text in _blobs(objects, sorted(names))}


def _parents(path: str) -> Iterator[str]:
    at = path.find("/")
    while at >= 0:
        yield path[: at + 1]
        at = path.find("/", at + 1)


def _blobs(objects: _Objects, names: list[str]) -> Iterator[tuple[str, bytes]]:
    """Read the files among `names` in one go; what is missing or no file is left out, what is too large cut."""
    output = objects.run("cat-file", "--batch", stdin="".join(f"{name}\n" for name in names).encode())
    at = 0
    for name in names:
        end = output.index(b"\n", at)
        words = output[at:end].rsplit(b" ", 2)
        at = end + 1
        if words[-1] == b"missing" or words[-2] not in _TYPES:
            continue
        size = int(words[-1])
        if words[-2] == b"blob":
            yield name, output[at : at + min(size, _LARGEST_TEXT)]
        at += size + 1


_TYPES: Final = frozenset((b"blob", b"tree", b"commit", b"tag"))


def _undone(objects: _Objects, start: str, head: str, commits: tuple[Commit, ...]) -> str | None:
    """Name the landed commit that this change takes back byte for byte, if its messages name it and it is so."""
    sha = named_revert(commits)
    if sha is None:
        return None
    try:
        objects.run("merge-base", "--is-ancestor", sha, start)
        parents = objects.run("rev-list", "--no-walk", "--parents", sha).decode().split()[1:]
        before = _changes(objects, parents[0] if parents else _EMPTY_TREE, sha)
        after = _changes(objects, start, head)
    except GitError:
        return None
    restored = {path: old for path, (old, _) in before.items()}
    return sha if restored and restored == {path: new for path, (_, new) in after.items()} else None


def _changes(objects: _Objects, old: str, new: str) -> dict[bytes, tuple[bytes, bytes]]:
    """List what differs between two trees: path to (mode and object before, mode and object after)."""
    fields = objects.run("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", old, new).split(b"\0")
    changes = {}
    for header, path in zip(fields[::2], fields[1::2], strict=False):
        old_mode, new_mode, old_blob, new_blob, _ = header.removeprefix(b":").split(b" ")
        changes[path] = (old_mode + b" " + old_blob, new_mode + b" " + new_blob)
    return changes
