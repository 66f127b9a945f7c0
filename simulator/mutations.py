"""What GraphQL changes, and what it shows of the ways into a base branch: auto-merge and the merge queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator import auto_merge, reverting
from simulator.commit_views import actor
from simulator.connections import connection

if TYPE_CHECKING:
    from simulator.pull_request import PullRequest
    from simulator.records import Json, PullState
    from simulator.repository import Repository
    from simulator.views import Reader


def mutation_view(reader: Reader) -> Json:
    """Show the root of what can be changed."""
    return {
        "enablePullRequestAutoMerge": lambda _info, **given: auto_merge.enable(reader, _input(given)),
        "disablePullRequestAutoMerge": lambda _info, **given: auto_merge.disable(reader, _input(given)),
        "dequeuePullRequest": lambda _info, **given: auto_merge.dequeue(reader, _input(given)),
        "enqueuePullRequest": lambda _info, **given: auto_merge.enqueue(reader, _input(given)),
        "revertPullRequest": lambda _info, **given: reverting.revert(reader, _input(given)),
    }


def _input(given: dict[str, Any]) -> Json:
    found: Json = given["input"]
    return found


def way_in(pull: PullRequest, state: PullState) -> Json:
    """Show how a pull request is on its way in, and who brought it in."""
    return {
        "mergedBy": None if state.merged_by is None else actor(state.merged_by),
        "autoMergeRequest": auto_merge.shape(state),
        "isInMergeQueue": any(entry.number == pull.number for entry in pull.repo.queue),
        "isMergeQueueEnabled": pull.repo.ruleset(state.base).queue,
        "viewerCanMergeAsAdmin": pull.repo.ruleset(state.base).bypass,
    }


def queue_view(repo: Repository) -> Json:
    """Show the merge queue, its first entry first."""
    rows = [
        {
            "position": place,
            "headCommit": {"oid": entry.sha},
            "pullRequest": {"number": entry.number, "headRefOid": entry.head},
        }
        for place, entry in enumerate(repo.queue, 1)
    ]
    return {"entries": lambda _info, **page: connection(rows, page)}
