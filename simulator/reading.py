"""How a pull request is seen by a read: as it is, or late, or torn, or before mergeability is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulator.mergeability import Merging, merging_of

if TYPE_CHECKING:
    from simulator.pull_request import PullRequest
    from simulator.records import PullState


@dataclass(frozen=True, slots=True)
class Seen:
    """One read of a pull request: its state, the head whose commits are shown, and as of which change."""

    state: PullState
    commits_of: PullState
    as_of: int | None


def state_seen(pull: PullRequest, *, graphql: bool = False) -> Seen:
    """Give the state a read of this pull request answers; the knobs may make it late or torn."""
    github = pull.repo.github
    if github.stale > 0:
        as_of = pull.last_change() - 1
        earlier = pull.versions.at(as_of)
        if earlier is not None and github.counts_down("stale"):
            return Seen(earlier, earlier, as_of)
    if graphql and github.torn > 0:
        before = _other_head(pull)
        if before is not None and github.counts_down("torn"):
            return Seen(pull.now, before, None)
    return Seen(pull.now, pull.now, None)


def _other_head(pull: PullRequest) -> PullState | None:
    """Find the newest state with another head."""
    states = (version.value for version in reversed(pull.versions.all))
    return next((state for state in states if state.head != pull.head), None)


async def merging_seen(pull: PullRequest, seen: Seen) -> Merging:
    """Give the mergeability a read answers; the knob may make it unknown."""
    merging = await merging_of(pull, seen.state, seen.as_of)
    if seen.state.state == "open" and pull.repo.github.counts_down("unknown_mergeable"):
        return replace(merging, mergeable="UNKNOWN", status="UNKNOWN")
    return merging
