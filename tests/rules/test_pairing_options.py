"""What the options of the rule `pairing` change, what it reports, and whom it asks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rules.engine.policy import PolicyError, read_policy
from rules.engine.pull_request import Author, PullRequest
from rules.engine.result import Mode, Outcome
from rules.pairing import Pairing
from tests.factories import HEAD, added
from tests.rules.pairs import (
    BY_ALICE,
    BY_BOB,
    BY_CAROL,
    BY_DEPENDABOT,
    CLAUDE,
    DEPENDABOT,
    FOUND,
    OLD,
    PAIRED,
    PASS,
    SIGNED,
    STACK,
    UNKNOWN,
    WAITING,
    approval,
    commit,
    judge,
    words,
    work,
)


@pytest.mark.parametrize(
    ("options", "pr", "outcome"),
    [
        pytest.param({"confirm": False, "writers": None}, work(PAIRED), WAITING, id="the name alone, access unknown"),
        pytest.param({"confirm": False}, work(PAIRED), PASS, id="the name alone of one found to have access"),
        pytest.param(
            {"writers": frozenset()},
            work(PAIRED, confirmations=frozenset({2})),
            WAITING,
            id="one who confirmed and may not write any more",
        ),
        pytest.param(
            {"writers": None},
            work(PAIRED, confirmations=frozenset({2})),
            WAITING,
            id="one who confirmed, access unknown",
        ),
        pytest.param(
            {"confirm": False, "writers": frozenset()}, work(PAIRED), WAITING, id="the name alone of one without access"
        ),
        pytest.param(
            {"confirm": False},
            work(PAIRED, reviews=(approval(commit=OLD),)),
            PASS,
            id="the name alone of one whose old review shows the access",
        ),
        pytest.param(
            {"satisfied_by": ("review",)},
            work(PAIRED, confirmations=frozenset({2})),
            WAITING,
            id="only reviews: a co-author is none",
        ),
        pytest.param(
            {"satisfied_by": ("co-author",)},
            work(reviews=(approval(),)),
            WAITING,
            id="only co-authors: a review is none",
        ),
        pytest.param(
            {"satisfied_by": ("co-author",)}, work(PAIRED, reviews=(approval(),)), PASS, id="a co-author who approved"
        ),
        pytest.param(
            {"satisfied_by": ("co-author",)},
            work(PAIRED, reviews=(approval(commit=OLD),)),
            WAITING,
            id="a force-push after the confirmation ends it",
        ),
        pytest.param(
            {"satisfied_by": ("co-author",)},
            work(commit(), reviews=(approval(),)),
            WAITING,
            id="a rebase that drops the line ends the pair",
        ),
        pytest.param({"exempt_authors": ("ALICE",)}, work(), PASS, id="an exempt author, in other letters"),
        pytest.param({"exempt_authors": ("bob",)}, work(), WAITING, id="another author than the exempt one"),
        pytest.param(
            {"exempt_authors": ("alice",)},
            work(commit(), commit(BY_BOB, sha=OLD)),
            WAITING,
            id="an exempt author whose branch others pushed to",
        ),
        pytest.param(
            {"exempt_authors": ("dependabot[bot]",)},
            replace(work(SIGNED), author=DEPENDABOT),
            PASS,
            id="an exempt bot whose commits GitHub signed",
        ),
        pytest.param(
            {"exempt_authors": ("dependabot[bot]",)},
            replace(work(commit(BY_DEPENDABOT)), author=DEPENDABOT),
            WAITING,
            id="an exempt bot whose name somebody may have borrowed",
        ),
    ],
)
def test_options_say_what_is_enough(options: dict[str, Any], pr: PullRequest, outcome: Outcome) -> None:
    assert judge(pr, **options).outcome is outcome


@pytest.mark.parametrize(
    ("wish", "body", "outcome"),
    [
        ("allow", "", PASS),
        ("require-disclosure", "", FOUND),
        ("require-disclosure", "Tests drafted with claude, read by me.", PASS),
        ("require-disclosure", "Claudette helped.", FOUND),
        ("forbid", "Drafted with Claude.", FOUND),
    ],
)
def test_assistants_are_as_welcome_as_the_policy_says(wish: str, body: str, outcome: Outcome) -> None:
    pr = work(commit(BY_ALICE, CLAUDE), body=body, reviews=(approval(),))

    result = judge(pr, ai_co_authors=wish)

    assert result.outcome is outcome
    assert all("`aaaaaaa`" in finding.message and "`Claude`" in finding.message for finding in result.findings)


def test_where_not_all_commits_could_be_read_no_assistant_is_ruled_out() -> None:
    pr = work(incomplete=("GitHub has 80 commits, and 50 could be read",), reviews=(approval(),))

    assert judge(pr, ai_co_authors="forbid").outcome is UNKNOWN
    assert judge(pr, ai_co_authors="allow").outcome is PASS


def test_prose_and_generated_files_need_no_second_person() -> None:
    docs = work(files=(added("README.md", ["Words."]),), totals=replace(work().totals, files=1, added=1))

    assert (judge(docs).outcome, judge(docs).exempt) == (Outcome.NOT_APPLICABLE, "prose needs no second person")


def test_the_facts_name_everybody_once_and_what_they_are() -> None:
    message = "Work\n\n- Co-authored-by: Bob <bob@example.org>"
    authors = (BY_ALICE, BY_BOB, replace(BY_BOB, name="BOB"), CLAUDE, Author("Alice", "a@home.example"), BY_DEPENDABOT)
    pr = work(commit(*authors, message=message), commit(BY_CAROL, sha=OLD), reviews=(approval(), approval(None)))

    facts = judge(pr).facts

    people = facts["co_authors"]
    assert isinstance(people, list)
    assert (facts["author"], facts["approvals"]) == ("alice", ["bob"])
    assert [(one["name"], one["login"], one["kind"], one["confirmed"]) for one in people] == [
        ("Bob", "bob", "human", True),
        ("Claude", None, "ai", False),
        ("Alice", None, "self", False),
        ("dependabot[bot]", "dependabot[bot]", "bot", False),
        ("Carol", "carol", "human", False),
    ]
    assert people[0]["email"] == "2+bob@users.noreply.github.com"
    assert facts["near_misses"] == [
        {"commit": HEAD, "line": "- Co-authored-by: Bob <bob@example.org>", "why": "it is a list item"}
    ]


def test_an_assistant_at_the_address_of_the_author_is_an_assistant_still() -> None:
    people = judge(work(commit(BY_ALICE, Author("Claude Code", BY_ALICE.email)))).facts["co_authors"]

    assert isinstance(people, list)
    assert [one["kind"] for one in people] == ["ai"]


def test_who_merged_the_trunk_is_no_co_author() -> None:
    assert judge(work(commit(sha=OLD), commit(BY_CAROL, parents=2))).facts["co_authors"] == []


def test_a_local_run_reports_what_the_commits_say_and_decides_nothing() -> None:
    authors = (
        Author("Alice", "a@example.org"),
        Author("Bob", "b@example.org"),
        Author("al", "A+x@example.org"),
        CLAUDE,
    )
    pr = work(commit(*authors), number=None, author=None)

    result = judge(pr, ai_co_authors="forbid", satisfied_by=("review",))

    assert result.outcome is PASS
    assert (result.facts["author"], result.facts["approvals"]) == (None, None)
    assert result.facts["co_authors"] == [
        {"name": "Bob", "email": "b@example.org", "login": None, "kind": "unknown", "confirmed": None},
        {"name": "al", "email": "A+x@example.org", "login": None, "kind": "self", "confirmed": None},
        {"name": "Claude", "email": "noreply@anthropic.com", "login": None, "kind": "ai", "confirmed": None},
    ]
    assert result.sentence == "Its commits name `Bob`; whether it is a pair is decided on the pull request."


@pytest.mark.parametrize(
    ("pr", "options", "said"),
    [
        pytest.param(
            work(),
            {},
            "Ask somebody with write access other than `alice` to approve `aaaaaaa`. Did two of you write it? Then end "
            "the messages of the commits with the line `Co-authored-by: Name <address>` of who wrote it with you, and "
            "ask that person to approve it or to comment `/andon paired`.",
            id="nobody yet",
        ),
        pytest.param(
            work(),
            {"satisfied_by": ("review",)},
            "Ask somebody with write access other than `alice` to approve `aaaaaaa`.",
            id="only a review helps",
        ),
        pytest.param(
            work(PAIRED),
            {},
            "Ask `bob`, named as co-author, to approve `aaaaaaa` or comment `/andon paired`: a name is no proof.",
            id="a co-author to ask",
        ),
        pytest.param(
            work(reviews=(approval(commit=OLD),)),
            {},
            "Ask `bob` to approve again: `0000000` was approved, the head is `aaaaaaa`.",
            id="an outdated approval",
        ),
        pytest.param(
            work(*STACK), {}, "`bob` is named for 20 of 220 changed lines: not for most.", id="too small a part"
        ),
        pytest.param(
            work(commit(BY_ALICE, Author("Eve", "eve@example.com"))),
            {},
            "`eve@example.com` belongs to no account: name an address that GitHub knows.",
            id="an unknown address",
        ),
        pytest.param(
            work(commit(message="S\n\n* Co-authored-by: `Bob` <b@x.org>")),
            {},
            "`* Co-authored-by: 'Bob' <b@x.org>` in `aaaaaaa` names nobody: it is a list item. "
            "Write `Co-authored-by: Name <address>`.",
            id="a near miss, its back-ticks taken",
        ),
        pytest.param(
            work(commit(sha=OLD), commit(BY_BOB), reviews=(approval(),)),
            {},
            "`bob` approved, and wrote of it without `alice`: ask somebody else.",
            id="who wrote alone",
        ),
        pytest.param(
            work(PAIRED, incomplete=("GitHub has 80 commits, and 50 could be read",)),
            {},
            "GitHub has 80 commits, and 50 could be read: co-authors do not count here; an approval does.",
            id="too many commits",
        ),
    ],
)
def test_while_it_waits_it_says_whom_to_ask_and_what_did_not_count(
    pr: PullRequest, options: dict[str, Any], said: str
) -> None:
    result = judge(pr, **options)

    assert said in words(result)
    assert result.sentence == "Nobody stands beside `alice` yet."
    assert {waiting.who for waiting in result.waiting} <= {"a reviewer", "the author"}


def test_many_strange_names_do_not_make_a_wall_of_words() -> None:
    many = [Author(f"n{number}", f"n{number}@example.com") for number in range(40)]

    result = judge(work(commit(BY_ALICE, *many)))

    assert len(result.waiting) == 4
    assert max(len(waiting.what) for waiting in result.waiting) < 300


def test_a_policy_spells_the_options_in_kebab_case() -> None:
    text = "rules: {pairing: {satisfied-by: [review], confirm: false, exempt-authors: [x], ai-co-authors: forbid}}"

    (listed,) = read_policy(text, "policy.yml").rules

    assert listed.rule == Pairing(
        satisfied_by=("review",), confirm=False, exempt_authors=("x",), ai_co_authors="forbid"
    )
    assert listed.mode is Mode.HOLD


@pytest.mark.parametrize(
    "options", ["satisfied-by: []", "satisfied-by: [friend]", "ai-co-authors: maybe", "confirm: 1"]
)
def test_a_policy_that_asks_for_what_there_is_not_is_refused(options: str) -> None:
    with pytest.raises(PolicyError, match=options.partition(":")[0]):
        read_policy(f"rules: {{pairing: {{{options}}}}}", "policy.yml")
