"""Pull requests that are too large, and the parts that are proposed for them."""

from __future__ import annotations

from typing import Any

from rules.engine.evaluate import evaluate
from rules.engine.policy import Listed, Policy
from rules.engine.pull_request import ChangedFile, PullRequest
from rules.engine.result import Mode
from rules.small_diff import SmallDiff
from tests.factories import pull_request

SMALL = SmallDiff(max_lines=40, good_lines=10, max_files=5)


def parts(pr: PullRequest) -> list[dict[str, Any]]:
    found = evaluate(Policy((Listed("small-diff", Mode.HOLD, SMALL),)), pr).results[0].facts["parts"]
    assert isinstance(found, list)
    return found


def cut(*files: ChangedFile, **fields: Any) -> list[list[str]]:
    return [part["files"] for part in parts(pull_request(*files, **fields))]
