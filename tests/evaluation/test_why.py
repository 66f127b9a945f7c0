"""From a record to words: where it stands, the one next step and who takes it, and the exit code for CI."""

from typing import Any

import pytest

from bot.evaluation.why import Standing, next_step, sentence, standing, told

FOUND = {
    "rule": "small-diff",
    "mode": "hold",
    "force": "hold",
    "outcome": "found",
    "sentence": "31 effective lines, limit 20",
    "findings": [{"message": "11 over the limit of 20", "path": "app.py", "start_line": 1, "end_line": 31}],
    "fixes": ["Split it"],
    "waiting": [],
    "unknown": [],
}
PASSED = {**FOUND, "outcome": "pass", "findings": [], "fixes": []}
SECOND = {**FOUND, "outcome": "waiting", "findings": [], "fixes": [], "waiting": [{"what": "bob", "who": "bob"}]}
UNREAD = {**FOUND, "outcome": "unknown", "findings": [], "fixes": [], "unknown": ["The list of files is cut."]}
CI = {"what": "`ci` is running", "who": "nobody"}
LABEL = {"what": "the label `ship` is missing", "who": "a maintainer"}
REVIEW = {"what": "an approval is required", "who": "a reviewer"}
FAILED = {"what": "`ci` failed", "who": "the author"}


def record(**fields: Any) -> dict[str, Any]:
    """Make the record of a pull request that merges now, but for what a test says."""
    whole = {
        "repository": "octo/shop",
        "number": 12,
        "head": "a" * 40,
        "state": "open",
        "conclusion": "passed",
        "policy_problems": [],
        "rules": [PASSED],
        "waiting_for": [],
        "merges": True,
        "refused": None,
    }
    return {**whole, **fields}


HELD = record(conclusion="held", rules=[FOUND], merges=False)


@pytest.mark.parametrize(
    ("of", "stands", "code"),
    [
        pytest.param(record(), "merges", 0, id="nothing is in the way"),
        pytest.param(record(state="merged"), "merged", 0, id="merged"),
        pytest.param(record(state="closed"), "closed", 1, id="closed without being merged"),
        pytest.param(HELD, "held", 1, id="a rule holds it"),
        pytest.param(record(conclusion="blocked", rules=[FOUND], merges=False), "blocked", 1, id="a rule blocks it"),
        pytest.param(record(conclusion="undecided", rules=[UNREAD], merges=False), "undecided", 3, id="not read"),
        pytest.param(record(merges=False, waiting_for=[CI]), "waiting", 3, id="a check runs"),
        pytest.param(record(conclusion="held", rules=[SECOND], merges=False), "waiting", 3, id="a rule only waits"),
        pytest.param(record(refused="GitHub said no", waiting_for=[FAILED]), "waiting", 3, id="GitHub refused"),
        pytest.param(record(merges=False), "waiting", 3, id="andon does not merge here"),
        pytest.param(record(conclusion=None, policy_problems=["1:1: no"]), "wrong-policy", 1, id="the policy is wrong"),
        pytest.param(record(conclusion=None), "ungoverned", 3, id="no policy governs it"),
        pytest.param(record(conclusion="warned", rules=[{**FOUND, "force": "warn"}]), "merges", 0, id="overridden"),
    ],
)
def test_a_record_tells_where_it_stands_and_what_ci_hears(of: dict[str, Any], stands: str, code: int) -> None:
    assert (standing(of).value, standing(of).exit_code) == (stands, code)


@pytest.mark.parametrize(
    ("of", "what", "who"),
    [
        pytest.param(record(), "andon merges it by itself", "nobody", id="merges"),
        pytest.param(HELD, "Split it", "the author", id="the smallest fix of the rule"),
        pytest.param(
            record(conclusion="held", rules=[{**FOUND, "fixes": [""]}]),
            "11 over the limit of 20",
            "the author",
            id="what it found, where it names no fix",
        ),
        pytest.param(record(merges=False, waiting_for=[CI]), "`ci` is running", "nobody", id="nobody can act"),
        pytest.param(record(merges=False, waiting_for=[CI, LABEL]), LABEL["what"], "a maintainer", id="whoever can"),
        pytest.param(
            record(merges=False, waiting_for=[LABEL, REVIEW, FAILED]), FAILED["what"], "the author", id="author first"
        ),
        pytest.param(record(merges=False, waiting_for=[LABEL, REVIEW]), REVIEW["what"], "a reviewer", id="then review"),
        pytest.param(
            record(merges=False, waiting_for=[FAILED, {**FAILED, "what": "a conflict"}]),
            "`ci` failed",
            "the author",
            id="the first of one person's",
        ),
        pytest.param(record(conclusion="held", rules=[SECOND], merges=False), "bob", "bob", id="whom the rule names"),
        pytest.param(
            record(merges=False),
            "merge it: the policy has no `merge:` section, so andon does not",
            "a maintainer",
            id="a person merges",
        ),
        pytest.param(
            record(conclusion="undecided", rules=[UNREAD]),
            "andon reads it again by itself. The list of files is cut.",
            "nobody",
            id="read again",
        ),
        pytest.param(
            record(conclusion=None, policy_problems=["1:1: no", "2:2: no"]),
            "mend the policy on the default branch: 1:1: no",
            "a maintainer",
            id="the first problem of the policy",
        ),
    ],
)
def test_one_next_step_is_named_with_who_takes_it(of: dict[str, Any], what: str, who: str) -> None:
    step = next_step(of)

    assert (step.what, step.who) == (what, who)


def test_the_next_step_is_not_that_of_a_rule_that_somebody_let_pass() -> None:
    let_pass = {**FOUND, "rule": "pairing", "force": "warn", "fixes": ["Find a partner"]}

    assert next_step({**HELD, "rules": [let_pass, FOUND]}).what == "Split it"


def test_a_held_one_names_the_way_around() -> None:
    assert next_step(HELD).or_else == "or a maintainer writes `/andon override small-diff <reason>`"


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (HELD, "octo/shop#12 at aaaaaaaaaaaa is held. Next: the author: Split it."),
        (record(), "octo/shop#12 at aaaaaaaaaaaa is let through. Nobody has to act: andon merges it by itself."),
        (record(state="merged"), "octo/shop#12 at aaaaaaaaaaaa is merged. Nobody has to act: it is merged."),
    ],
)
def test_one_sentence_says_what_was_decided_and_what_comes_next(of: dict[str, Any], said: str) -> None:
    assert sentence(of) == said


@pytest.mark.parametrize("where", Standing)
def test_every_standing_has_an_exit_code_that_is_not_that_of_an_error(where: Standing) -> None:
    assert where.exit_code in {0, 1, 3}


def test_what_is_told_keeps_the_whole_record() -> None:
    answer = told(HELD)

    assert answer.items() >= HELD.items()
    assert (answer["standing"], answer["exit_code"]) == ("held", 1)


def test_a_record_of_an_earlier_version_is_told_as_far_as_it_goes() -> None:
    old_rule = {key: FOUND[key] for key in ("rule", "mode", "outcome", "findings")}
    old = {key: HELD[key] for key in ("repository", "number", "head", "state", "conclusion", "waiting_for", "merges")}

    assert next_step({**old, "rules": [old_rule]}).what == "11 over the limit of 20"
