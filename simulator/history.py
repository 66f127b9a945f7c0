"""What git says about commits and the differences between them, remembered by commit id: it can never change."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from simulator.git import Git, Person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
MAX_PATCH_BYTES = 500_000  # GitHub loads no single file's diff beyond 500 KB or 20,000 lines (docs, repository limits)
MAX_PATCH_LINES = 20_000
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # git knows it without storing it
STATUS = {"A": "added", "M": "modified", "D": "removed", "R": "renamed", "C": "copied", "T": "changed"}
RENAMES = ("-r", "-M50%", "--full-index", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none")


@dataclass(frozen=True, slots=True)
class FileDiff:
    """One file of a difference, as `GET …/files` shows it; `patch` is None for binary, pure rename and too large."""

    path: str
    previous: str | None
    status: str
    additions: int
    deletions: int
    blob: str
    patch: str | None


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """What one commit object says."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    message: str


@dataclass(frozen=True, slots=True)
class Blob:
    """One file at one commit."""

    oid: str
    content: bytes


class Reading(Protocol):
    """What is asked of git, real or in memory; every answer blocks."""

    def merge_base(self, one: str, other: str) -> str | None:
        """Find the best common ancestor, None for unrelated histories."""

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Say whether `newer` contains `older`."""

    def merged_tree(self, ours: str, theirs: str) -> str | None:
        """Merge two commits in memory and give the tree, None where they conflict."""

    def files_between(self, base: str, head: str) -> tuple[FileDiff, ...]:
        """Tell what differs between two trees or commits."""

    def commits(self, base: str, head: str) -> tuple[CommitFacts, ...]:
        """List the commits that `head` has and `base` has not, oldest first."""

    def facts(self, sha: str) -> CommitFacts | None:
        """Read one commit, None where there is none of that id."""

    def tree(self, tree: str) -> tuple[tuple[str, str, str, str], ...]:
        """List what is below a tree as (mode, type, id, path), the trees in it as well."""

    def blob(self, sha: str, path: str) -> Blob | None:
        """Read one file at one commit, None where it is not there."""


@dataclass(frozen=True, slots=True)
class Printed:
    """The answers of real git, read from what it prints."""

    git: Git

    def merge_base(self, one: str, other: str) -> str | None:
        """Find the best common ancestor, None for unrelated histories."""
        return self.git.merge_base(one, other)

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Say whether `newer` contains `older`."""
        return self.git.is_ancestor(older, newer)

    def merged_tree(self, ours: str, theirs: str) -> str | None:
        """Merge two commits in memory and give the tree, None where they conflict."""
        return self.git.merged_tree(ours, theirs)

    def files_between(self, base: str, head: str) -> tuple[FileDiff, ...]:
        """Tell what differs between two trees or commits."""
        return files_between(self.git, base, head)

    def commits(self, base: str, head: str) -> tuple[CommitFacts, ...]:
        """List the commits that `head` has and `base` has not, oldest first."""
        return _commits(self.git, ("--reverse", "--topo-order", f"{base}..{head}"))

    def facts(self, sha: str) -> CommitFacts | None:
        """Read one commit, None where there is none of that id."""
        return _one_commit(self.git, sha)

    def tree(self, tree: str) -> tuple[tuple[str, str, str, str], ...]:
        """List what is below a tree as (mode, type, id, path), the trees in it as well."""
        return _tree(self.git, tree)

    def blob(self, sha: str, path: str) -> Blob | None:
        """Read one file at one commit, None where it is not there."""
        return _blob(self.git, sha, path)


class History:
    """Answers about one repository's commits; every answer is asked of git once."""

    def __init__(self, git: Git | Reading) -> None:
        self._git: Reading = Printed(git) if isinstance(git, Git) else git
        self._known: dict[tuple[str, ...], object] = {}

    async def _remembered(self, key: tuple[str, ...], ask: Callable[[], T]) -> T:
        if key not in self._known:
            self._known[key] = await asyncio.to_thread(ask)
        return cast("T", self._known[key])

    async def merge_base(self, one: str, other: str) -> str | None:
        """Find the merge base of two commits."""
        return await self._remembered(("base", one, other), lambda: self._git.merge_base(one, other))

    async def contains(self, newer: str, older: str) -> bool:
        """Say whether `newer` contains `older`."""
        return await self._remembered(("contains", newer, older), lambda: self._git.is_ancestor(older, newer))

    async def merges(self, base: str, head: str) -> bool:
        """Say whether two commits merge without conflict."""
        return await self._remembered(("merges", base, head), lambda: self._git.merged_tree(base, head)) is not None

    async def files(self, base: str, head: str) -> tuple[FileDiff, ...]:
        """List the files that differ between the merge base of two commits and the second."""
        start = await self.merge_base(base, head) or base
        return await self._remembered(("files", start, head), lambda: self._git.files_between(start, head))

    async def files_of(self, facts: CommitFacts) -> tuple[FileDiff, ...]:
        """List the files that one commit changes, beside its first parent."""
        start = facts.parents[0] if facts.parents else EMPTY_TREE
        return await self._remembered(("files", start, facts.sha), lambda: self._git.files_between(start, facts.sha))

    async def commits(self, base: str, head: str) -> tuple[CommitFacts, ...]:
        """List the commits that `head` has and `base` has not, oldest first."""
        return await self._remembered(("commits", base, head), lambda: self._git.commits(base, head))

    async def commit(self, sha: str) -> CommitFacts | None:
        """Read one commit, None where there is none of that id."""
        return await self._remembered(("commit", sha), lambda: self._git.facts(sha))

    async def tree(self, tree: str) -> tuple[tuple[str, str, str, str], ...]:
        """List what is below a tree as (mode, type, id, path), the trees in it as well."""
        return await self._remembered(("tree", tree), lambda: self._git.tree(tree))

    async def blob(self, sha: str, path: str) -> Blob | None:
        """Read one file at one commit, None where it is not there."""
        return await self._remembered(("blob", sha, path), lambda: self._git.blob(sha, path))


