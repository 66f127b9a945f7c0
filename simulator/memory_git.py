"""Git without git: the same objects under the same ids, kept in dictionaries, for thousands of short histories.

What it does not know: links and modes other than plain files, several merge bases (git merges those first), and
folders that were renamed as a whole. Where it is not sure that git would merge, it says that there is a conflict.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.git import GitError, Person
from simulator.history import MAX_PATCH_BYTES, MAX_PATCH_LINES, Blob, CommitFacts, FileDiff
from simulator.line_diff import counts, hunks_between, is_binary, merged, unified
from simulator.memory_trees import Trees, put
from simulator.renaming import renames

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from simulator.git import Draft

CRUD = " .,:;<>\"\\'\n\t"  # what git takes off both ends of a name


@dataclass(slots=True)
class MemoryGit:
    """One repository, answered as simulator/git.py and simulator/history.py answer for a bare one on disk."""

    default_branch: str = "main"
    refs: dict[str, str] = field(default_factory=dict)
    _commits: dict[str, CommitFacts] = field(default_factory=dict)
    _blobs: dict[str, bytes] = field(default_factory=dict)
    _trees: Trees = field(default_factory=Trees)

    def init(self, default_branch: str) -> None:
        """Begin empty."""
        self.default_branch = default_branch

    def borrow(self, source: Path) -> None:
        """Refuse: what is on disk is read by real git alone."""
        raise GitError(f"git in memory cannot read {source}")

    def resolve(self, revision: str) -> str | None:
        """Find the commit a revision names: a whole id, a full ref name, or a branch."""
        if revision in self._commits:
            return revision
        ref = f"refs/heads/{self.default_branch}" if revision == "HEAD" else revision
        return self.refs.get(ref) or self.refs.get(f"refs/heads/{ref}")

    def set_ref(self, ref: str, sha: str) -> None:
        """Point a full ref name at a commit."""
        self.refs[ref] = self._known(sha).sha

    def delete_ref(self, ref: str) -> None:
        """Remove a full ref name."""
        self.refs.pop(ref, None)

    def commit(self, ref: str, parent: str | None, draft: Draft) -> str:
        """Make one commit on top of `parent`, move `ref` there, and give its id."""
        files = dict(self._files(parent)) if parent else {}
        for path, content in draft.files.items():
            put(files, path, None if content is None else self._blob(content))
        parents = (parent,) if parent else ()
        self.refs[ref] = self._written(files, parents, draft.message, (draft.author, draft.author))
        return self.refs[ref]

    def commit_tree(self, tree: str, parents: tuple[str, ...], message: str, people: tuple[Person, Person]) -> str:
        """Write a commit object by (author, committer) and give its id."""
        author, committer = (Person(one.name.strip(CRUD), one.email.strip(CRUD), one.at) for one in people)
        return self._written(self._trees.files(tree), parents, message, (author, committer))

    def _written(
        self, files: Mapping[str, str], parents: tuple[str, ...], message: str, people: tuple[Person, Person]
    ) -> str:
        tree, (author, committer) = self._trees.write(files), people
        header = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
        header += [f"author {author.line()}", f"committer {committer.line()}"]
        sha = _id("commit", ("\n".join(header) + f"\n\n{message}").encode())
        kept = tuple(Person(one.name, one.email, float(int(one.at))) for one in people)
        self._commits[sha] = CommitFacts(sha, tree, parents, kept[0], kept[1], message.rstrip("\n"))
        return sha

    def _blob(self, content: str | bytes) -> str:
        raw = content.encode() if isinstance(content, str) else content
        oid = _id("blob", raw)
        self._blobs[oid] = raw
        return oid

    def _known(self, sha: str) -> CommitFacts:
        if sha not in self._commits:
            raise GitError(f"git in memory has no commit {sha}")
        return self._commits[sha]

    def _files(self, sha: str) -> Mapping[str, str]:
        """Give the files of a commit, or of a tree, as blob ids by path."""
        return self._trees.files(self._commits[sha].tree if sha in self._commits else sha)

    # Histories

    def _ancestors(self, sha: str) -> set[str]:
        """Give everything that a commit contains, itself included."""
        seen, ahead = {sha}, [sha]
        while ahead:
            parents = [one for one in self._known(ahead.pop()).parents if one not in seen]
            seen.update(parents)
            ahead += parents
        return seen

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Say whether `newer` contains `older`."""
        return older in self._ancestors(newer)

    def _merge_bases(self, one: str, other: str) -> list[str]:
        common = self._ancestors(one) & self._ancestors(other)
        within = set().union(*(self._ancestors(parent) for sha in common for parent in self._commits[sha].parents))
        return sorted(common - within, key=lambda sha: (-self._commits[sha].committer.at, sha))

    def merge_base(self, one: str, other: str) -> str | None:
        """Find the best common ancestor, None for unrelated histories."""
        return next(iter(self._merge_bases(one, other)), None)

    def commits(self, base: str, head: str) -> tuple[CommitFacts, ...]:
        """List the commits that `head` has and `base` has not, oldest first, children after their parents."""
        own = self._ancestors(head) - self._ancestors(base)
        children = Counter(parent for sha in own for parent in self._commits[sha].parents)
        ready, found = [head] if head in own else [], []
        while ready:
            found.append(self._commits[ready.pop()])
            children.subtract(found[-1].parents)
            ready += [parent for parent in found[-1].parents if parent in own and not children[parent]]
        return tuple(reversed(found))

    def facts(self, sha: str) -> CommitFacts | None:
        """Read one commit, None where there is none of that id."""
        found = self.resolve(sha)
        return None if found is None else self._commits[found]

    def tree(self, tree: str) -> tuple[tuple[str, str, str, str], ...]:
        """List what is below a tree as (mode, type, id, path), the trees in it as well."""
        return self._trees.listed(self._commits[tree].tree if tree in self._commits else tree)

    def blob(self, sha: str, path: str) -> Blob | None:
        """Read one file at one commit, None where it is not there."""
        oid = self._files(sha).get(path) if sha in self._commits or sha in self._trees else None
        return None if oid is None else Blob(oid, self._blobs[oid])

    # Merges

    def merged_tree(self, ours: str, theirs: str) -> str | None:
        """Merge two commits and give the tree, None where they conflict, or may."""
        bases = self._merge_bases(ours, theirs)
        if len(bases) != 1:
            return None
        return self._merged(bases[0], ours, theirs)

    def picked_tree(self, commit: str, onto: str) -> str | None:
        """Apply one commit's change onto another commit and give the tree, None where it conflicts."""
        return self._merged(self._known(commit).parents[0], onto, commit)

    def reverted_tree(self, commit: str, before: str, onto: str) -> str | None:
        """Take what led from one commit to another back on top of a third; give the tree, None where it conflicts."""
        return self._merged(commit, onto, before)

    def _merged(self, base: str, ours: str, theirs: str) -> str | None:
        old, sides = self._files(base), (self._files(ours), self._files(theirs))
        moves = [renames(old, side, self._blobs.__getitem__) for side in sides]
        result: dict[str, str] = {}
        for path in {*old, *sides[0], *sides[1]} - {*moves[0].values(), *moves[1].values()}:
            places = [move.get(path, path) for move in moves]
            versions = [side.get(place) for side, place in zip(sides, places, strict=True)]
            target = places[0] if places[0] != path else places[1]
            if not _agree(path, places, sides, versions):
                return None
            blob = self._three_ways(old.get(path), versions[0], versions[1])
            if blob == CONFLICT:
                return None
            if blob is not None:
                result[target] = blob
        folders = {path[:place] for path in result for place, letter in enumerate(path) if letter == "/"}
        return None if folders & result.keys() else self._trees.write(result)

    def _three_ways(self, base: str | None, ours: str | None, theirs: str | None) -> str | None:
        """Merge one file, given by its blobs: the blob it becomes, None for no file, or CONFLICT."""
        if theirs in {ours, base}:
            return ours
        if ours == base:
            return theirs
        if base is None or ours is None or theirs is None:
            return CONFLICT
        content = merged(self._blobs[base], self._blobs[ours], self._blobs[theirs])
        return CONFLICT if content is None else self._blob(content)

    # Differences

    def files_between(self, base: str, head: str) -> tuple[FileDiff, ...]:
        """Tell what differs between two trees or commits."""
        old, new = self._files(base), self._files(head)
        moves = renames(old, new, self._blobs.__getitem__)
        sources = {target: source for source, target in moves.items()}
        paths = {*old, *new} - moves.keys()
        rows = ((path, sources.get(path), old.get(sources.get(path, path)), new.get(path)) for path in paths)
        changed = (row for row in rows if row[1] is not None or row[2] != row[3])
        return tuple(self._difference(*row) for row in sorted(changed, key=lambda row: row[0].encode()))

    def _difference(self, path: str, previous: str | None, old: str | None, new: str | None) -> FileDiff:
        before = b"" if old is None else self._blobs[old]
        after = b"" if new is None else self._blobs[new]
        status = "renamed" if previous else "added" if old is None else "removed" if new is None else "modified"
        blob = new or old or ""
        if is_binary(before) or is_binary(after):
            return FileDiff(path, previous, status, 0, 0, blob, None)
        added, deleted = counts(hunks_between(before, after))
        return FileDiff(path, previous, status, added, deleted, blob, _patch(before, after))


CONFLICT = "conflict"


def _agree(path: str, places: list[str], sides: tuple[Mapping[str, str], ...], versions: list[str | None]) -> bool:
    """Tell whether both sides have a file at one place: not moved to two, not onto another, not moved and removed."""
    if places == [path, path]:
        return True
    moved = [place for place in places if place != path]
    if len(moved) == len(places):
        return moved[0] == moved[1]
    staying = 0 if places[0] == path else 1
    return versions[staying] is not None and moved[0] not in sides[staying]


def _patch(before: bytes, after: bytes) -> str | None:
    hunks = unified(before, after)
    if not hunks or len(hunks) > MAX_PATCH_BYTES or hunks.count(b"\n") >= MAX_PATCH_LINES:
        return None
    return hunks.decode(errors="replace")


def _id(kind: str, content: bytes) -> str:
    return hashlib.sha1(b"%b %d\0%b" % (kind.encode(), len(content), content), usedforsecurity=False).hexdigest()
