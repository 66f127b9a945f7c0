"""Who makes two people of one, and all that only looks like it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rules.engine.pull_request import Account, Author, Commit, PullRequest, ReviewState, Totals
from rules.engine.result import Outcome
from tests.factories import modified, pull_request
from tests.rules.pairs import (
    ALICE,
    BOB,
    BY_ALICE,
    BY_BOB,
    BY_DEPENDABOT,
    BY_WEB,
    CAROL,
    DEPENDABOT,
    OLD,
    PAIRED,
    PASS,
    SIGNED,
    STACK,
    TREE,
    WAITING,
    WHOLE_STACK,
    approval,
    commit,
    judge,
    work,
)

NAMES_BOB = "Why.\n\nCo-authored-by: Bob <2+bob@users.noreply.github.com>"


@pytest.mark.parametrize(
    ("pr", "outcome"),
    [
        pytest.param(work(), WAITING, id="the author alone waits"),
        pytest.param(work(reviews=(approval(),)), PASS, id="another writer's approval of the head passes"),
        pytest.param(work(PAIRED, reviews=(approval(),)), PASS, id="a co-author keeps the right to approve"),
        pytest.param(
            work(PAIRED, commit(sha=OLD, parents=2, lines=500), confirmations=frozenset({2})),
            PASS,
            id="a merge from the trunk brings no lines",
        ),
        pytest.param(work(PAIRED), WAITING, id="a co-author who did not confirm is a claim"),
        pytest.param(work(PAIRED, confirmations=frozenset({2})), PASS, id="a co-author who confirmed is a pair"),
        pytest.param(work(PAIRED, confirmations=frozenset({3})), WAITING, id="somebody else's confirmation is none"),
        pytest.param(work(confirmations=frozenset({2})), WAITING, id="who confirms must be named by the commits"),
        pytest.param(work(reviews=(approval(commit=OLD),)), WAITING, id="an approval of an older head does not count"),
        pytest.param(work(reviews=(approval(commit=OLD, tree=TREE),)), PASS, id="an approval of the same tree"),
        pytest.param(
            work(commit(tree=""), reviews=(approval(commit=OLD, tree=""),)), WAITING, id="two unknown trees are not one"
        ),
        pytest.param(work(reviews=(approval(replace(ALICE, access=True)),)), WAITING, id="the author's own approval"),
        pytest.param(
            work(reviews=(approval(Account("al", 1, access=True)),)), WAITING, id="the author's approval after a rename"
        ),
        pytest.param(work(reviews=(approval(replace(BOB, access=False)),)), WAITING, id="an approval without access"),
        pytest.param(work(reviews=(approval(replace(BOB, access=None)),)), WAITING, id="an approval of unknown access"),
        pytest.param(work(reviews=(approval(None),)), WAITING, id="an approval by an account that is gone"),
        pytest.param(
            work(reviews=(approval(Account("ci", 8, bot=True, access=True)),)), WAITING, id="an approval by a bot"
        ),
        pytest.param(
            work(reviews=(approval(Account("copilot", 9, access=True)),)), WAITING, id="an approval by an assistant"
        ),
        *(
            pytest.param(work(reviews=(approval(state=state),)), WAITING, id=f"a review that says {state.lower()}")
            for state in ReviewState
            if state is not ReviewState.APPROVED
        ),
        pytest.param(
            work(commit(BY_ALICE, Author("Bob", "2+bob@users.noreply.github.com", Account("bob", 2)))),
            WAITING,
            id="a spoofed noreply address is a claim like any other",
        ),
        pytest.param(
            work(commit(BY_ALICE, Author("Eve", "eve@example.com")), confirmations=frozenset({2})),
            WAITING,
            id="an address of no account",
        ),
        pytest.param(
            work(commit(BY_ALICE, Author("Alice", "a@home.example", ALICE)), confirmations=frozenset({1})),
            WAITING,
            id="the author's second address",
        ),
        pytest.param(
            work(commit(BY_ALICE, Author("x", "1+alice@users.noreply.github.com")), confirmations=frozenset({1})),
            WAITING,
            id="the author's address in another name",
        ),
        pytest.param(
            work(commit(BY_ALICE, BY_DEPENDABOT), confirmations=frozenset({7})), WAITING, id="a bot as co-author"
        ),
        pytest.param(
            work(
                commit(BY_ALICE, Author("Claude", "noreply@anthropic.com", Account("claude", 81847))),
                confirmations=frozenset({81847}),
            ),
            WAITING,
            id="an assistant as co-author",
        ),
        pytest.param(work(*STACK, confirmations=frozenset({2})), WAITING, id="a co-author of a small early commit"),
        pytest.param(work(*WHOLE_STACK, confirmations=frozenset({2})), PASS, id="a co-author of a large early commit"),
        pytest.param(
            work(commit(BY_ALICE, BY_BOB, sha=OLD), commit(), confirmations=frozenset({2})),
            WAITING,
            id="a co-author of exactly half holds no most of it",
        ),
        pytest.param(
            work(
                commit(sha=OLD, lines=90),
                commit(BY_ALICE, BY_BOB, lines=10, message="fixup! Work"),
                confirmations=frozenset({2}),
            ),
            WAITING,
            id="a co-author of a fixup holds the fixup alone",
        ),
        pytest.param(
            work(commit(sha=OLD), commit(BY_ALICE, BY_BOB, parents=2, lines=900), confirmations=frozenset({2})),
            WAITING,
            id="a co-author of a merge from the trunk",
        ),
        pytest.param(
            work(PAIRED, commit(sha=OLD, parents=2, lines=900), confirmations=frozenset({2})),
            PASS,
            id="a merge from the trunk takes nothing from a pair",
        ),
        pytest.param(
            work(
                commit(BY_ALICE, BY_BOB, lines=0),
                commit(BY_ALICE, BY_BOB, sha=OLD, lines=0),
                commit(sha=TREE, lines=0),
                confirmations=frozenset({2}),
            ),
            PASS,
            id="without lines, as of modes and pictures, commits are counted",
        ),
        pytest.param(
            work(commit(BY_ALICE, BY_BOB, lines=2, committer=BY_WEB), confirmations=frozenset({2})),
            WAITING,
            id="an accepted suggestion of one word",
        ),
        pytest.param(
            work(commit(BY_ALICE, BY_BOB, lines=11, committer=BY_WEB), confirmations=frozenset({2})),
            PASS,
            id="a commit of eleven lines made on GitHub's pages",
        ),
        pytest.param(
            work(commit(BY_BOB), confirmations=frozenset({2})), WAITING, id="who wrote without the author is no pair"
        ),
        pytest.param(
            work(commit(sha=OLD), commit(BY_BOB, lines=1), reviews=(approval(),)),
            WAITING,
            id="an approval by who wrote the newest commit alone",
        ),
        pytest.param(
            work(commit(BY_BOB, sha=OLD), commit(lines=1), reviews=(approval(),)),
            PASS,
            id="an approval by who wrote an earlier commit that the author built on",
        ),
        pytest.param(
            work(commit(BY_BOB, BY_ALICE), reviews=(approval(),)), PASS, id="an approval by who typed for both"
        ),
        pytest.param(
            work(commit(BY_BOB, sha=OLD), commit(BY_BOB, parents=2, verified=True), reviews=(approval(),)),
            WAITING,
            id="GitHub's merge of the trunk does not hide who wrote before it",
        ),
        pytest.param(
            work(commit(sha=OLD), commit(BY_BOB, parents=2, verified=True), reviews=(approval(),)),
            PASS,
            id="who had GitHub merge the trunk may approve",
        ),
        pytest.param(
            work(commit(sha=OLD), commit(BY_BOB, parents=2), reviews=(approval(),)),
            WAITING,
            id="who pushed a merge of one's own may hide anything in it",
        ),
        pytest.param(work(author=None, reviews=(approval(),)), PASS, id="the author is gone, another approves"),
        pytest.param(
            work(commit(BY_BOB), author=None, reviews=(approval(),)),
            WAITING,
            id="the author is gone, the heir approves",
        ),
        pytest.param(
            work(PAIRED, incomplete=("GitHub has 80 commits, and 50 could be read",), confirmations=frozenset({2})),
            WAITING,
            id="co-authors do not count where not all commits could be read",
        ),
        pytest.param(
            work(PAIRED, incomplete=("GitHub has 80 commits, and 50 could be read",), reviews=(approval(),)),
            PASS,
            id="an approval counts where not all commits could be read",
        ),
        pytest.param(
            work(
                commit(BY_ALICE, BY_BOB, replace(BY_BOB, name="BOB"), sha=OLD, lines=40),
                commit(lines=60),
                confirmations=frozenset({2}),
            ),
            WAITING,
            id="a co-author named twice in one commit holds it once",
        ),
        pytest.param(
            work(commit(BY_BOB, BY_ALICE, lines=2, committer=BY_WEB), confirmations=frozenset({2})),
            PASS,
            id="a small commit on GitHub's pages by the other one is no suggestion",
        ),
        pytest.param(work(commit(lines=0), files=(), totals=Totals(0, 0, 0)), PASS, id="where nothing changes"),
        pytest.param(work(files=(), totals=Totals(0, 0, 0)), WAITING, id="totals that GitHub has not computed yet"),
        pytest.param(work(fork=True), WAITING, id="a fork's author alone waits"),
        pytest.param(work(fork=True, reviews=(approval(),)), PASS, id="a fork's author with a writer passes"),
        pytest.param(work(undoes=OLD), WAITING, id="a revert needs an approval"),
        pytest.param(
            work(body=NAMES_BOB, body_lands=True, confirmations=frozenset({2})),
            PASS,
            id="a description that becomes the message names the pair of all of it",
        ),
        pytest.param(
            work(body=NAMES_BOB, confirmations=frozenset({2})),
            WAITING,
            id="a description that goes nowhere names nobody",
        ),
        pytest.param(work(body=NAMES_BOB, body_lands=True), WAITING, id="a description is a claim like any other"),
        pytest.param(
            work(body="Co-authored-by: B <bob@example.com>", body_lands=True, confirmations=frozenset({2})),
            WAITING,
            id="an address in the description that only GitHub could tell",
        ),
        pytest.param(
            work(
                body="Co-authored-by: Al <1+al@users.noreply.github.com>", body_lands=True, confirmations=frozenset({1})
            ),
            WAITING,
            id="the author's own address in the description",
        ),
        pytest.param(work(PAIRED, undoes=OLD, confirmations=frozenset({2})), WAITING, id="a revert takes no co-author"),
        pytest.param(work(undoes=OLD, reviews=(approval(),)), PASS, id="a revert passes by one approval"),
        pytest.param(work(commit(sha=TREE), reviews=(approval(commit=OLD, tree=TREE),)), WAITING, id="a head unseen"),
    ],
)
def test_a_pair_is_another_person_who_may_write_and_stands_behind_the_head(pr: PullRequest, outcome: Outcome) -> None:
    assert judge(pr).outcome is outcome


def bump(*commits: Commit, author: Account = DEPENDABOT, **fields: Any) -> PullRequest:
    files = (modified("requirements.txt", remove=["aiohttp==3.1.0"], add=["aiohttp==3.2.0"]),)
    return replace(pull_request(*files, author=author, commits=commits), **fields)


@pytest.mark.parametrize(
    ("pr", "outcome"),
    [
        pytest.param(bump(SIGNED), PASS, id="a bump that only the bot wrote needs nobody"),
        pytest.param(bump(replace(SIGNED, verified=False)), WAITING, id="a bump whose author GitHub did not sign"),
        pytest.param(
            bump(commit(Author("dependabot[bot]", BY_DEPENDABOT.email), verified=True)),
            PASS,
            id="a bump whose author is known by the id in the address",
        ),
        pytest.param(bump(SIGNED, commit(BY_BOB, sha=OLD)), WAITING, id="a bump that a person pushed to"),
        pytest.param(
            bump(SIGNED, commit(BY_BOB), reviews=(approval(),)), WAITING, id="who pushed to a bump does not approve it"
        ),
        pytest.param(
            bump(SIGNED, commit(BY_BOB), reviews=(approval(CAROL),)), PASS, id="somebody else approves what was pushed"
        ),
        pytest.param(
            bump(commit(BY_DEPENDABOT, BY_BOB, verified=False), confirmations=frozenset({2})),
            WAITING,
            id="a person added to a bump as co-author",
        ),
        pytest.param(bump(commit(), author=ALICE), WAITING, id="a bump by a person"),
        pytest.param(bump(), WAITING, id="a bump without commits to look at"),
        pytest.param(replace(work(SIGNED), author=DEPENDABOT), WAITING, id="code by a bot needs an approval"),
        pytest.param(
            replace(work(SIGNED), author=DEPENDABOT, reviews=(approval(),)), PASS, id="code by a bot that one approved"
        ),
        pytest.param(
            replace(work(commit(BY_DEPENDABOT, BY_BOB)), author=DEPENDABOT, reviews=(approval(),)),
            WAITING,
            id="code by an agent is not approved by whom it names",
        ),
    ],
)
def test_what_a_bot_opens_stands_by_itself_only_where_it_bumps_versions(pr: PullRequest, outcome: Outcome) -> None:
    assert judge(pr).outcome is outcome