def files_between(git: Git, base: str, head: str) -> tuple[FileDiff, ...]:
    """Read what git says differs between two trees; blocks."""
    raw = git.run("diff-tree", *RENAMES, "--raw", "--numstat", "-z", base, head)
    patches = _patches(git.run("diff-tree", *RENAMES, "-U3", "-p", "--no-color", base, head))
    fields = iter(raw.decode(errors="replace").split("\0"))
    entries: list[tuple[str, str, str | None, str]] = []
    counts: list[tuple[str, str]] = []
    for field in fields:
        if field.startswith(":"):
            _, new_mode, old, new, status = field[1:].split(" ")
            first = next(fields)
            renamed = status[0] in "RC"
            path = next(fields) if renamed else first
            entries.append((STATUS[status[0]], path, first if renamed else None, new if int(new_mode) else old))
        elif field:
            added, deleted, path = field.split("\t", 2)
            counts.append((added, deleted))
            if not path:
                next(fields), next(fields)
    taken = iter(patches)
    rows = ((entry, count, _next_patch(taken, entry[0])) for entry, count in zip(entries, counts, strict=True))
    return tuple(_file(entry, count, patch) for entry, count, patch in rows)


def _next_patch(patches: Iterator[str | None], status: str) -> str | None:
    """Take one file's patch; a change of type (file to link) comes as two: the old removed, the new added."""
    first = next(patches)
    if status != "changed":
        return first
    return "\n".join(part for part in (first, next(patches)) if part) or None


def _file(entry: tuple[str, str, str | None, str], count: tuple[str, str], patch: str | None) -> FileDiff:
    status, path, previous, blob = entry
    added, deleted = (0 if number == "-" else int(number) for number in count)
    return FileDiff(path, previous, status, added, deleted, blob, patch)


def _patches(diff: bytes) -> list[str | None]:
    """Cut one patch into files. A line of content never starts with `diff`, so the headers are certain."""
    if not diff:
        return []
    return [_patch(part) for part in (b"\n" + diff).split(b"\ndiff --git ")[1:]]


def _patch(part: bytes) -> str | None:
    start = part.find(b"\n@@ ")
    if start < 0:
        return None
    hunks = part[start + 1 :].removesuffix(b"\n")
    if len(hunks) > MAX_PATCH_BYTES or hunks.count(b"\n") >= MAX_PATCH_LINES:
        return None
    return hunks.decode(errors="replace")


FORMAT = "%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B%x00%x01"


def _commits(git: Git, arguments: tuple[str, ...]) -> tuple[CommitFacts, ...]:
    printed = git.run("log", f"--format=tformat:{FORMAT}", *arguments).decode(errors="replace")
    return tuple(_facts(record.lstrip("\n")) for record in printed.split("\0\x01")[:-1])


def _facts(record: str) -> CommitFacts:
    sha, tree, parents, name, email, at, c_name, c_email, c_at, message = record.split("\0")
    author, committer = Person(name, email, float(at)), Person(c_name, c_email, float(c_at))
    return CommitFacts(sha, tree, tuple(parents.split()), author, committer, message.rstrip("\n"))


def _one_commit(git: Git, sha: str) -> CommitFacts | None:
    if git.resolve(sha) is None:
        return None
    return _commits(git, ("-1", sha))[0]


def _tree(git: Git, tree: str) -> tuple[tuple[str, str, str, str], ...]:
    entries = git.run("ls-tree", "-r", "-t", "-z", tree).decode(errors="replace").split("\0")
    return tuple((*entry.partition("\t")[0].split(" "), entry.partition("\t")[2]) for entry in entries if entry)  # type: ignore[misc]


def _blob(git: Git, sha: str, path: str) -> Blob | None:
    if "\n" in path:
        return None  # the batch protocol is one line per question
    printed = git.run("cat-file", "--batch", stdin=f"{sha}:{path}\n".encode())
    header, _, content = printed.partition(b"\n")
    match header.decode(errors="replace").split(" "):
        case [oid, "blob", size]:
            return Blob(oid, content[: int(size)])
        case _:
            return None
