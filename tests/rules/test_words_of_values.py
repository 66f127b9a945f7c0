"""The words that values carry into JSON, into the ledger and into policies: others read them, so they stay."""

from __future__ import annotations

from enum import Enum

import pytest

from rules.engine.kinds import FileKind
from rules.engine.people import PersonKind
from rules.engine.pull_request import Change, CheckState, ReviewState, Side
from rules.engine.result import Conclusion, Kind, Mode, Outcome
from rules.engine.sized import Stage
from rules.engine.weakened import Weakness


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (Mode, "off observe warn hold block"),
        (Outcome, "pass found waiting unknown not-applicable"),
        (Conclusion, "passed warned held blocked undecided"),
        (Kind, "revert removal move formatting dependencies generated docs tests change"),
        (Side, "base head"),
        (Change, "added modified deleted renamed"),
        (ReviewState, "APPROVED CHANGES_REQUESTED COMMENTED DISMISSED PENDING"),
        (CheckState, "pending success neutral skipped failed stale"),
        (PersonKind, "human bot ai self unknown"),
        (Stage, "0 1 2 3"),
        (Weakness, "deleted fewer-assertions skipped focused cannot-fail not-collected only-snapshots"),
        (
            FileKind,
            "source test docs config migration generated lockfile snapshot vendored minified submodule",
        ),
    ],
)
def test_a_value_is_spelled_as_it_always_was(values: type[Enum], words: str) -> None:
    assert " ".join(str(one.value) for one in values) == words
