"""What landed may be the head of an open pull request too: what CI says of it wakes the release at once."""

from __future__ import annotations

import pytest

from tests.end_to_end.release_steps import End, Row, Step, checks, deploys, runs, ships, told
from tests.end_to_end.release_town import Town

BY_PUSH = "{via: push, workflow: ship.yml}"
VERIFIES = "{via: deployment, verify: {checks: [smoke], soak: 1s}}"


def promotes_main() -> Step:
    """Open a pull request from main, as it has landed, into another branch."""

    async def step(town: Town) -> None:
        await town.repository.commit("stable", {"notes.txt": "the stable branch\n"}, "Begin the stable branch")
        await town.repository.open_pull_request(head_branch="main", base="stable")

    return step


ROWS = (
    Row(
        "a run of the workflow that deploys it",
        BY_PUSH,
        (ships("a"), promotes_main(), runs("a", "success", "ship.yml")),
        End({"a": "live"}, starts=0),
    ),
    Row(
        "a check that verifies it",
        VERIFIES,
        (ships("a"), promotes_main(), deploys("a", "success"), checks("a", "success")),
        End({"a": "live"}),
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_it_is_live_without_waiting_for_the_next_look(row: Row) -> None:
    assert told(row) == row.end
