"""The record of an evaluation: what counts as the same, what a snapshot is named, and what is kept beside."""

import os
import subprocess
import sys
from dataclasses import replace
from typing import Any, get_args

import jsonschema_rs
import pytest

from bot.decision import decide
from bot.evaluation.evaluation import (
    WORDS,
    Became,
    Carried,
    Result,
    Spent,
    acted,
    ended,
    evaluation,
    kind_of,
    says,
    seen,
    snapshot_digest,
)
from bot.evaluation.schema import decision_schema
from bot.evaluation.why import told
from bot.merging.readiness import Actor, Wait
from bot.published import Action, CreateCheckRun, DeleteBranch, MergePullRequest
from bot.snapshot import PolicyFile, PublishedCheck, PullRequestState, Snapshot
from rules.engine.pull_request import CheckState
from tests.snapshots import BASE, HEAD, NOON, OUR_APP, SHOP, check, merge_state, pull_request, snapshot

RECORD = jsonschema_rs.Draft202012Validator(decision_schema())
SPENT = Spent(120, 8, 40)
KEPT = {"evaluation": {"id": 1, "at": 1.0, "last_at": 2.0, "looks": 2, "last": None}}


def carried(of: Snapshot, *results: Result, said: str = "", **fields: Any) -> Carried:
    """Decide on a snapshot, and say what became of its actions."""
    decision = decide(of, our_app=OUR_APP)
    became = [Became(action, result, said) for action, result in zip(decision.actions, results, strict=False)]
    return Carried(decision, became, SPENT, **fields)


def written(of: Snapshot, *results: Result, **fields: Any) -> dict[str, Any]:
    return evaluation(carried(of, *results, **fields))


def shown_by(of: Snapshot) -> str:
    """Give the digest of the check run that a look at a snapshot writes."""
    wanted = carried(of).decision.wanted
    assert wanted is not None
    return wanted.check.digest


PENDING = snapshot(pull_request=pull_request(checks=(check(state=CheckState.PENDING),)))
WRONG = snapshot(policy=PolicyFile("main:.github/andon.yml@1234567", "1234567", "rules: {smal-diff: hold}"))
NO_MERGE = snapshot(policy=PolicyFile("main:.github/andon.yml@7654321", "7654321", "rules: {small-diff: hold}"))


@pytest.mark.parametrize("of", [snapshot(), PENDING, WRONG, NO_MERGE], ids=["ready", "waiting", "wrong", "no merge"])
def test_every_record_follows_the_schema(of: Snapshot) -> None:
    record = {**told(written(of, Result.DONE)), **KEPT}

    assert list(RECORD.iter_errors(record)) == []


def test_a_record_names_what_it_rested_on_and_what_was_done_in_which_time() -> None:
    record = written(PENDING, Result.DONE)

    assert (record["head"], record["base"], record["base_branch"]) == (HEAD, BASE, "main")
    assert record["policy"] == "main:.github/andon.yml@1234567"
    assert record["milliseconds"] == {"reading": 120, "judging": 8, "writing": 40}
    assert record["snapshot"] == snapshot_digest(carried(PENDING).decision.snapshot)
    assert record["merging"] == {"when": "ready", "label": "ship", "method": "squash", "via": "merge"}
    assert [(one["action"], one["result"]) for one in record["actions"]] == [("create-check-run", "done")]
    assert record["actions"][0]["what"].startswith("write the check run “Passed")


def test_a_wrong_policy_is_kept_with_its_problems() -> None:
    record = written(WRONG, Result.DONE)

    assert record["conclusion"] is None
    assert "smal-diff" in record["policy_problems"][0]


def test_what_comes_after_a_write_that_failed_was_not_tried() -> None:
    decision = carried(snapshot()).decision
    more = replace(decision, actions=(decision.actions[0], decision.actions[0]))

    record: dict[str, Any] = evaluation(
        Carried(more, [Became(more.actions[0], Result.REFUSED, "No")], SPENT, broke_off=True)
    )

    assert [(one["result"], one["said"]) for one in record["actions"]] == [("refused", "No"), ("not-tried", "")]
    assert not acted(record)


