"""Finds files that changed and show no line of it: a NUL byte, or an attribute, makes git take any text for binary.

GitHub's list of files says the same of them as of a file that was only renamed or got another mode, so their contents
are compared by id. Nothing is asked where no file of code or configuration is without a line.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from cachetools import LRUCache

from bot.github.answers import Json
from bot.github.connection import Connection
from bot.github.errors import Refused
from bot.github.read_changed import Diff
from bot.github.tokens import Purpose, Scope
from bot.snapshot import Snapshot
from rules.engine.attributes import Attributes
from rules.engine.hidden import holds_lines
from rules.engine.pull_request import Change, ChangedFile

KEPT = 4096

Objects = Callable[[Snapshot, Sequence[str]], Awaitable[list[Json]]]
"""Reads files, each named `commit:path`."""


class Hidden:
    """Looks for such files over one connection, once for each head."""

    def __init__(self, connection: Connection, objects: Objects) -> None:
        self._connection = connection
        self._objects = objects
        self._kept: LRUCache[tuple[str, str, str], frozenset[str]] = LRUCache(KEPT)

    async def marked(self, snapshot: Snapshot, diff: Diff, attributes: Attributes) -> Diff:
        """Mark as binary whatever changed without a line."""
        asked = [file for file in diff.files if _is_asked(file, attributes)]
        if not asked:
            return diff
        pull_request = snapshot.pull_request
        key = (pull_request.repository, pull_request.base_branch, pull_request.head)
        paths = self._kept.get(key)
        if paths is None or diff.is_torn:
            paths = frozenset(file.path for file in await self._changed(snapshot, diff, asked))
        if not diff.is_torn:
            self._kept[key] = paths
        return replace(diff, files=tuple(replace(one, binary=one.binary or one.path in paths) for one in diff.files))

    async def _changed(self, snapshot: Snapshot, diff: Diff, asked: Sequence[ChangedFile]) -> Sequence[ChangedFile]:
        """Keep those whose content is another than the base's, and than that of where the branch left it."""
        base = snapshot.pull_request.base
        found = await self._other_than(snapshot, diff, asked, base)
        start = await self._start(snapshot) if found else base
        return found if start == base else await self._other_than(snapshot, diff, found, start)

    async def _other_than(
        self, snapshot: Snapshot, diff: Diff, asked: Sequence[ChangedFile], commit: str
    ) -> Sequence[ChangedFile]:
        before = await self._objects(snapshot, [f"{commit}:{file.previous_path or file.path}" for file in asked])
        return [file for file, blob in zip(asked, before, strict=True) if blob.get("oid") != diff.blobs.get(file.path)]

    async def _start(self, snapshot: Snapshot) -> str:
        """Ask where the branch left the base; its tip where GitHub does not tell. The second page brings no files."""
        pull_request = snapshot.pull_request
        between = f"{pull_request.base}...{pull_request.head}"
        path = f"/repos/{pull_request.repository}/compare/{between}?per_page=1&page=2"
        try:
            answer = await self._connection.get(Scope.of(snapshot.repository, Purpose.LOOK), path)
        except Refused:
            return pull_request.base
        start: str = answer["merge_base_commit"]["sha"]
        return start


def _is_asked(file: ChangedFile, attributes: Attributes) -> bool:
    """Tell whether a file has no line, and may yet have changed; of a new one its content alone tells."""
    was_there = file.change in (Change.MODIFIED, Change.RENAMED) or file.previous_path is not None
    return was_there and file.hunks == () and not file.binary and holds_lines(file.path, attributes)
