"""GitHub's JSON about auto-merge, merge queue and head branch becomes typed values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.github.nodes import nodes
from bot.way import AutoMerge, HeadBranch, Queued, Way

Json = Any


def way(viewer: Json, repo: Json, node: Json) -> Way:
    """Read the ways into the base; `viewer` is the account of this App."""
    return Way(
        node_id=node.get("id") or "",
        url=node.get("url") or "",
        may_arm=bool(repo.get("autoMergeAllowed")),
        auto_merge=_auto_merge(viewer, node.get("autoMergeRequest")),
        withdrawn=any(_is_us(viewer, turn.get("actor")) for turn in nodes(node.get("disarmed")) if _disarms(turn)),
        queue=bool(node.get("isMergeQueueEnabled")),
        queued=bool(node.get("isInMergeQueue")),
        retargeted_at=_retargeted(node),
        merged_by_us=_is_us(viewer, node.get("mergedBy")),
        may_bypass=bool(node.get("viewerCanMergeAsAdmin")),
        head_branch=_head_branch(repo, node),
    )


def _disarms(turn: Json) -> bool:
    return bool(turn.get("__typename") == "AutoMergeDisabledEvent")


def _is_us(viewer: Json, actor: Json) -> bool:
    """Tell whether an actor is this App, by its id: GitHub writes a bot's login in two ways."""
    return (
        bool(actor and viewer) and actor.get("databaseId") is not None and actor["databaseId"] == viewer["databaseId"]
    )


def _auto_merge(viewer: Json, armed: Json) -> AutoMerge | None:
    if not armed:
        return None
    by = armed.get("enabledBy") or {}
    at = datetime.fromisoformat(armed["enabledAt"]).timestamp() if armed.get("enabledAt") else 0.0
    return AutoMerge(by.get("login") or "", _is_us(viewer, by), armed["mergeMethod"].lower(), at)


def _retargeted(node: Json) -> float | None:
    moments = [entry.get("createdAt") for entry in nodes(node.get("retargets"))]
    return max((datetime.fromisoformat(moment).timestamp() for moment in moments if moment), default=None)


def _head_branch(repo: Json, node: Json) -> HeadBranch | None:
    """Read the branch; a fork's is not ours to see to."""
    tip = ((node.get("headRef") or {}).get("target") or {}).get("oid")
    if not tip or node["isCrossRepository"]:
        return None
    return HeadBranch(node["headRefName"], tip, goes_by_itself=repo.get("deleteBranchOnMerge") is not False)


def queued_until(data: Json, sha: str) -> tuple[Queued, ...]:
    """List who lands with the commit of a queue group: its entry and all before it; nobody where it is not there."""
    queue = (data.get("repository") or {}).get("mergeQueue") or {}
    entries = sorted(nodes(queue.get("entries")), key=lambda entry: entry["position"])
    last = [entry["position"] for entry in entries if (entry.get("headCommit") or {}).get("oid") == sha]
    members = [entry["pullRequest"] for entry in entries if last and entry["position"] <= last[0]]
    return tuple(Queued(one["number"], one["headRefOid"]) for one in members) if all(members) else ()


def needed_by(data: Json) -> int | None:
    """Read how many open pull requests come from a branch or lead onto it; None where GitHub did not tell all."""
    repo = data.get("repository") or {}
    counts = (repo.get("onto"), repo.get("from"))
    return sum(count["totalCount"] for count in counts if count) if all(counts) else None
