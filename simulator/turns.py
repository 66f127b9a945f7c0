"""The timeline's words on how a pull request's way into its base was turned: armed, disarmed, aimed elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.clock import iso
from simulator.commit_views import actor

if TYPE_CHECKING:
    from simulator.pull_request import PullRequest
    from simulator.records import Json

ARMED, DISARMED, RETARGETED = "AUTO_MERGE_ENABLED_EVENT", "AUTO_MERGE_DISABLED_EVENT", "BASE_REF_CHANGED_EVENT"


def turns(pull: PullRequest, kinds: list[str]) -> list[Json]:
    """List what happened of these kinds, each kind in order."""
    rows: list[Json] = []
    for moment in pull.auto_merges:
        if (ARMED if moment.armed else DISARMED) in kinds:
            name = "AutoMergeEnabledEvent" if moment.armed else "AutoMergeDisabledEvent"
            rows.append({"__typename": name, "actor": actor(moment.by), "createdAt": iso(moment.at)})
    if RETARGETED in kinds:
        rows += [{"__typename": "BaseRefChangedEvent", "createdAt": iso(at)} for at in pull.retargeted]
    return rows
