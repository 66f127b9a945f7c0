"""Builders for what rules look at: a test says only what matters to it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rules.engine.attributes import Attributes
from rules.engine.hunk import Hunk
from rules.engine.pull_request import Account, Author, Change, ChangedFile, Commit, PullRequest, Totals

if TYPE_CHECKING:
    from collections.abc import Mapping

BASE = "b" * 40
HEAD = "a" * 40
NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


def code(count: int, start: int = 0) -> list[str]:
    """Write `count` distinct lines that are code in most languages."""
    return [f"call_number_{number}(argument)" for number in range(start, start + count)]


def hunk(lines: Iterable[str], *, old_start: int = 1, new_start: int = 1) -> Hunk:
    """Build a hunk from signed lines (` `, `+` or `-` first)."""
    body = list(lines)
    old = sum(line[0] in " -" for line in body)
    new = sum(line[0] in " +" for line in body)
    return Hunk(old_start if old else 0, old, new_start if new else 0, new, "\n".join(body).encode())


def changed(path: str, *hunks: Hunk, change: Change = Change.MODIFIED, previous_path: str | None = None) -> ChangedFile:
    """Build a changed file whose counts follow from its hunks."""
    return ChangedFile(
        path=path,
        change=change,
        added=sum(one.added for one in hunks),
        deleted=sum(one.deleted for one in hunks),
        hunks=hunks,
        previous_path=previous_path,
    )


def added(path: str, lines: Sequence[str]) -> ChangedFile:
    """Build a new file."""
    return changed(path, hunk(f"+{line}" for line in lines), change=Change.ADDED)


def deleted(path: str, lines: Sequence[str]) -> ChangedFile:
    """Build a file that goes away."""
    return changed(path, hunk(f"-{line}" for line in lines), change=Change.DELETED)


def modified(path: str, *, add: Sequence[str] = (), remove: Sequence[str] = (), line: int = 10) -> ChangedFile:
    """Build a file with one hunk in its middle: three lines of context around what is removed and added."""
    context = [" around_it(before)", " around_it(again)"]
    signed = [*context, *(f"-{text}" for text in remove), *(f"+{text}" for text in add), " around_it(after)"]
    return changed(path, hunk(signed, old_start=line, new_start=line))


def pull_request(
    *files: ChangedFile,
    attributes: Mapping[str, str] | None = None,
    totals: Totals | None = None,
    **fields: Any,
) -> PullRequest:
    """Build a pull request that is complete unless the test says otherwise; any field may be given by name."""
    plain = PullRequest(
        repository="octo/shop",
        base=BASE,
        head=HEAD,
        fetched_at=NOW,
        files=files,
        totals=totals or Totals(len(files), sum(file.added for file in files), sum(file.deleted for file in files)),
        attributes=Attributes(dict(attributes or {})),
        author=Account("octocat", 1),
        number=1,
        base_branch="main",
    )
    return replace(plain, **fields)


def commit(message: str, sha: str = HEAD, *authors: Author) -> Commit:
    """Build a commit with one parent."""
    return Commit(sha, message, 1, authors)


def git(directory: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    """Run git for a test, as nobody in particular and without the settings of this machine."""
    plain = {"PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}
    person = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main")
    command = ["git", *person, *arguments]
    return subprocess.run(command, cwd=directory, env=plain, input=stdin, check=True, capture_output=True).stdout


def commit_files(directory: Path, files: Mapping[str, str | bytes | None], message: str = "Work") -> str:
    """Write files (None removes one) into a work tree, commit everything and give the SHA."""
    for name, content in files.items():
        path = directory / name
        if content is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    git(directory, "add", "-A")
    git(directory, "commit", "-q", "--allow-empty", "-m", message)
    return git(directory, "rev-parse", "HEAD").decode().strip()
