"""Snapshots for tests: a pull request that may merge now, changed only where a test says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.address import Repository
from bot.snapshot import (
    Mergeable,
    MergeState,
    MergeStatus,
    PolicyFile,
    PublishedCheck,
    PullRequestState,
    RequiredCheck,
    Snapshot,
)
from rules.engine.attributes import Attributes
from rules.engine.pull_request import Account, Change, ChangedFile, Check, CheckState, PullRequest, Totals

OUR_APP = 1001
CI_APP = 2002
HEAD = "a" * 40
BASE = "b" * 40
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SHOP = Repository(7, "octo", "shop")
POLICY = "rules: {small-diff: {}}\nmerge: {when: ready}\n"


def check(name: str = "ci", state: CheckState = CheckState.SUCCESS, **fields: Any) -> Check:
    """Make one reported check, green and from CI unless told otherwise."""
    return replace(Check(name, state, CI_APP, NOON), **fields)


def pull_request(**fields: Any) -> PullRequest:
    """Make a pull request of one small file with green CI."""
    whole = PullRequest(
        repository=SHOP.full_name,
        base=BASE,
        head=HEAD,
        fetched_at=NOON,
        files=(ChangedFile("app.py", Change.MODIFIED, 0, 0, ()),),
        totals=Totals(1, 0, 0),
        attributes=Attributes({}),
        number=12,
        title="Say hello",
        author=Account("alice", 1),
        base_branch="main",
        checks=(check(),),
    )
    return replace(whole, **fields)


def merge_state(**fields: Any) -> MergeState:
    """Make GitHub's own opinion: it may be merged, and requires `ci`."""
    whole = MergeState(
        state=PullRequestState.OPEN,
        mergeable=Mergeable.MERGEABLE,
        status=MergeStatus.CLEAN,
        required=(RequiredCheck("ci"),),
    )
    return replace(whole, **fields)


def snapshot(**fields: Any) -> Snapshot:
    """Make a snapshot of a pull request that may merge now; fields of its parts are given as those parts."""
    whole = Snapshot(
        repository=SHOP,
        pull_request=pull_request(),
        merge_state=merge_state(),
        published=None,
        policy=PolicyFile("main:.github/andon.yml@1234567", "1234567", POLICY),
        default_branch="main",
        trusted=BASE,
        updated_at="2026-03-01T12:00:00Z",
        rollup="SUCCESS",
    )
    return replace(whole, **fields)


def showing(digest: str) -> PublishedCheck:
    """Make our check run as it stands on GitHub."""
    return PublishedCheck(1, digest)
