"""What changed from one evaluation to the next, in words."""

from typing import Any

import pytest

from bot.evaluation.history import changes
from tests.evaluation.test_why import CI, FAILED, FOUND, HELD, PASSED, record

LINE = {"place": 2, "lane": "normal"}
MERGE = {"action": "merge-pull-request", "what": "merge it", "result": "done", "said": ""}
CHECK = {"action": "create-check-run", "what": "write the check run", "result": "done", "said": ""}
RULES_SAY = {"what": "andon's rules say: held", "who": "the author"}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(None, HELD, ["first evaluation"], id="the first"),
        pytest.param(HELD, HELD, [], id="nothing"),
        pytest.param(
            HELD,
            record(head="b" * 40),
            ["head aaaaaaaaaaaa → bbbbbbbbbbbb", "small-diff found → pass"],
            id="a push that mends it",
        ),
        pytest.param(record(policy="main@1"), record(policy="main@2"), ["policy main@1 → main@2"], id="another policy"),
        pytest.param(record(policy="main@1"), record(), ["policy main@1 → none"], id="no policy any more"),
        pytest.param(
            record(base_branch="main"), record(base_branch="next"), ["base branch main → next"], id="another aim"
        ),
        pytest.param(
            record(waiting_for=[CI]),
            record(waiting_for=[FAILED]),
            ["waits: `ci` failed", "no longer: `ci` is running"],
            id="a check that failed",
        ),
        pytest.param(record(), record(waiting_for=[RULES_SAY]), [], id="what the rules say is told by them"),
        pytest.param(
            HELD,
            record(rules=[{**FOUND, "force": "warn", "override": {"by": "bob", "reason": "one table"}}]),
            ["small-diff overridden by bob: “one table”"],
            id="an override",
        ),
        pytest.param(
            HELD,
            record(rules=[{**FOUND, "sentence": "25 effective lines, limit 20"}]),
            ["small-diff now says: 25 effective lines, limit 20"],
            id="still found, with another number",
        ),
        pytest.param(HELD, record(rules=[{**FOUND, "mode": "warn"}]), ["small-diff hold → warn"], id="another mode"),
        pytest.param(record(rules=[]), record(), ["small-diff: pass"], id="one more rule"),
        pytest.param(record(), record(rules=[]), ["small-diff judges no more"], id="one rule less"),
        pytest.param(record(), record(line=LINE), ["joins the line"], id="joins the line"),
        pytest.param(record(line=LINE), record(line=None), ["leaves the line"], id="leaves the line"),
        pytest.param(
            record(line=LINE), record(line={**LINE, "place": 1}), ["place 2 → 1 in line"], id="moves up in line"
        ),
        pytest.param(
            record(line=LINE), record(line={**LINE, "lane": "fix"}), ["takes the lane for fixes"], id="a fix goes first"
        ),
        pytest.param(record(actions=[CHECK]), record(actions=[CHECK]), [], id="what is only shown is not told"),
        pytest.param(record(), record(actions=[MERGE]), ["andon did: merge it"], id="the merge"),
        pytest.param(
            record(),
            record(actions=[{**MERGE, "result": "refused", "said": "Not yet"}]),
            ["merge it: refused: “Not yet”"],
            id="a refused merge",
        ),
        pytest.param(
            record(waiting_for=[CI]),
            record(state="merged", merge_commit="c" * 40),
            ["merged as cccccccccccc"],
            id="merged, and nothing is waited for any more",
        ),
        pytest.param(record(), record(state="closed"), ["open → closed"], id="closed"),
    ],
)
def test_each_change_is_told_once(before: dict[str, Any] | None, after: dict[str, Any], expected: list[str]) -> None:
    assert list(changes(before, after)) == expected


def test_the_cause_is_told_before_what_follows_from_it() -> None:
    after = record(head="b" * 40, rules=[PASSED], waiting_for=[CI], actions=[MERGE])

    told = changes(HELD, after)

    assert [words.split()[0] for words in told] == ["head", "small-diff", "waits:", "andon"]