def test_a_refused_merge_is_one_more_reason_to_wait() -> None:
    record = written(snapshot(), Result.REFUSED, refusal=Wait("GitHub refused to merge: No", Actor.MAINTAINER))

    assert record["refused"] == "GitHub refused to merge: No"
    assert [(wait["what"], wait["who"]) for wait in record["waiting_for"]] == [
        ("GitHub refused to merge: No", "a maintainer")
    ]


def test_a_look_that_took_longer_and_wrote_nothing_says_the_same() -> None:
    first = written(PENDING, Result.DONE)
    moved = replace(PENDING, pull_request=replace(PENDING.pull_request, base="d" * 40))
    shown = replace(moved, published=PublishedCheck(1, shown_by(moved)))

    second = evaluation(replace(carried(shown), spent=Spent(1, 2, 3)))

    assert second["actions"] == []
    assert says(second) == says(first)
    assert seen(second) == {
        "base": "d" * 40,
        "snapshot": second["snapshot"],
        "milliseconds": {"reading": 1, "judging": 2, "writing": 3},
        "version": second["version"],
    }
    assert second["snapshot"] != first["snapshot"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(written(snapshot(), Result.DONE), id="nothing is waited for"),
        pytest.param(written(PENDING, Result.REFUSED), id="GitHub refused what was to be written"),
        pytest.param(written(NO_MERGE, Result.DONE), id="another policy"),
    ],
)
def test_what_differs_for_anybody_does_not_say_the_same(other: dict[str, Any]) -> None:
    assert says(written(PENDING, Result.DONE)) != says(other)


def test_an_end_keeps_what_was_decided_last_and_how_it_ended() -> None:
    known = written(PENDING, Result.DONE)
    merged = snapshot(merge_state=merge_state(state=PullRequestState.MERGED, merge_commit="e" * 40))

    tidied = replace(decide(merged, our_app=OUR_APP), actions=(gone := DeleteBranch(SHOP, "topic"),))
    record: dict[str, Any] = ended(known, Carried(tidied, [Became(gone, Result.DONE)], Spent(5, 0, 0)))

    assert (record["state"], record["merge_commit"]) == ("merged", "e" * 40)
    assert [(one["what"], one["result"]) for one in record["actions"]] == [("delete the branch topic", "done")]
    assert record["rules"] == known["rules"]
    assert record["milliseconds"] == {"reading": 5, "judging": 0, "writing": 0}


def test_what_we_wrote_and_when_we_looked_do_not_change_the_name_of_a_snapshot() -> None:
    later = replace(
        PENDING,
        published=PublishedCheck(9, "other"),
        updated_at="2027-01-01T00:00:00Z",
        comments=4,
        pull_request=replace(PENDING.pull_request, fetched_at=NOON.replace(hour=20)),
    )

    assert snapshot_digest(later) == snapshot_digest(PENDING)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(snapshot(), id="a check"),
        pytest.param(replace(PENDING, trusted="f" * 40), id="the trusted commit"),
        pytest.param(replace(PENDING, policy=NO_MERGE.policy), id="the policy"),
        pytest.param(
            replace(PENDING, pull_request=replace(PENDING.pull_request, labels=frozenset({"ship"}))), id="a label"
        ),
        pytest.param(replace(PENDING, pull_request=replace(PENDING.pull_request, access={1: True})), id="a right"),
        pytest.param(replace(PENDING, merge_state=merge_state(methods=frozenset({"merge"}))), id="a merge method"),
    ],
)
def test_whatever_a_decision_rests_on_changes_the_name_of_the_snapshot(other: Snapshot) -> None:
    assert snapshot_digest(other) != snapshot_digest(PENDING)


def test_a_snapshot_has_one_name_in_every_process() -> None:
    code = (
        "from bot.evaluation.evaluation import snapshot_digest as name; from tests.snapshots import snapshot, "
        "pull_request;"
        "print(name(snapshot(pull_request=pull_request(labels=frozenset({'a', 'b', 'c', 'd'})))))"
    )
    names = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(names) == 1


def test_times_are_told_apart_in_whole_milliseconds() -> None:
    assert Spent.between(10.0, 10.1204, 10.125, 11.0) == Spent(reading=120, judging=5, writing=875)


def test_every_action_has_words() -> None:
    assert set(WORDS) == set(get_args(Action))
    assert (kind_of(CreateCheckRun), kind_of(MergePullRequest)) == ("create-check-run", "merge-pull-request")
