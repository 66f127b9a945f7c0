"""What `pairing` says, to the letter: why it passes, whom to ask, what does not count, and what an assistant did."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rules.engine.pull_request import Account, Author, PullRequest
from tests.factories import modified, pull_request
from tests.rules.pairs import (
    BY_ALICE,
    BY_BOB,
    BY_CAROL,
    CLAUDE,
    DEPENDABOT,
    OLD,
    PAIRED,
    SIGNED,
    STACK,
    approval,
    commit,
    judge,
    work,
)

BUMP = pull_request(modified("yarn.lock", add=["x"]), author=DEPENDABOT, commits=(SIGNED,))
CONFIRM = "comment `/andon paired`"
TRAILER = "the line `Co-authored-by: Name <address>`"
ANYBODY = (
    "Ask somebody with write access other than `alice` to approve `aaaaaaa`. Did two of you write it? Then end the "
    f"messages of the commits with {TRAILER} of who wrote it with you, and ask that person to approve it or to "
    f"{CONFIRM}."
)
WRITE = (
    "Write it with somebody with write access other than `alice`: end the messages of the commits with "
    f"{TRAILER} of who wrote it with you."
)
ITEM = (
    "`- Co-authored-by: Bob <bob@example.org>` in `aaaaaaa` names nobody: it is a list item. "
    "Write `Co-authored-by: Name <address>`."
)


@pytest.mark.parametrize(
    ("pr", "options", "sentence"),
    [
        pytest.param(work(reviews=(approval(),)), {}, "`bob` approved it.", id="an approval"),
        pytest.param(
            work(PAIRED, confirmations=frozenset({2})),
            {},
            "Written together with `bob`, who confirmed it.",
            id="a co-author who confirmed",
        ),
        pytest.param(work(PAIRED), {"confirm": False}, "Written together with `bob`.", id="a co-author by name"),
        pytest.param(
            work(), {"exempt_authors": ("Alice",)}, "`alice` needs no second person, says the policy.", id="exempt"
        ),
        pytest.param(BUMP, {}, "`dependabot` only moves versions: it needs no second person.", id="a bot's bump"),
        pytest.param(
            work(commit(lines=0), files=(), totals=replace(work().totals, files=0)),
            {},
            "Nothing changes, so nobody needs to stand behind it.",
            id="nothing",
        ),
        pytest.param(
            work(author=None),
            {},
            "Nobody stands beside the author, whose account is gone, yet.",
            id="an author who left",
        ),
        pytest.param(
            work(number=None),
            {},
            "Its commits name no co-author; whether it is a pair is decided on the pull request.",
            id="locally, alone",
        ),
        pytest.param(
            work(commit(BY_ALICE, BY_BOB, Author("", "eve@example.com")), number=None),
            {},
            "Its commits name `Bob` and `eve@example.com`; whether it is a pair is decided on the pull request.",
            id="locally, together",
        ),
    ],
)
def test_one_sentence_says_who_stands_behind_it(pr: PullRequest, options: dict[str, Any], sentence: str) -> None:
    assert judge(pr, **options).sentence == sentence


@pytest.mark.parametrize(
    ("pr", "options", "asked"),
    [
        pytest.param(work(), {}, [("a reviewer", ANYBODY)], id="anybody"),
        pytest.param(
            work(),
            {"satisfied_by": ("review",)},
            [("a reviewer", "Ask somebody with write access other than `alice` to approve `aaaaaaa`.")],
            id="anybody who reviews",
        ),
        pytest.param(
            work(),
            {"satisfied_by": ("co-author",), "confirm": False},
            [
                ("the author", WRITE),
            ],
            id="anybody who writes",
        ),
        pytest.param(
            work(PAIRED),
            {},
            [("a reviewer", f"Ask `bob`, named as co-author, to approve `aaaaaaa` or {CONFIRM}: a name is no proof.")],
            id="the co-author",
        ),
        pytest.param(
            work(reviews=(approval(commit=OLD),)),
            {},
            [("a reviewer", "Ask `bob` to approve again: `0000000` was approved, the head is `aaaaaaa`.")],
            id="who approved before",
        ),
        pytest.param(
            work(reviews=(approval(commit=""),)),
            {},
            [("a reviewer", "Ask `bob` to approve again: an older commit was approved, the head is `aaaaaaa`.")],
            id="who approved nobody knows what",
        ),
        pytest.param(
            work(commit(BY_BOB), reviews=(approval(),)),
            {},
            [
                ("a reviewer", ANYBODY),
                ("a reviewer", "`bob` approved, and wrote of it without `alice`: ask somebody else."),
                ("the author", "`bob` is named for 0 of 100 changed lines: not for most."),
            ],
            id="who judged oneself",
        ),
        pytest.param(
            work(*STACK),
            {},
            [
                ("a reviewer", ANYBODY),
                ("the author", "`bob` is named for 20 of 220 changed lines: not for most."),
            ],
            id="a co-author of little",
        ),
        pytest.param(
            work(commit(BY_ALICE, Author("Eve", "eve@example.com"))),
            {},
            [
                ("a reviewer", ANYBODY),
                ("the author", "`eve@example.com` belongs to no account: name an address that GitHub knows."),
            ],
            id="nobody's address",
        ),
        pytest.param(
            work(commit(BY_ALICE, Author("Al", "al@example.org", Account("alice", 1)))),
            {},
            [("a reviewer", ANYBODY), ("the author", "`al@example.org` is the author again.")],
            id="the author twice",
        ),
        pytest.param(
            work(commit(message="Work\n\n- Co-authored-by: Bob <bob@example.org>")),
            {},
            [
                ("a reviewer", ANYBODY),
                ("the author", ITEM),
            ],
            id="a near miss",
        ),
        pytest.param(
            work(PAIRED, incomplete=("Not all commits were read.",)),
            {},
            [
                ("a reviewer", ANYBODY),
                ("a reviewer", "Not all commits were read: co-authors do not count here; an approval does."),
            ],
            id="commits that were not read",
        ),
    ],
)
def test_a_waiting_author_is_told_whom_to_ask_for_what(
    pr: PullRequest, options: dict[str, Any], asked: list[tuple[str, str]]
) -> None:
    assert [(waiting.who, waiting.what) for waiting in judge(pr, **options).waiting] == asked


def test_an_assistant_is_named_with_what_to_do_about_it() -> None:
    by_claude = commit(BY_ALICE, CLAUDE)

    (undisclosed,) = judge(work(by_claude), ai_co_authors="require-disclosure").findings
    (forbidden,) = judge(work(by_claude, body="By Claude."), ai_co_authors="forbid").findings

    assert (
        undisclosed.message == "Commit `aaaaaaa` names the assistant `Claude` as co-author; the description does not."
    )
    assert undisclosed.fix == "Write into the description what `Claude` did."
    assert forbidden.message == "Commit `aaaaaaa` is co-authored by the assistant `Claude`, which the policy forbids."
    assert forbidden.fix == "Leave out what `Claude` wrote, and the commits that name it."
    assert judge(work(by_claude, body="By Claude."), ai_co_authors="require-disclosure").findings == ()
    assert judge(work(by_claude, title="With Claude"), ai_co_authors="require-disclosure").findings == ()
    assert len(judge(work(by_claude, title="With Claudette"), ai_co_authors="require-disclosure").findings) == 1


def test_where_not_all_commits_were_read_an_assistant_may_have_written_the_others() -> None:
    result = judge(work(incomplete=("Not all commits were read.",)), ai_co_authors="forbid")

    assert result.unknown == ("Not all commits were read: whether an assistant wrote the others is unknown.",)


def test_the_facts_name_everybody_and_say_on_github_alone_what_only_github_knows() -> None:
    pr = work(commit(BY_ALICE, BY_BOB, BY_CAROL), confirmations=frozenset({3}), reviews=(approval(),))
    bob = {"name": "Bob", "email": "2+bob@users.noreply.github.com", "login": "bob", "kind": "human"}
    carol = {"name": "Carol", "email": "carol@example.org", "login": "carol", "kind": "human"}

    assert judge(pr).facts == {
        "author": "alice",
        "co_authors": [bob | {"confirmed": True}, carol | {"confirmed": True}],
        "approvals": ["bob"],
        "near_misses": [],
    }
    assert judge(replace(pr, number=None, author=None)).facts == {
        "author": None,
        "co_authors": [bob | {"confirmed": None}, carol | {"confirmed": None}],
        "approvals": None,
        "near_misses": [],
    }


def test_a_strangers_words_stand_between_ticks_in_one_short_line() -> None:
    name = "a`b\n c" + "x" * 200

    (waiting, *_) = judge(work(commit(BY_ALICE, replace(BY_BOB, account=Account(name, 2))))).waiting

    assert waiting.what.startswith("Ask `a'b cxxx")
    assert len(waiting.what.split("`")[1]) == 80
