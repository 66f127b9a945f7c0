"""What is left to do once andon has merged: the head branch goes, unless somebody may still need it. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.decision import Decision, policy_of
from bot.published import DeleteBranch
from bot.snapshot import PolicyFile, PullRequestState, Snapshot
from bot.way import HeadBranch
from rules.engine.globs import Glob
from rules.engine.policy import Policy, PolicyError


def leftover(snapshot: Snapshot) -> HeadBranch | None:
    """Give the branch that a merge of andon's left behind and that may go as far as the snapshot tells; else None."""
    state, branch = snapshot.merge_state, snapshot.merge_state.way.head_branch
    if state.state is not PullRequestState.MERGED or not state.way.merged_by_us or branch is None:
        return None
    policy = _read(snapshot.policy)
    if policy is None or policy.merge is None or not policy.merge.delete_branch or branch.goes_by_itself:
        return None
    if not policy.governs(snapshot.pull_request.base_branch, snapshot.default_branch):
        return None
    moved = branch.tip != snapshot.pull_request.head
    return None if moved or _is_kept(branch.name, policy, snapshot.default_branch) else branch


def _read(file: PolicyFile | None) -> Policy | None:
    try:
        return policy_of(file) if file is not None else None
    except PolicyError:
        return None


def _is_kept(name: str, policy: Policy, default_branch: str) -> bool:
    """Tell whether a branch is one that others merge into: it outlives what is merged from it."""
    return name == default_branch or any(Glob(pattern).matches(name) for pattern in policy.branches)


def tidied(decision: Decision) -> Decision:
    """Add the deletion of the branch, where it is known that no open pull request needs it."""
    branch = leftover(decision.snapshot)
    if branch is None or branch.needed_by != 0:
        return decision
    gone = DeleteBranch(decision.snapshot.repository, branch.name)
    return replace(decision, actions=(*decision.actions, gone))
