"""The list of what a pull request changes: all its pages at once, ahead of the snapshot where its head is known."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from cachetools import LRUCache

from bot.address import PullRequestAt
from bot.github import read_files
from bot.github.answers import Json
from bot.github.connection import Connection
from bot.github.errors import Later, Refused
from bot.github.tokens import Purpose, Scope
from bot.snapshot import Snapshot
from rules.engine.pull_request import ChangedFile, PullRequest, Totals

A_PAGE = 100
"""Files on a page (docs: "List pull requests files", `per_page`)."""

KEPT_LINES = 2_000_000
KEPT_AHEAD = 64
JUDGED_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Diff:
    """The changed files, and for each path that changed the blob it is at the head (None where it is gone).

    `is_torn` where the list is of another head than the snapshot: somebody pushed between them.
    """

    files: tuple[ChangedFile, ...]
    blobs: Mapping[str, str | None]
    is_torn: bool = False


@dataclass(frozen=True, slots=True)
class _Kept:
    """A diff and what it is made of: a moved merge base shows in the totals even if the head stays."""

    base_branch: str
    totals: Totals
    diff: Diff


class Diffs:
    """Reads lists of changed files over one connection, each once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._kept: LRUCache[tuple[str, int | None, str], _Kept] = LRUCache(KEPT_LINES, _lines_of)
        self._ahead: LRUCache[tuple[str, int | None], Sequence[Json]] = LRUCache(KEPT_AHEAD)
        self._judged: LRUCache[str, bool] = LRUCache(JUDGED_KEPT)

    async def read_ahead(self, address: PullRequestAt, head: str | None) -> None:
        """Read the first page beside the snapshot, of a head that a delivery told of and that nobody has seen yet.

        Only where a diff was asked for in the same repository before; what does not come now is read when it is needed.
        """
        place, number = address.repository, address.number
        self._ahead.pop((place.full_name, number), None)
        if head is None or place.full_name not in self._judged or (place.full_name, number, head) in self._kept:
            return
        try:
            nodes = await self._page(Scope.of(place, Purpose.LOOK), place.full_name, number, 1)
        except (Later, Refused):
            return
        if _heads(nodes) == {head}:
            self._ahead[place.full_name, number] = nodes

    async def of(self, snapshot: Snapshot) -> Diff:
        """Give what a pull request changes."""
        pull_request = snapshot.pull_request
        self._judged[pull_request.repository] = True
        key = (pull_request.repository, pull_request.number, pull_request.head)
        kept = self._kept.get(key)
        if kept is not None and (kept.base_branch, kept.totals) == (pull_request.base_branch, pull_request.totals):
            return kept.diff
        nodes = await self._nodes(snapshot)
        heads = _heads(nodes)
        is_torn = bool(heads) and heads != {pull_request.head}
        diff = Diff(tuple(map(read_files.changed_file, nodes)), read_files.blobs(nodes), is_torn)
        if not is_torn and _agrees(pull_request, diff.files):
            self._kept[key] = _Kept(pull_request.base_branch, pull_request.totals, diff)
        return diff

    async def _nodes(self, snapshot: Snapshot) -> list[Json]:
        pull_request = snapshot.pull_request
        name, number = pull_request.repository, pull_request.number
        first = self._ahead.pop((name, number), None)
        pages = [] if first is None or _heads(first) != {pull_request.head} else [first]
        wanted = range(len(pages) + 1, max(1, -(-pull_request.totals.files // A_PAGE)) + 1)
        scope = Scope.of(snapshot.repository, Purpose.LOOK)
        pages += await asyncio.gather(*(self._page(scope, name, number, page) for page in wanted))
        return [node for page in pages for node in page]

    async def _page(self, scope: Scope, name: str, number: int | None, page: int) -> Sequence[Json]:
        further = f"&page={page}" if page > 1 else ""
        path = f"/repos/{name}/pulls/{number}/files?per_page={A_PAGE}{further}"
        found: Sequence[Json] = await self._connection.get(scope, path)
        return found


def _heads(nodes: Sequence[Json]) -> set[str]:
    """Name the heads that a list is of, as the addresses of its files say; one that is gone is nowhere at a head."""
    places = (node.get("contents_url") or "" for node in nodes if node["status"] != "removed")
    return {ref for place in places for ref in parse_qs(urlsplit(place).query).get("ref", ())}


def _lines_of(kept: _Kept) -> int:
    return 1 + sum(file.added + file.deleted for file in kept.diff.files)


def _agrees(pull_request: PullRequest, changed: Sequence[ChangedFile]) -> bool:
    """Tell whether the files add up to GitHub's totals; only such a list is worth keeping."""
    totals = pull_request.totals
    lines = (sum(file.added for file in changed), sum(file.deleted for file in changed))
    return len(changed) == totals.files and lines == (totals.added, totals.deleted)
