"""Which branch goes once andon has merged what came from it."""

from dataclasses import replace
from typing import Any

import pytest

from bot.decision import Decision
from bot.published import DeleteBranch
from bot.pull_request.tidying import leftover, tidied
from bot.snapshot import PolicyFile, PullRequestState, Snapshot
from bot.way import HeadBranch, Way
from tests.snapshots import HEAD, SHOP, merge_state, pull_request, snapshot

BRANCH = HeadBranch("topic", HEAD, needed_by=0)


def merged(branch: HeadBranch | None = BRANCH, *, by_us: bool = True, **fields: Any) -> Snapshot:
    way = Way(merged_by_us=by_us, head_branch=branch)
    return snapshot(merge_state=merge_state(state=PullRequestState.MERGED, way=way), **fields)


def governed(text: str) -> PolicyFile:
    return PolicyFile("main:.github/andon.yml@7654321", text, text)


def test_the_branch_of_what_andon_merged_goes() -> None:
    assert tidied(Decision(merged(), None, None)).actions == (DeleteBranch(SHOP, "topic"),)


@pytest.mark.parametrize(
    "current",
    [
        pytest.param(merged(None), id="of a fork, or gone"),
        pytest.param(merged(by_us=False), id="merged by a person"),
        pytest.param(merged(replace(BRANCH, needed_by=1)), id="needed by another pull request"),
        pytest.param(merged(replace(BRANCH, needed_by=None)), id="nobody knows who needs it"),
        pytest.param(merged(replace(BRANCH, goes_by_itself=True)), id="GitHub deletes it"),
        pytest.param(merged(replace(BRANCH, tip="f" * 40)), id="somebody went on with it"),
        pytest.param(merged(replace(BRANCH, name="main")), id="the default branch"),
        pytest.param(merged(policy=governed("rules: {}\n")), id="the policy has no merge section"),
        pytest.param(merged(policy=governed("rules: {}\nmerge: {delete-branch: false}\n")), id="the policy keeps it"),
        pytest.param(merged(policy=governed("merge: {}\nbranches: [main, topic]\n")), id="others merge into it"),
        pytest.param(merged(policy=governed("mergge: {}\n")), id="the policy is wrong"),
        pytest.param(merged(policy=None), id="there is no policy"),
        pytest.param(merged(pull_request=pull_request(base_branch="stable")), id="the policy does not govern the base"),
    ],
)
def test_every_other_branch_stays(current: Snapshot) -> None:
    assert tidied(Decision(current, None, None)).actions == ()


def test_who_needs_it_is_asked_only_where_it_may_go_at_all() -> None:
    assert leftover(merged(replace(BRANCH, needed_by=None))) == replace(BRANCH, needed_by=None)
    assert leftover(snapshot()) is None
