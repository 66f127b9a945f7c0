"""What a pull request changes, and the trusted texts that lie beside it. What cannot change is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence, Sized
from dataclasses import replace
from pathlib import PurePosixPath

from cachetools import LRUCache

from bot.github import read_files
from bot.github.answers import Json
from bot.github.connection import Connection
from bot.github.errors import Refused
from bot.github.read_changed import Diff, Diffs
from bot.github.read_hidden import Hidden
from bot.github.tokens import Purpose, Scope
from bot.snapshot import Snapshot
from rules.engine.attributes import Attributes
from rules.engine.needs import Needs
from rules.engine.policy import POLICY_PATH
from rules.engine.reverts import named_revert

MAX_FILES = 3000
"""GitHub lists no more files of a pull request (docs: "List pull requests files")."""

MAX_LINES = 20_000
"""Beyond this many changed lines GitHub's own diff is cut short (docs: "Repository limits")."""

MAX_REVERTED_FILES = 300
"""GitHub lists this many files of a commit on its first page; a larger one is not proven to be reverted."""

ATTRIBUTES_KEPT = 20_000
EXPRESSIONS_AT_ONCE = 50
TEXT_CACHE_BYTES = 64 * 1024 * 1024
TREE_CACHE_PATHS = 2_000_000


class Content:
    """Reads contents over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.diffs = Diffs(connection)
        self._hidden = Hidden(connection, self._objects)
        self._attributes: LRUCache[tuple[str, str, str], str | None] = LRUCache(ATTRIBUTES_KEPT)
        self._texts: LRUCache[tuple[str, str, str], bytes] = LRUCache(TEXT_CACHE_BYTES, _size_of)
        self._trees: LRUCache[tuple[str, str], frozenset[str]] = LRUCache(TREE_CACHE_PATHS, _size_of)

    async def added_to(self, snapshot: Snapshot) -> Snapshot:
        """Add the changed files, the trusted attributes beside them, and what follows from both.

        A pull request over GitHub's limits comes back with no files and its totals, for the rule to decide from.
        """
        totals = snapshot.pull_request.totals
        if totals.files > MAX_FILES or totals.added + totals.deleted > MAX_LINES:
            return snapshot
        diff, early = await asyncio.gather(self.diffs.of(snapshot), self._attributes_beside(snapshot, snapshot.paths))
        seen = {_directory(path) for path in snapshot.paths}
        late = await self._attributes_beside(snapshot, [path for path in diff.blobs if _directory(path) not in seen])
        attributes = Attributes({**early, **late})
        diff = await self._hidden.marked(snapshot, diff, attributes)
        pull_request = replace(
            snapshot.pull_request,
            files=diff.files,
            attributes=attributes,
            undoes=await self._undone(snapshot, diff),
        )
        proposed = await self._proposal(snapshot, diff)
        return replace(snapshot, pull_request=pull_request, proposed_policy=proposed, is_torn=diff.is_torn)

    async def with_needs(self, snapshot: Snapshot, needs: Needs) -> Snapshot:
        """Add what the rules asked for beyond the diff: whole files, and the list of all files at the head."""
        if not needs:
            return snapshot
        pull_request = snapshot.pull_request
        texts, tree = await asyncio.gather(
            self._texts_at_head(snapshot, needs.to_fetch(pull_request)),
            self._tree(snapshot) if needs.tree else asyncio.sleep(0),
        )
        return replace(snapshot, pull_request=needs.filled(pull_request, texts, tree))

    async def _texts_at_head(self, snapshot: Snapshot, paths: Sequence[str]) -> Mapping[str, bytes]:
        """Read files at the head, each kept by its commit; one that GitHub cuts or that is no text is left out."""
        place = (snapshot.pull_request.repository, snapshot.pull_request.head)
        known = {path: text for path in paths if (text := self._texts.get((*place, path))) is not None}
        unknown = [path for path in paths if path not in known]
        found = await self._objects(snapshot, [f"{snapshot.pull_request.head}:{path}" for path in unknown])
        for path, blob in zip(unknown, found, strict=True):
            if blob.get("text") is not None and not blob.get("isTruncated"):
                known[path] = blob["text"].encode("utf-8", "surrogatepass")
                if _size_of(known[path]) <= TEXT_CACHE_BYTES:
                    self._texts[*place, path] = known[path]
        return known

    async def _tree(self, snapshot: Snapshot) -> frozenset[str] | None:
        """List every file at the head; None where GitHub cuts the list or has none."""
        pull_request = snapshot.pull_request
        key = (pull_request.repository, pull_request.head)
        if (kept := self._trees.get(key)) is not None:
            return kept
        path = f"/repos/{pull_request.repository}/git/trees/{pull_request.head}?recursive=1"
        try:
            answer = await self._connection.get(_scope(snapshot), path)
        except Refused:
            return None
        if answer.get("truncated"):
            return None
        found = frozenset(entry["path"] for entry in answer["tree"] if entry["type"] != "tree")
        if len(found) < TREE_CACHE_PATHS:
            self._trees[key] = found
        return found

    async def _attributes_beside(self, snapshot: Snapshot, paths: Sequence[str]) -> Mapping[str, str]:
        """Read the `.gitattributes` of the default branch's tip in every directory above the paths."""
        trusted, repository = snapshot.trusted, snapshot.pull_request.repository
        wanted = sorted({place for path in paths for place in _ancestors(path)})
        unknown = [place for place in wanted if (repository, trusted, place) not in self._attributes]
        found = await self._objects(snapshot, [f"{trusted}:{place}.gitattributes" for place in unknown])
        for place, blob in zip(unknown, found, strict=True):
            self._attributes[repository, trusted, place] = blob.get("text")
        known = {place: self._attributes.get((repository, trusted, place)) for place in wanted}
        root = snapshot.pull_request.attributes.texts
        return {**root, **{place: text for place, text in known.items() if text}}

    async def _proposal(self, snapshot: Snapshot, diff: Diff) -> str | None:
        """Read the policy file at the head, only where the pull request changes it."""
        if POLICY_PATH not in diff.blobs:
            return None
        [blob] = await self._objects(snapshot, [f"{snapshot.pull_request.head}:{POLICY_PATH}"])
        text: str | None = blob.get("text")
        return text

    async def _undone(self, snapshot: Snapshot, diff: Diff) -> str | None:
        """Name the landed commit that this change takes back, if its messages name it and every blob proves it.

        A message alone proves nothing: the commit must lie in the base branch, and the changed paths must be exactly
        its own, each with the content from before it.
        """
        sha = named_revert(snapshot.pull_request.commits)
        if sha is None:
            return None
        place, scope = f"/repos/{snapshot.pull_request.repository}", _scope(snapshot)
        try:
            commit = await self._connection.get(scope, f"{place}/commits/{sha}")
            landed = await self._connection.get(scope, f"{place}/compare/{snapshot.pull_request.base}...{sha}")
        except Refused:
            return None
        files = commit.get("files") or []
        if landed["status"] not in ("behind", "identical") or len(files) >= MAX_REVERTED_FILES or not commit["parents"]:
            return None
        paths = sorted(read_files.blobs(files))
        before = await self._objects(snapshot, [f"{commit['parents'][0]['sha']}:{path}" for path in paths])
        restored = {path: blob.get("oid") for path, blob in zip(paths, before, strict=True)}
        return sha if restored and restored == dict(diff.blobs) else None

    async def _objects(self, snapshot: Snapshot, expressions: Sequence[str]) -> list[Json]:
        """Read files, each named `commit:path`, fifty in a query; an empty mapping stands for one that is not there."""
        starts = range(0, len(expressions), EXPRESSIONS_AT_ONCE)
        portions = (expressions[start : start + EXPRESSIONS_AT_ONCE] for start in starts)
        found = await asyncio.gather(*(self._some_objects(snapshot, portion) for portion in portions))
        return [blob for some in found for blob in some]

    async def _some_objects(self, snapshot: Snapshot, expressions: Sequence[str]) -> list[Json]:
        place = snapshot.repository
        names = [f"t{index}" for index in range(len(expressions))]
        asked = " ".join(
            f"{name}: object(expression: ${name}) {{ ... on Blob {{ oid text isTruncated }} }}" for name in names
        )
        typed = "".join(f", ${name}: String!" for name in names)
        query = (
            f"query Texts($owner: String!, $name: String!{typed}) "
            f"{{ repository(owner: $owner, name: $name) {{ {asked} }} }}"
        )
        variables = {"owner": place.owner, "name": place.name, **dict(zip(names, expressions, strict=True))}
        answer = await self._connection.graphql(_scope(snapshot), query, variables)
        repo = answer.data.get("repository") or {}
        return [repo.get(name) or {} for name in names]


def _scope(snapshot: Snapshot) -> Scope:
    return Scope.of(snapshot.repository, Purpose.LOOK)


def _size_of(sized: Sized) -> int:
    return 1 + len(sized)


def _ancestors(path: str) -> list[str]:
    """List the directories above a path, each ending in a slash, without the root: `a/b/c.py` gives `a/`, `a/b/`."""
    return [f"{parent}/" for parent in PurePosixPath(path).parents if str(parent) != "."]


def _directory(path: str) -> str:
    parent = str(PurePosixPath(path).parent)
    return "" if parent == "." else f"{parent}/"
