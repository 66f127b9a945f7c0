"""Which lines of a comment are commands, and what is said of those that cannot be understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.requests.requests import COMMANDS_HEARD, LONGEST_LINE, LONGEST_REASON, Remark, Request, Verb, requests_in
from rules.engine.pull_request import Account

BOB = Account("bob", 2)


def heard(body: str, author: Account | None = BOB, *, edited: bool = False) -> list[Request]:
    return list(requests_in(Remark(77, author, body, 1000.0, edited)))


@pytest.mark.parametrize(
    ("line", "verb", "rule", "reason"),
    [
        ("/andon recheck", Verb.RECHECK, "", ""),
        ("/andon paired", Verb.PAIRED, "", ""),
        ("/andon hold", Verb.HOLD, "", ""),
        ("/andon hold until the sale is over", Verb.HOLD, "", "until the sale is over"),
        ("/andon unhold", Verb.UNHOLD, "", ""),
        ("/andon MERGE", Verb.MERGE, "", ""),
        ("/andon  override  small-diff  one  table", Verb.OVERRIDE, "small-diff", "one table"),
        ("/andon override `small-diff` hotfix INC-12", Verb.OVERRIDE, "small-diff", "hotfix INC-12"),
    ],
)
def test_a_command_is_a_verb_and_what_it_needs(line: str, verb: Verb, rule: str, reason: str) -> None:
    [request] = heard(f"Looks fine to me.\n{line}\nThanks.")

    assert (request.verb, request.rule, request.reason, request.fault) == (verb, rule, reason, "")
    assert (request.source, request.comment, request.by, request.at) == ("comment/77/0", 77, BOB, 1000.0)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("/andon", "say what to do"),
        ("/andon overide small-diff hotfix", "there is no such command; the commands are `recheck`, `paired`"),
        ("/andon request-override", "there is no such command"),
        ("/andon override", "name the rule and the reason"),
        ("/andon override small-diff", "say why, after the rule: `/andon override small-diff "),
        ("/andon override small-diff   ", "say why, after the rule"),
    ],
)
def test_a_command_that_cannot_be_carried_out_is_told_what_it_lacks(line: str, fault: str) -> None:
    [request] = heard(line)

    assert request.fault.startswith(fault)


@pytest.mark.parametrize(
    "body",
    [
        "Please say `/andon merge`.",
        "> /andon merge",
        "    /andon merge",
        " /andon merge",
        "/andonmerge",
        "see /andon merge",
        "```\n/andon merge\n```",
        "~~~~\n```\n/andon merge\n~~~\n~~~~",
        "<!-- \n/andon merge\n-->",
        "<!-- never closed\n/andon merge",
        "/ANDON merge",
        "",
    ],
)
def test_what_people_do_not_see_as_a_command_is_none(body: str) -> None:
    assert heard(body) == []


def test_a_command_after_a_closed_code_block_is_heard() -> None:
    assert [request.verb for request in heard("```sh\n/andon hold\n```\n/andon merge")] == [Verb.MERGE]


@pytest.mark.parametrize("author", [None, Account("ci[bot]", 5), Account("helper", 6, bot=True), Account("nobody")])
def test_bots_and_accounts_that_are_gone_ask_for_nothing(author: Account | None) -> None:
    assert heard("/andon merge", author) == []


def test_an_edited_comment_is_no_command_whoever_edited_it() -> None:
    [request] = heard("/andon merge", edited=True)

    assert request.fault == "the comment was edited; write a new one"


def test_each_command_of_a_comment_has_a_name_of_its_own_and_there_is_an_end_to_them() -> None:
    requests = heard("/andon hold\n" * (COMMANDS_HEARD + 5))

    assert [request.source for request in requests] == [f"comment/77/{index}" for index in range(COMMANDS_HEARD)]


@given(st.text(), st.text())
def test_whatever_is_written_is_kept_short_and_on_one_line(before: str, after: str) -> None:
    for request in heard(f"{before}\n/andon override small-diff {after}"):
        assert len(request.line) <= LONGEST_LINE
        assert len(request.reason) <= LONGEST_REASON
        assert "\n" not in request.line + request.reason + request.rule
