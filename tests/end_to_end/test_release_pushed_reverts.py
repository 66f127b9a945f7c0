"""Where GitHub's own revert is refused, andon takes back by a commit of its own what the branch ends with."""

from __future__ import annotations

import pytest

from tests.end_to_end.release_steps import (
    FAILS,
    IS_LIVE,
    RESTORED,
    RULES,
    End,
    Row,
    Step,
    breaks,
    deploys,
    edits,
    sets,
    ships,
    told,
    waits,
)
from tests.end_to_end.release_town import Town

REVERTS = "{via: deployment}"
NOT_BY_GITHUB = "GitHub does not take it back by itself (UNPROCESSABLE Something went wrong while reverting"
ELSE = "a branch of this name is there, and it holds something else"


def refuses(times: int = 1) -> Step:
    """Have GitHub refuse its own reverts."""

    async def step(town: Town) -> None:
        town.github.unwilling_reverts = times

    return step


def takes_the_name(name: str) -> Step:
    """Have a person make a branch by the name that the revert would have."""

    async def step(town: Town) -> None:
        sha = str(town.pulls[name].merge_commit)
        await town.repository.commit(f"andon/revert-{sha[:7]}", {"note.txt": "mine\n"}, "Use the name")

    return step


def merges_by(method: str) -> Step:
    """Set by which method pull requests land."""
    return sets(RULES.replace("{when: ready}", f"{{when: ready, method: {method}}}") + f"deploy: {REVERTS}\n")


def has_two_commits(name: str) -> Step:
    """Open a pull request of two commits with green CI."""

    async def step(town: Town) -> None:
        pull = await town.opens(name)
        await pull.push({"second.py": "second = 1\n"})
        await town.repository.ci.succeeds(pull.head, "ci")

    return step


ROWS = (
    Row("it lands and is live", REVERTS, (refuses(), *FAILS, *IS_LIVE), RESTORED),
    Row(
        "nothing is there whose answer was lost: the commit",
        REVERTS,
        (refuses(9), breaks("/git/commits", after=True), *FAILS, waits(120.0), *IS_LIVE),
        RESTORED,
    ),
    Row(
        "the branch is there, whose answer was lost",
        REVERTS,
        (refuses(9), breaks("/git/refs", after=True), *FAILS, waits(120.0), *IS_LIVE),
        RESTORED,
    ),
    Row(
        "the pull request is there, whose answer was lost",
        REVERTS,
        (refuses(9), breaks("POST /repos/{owner}/{repo}/pulls", after=True), *FAILS, waits(120.0), *IS_LIVE),
        RESTORED,
    ),
    Row(
        "the branch has moved on",
        REVERTS,
        (refuses(9), ships("a"), edits("other.py", 3), deploys("a", "failure"), waits(90.0)),
        End({"a": "failed"}, "closed", issues=1, words=(NOT_BY_GITHUB,)),
    ),
    Row(
        "its branch is somebody's",
        REVERTS,
        (refuses(9), ships("a"), takes_the_name("a"), deploys("a", "failure"), waits(90.0)),
        End({"a": "failed"}, "closed", issues=1, words=(NOT_BY_GITHUB, ELSE)),
    ),
    Row(
        "one of several commits that were rebased is not all of it",
        REVERTS,
        (refuses(9), merges_by("rebase"), has_two_commits("a"), waits(30.0), deploys("a", "failure"), waits(90.0)),
        End({"a": "failed"}, "closed", issues=1, words=(NOT_BY_GITHUB,)),
    ),
    Row(
        "several commits that landed as one",
        REVERTS,
        (refuses(9), merges_by("squash"), has_two_commits("a"), waits(30.0), deploys("a", "failure"), waits(90.0)),
        End({"a": "reverting"}, "closed", reverts=1, issues=1),
    ),
    Row(
        "several commits that landed by a merge commit",
        REVERTS,
        (refuses(9), merges_by("merge"), has_two_commits("a"), waits(30.0), deploys("a", "failure"), waits(90.0)),
        End({"a": "reverting"}, "closed", reverts=1, issues=1),
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_it_ends_as_it_should(row: Row) -> None:
    assert told(row) == row.end
