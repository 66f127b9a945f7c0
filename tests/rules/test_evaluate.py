"""From rules to a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import pytest

from rules.engine.evaluate import evaluate, needs_of
from rules.engine.needs import Needs
from rules.engine.policy import Listed, Policy
from rules.engine.pull_request import PullRequest
from rules.engine.result import Conclusion, Finding, Kind, Mode, Note, Outcome, Reported, Unknown, Waiting, Yielded
from rules.engine.rule import Rule
from tests.factories import BASE, HEAD, added, pull_request

FOUND = Finding("Too much.", "Less.")
NOTED = Note("Nobody stops this.", "Yet it is easy to mend.")
WAITING = Waiting("an approval", "a reviewer")
UNKNOWN = Unknown("The list was cut off.")
REPORTED = Reported({"lines": 3}, "3 lines.")


class Says(Rule):
    """Yield what a test wants."""

    exempt_kinds: ClassVar[Mapping[Kind, str]] = {Kind.DOCS: "prose is not judged"}
    yields: tuple[object, ...] = ()

    def check(self, pr: PullRequest) -> Iterator[Yielded]:
        assert pr.head == HEAD
        for one in self.yields:
            if isinstance(one, Exception):
                raise one
            yield one  # type: ignore[misc]  # the tests put in what rules may yield


def says(*yields: object, mode: Mode = Mode.HOLD) -> Policy:
    return Policy((Listed("says", mode, Says(yields=yields)),), source="here")


@pytest.mark.parametrize(
    ("yields", "outcome"),
    [
        pytest.param((), Outcome.PASS, id="nothing"),
        pytest.param((REPORTED,), Outcome.PASS, id="only facts"),
        pytest.param((WAITING,), Outcome.WAITING, id="waiting"),
        pytest.param((NOTED,), Outcome.PASS, id="only a remark"),
        pytest.param((NOTED, WAITING), Outcome.WAITING, id="waiting, and a remark"),
        pytest.param((WAITING, UNKNOWN), Outcome.UNKNOWN, id="unknown outweighs waiting"),
        pytest.param((UNKNOWN, WAITING, FOUND), Outcome.FOUND, id="a finding stands whatever is unknown"),
        pytest.param((REPORTED, KeyError("x")), Outcome.UNKNOWN, id="a rule that breaks"),
    ],
)
def test_the_weightiest_word_is_the_outcome(yields: tuple[object, ...], outcome: Outcome) -> None:
    (result,) = evaluate(says(*yields), pull_request(added("a.py", ["x"]))).results

    assert result.outcome is outcome


def test_a_verdict_names_what_was_judged() -> None:
    verdict = evaluate(says(REPORTED, FOUND), pull_request(added("a.py", ["x"])))

    assert (verdict.base, verdict.head, verdict.policy, verdict.kind) == (BASE, HEAD, "here", Kind.CHANGE)
    assert (verdict.results[0].facts, verdict.results[0].sentence, verdict.results[0].findings) == (
        {"lines": 3},
        "3 lines.",
        (FOUND,),
    )


def test_an_exempt_kind_keeps_the_facts_and_drops_the_findings() -> None:
    yields = (REPORTED, FOUND, NOTED, WAITING, UNKNOWN)
    (result,) = evaluate(says(*yields), pull_request(added("a.md", ["x"]))).results

    assert (result.outcome, result.exempt) == (Outcome.NOT_APPLICABLE, "prose is not judged")
    assert (result.facts, result.findings, result.waiting, result.unknown) == ({"lines": 3}, (), (), ())
    assert result.notes == ()


def test_remarks_are_kept_apart_from_findings() -> None:
    (result,) = evaluate(says(FOUND, NOTED), pull_request(added("a.py", ["x"]))).results

    assert (result.outcome, result.findings, result.notes) == (Outcome.FOUND, (FOUND,), (NOTED,))


def test_a_broken_rule_is_our_fault_and_silences_no_other() -> None:
    policy = Policy(
        (Listed("a", Mode.HOLD, Says(yields=(ValueError("odd"),))), Listed("b", Mode.HOLD, Says(yields=(FOUND,))))
    )

    broken, sound = evaluate(policy, pull_request(added("a.py", ["x"]))).results

    assert broken.unknown == ("andon failed, not you: ValueError: odd",)
    assert sound.outcome is Outcome.FOUND


def test_a_rule_that_is_off_is_not_asked() -> None:
    assert evaluate(says(FOUND, mode=Mode.OFF), pull_request()).results == ()


@pytest.mark.parametrize(
    ("mode", "word", "conclusion"),
    [
        (Mode.OBSERVE, FOUND, Conclusion.PASSED),
        (Mode.WARN, UNKNOWN, Conclusion.WARNED),
        (Mode.HOLD, FOUND, Conclusion.HELD),
        (Mode.HOLD, UNKNOWN, Conclusion.UNDECIDED),
        (Mode.BLOCK, FOUND, Conclusion.BLOCKED),
        (Mode.BLOCK, REPORTED, Conclusion.PASSED),
    ],
)
def test_the_mode_gives_an_outcome_its_weight(mode: Mode, word: Yielded, conclusion: Conclusion) -> None:
    assert evaluate(says(word, mode=mode), pull_request(added("a.py", ["x"]))).conclusion is conclusion


def test_a_rule_needs_nothing_and_passes_nothing_until_it_says_otherwise() -> None:
    class Unfinished(Rule):
        """A rule that nobody wrote."""

    pr = pull_request(added("a.py", ["x"]))
    policy = Policy((Listed("unfinished", Mode.HOLD, Unfinished()),))

    (result,) = evaluate(policy, pr).results

    assert not needs_of(policy, pr)
    assert result.outcome is Outcome.UNKNOWN
    assert result.unknown[0].startswith("andon failed, not you: NotImplementedError")


def test_a_rule_that_cannot_say_what_it_needs_gets_nothing() -> None:
    class Greedy(Rule):
        """A rule that breaks early."""

        def needs(self, pr: PullRequest) -> Needs:
            raise ValueError(pr.head)

    pr = pull_request(added("a.py", ["x"]))

    assert not needs_of(Policy((Listed("greedy", Mode.HOLD, Greedy()),)), pr)
