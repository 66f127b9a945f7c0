"""A workflow run that is over makes its pull request worth a look: it may have uploaded a coverage report."""

from __future__ import annotations

import pytest

from bot.address import Address, CommitAt, PullRequestAt, Repository
from bot.events import Hearing, interpret

SHOP = Repository(7, "octo", "shop")
SHA = "a" * 40
HERE = {
    "installation": {"id": 7},
    "repository": {"id": 70, "name": "shop", "owner": {"login": "octo"}, "default_branch": "main"},
}


def heard(action: str, *numbers: int, home: int = 70) -> list[Address]:
    pulls = [{"number": number, "base": {"repo": {"id": home}}} for number in numbers]
    payload = {**HERE, "action": action, "workflow_run": {"head_sha": SHA, "pull_requests": pulls}}
    return [want.address for want in interpret("workflow_run", payload, Hearing(41))]


def test_a_completed_run_wants_its_pull_requests_and_its_commit() -> None:
    assert heard("completed", 3, 4) == [PullRequestAt(SHOP, 3), PullRequestAt(SHOP, 4), CommitAt(SHOP, SHA)]


@pytest.mark.parametrize("action", ["requested", "in_progress", "never seen before"])
def test_a_run_that_is_not_over_wants_nothing(action: str) -> None:
    assert heard(action, 3) == []


def test_a_run_of_a_fork_or_for_another_repository_wants_its_commit() -> None:
    assert (heard("completed"), heard("completed", 3, home=71)) == ([CommitAt(SHOP, SHA)], [CommitAt(SHOP, SHA)])


def test_an_odd_run_wants_nothing() -> None:
    payload = {**HERE, "action": "completed", "workflow_run": ["odd"]}

    assert interpret("workflow_run", payload, Hearing(41)) == ()
