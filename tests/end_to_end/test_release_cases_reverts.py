"""What becomes of the revert of a release that failed: each row a short story in virtual time, and how it must end."""

from __future__ import annotations

import pytest

from tests.end_to_end.release_steps import (
    FAILS,
    HOUR,
    IS_LIVE,
    RESTORED,
    End,
    Row,
    Step,
    deploys,
    edits,
    lands_revert,
    requires,
    ships,
    takes_back,
    told,
    waits,
)
from tests.end_to_end.release_town import Town

REVERTS = "{via: deployment}"


def approved(by: str) -> Step:
    """Have somebody approve the revert."""
    return lambda town: town.pulls["revert"].review(by, "APPROVED")


def refuses_reverts() -> Step:
    async def step(town: Town) -> None:
        town.github.unwilling_reverts = 1

    return step


def closes_revert() -> Step:
    async def step(town: Town) -> None:
        town.pulls["revert"] = town.reverts()[-1]
        await town.pulls["revert"].close(by="bob")

    return step


def opens_revert_again() -> Step:
    return lambda town: town.pulls["revert"].reopen(by="bob")


ROWS = (
    Row(
        "a revert on which CI says nothing yet",
        REVERTS,
        (*FAILS, ships("b")),
        End({"a": "reverting", "b": None}, "closed", 1, 1, 1, ("b",), ("no pod became ready", "its revert #")),
    ),
    Row(
        "a revert whose CI fails",
        REVERTS,
        (*FAILS, lands_revert("failure"), waits(60.0)),
        End({"a": "reverting"}, "closed", 1, 1, 1, ("revert",)),
    ),
    Row(
        "a revert that is not live yet",
        REVERTS,
        (*FAILS, lands_revert(), ships("b")),
        End({"a": "reverting", "revert": "deploying", "b": None}, "closed", 2, 1, 1, ("b",)),
    ),
    Row(
        "a revert that is approved late",
        REVERTS,
        (
            *FAILS,
            requires(approvals=1),
            lands_revert(),
            waits(1.1 * HOUR),
            approved("bob"),
            waits(90.0),
            deploys("revert", "success"),
        ),
        RESTORED,
    ),
    Row(
        "a revert that waits for its approval",
        REVERTS,
        (*FAILS, requires(approvals=1), lands_revert(), waits(90.0)),
        End({"a": "reverting"}, "closed", 1, 1, 1, ("revert",), ("one approval restores production",)),
    ),
    Row(
        "a revert for which andon may pass the rules",
        REVERTS,
        (*FAILS, requires(approvals=1, bypass=True), *IS_LIVE),
        RESTORED,
    ),
    Row(
        "a revert that a person merged",
        REVERTS,
        (*FAILS, takes_back("a"), waits(90.0), deploys("by hand", "success"), waits(90.0)),
        End({"a": "reverted", "by hand": "live"}, starts=2, reverts=1, issues=1),
    ),
    Row(
        "a revert that somebody closes",
        REVERTS,
        (*FAILS, closes_revert(), waits(90.0)),
        End({"a": "failed"}, "closed", 1, 1, 1, ("revert",), ("would take it back and was closed",)),
    ),
    Row(
        "a revert whose release fails too",
        REVERTS,
        (*FAILS, lands_revert(), deploys("revert", "failure"), waits(90.0)),
        End({"a": "failed", "revert": "failed"}, "closed", 2, 1, 1, words=("a person must act",)),
    ),
    Row(
        "a revert that conflicts",
        REVERTS,
        (ships("a"), edits("a.py", 3), deploys("a", "failure"), waits(90.0)),
        End({"a": "failed"}, "closed", 1, 0, 1, words=("GitHub does not take it back by itself", "a person must")),
    ),
    Row(
        "a revert that GitHub does not make",
        REVERTS,
        (ships("a"), refuses_reverts(), edits("by-hand.py", 3), deploys("a", "failure"), waits(90.0)),
        End({"a": "failed"}, "closed", 1, 0, 1, words=("GitHub does not take it back by itself",)),
    ),
    Row(
        "a revert that is never deployed",
        REVERTS,
        (*FAILS, lands_revert(), waits(1.2 * HOUR)),
        End({"a": "failed", "revert": "failed"}, "closed", 2, 1, 1, words=("; a revert opens the line, or",)),
    ),
    Row(
        "a revert that somebody closes and opens again",
        REVERTS,
        (*FAILS, closes_revert(), waits(90.0), opens_revert_again(), waits(90.0), *IS_LIVE, waits(90.0)),
        RESTORED,
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_revert_ends_as_it_should(row: Row) -> None:
    assert told(row) == row.end
