"""Real git, spoken to through its plumbing in an environment that no machine's configuration reaches.

Nothing here guesses what git would do: commits, merge bases, merges and rebases are git's own answers.
Calls block; the rest of the simulator runs them off the event loop.
"""

from __future__ import annotations

import os
import subprocess
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from simulator.memory_git import MemoryGit

AnyGit: TypeAlias = "Git | MemoryGit"
"""Real git, or the one in memory, which gives the same ids."""

OPTIONS = (
    "-c", "core.quotepath=off",
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.attributesFile=/dev/null",
    "-c", "diff.renames=true",
    "-c", "diff.algorithm=myers",
    "-c", "diff.indentHeuristic=true",
    "-c", "diff.renameLimit=1000",
    "-c", "gc.auto=0",
    "-c", "safe.directory=*",
    "-c", "advice.detachedHead=false",
)  # fmt: skip
ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
    "TZ": "UTC",
}


class GitError(Exception):
    """Git refused; the message is its own."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who wrote or committed something, as git records it; `at` is Unix seconds."""

    name: str
    email: str
    at: float

    def line(self) -> str:
        """Write the person the way a commit object does."""
        return f"{self.name} <{self.email}> {int(self.at)} +0000"

    def environment(self, role: str) -> dict[str, str]:
        """Write the person as the variables `git commit-tree` reads; `role` is AUTHOR or COMMITTER."""
        return {
            f"GIT_{role}_NAME": self.name,
            f"GIT_{role}_EMAIL": self.email,
            f"GIT_{role}_DATE": f"@{int(self.at)} +0000",
        }


@dataclass(frozen=True, slots=True)
class Draft:
    """A commit about to be made: its files (None deletes), its words and its author."""

    files: Mapping[str, str | bytes | None]
    message: str
    author: Person


class Git:
    """One bare repository."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writing = threading.Lock()

    def init(self, default_branch: str) -> None:
        """Create the empty bare repository."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.run("init", "--quiet", "--bare", f"--initial-branch={default_branch}", "--template=", ".")

    def run(self, *arguments: str, stdin: bytes | None = None, extra: Mapping[str, str] | None = None) -> bytes:
        """Run one git command and give what it printed. Raises GitError with git's words when it fails."""
        done = self._process(arguments, stdin, extra)
        if done.returncode != 0:
            raise GitError(f"git {arguments[0]}: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout

    def _process(
        self, arguments: tuple[str, ...], stdin: bytes | None, extra: Mapping[str, str] | None
    ) -> subprocess.CompletedProcess[bytes]:
        environment = {"PATH": os.environ.get("PATH", os.defpath), **ENVIRONMENT, **(extra or {})}
        command = ("git", *OPTIONS, *arguments)
        return subprocess.run(command, cwd=self.path, input=stdin, env=environment, capture_output=True, check=False)

    def text(self, *arguments: str) -> str:
        """Run one git command and give its output as one stripped text."""
        return self.run(*arguments).decode(errors="replace").strip()

    def resolve(self, revision: str) -> str | None:
        """Find the commit a revision names, None where there is none."""
        arguments = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        done = self._process(arguments, None, None)
        return done.stdout.decode().strip() or None

    def set_ref(self, ref: str, sha: str) -> None:
        """Point a full ref name at a commit."""
        with self._writing:
            self.run("update-ref", ref, sha)

    def delete_ref(self, ref: str) -> None:
        """Remove a full ref name."""
        with self._writing:
            self.run("update-ref", "-d", ref)

    def borrow(self, source: Path) -> None:
        """Make every object of an existing local repository readable here, without copying any."""
        common = Git(source).text("rev-parse", "--path-format=absolute", "--git-common-dir")
        alternates = self.path / "objects" / "info" / "alternates"
        alternates.parent.mkdir(parents=True, exist_ok=True)
        with alternates.open("a", encoding="utf-8") as file:
            file.write(f"{common}/objects\n")
        shallow = os.path.join(common, "shallow")  # noqa: PTH118 - `common` is git's own text
        if os.path.exists(shallow):  # noqa: PTH110 - as above
            with open(shallow, "rb") as file_in:  # noqa: PTH123 - as above
                (self.path / "shallow").write_bytes(file_in.read())

    def commit(self, ref: str, parent: str | None, draft: Draft) -> str:
        """Make one commit on top of `parent`, move `ref` there, and give its id."""
        stream = [f"commit {ref}\nmark :1\nauthor {draft.author.line()}\ncommitter {draft.author.line()}\n".encode()]
        stream.append(_data(draft.message.encode()))
        if parent is not None:
            stream.append(f"from {parent}\n".encode())
        for path, content in draft.files.items():
            if content is None:
                stream.append(f"D {_quoted(path)}\n".encode())
            else:
                stream.append(f"M 100644 inline {_quoted(path)}\n".encode())
                stream.append(_data(content.encode() if isinstance(content, str) else content))
        stream.append(b"get-mark :1\ndone\n")
        with self._writing:
            printed = self.run("fast-import", "--quiet", "--force", "--done", stdin=b"".join(stream))
        return printed.decode().strip()

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Say whether `newer` contains `older`."""
        return self._process(("merge-base", "--is-ancestor", older, newer), None, None).returncode == 0

    def merge_base(self, one: str, other: str) -> str | None:
        """Find the best common ancestor, None for unrelated histories."""
        return self._process(("merge-base", one, other), None, None).stdout.decode().split("\n")[0] or None

    def merged_tree(self, ours: str, theirs: str) -> str | None:
        """Merge two commits in memory and give the tree, None where they conflict."""
        done = self._process(("merge-tree", "--write-tree", "--no-messages", ours, theirs), None, None)
        return done.stdout.decode().split("\n")[0] if done.returncode == 0 else None

    def commit_tree(self, tree: str, parents: tuple[str, ...], message: str, people: tuple[Person, Person]) -> str:
        """Write a commit object by (author, committer) and give its id."""
        flags = [flag for parent in parents for flag in ("-p", parent)]
        author, committer = people
        extra = author.environment("AUTHOR") | committer.environment("COMMITTER")
        return self.run("commit-tree", tree, *flags, stdin=message.encode(), extra=extra).decode().strip()

    def picked_tree(self, commit: str, onto: str) -> str | None:
        """Apply one commit's change onto another commit and give the tree, None where it conflicts.

        git 2.39 cannot be told a merge base, so three throw-away commits give it one: the commit's parent as the base.
        """
        return self._merged_over(f"{commit}^", commit, onto)

    def reverted_tree(self, commit: str, before: str, onto: str) -> str | None:
        """Take what led from one commit to another back on top of a third; give the tree, None where it conflicts."""
        return self._merged_over(commit, before, onto)

    def _merged_over(self, base: str, theirs: str, ours: str) -> str | None:
        nobody = Person("simulator", "simulator@localhost", 0)
        people = (nobody, nobody)
        root = self.commit_tree(self.text("rev-parse", f"{base}^{{tree}}"), (), "base", people)
        one = self.commit_tree(self.text("rev-parse", f"{theirs}^{{tree}}"), (root,), "theirs", people)
        other = self.commit_tree(self.text("rev-parse", f"{ours}^{{tree}}"), (root,), "ours", people)
        return self.merged_tree(other, one)


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)


def _quoted(path: str) -> str:
    if not any(character in path for character in '"\\\n') and path == path.strip():
        return path
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
