"""GitHub's JSON about changed files becomes typed values here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rules.engine.diff import DiffError, parse_patch
from rules.engine.hunk import Hunk
from rules.engine.pull_request import Change, ChangedFile

Json = Any


EMPTY = frozenset(
    (
        "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
    )
)
"""What git calls a file that holds nothing, by SHA-1 and by SHA-256."""


def changed_file(node: Json) -> ChangedFile:
    """Read one entry of `GET /repos/{owner}/{repo}/pulls/{number}/files`.

    A binary file has neither lines nor patch, as an empty one has; a file with lines but no patch keeps `hunks=None`.
    """
    change = _CHANGES.get(node["status"], Change.MODIFIED)
    lines = node["additions"] + node["deletions"]
    return ChangedFile(
        path=node["filename"],
        change=change,
        added=node["additions"],
        deleted=node["deletions"],
        hunks=_hunks(node.get("patch")) if lines else (),
        previous_path=node.get("previous_filename"),
        binary=node["status"] == "added" and not lines and node.get("sha") not in (None, *EMPTY),
    )


def _hunks(patch: str | None) -> tuple[Hunk, ...] | None:
    """Read a file's patch; None where GitHub left it out or sent one that does not add up."""
    try:
        return parse_patch(patch.encode("utf-8", "surrogatepass")) if patch else None
    except DiffError:
        return None


def blobs(nodes: Sequence[Json]) -> Mapping[str, str | None]:
    """Read which blob each changed path is afterwards (None: it is gone) from a list of files as REST gives it."""
    gone = {node["previous_filename"]: None for node in nodes if node["status"] == "renamed"}
    return {**gone, **{node["filename"]: None if node["status"] == "removed" else node["sha"] for node in nodes}}


_CHANGES = {"added": Change.ADDED, "removed": Change.DELETED, "renamed": Change.RENAMED, "copied": Change.ADDED}
