"""Reads on which other pull request one is stacked."""

from __future__ import annotations

from typing import Any

from bot.github.nodes import nodes

Json = Any


def stacked_on(node: Json, default_branch: str) -> int | None:
    """Give the open pull request whose head branch is the base of this one; None where it stands on none.

    A branch that lives on is no part of a stack, even while somebody brings it into another: the default branch, and
    one that has rules of its own.
    """
    base = node.get("baseRef") or {}
    below = [entry["number"] for entry in nodes(base.get("associatedPullRequests"))]
    if node["baseRefName"] == default_branch or nodes(base.get("rules")):
        return None
    return next((number for number in below if number != node["number"]), None)
