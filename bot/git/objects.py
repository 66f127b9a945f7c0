"""Opens a local repository for reading: its objects alone, with none of its settings, hooks or attributes."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_LARGEST_TEXT: Final = 1024 * 1024  # bytes read of one file; every use of one has its own, lower limit
_SHA: Final = re.compile(r"[0-9a-f]{40}")
_ABOUT_MISSING: Final = ("missing", "unable to read", "bad object", "promisor", "could not fetch")
_TYPES: Final = frozenset((b"blob", b"tree", b"commit", b"tag"))


class GitError(Exception):
    """The repository cannot answer; the text says why and what to do."""


class MissingError(GitError):
    """An object that was asked for is not here."""


@dataclass(frozen=True, slots=True)
class Objects:
    """A repository of our own beside the given one: its objects, and none of its settings, hooks or attributes."""

    directory: Path
    environment: dict[str, str]
    shallow: bool

    def run(self, *arguments: str, stdin: bytes = b"", wrong: tuple[int, ...] = ()) -> bytes:
        """Run one git command and give its output. Raises GitError unless it exits 0 or as `wrong` allows."""
        return _run(("git", *arguments), self.directory, self.environment, stdin, wrong)


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
        raise _failure(done.stderr.decode("utf-8", "replace").strip())
    return done.stdout


def _failure(message: str) -> GitError:
    if any(words in message for words in _ABOUT_MISSING):
        cure = "Objects are missing here, as in a partial or shallow clone: fetch the whole history first."
        return MissingError(f"{message}\n{cure}")
    return GitError(message or "git failed without a word")


def in_place(directory: Path, *arguments: str, wrong: tuple[int, ...] = ()) -> str:
    """Ask the given repository itself; only questions that run no hook, filter or monitor are asked this way."""
    safe = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "safe.directory=*")
    return _run(("git", *safe, *arguments), directory, _environment(), wrong=wrong).decode("utf-8", "replace").strip()


def parsed(directory: Path, revision: str) -> str:
    """Give the id that a revision stands for in a repository, or nothing."""
    return in_place(directory, "rev-parse", "--verify", "--quiet", "--end-of-options", revision, wrong=(1, 128))


def opened(directory: Path, own: Path) -> Objects:
    """Make a repository in `own`, an empty directory, that shares the objects of another. Raises GitError."""
    if not directory.is_dir():
        raise GitError(f"{directory} is not a directory")
    try:
        where = in_place(directory, "rev-parse", "--path-format=absolute", "--git-common-dir", "--show-object-format")
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
    return Objects(own, environment, shallow.is_file())


def commit_of(directory: Path, objects: Objects, revision: str) -> str:
    """Give the id of the commit that a revision stands for. Raises GitError where it is none, or is not here."""
    sha = "" if revision.startswith("-") else parsed(directory, revision)
    if not sha and revision == "HEAD":
        raise GitError(f"{directory} has no commits yet")
    if not _SHA.fullmatch(sha):
        raise GitError(f"no such revision: {revision!r}")
    peeled = objects.run("rev-parse", "--verify", "--quiet", f"{sha}^{{commit}}", wrong=(1, 128)).decode().strip()
    if not peeled:
        raise GitError(f"{revision!r} is not a commit that is here")
    return peeled


def blobs(objects: Objects, names: list[str]) -> Iterator[tuple[str, bytes]]:
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
