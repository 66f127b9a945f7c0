"""Who may have what carried out, and for which content it then counts."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from bot.requests.authority import (
    NO_ACCESS_TO_REVERT,
    Moment,
    answer,
    answer_landed,
    grantors,
    rests_on,
    standing_requests,
)
from bot.requests.requests import Answer, Request, Verb
from rules.engine.policy import Policy, recommended
from rules.engine.pull_request import Account
from rules.engine.result import Override
from rules.engine.sections import Merge, Overrides

ALICE, BOB = Account("alice", 1), Account("bob", 2)
HEAD, TREE = "a" * 40, "t" * 40
POLICY = Policy(recommended().rules, merge=Merge())
MOMENT = Moment(HEAD, TREE, ALICE, judged_since=100.0, now=200.0)
WHILE_OPEN = [verb for verb in Verb if verb is not Verb.REVERT]
BOUND = {Verb.OVERRIDE, Verb.PAIRED, Verb.MERGE, Verb.FIX_FORWARD}


def asked(verb: Verb, by: Account = BOB, at: float = 150.0, **fields: str) -> Request:
    details = {"rule": "small-diff", "reason": "hotfix"} if verb is Verb.OVERRIDE else {}
    return Request("comment/1/0", verb, by, at, **{**details, **fields})


def answered(request: Request, *, may_write: bool = True, moment: Moment = MOMENT, policy: Policy = POLICY) -> Answer:
    return answer(request, may_write=may_write, moment=moment, policy=policy)


def granted(request: Request, *, may_write: bool = True, moment: Moment = MOMENT) -> bool:
    return answered(request, may_write=may_write, moment=moment).granted


@pytest.mark.parametrize("verb", WHILE_OPEN)
def test_a_writer_other_than_the_author_may_ask_for_everything(verb: Verb) -> None:
    assert granted(asked(verb))


def test_who_may_ask_for_what() -> None:
    may = {
        (verb, who.login, may_write)
        for verb, who, may_write in product(Verb, (ALICE, BOB), (True, False))
        if granted(asked(verb, who), may_write=may_write)
    }

    others = {(verb, "bob", True) for verb in WHILE_OPEN}
    own = {(verb, "alice", True) for verb in WHILE_OPEN if verb not in (Verb.OVERRIDE, Verb.PAIRED)}
    without_access = {(verb, "alice", False) for verb in (Verb.RECHECK, Verb.HOLD, Verb.REQUEST_OVERRIDE)}
    assert may == others | own | without_access


def test_authors_override_their_own_only_where_the_policy_says_so() -> None:
    request = asked(Verb.OVERRIDE, ALICE)
    trusting = replace(POLICY, overrides=Overrides(by_author=True))

    assert "authors do not override" in answered(request).refusal
    assert answered(request, policy=trusting).granted


def test_the_author_is_known_by_the_account_and_not_by_its_name() -> None:
    renamed = Account("alice-the-second", 1)

    assert not granted(asked(Verb.OVERRIDE, renamed))


@pytest.mark.parametrize("verb", WHILE_OPEN)
@pytest.mark.parametrize(
    ("moment", "counts"),
    [
        (MOMENT, True),
        (replace(MOMENT, judged_since=150.9), True),
        (replace(MOMENT, judged_since=151.0), False),
        (replace(MOMENT, judged_since=None), False),
        (replace(MOMENT, tree=""), False),
    ],
    ids=["after our answer", "in the same second", "before it", "no answer yet", "content unknown"],
)
def test_what_is_bound_to_content_counts_only_for_content_that_was_shown(
    verb: Verb, moment: Moment, counts: bool
) -> None:
    assert granted(asked(verb), moment=moment) is (counts or verb not in BOUND)


def test_a_button_counts_on_the_head_that_it_stood_on() -> None:
    pressed = asked(Verb.OVERRIDE, head="b" * 40)

    assert "a newer commit was pushed since" in answered(pressed).refusal
    assert answered(replace(pressed, head=HEAD), moment=replace(MOMENT, judged_since=None)).granted


@pytest.mark.parametrize(
    ("request_", "policy", "refusal"),
    [
        (asked(Verb.OVERRIDE, rule="small-dif"), POLICY, "no rule `small-dif` is on here; the rules are `"),
        (asked(Verb.OVERRIDE), Policy(()), "no rule `small-diff` is on here; the rules are none"),
        (asked(Verb.MERGE), replace(POLICY, merge=None), "the policy has no `merge:` section"),
        (asked(Verb.HOLD, fault="say what to do"), POLICY, "say what to do"),
        (asked(Verb.PAIRED, ALICE), POLICY, "the author cannot confirm the pair"),
        (asked(Verb.REVERT), POLICY, "it has not landed, so there is nothing to take back"),
    ],
)
def test_a_refusal_says_why(request_: Request, policy: Policy, refusal: str) -> None:
    assert answered(request_, policy=policy).refusal.startswith(refusal)


@pytest.mark.parametrize(
    ("request_", "may_write", "by", "refusal"),
    [
        (asked(Verb.REVERT), True, None, ""),
        (asked(Verb.REVERT, ALICE), True, None, ""),
        (asked(Verb.REVERT), False, None, NO_ACCESS_TO_REVERT),
        (asked(Verb.REVERT), True, 15, "#15 takes it back already; see there what it waits for"),
        (asked(Verb.REVERT, fault="say why"), True, None, "say why"),
    ],
    ids=["a writer", "its author", "a stranger", "taken back already", "no reason"],
)
def test_who_may_have_taken_back_what_has_landed(
    request_: Request, may_write: bool, by: int | None, refusal: str
) -> None:
    assert answer_landed(request_, may_write=may_write, moment=MOMENT, taken_back_by=by).refusal == refusal


def test_an_override_ends_with_the_content_and_not_with_the_commit() -> None:
    given = (answered(asked(Verb.OVERRIDE)),)

    here = standing_requests(given, head=HEAD, tree=TREE).overrides
    rebased = standing_requests(given, head="c" * 40, tree=TREE).overrides
    changed = standing_requests(given, head="c" * 40, tree="u" * 40).overrides
    unread = standing_requests((replace(given[0], tree=""),), head="c" * 40, tree="").overrides

    assert here == rebased == (Override("small-diff", "bob", "hotfix"),)
    assert changed == unread == ()


def test_a_merge_rests_on_what_was_granted_for_its_content_and_on_nothing_else() -> None:
    given = (
        answered(asked(Verb.OVERRIDE)),
        answered(asked(Verb.OVERRIDE), may_write=False),
        answered(asked(Verb.HOLD)),
        answered(asked(Verb.MERGE), moment=replace(MOMENT, head="c" * 40)),
        answered(asked(Verb.PAIRED), moment=replace(MOMENT, head="c" * 40, tree="u" * 40)),
    )

    assert rests_on(given, head=HEAD, tree=TREE) == (given[0], given[3])
    assert rests_on(given, head=HEAD, tree="") == (given[0],)


def test_only_those_count_whose_grants_stood_for_this_head_or_its_content() -> None:
    def answer(login: str, verb: Verb, head: str = HEAD, tree: str = "t", refusal: str = "") -> Answer:
        return Answer(Request(f"comment/1/{login}", verb, Account(login, 1), 1.0), head, tree, 1.0, refusal)

    answers = (
        answer("bob", Verb.OVERRIDE),
        answer("bob", Verb.MERGE),
        answer("carol", Verb.FIX_FORWARD, head="c" * 40),
        answer("dave", Verb.MERGE, head="c" * 40, tree="u"),
        answer("erin", Verb.OVERRIDE, refusal="no"),
        answer("frank", Verb.RECHECK),
    )

    assert [one.login for one in grantors(rests_on(answers, head=HEAD, tree="t"))] == ["bob", "carol"]


def test_a_wish_to_merge_ends_with_the_commit() -> None:
    given = (answered(asked(Verb.MERGE)),)

    assert standing_requests(given, head=HEAD, tree=TREE).merge == given[0]
    assert standing_requests(given, head="c" * 40, tree=TREE).merge is None


def test_a_confirmation_is_the_account_that_gave_it() -> None:
    given = (answered(asked(Verb.PAIRED)), answered(asked(Verb.PAIRED, Account("carol", 3)), may_write=False))

    assert standing_requests(given, head=HEAD, tree=TREE).confirmations == {2}


def test_the_last_word_on_holding_counts_whatever_is_pushed() -> None:
    hold, unhold = answered(asked(Verb.HOLD)), answered(asked(Verb.UNHOLD))
    refused = answered(asked(Verb.UNHOLD), may_write=False)

    assert standing_requests((unhold, hold, refused), head="c" * 40, tree="").held == hold
    assert standing_requests((hold, unhold), head=HEAD, tree=TREE).held is None


def test_what_was_refused_is_shown_on_its_own_head_alone() -> None:
    refused = answered(asked(Verb.UNHOLD), may_write=False)

    assert standing_requests((refused,), head=HEAD, tree=TREE).refused == (refused,)
    assert standing_requests((refused,), head="c" * 40, tree=TREE).refused == ()
