"""Reads what landed on a branch, change by change, and its diffs from one stream of git."""

from __future__ import annotations

import subprocess
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Final

from bot.git.commits import COMMIT_FORMAT, commit_in
from bot.git.objects import GitError, MissingError, Objects
from bot.git.pull_request import DIFF_OPTIONS
from rules.engine.pull_request import Commit

LARGEST_DIFF: Final = 32 * 1024 * 1024
"""Bytes of one change that are read; nobody reviews a larger one."""

MISSING: Final = "objects of it are missing, as in a partial clone: fetch all of them"
"""Why a change that cannot be read was left out."""

_CHUNK: Final = 1 << 20
_NEXT: Final = b"\n\x01"  # begins the next commit: every line of a diff begins with a letter, a sign or `@`
_SHA: Final = 40
_LANDED: Final = ("log", "--first-parent", "--no-show-signature", "--no-mailmap")
_STREAM: Final = (*_LANDED, "-p", "--diff-merges=first-parent", *DIFF_OPTIONS, "--format=%x01%H")


@dataclass(frozen=True, slots=True)
class Landing:
    """One commit of a branch's first-parent history, with what it brought.

    `base` is its first parent, empty where none is here; `landed` is its committer's Unix time. `commits` are those
    that it brought, itself included, oldest first: of a merge, the commits of the branch that it merged.
    """

    sha: str
    base: str
    landed: int
    commits: tuple[Commit, ...]

    @property
    def message(self) -> str:
        """Its own message."""
        return self.commits[-1].message


@dataclass(frozen=True, slots=True)
class Patch:
    """The text of one change's diff; None where it could not be read, and then `why` says so."""

    sha: str
    text: bytes | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    parents: tuple[str, ...]
    landed: int
    commit: Commit


def landings(objects: Objects, head: str, last: int | None, since: int | None) -> tuple[Landing, ...]:
    """List what landed up to `head`, the newest first: so many, or all since a Unix time. Raises GitError."""
    limit = () if last is None else (f"-{last}",)
    rows = objects.run(*_LANDED, *limit, "--format=%H %ct %P", head, "--").decode().splitlines()
    line = [row.split() for row in rows]
    if since is not None:
        kept = [at for at, row in enumerate(line, 1) if int(row[1]) >= since]
        line = line[: max(kept, default=0)]
    if not line:
        return ()
    known = _known(objects, line[0][0], line[-1][2:3])
    taken: set[str] = set()
    found = [_landing(row[0], known, taken) for row in reversed(line)]
    return tuple(reversed(found))


def _known(objects: Objects, newest: str, before: Sequence[str]) -> Mapping[str, _Known]:
    """Read every commit that one has and another has not."""
    shown = objects.run(
        "log", "-z", "--encoding=UTF-8", "--no-mailmap", "--no-show-signature",
        f"--format=%ct %P%n{COMMIT_FORMAT}", newest, *(f"^{sha}" for sha in before), "--"
    )  # fmt: skip
    found = {}
    for text in shown.decode("utf-8", "replace").split("\0"):
        first, _, rest = text.lstrip("\n").partition("\n")
        if rest:
            landed, *parents = first.split()
            commit = commit_in(rest, {})
            found[commit.sha] = _Known(tuple(parents), int(landed), commit)
    return found


def _landing(sha: str, known: Mapping[str, _Known], taken: set[str]) -> Landing:
    """Give what one commit brought that none before it had."""
    brought: list[Commit] = []
    waiting = deque([sha])
    taken.add(sha)
    while waiting:
        one = known[waiting.popleft()]
        brought.append(one.commit)
        new = [parent for parent in one.parents if parent in known and parent not in taken]
        taken.update(new)
        waiting.extend(new)
    own = known[sha]
    return Landing(sha, own.parents[0] if own.parents else "", own.landed, tuple(reversed(brought)))


def patches(objects: Objects, shas: Sequence[str]) -> Iterator[Patch]:
    """Yield the diff of each commit of a first-parent history, given the newest first, each against its first parent.

    One process writes all of them. Where it dies of an object that is missing, that commit is named and the next
    process begins behind it.
    """
    at = 0
    while at < len(shas):
        for patch in _streamed(objects, shas[at:]):
            yield patch
            at += 1
        readable = at < len(shas)
        while readable and at < len(shas):
            patch = _alone(objects, shas[at])
            yield patch
            at += 1
            readable = patch.text is not None


def _streamed(objects: Objects, shas: Sequence[str]) -> Iterator[Patch]:
    """Yield what one process writes whole; it ends early where an object is missing."""
    command = ("git", *_STREAM, f"-{len(shas)}", shas[0], "--")
    directory, environment = objects.directory, objects.environment
    with subprocess.Popen(
        command, cwd=directory, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            last: bytes | None = None
            for sha, part in zip((*shas, ""), _parts(_pipe(process)), strict=False):
                if last is not None:
                    yield _patch(last)
                if not part.startswith(sha.encode()):
                    return
                last = part
            if last is not None and process.wait() == 0:
                yield _patch(last)
        finally:
            process.kill()


def _pipe(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdout is None:
        raise GitError("git has no output")
    return process.stdout


def _parts(stream: IO[bytes]) -> Iterator[bytes]:
    """Cut the stream into its commits; of one that is too large, a little more than may be read is kept."""
    held = bytearray()
    while chunk := stream.read(_CHUNK):
        seen = max(0, len(held) - len(_NEXT))
        held += chunk
        while (end := held.find(_NEXT, seen)) >= 0:
            yield bytes(held[:end]).lstrip(b"\x01")
            del held[: end + 1]
            seen = 0
        if len(held) > LARGEST_DIFF + 2 * _CHUNK:
            del held[LARGEST_DIFF + _CHUNK : -len(_NEXT)]
    if held:
        yield bytes(held).lstrip(b"\x01")


def _patch(part: bytes) -> Patch:
    """Take the id off the text; of too large a one nothing is told."""
    sha, text = part[:_SHA].decode("ascii", "replace"), part[_SHA:].lstrip(b"\n")
    if len(text) > LARGEST_DIFF:
        return Patch(sha, None, f"its diff is larger than {LARGEST_DIFF >> 20} MiB")
    return Patch(sha, text if text.endswith(b"\n") or not text else text + b"\n")


def _alone(objects: Objects, sha: str) -> Patch:
    try:
        return _patch(objects.run(*_STREAM, "-1", sha, "--").lstrip(b"\x01"))
    except MissingError:
        return Patch(sha, None, MISSING)
    except GitError as error:
        return Patch(sha, None, str(error).partition("\n")[0])
