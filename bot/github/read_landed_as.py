"""GitHub's JSON about the commit that a pull request landed as, and about where its branch began, becomes values."""

from __future__ import annotations

from typing import Any

from bot.github.nodes import nodes
from bot.landed.landed import LandedAs

Json = Any


def landed_as(node: Json) -> LandedAs | None:
    """Read the merge commit; None before the merge, and where GitHub does not show it."""
    if not node or not (node.get("tree") or {}).get("oid"):
        return None
    parents = tuple(parent["oid"] for parent in nodes(node.get("parents")))
    return LandedAs(node["oid"], node["tree"]["oid"], parents, node.get("message") or "")


def forked_from(commits: Json) -> tuple[str, ...]:
    """List where a branch comes from: the parents that are none of its commits; none where not all were read."""
    listed = [node["commit"] for node in nodes(commits)]
    if not listed or commits["totalCount"] != len(listed):
        return ()
    own = {one["oid"] for one in listed}
    parents = [nodes(one["parents"]) for one in listed]
    if any(one["parents"]["totalCount"] != len(found) for one, found in zip(listed, parents, strict=True)):
        return ()
    return tuple(sorted({parent["oid"] for found in parents for parent in found} - own))
