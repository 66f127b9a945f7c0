"""Seeded schedules: whatever happens in whatever order, the laws hold at rest. `make chaos` plays ten thousand."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from simulator.history import FileDiff
from simulator.records import Ruleset
from tests.chaos.acts import ACTS, KINDS
from tests.chaos.campaign import Campaign, quietly
from tests.chaos.events import Event, Fate, Schedule, Then, read
from tests.chaos.forms import FullStack
from tests.chaos.in_memory import InMemory
from tests.chaos.oracle import IMPOSTOR, Facts, Reported, Said, forbidden
from tests.chaos.policies import HOLD_LABEL, POLICIES, TEXTS, Terms, terms_of

OFTEN = ("is held", "is passed", "green")
SHORT = 5
"""Events of a schedule here, at most: `make chaos` plays longer ones."""


@pytest.fixture(autouse=True)
def _quietly() -> Iterator[None]:
    with quietly():
        yield


@pytest.mark.parametrize("number", range(10))
def test_no_law_is_broken_on_the_full_stack(number: int) -> None:
    campaign = Campaign(FullStack)

    found = campaign.search(number, 5, SHORT)

    assert found is None, found.told
    assert campaign.tally["green"] > 0


@pytest.mark.parametrize("number", range(100, 102))
def test_no_law_is_broken_in_memory(number: int) -> None:
    campaign = Campaign(InMemory)

    found = campaign.search(number, 9, SHORT)

    assert found is None, found.told
    assert [name for name in OFTEN if not campaign.tally[name]] == []


@pytest.mark.parametrize(
    ("words", "landed"),
    [
        ("ready small,draft green.0.0.told.rest", 1),
        ("ready small label.0.1.told.rest green.0.0.told.rest", 0),
        ("ready small green.0.4.told.blink swap.0.4.told.rest", 0),
        ("capped small,small,small green.0.0.told.rest", 1),
        ("ready small,small,draft order.2.0.told.sweep green.0.0.told.rest", 0),
    ],
    ids=["nothing in the way", "a label holds it", "another head meanwhile", "too much undeployed", "frozen"],
)
def test_what_finds_a_bot_without_its_safeguards_holds(words: str, landed: int) -> None:
    tally = Campaign(InMemory).play(read(words))

    assert tally["landed by andon"] == landed


@pytest.mark.parametrize(
    "words",
    [
        "strict fork,risky,fork,policy policy.0.4.told.go queue-ci.3.5.told.sweep ci.3.2.lost.go",
        "capped small,stacked green.0.0.told.go retarget.1.0.told.go",
        "ready small,small,small queue.0.0.told.moment green.0.0.told.rest queue-ci.0.1.told.go queue-ci.0.0.told.go",
        "ready fork,draft,untested,conflicting live.2.4.told.blink green.2.7.told.blink live.1.7.told.moment",
    ],
    ids=["a check that only a sweep sees", "all commits landed with another's", "up in a queue", "a revert not told"],
)
def test_what_broke_a_law_once_breaks_none_any_more(words: str) -> None:
    tally = Campaign(InMemory).play(read(words))

    assert tally["is open"] + tally["is merged"] > 0


def test_a_form_that_does_not_even_begin_is_found() -> None:
    def broken() -> InMemory:
        raise RuntimeError("no room")

    found = Campaign(broken).search(1, 2)

    assert found is not None
    assert found.why == "RuntimeError: no room"


def test_a_schedule_is_read_as_it_was_written() -> None:
    events = (Event("push", 1, 2, Fate.LOST, Then.REST), Event("other-app", 3, 7, Fate.HELD, Then.SWEEP))
    schedule = Schedule("ready", ("small", "fork"), events)

    again = read(schedule.words)

    assert again == schedule
    assert again.words == "ready small,fork push.1.2.lost.rest other-app.3.7.held.sweep"


def test_every_kind_of_event_is_drawn_and_every_policy_is_known_by_its_text() -> None:
    known = {name: terms_of(text) for name, text in TEXTS.items() if name in POLICIES}

    assert set(KINDS) == set(ACTS)
    assert known == dict(POLICIES)
    assert not terms_of(TEXTS["broken"]).merges
    assert not terms_of(None).merges


FACTS = Facts(
    number=1,
    author="alice",
    head="a" * 40,
    base="main",
    tip="b" * 40,
    trunk="b" * 40,
    draft=False,
    fork=False,
    labels=(),
    reviews=(),
    reported=(Reported("ci", 2002, "success"),),
    ruleset=Ruleset(checks=(("ci", None),)),
    writers=frozenset(),
    said=(),
)
SMALL = [FileDiff("app.py", None, "modified", 1, 0, "c" * 40, "@@ -0,0 +1 @@\n+one = 1")]
LARGE = [FileDiff("app.py", None, "modified", 30, 0, "c" * 40, "@@ -0,0 +1,30 @@\n" + "+one = 1\n" * 30)]


def _said(by: str, words: str, *, head: str = "a" * 40) -> Said:
    return Said(by, words, head, 1, 5, 0.0)


@pytest.mark.parametrize(
    ("facts", "terms", "files"),
    [
        (FACTS, Terms(), SMALL),
        (FACTS, Terms(max_lines=200), LARGE),
        (replace(FACTS, labels=("ship",)), Terms(label="ship"), SMALL),
        (replace(FACTS, said=(_said("bob", "/andon merge"),)), Terms(label="ship"), SMALL),
        (replace(FACTS, fork=True, said=(_said("bob", "/andon merge"),)), Terms(), SMALL),
        (replace(FACTS, said=(_said("bob", "/andon override small-diff read"),)), Terms(), LARGE),
        (replace(FACTS, said=(_said("bob", "/andon hold"), _said("bob", "/andon unhold"))), Terms(), SMALL),
    ],
)
def test_the_model_forbids_nothing_that_the_policy_allows(facts: Facts, terms: Terms, files: list[FileDiff]) -> None:
    assert list(forbidden(facts, terms, files)) == []


@pytest.mark.parametrize(
    ("facts", "terms", "files", "says"),
    [
        (FACTS, Terms(merges=False), SMALL, "the policy has andon merge nothing"),
        (FACTS, Terms(), LARGE, "it adds 30 lines, the limit is 20"),
        (FACTS, Terms(label="ship"), SMALL, "nobody asked for it: no label ship, no command"),
        (replace(FACTS, base="release"), Terms(), SMALL, "no policy governs release"),
        (replace(FACTS, draft=True), Terms(), SMALL, "it is a draft"),
        (replace(FACTS, fork=True), Terms(), SMALL, "it is of a fork, and no maintainer asked for this head"),
        (replace(FACTS, labels=(HOLD_LABEL,)), Terms(), SMALL, "the label wip holds it"),
        (replace(FACTS, said=(_said("bob", "/andon hold"),)), Terms(), SMALL, "a person holds it"),
        (replace(FACTS, reported=()), Terms(), SMALL, "the check ci is absent"),
        (replace(FACTS, reported=(Reported("ci", 2002, "pending"),)), Terms(), SMALL, "the check ci is pending"),
        (replace(FACTS, ruleset=Ruleset()), Terms(), SMALL, "nothing proves that it works"),
        (replace(FACTS, ruleset=Ruleset(checks=(("ci", 7),))), Terms(), SMALL, "the check ci is absent"),
        (
            replace(FACTS, reported=(*FACTS.reported, Reported("andon", IMPOSTOR, "success"))),
            Terms(),
            SMALL,
            "somebody else reported `andon`",
        ),
        (
            replace(FACTS, ruleset=Ruleset(checks=(("ci", None),), approvals=1)),
            Terms(),
            SMALL,
            "it has 0 of 1 approvals",
        ),
        (
            replace(FACTS, said=(_said("bob", "/andon merge", head="d" * 40),)),
            Terms(label="ship"),
            SMALL,
            "nobody asked for it: no label ship, no command",
        ),
        (
            replace(FACTS, said=(_said("alice", "/andon override small-diff read"),)),
            Terms(),
            LARGE,
            "it adds 30 lines, the limit is 20",
        ),
    ],
)
def test_the_model_says_what_is_against_a_merge(facts: Facts, terms: Terms, files: list[FileDiff], says: str) -> None:
    assert list(forbidden(facts, terms, files)) == [says]
