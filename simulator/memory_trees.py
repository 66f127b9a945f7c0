"""Trees of plain files under git's ids, without git."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
FILE, FOLDER = "100644", "40000"

Entry = tuple[str, str, str]
"""Mode, id and name."""


def put(files: dict[str, str], path: str, blob: str | None) -> None:
    """Put a blob at a path, None to remove what is there; a file and a folder of one name replace each other."""
    below = [other for other in files if other.startswith(f"{path}/")]
    above = [] if blob is None else [path[:place] for place, letter in enumerate(path) if letter == "/"]
    for other in (path, *below, *above):
        files.pop(other, None)
    if blob is not None:
        files[path] = blob


class Trees:
    """All trees that were written: flat, as blob ids by path, and folder by folder."""

    def __init__(self) -> None:
        self._flat: dict[str, Mapping[str, str]] = {EMPTY_TREE: {}}
        self._folders: dict[str, tuple[Entry, ...]] = {EMPTY_TREE: ()}

    def __contains__(self, tree: str) -> bool:
        return tree in self._flat

    def files(self, tree: str) -> Mapping[str, str]:
        """Give the blob ids of a tree by their paths."""
        return self._flat[tree]

    def write(self, files: Mapping[str, str]) -> str:
        """Write a tree with the trees in it, and give its id."""
        tree = self._folder(files)
        self._flat[tree] = dict(files)
        return tree

    def _folder(self, files: Mapping[str, str]) -> str:
        folders: dict[str, dict[str, str]] = defaultdict(dict)
        entries: list[Entry] = []
        for path, blob in files.items():
            name, is_below, rest = path.partition("/")
            if is_below:
                folders[name][rest] = blob
            else:
                entries.append((FILE, blob, name))
        entries += [(FOLDER, self.write(below), name) for name, below in folders.items()]
        ordered = tuple(sorted(entries, key=_order))
        content = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(oid) for mode, oid, name in ordered)
        tree = hashlib.sha1(b"tree %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()
        self._folders[tree] = ordered
        return tree

    def listed(self, tree: str, prefix: str = "") -> tuple[tuple[str, str, str, str], ...]:
        """List what is below a tree as (mode, type, id, path), folders before what is in them."""
        rows: list[tuple[str, str, str, str]] = []
        for mode, oid, name in self._folders[tree]:
            kind = "tree" if mode == FOLDER else "blob"
            rows.append((mode.zfill(6), kind, oid, prefix + name))
            if kind == "tree":
                rows += self.listed(oid, f"{prefix}{name}/")
        return tuple(rows)


def _order(entry: Entry) -> bytes:
    """Order as git does: a folder as if its name ended in a slash."""
    mode, _, name = entry
    return (f"{name}/" if mode == FOLDER else name).encode()
