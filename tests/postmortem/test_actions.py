from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.postmortem.actions import Agreed, OpenAction, agreed, agreed_of, as_json, written
from bot.postmortem.issue import body
from tests.post_mortems import BEGUN, HOSTILE

WORDS = (
    "## Actions\n",
    "- [ ] ",
    "* [x] ",
    "1. [X] ",
    "watch it",
    " (",
    ")",
    "@alice",
    "owner: ",
    "due: ",
    "2026-12-01",
)
ODD = (
    "2026-13-01",
    ", ",
    ";",
    "\n",
    "\r\n",
    "none needed, because ",
    "…",
    "```\n",
    "<!-- ",
    " -->",
    "# Other\n",
    "\u2028",
)
PIECES = st.lists(st.sampled_from([*WORDS, *ODD])).map("".join)
BODIES = st.one_of(st.text(), PIECES, PIECES.map("## Actions\n- [ ] ".__add__))


def of(*lines: str) -> Agreed:
    return agreed("\n".join(("## Actions", *lines)))


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("- [ ] watch the queue", OpenAction("watch the queue")),
        ("- [x] watch the queue", OpenAction("watch the queue", done=True)),
        ("* [X]  watch   it ", OpenAction("watch it", done=True)),
        ("  1. [ ] watch it", OpenAction("watch it")),
        ("- [ ] watch it (@alice, 2026-12-01)", OpenAction("watch it", owner="alice", due="2026-12-01")),
        ("- [ ] watch it (alice, 2026-12-01)", OpenAction("watch it", owner="alice", due="2026-12-01")),
        ("- [ ] watch it (2026-12-01)", OpenAction("watch it", due="2026-12-01")),
        ("- [ ] watch it (@alice)", OpenAction("watch it", owner="alice")),
        ("- [ ] watch it (owner: team a, due: 2026-12-01)", OpenAction("watch it", owner="team a", due="2026-12-01")),
        ("- [ ] watch it, owner: bob, due: 2026-12-01", OpenAction("watch it", owner="bob", due="2026-12-01")),
        ("- [ ] watch it Owner: bob", OpenAction("watch it", owner="bob")),
        ("- [ ] watch it (see the logs)", OpenAction("watch it (see the logs)")),
        ("- [ ] watch it (@alice, 2026-02-30)", OpenAction("watch it", owner="alice")),
        ("- [ ] watch (both) queues (@bob)", OpenAction("watch (both) queues", owner="bob")),
    ],
)
def test_an_action_is_read_with_who_and_when(line: str, action: OpenAction) -> None:
    assert of(line).actions == (action,)


@pytest.mark.parametrize("line", ["- [ ]", "- [ ] ", "- watch it", "[ ] watch it", "- [-] watch it", "- [ ] (@alice)"])
def test_what_says_nothing_or_is_no_task_is_none(line: str) -> None:
    assert of(line) == Agreed()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("none needed, because the vendor mended it", "the vendor mended it"),
        ("None needed because it was a test", "it was a test"),
        ("- [x] none needed, because of the freeze", "of the freeze"),
        ("- none needed: because… nobody saw it", "nobody saw it"),
        ("1. [x] none needed, because of the freeze", "of the freeze"),
        ("none needed, because …", ""),
        ("none needed, because", ""),
        ("none needed, because !", ""),
        ("none needed", ""),
        ("we think none needed, because x", ""),
    ],
)
def test_that_none_is_needed_takes_a_reason(line: str, why: str) -> None:
    said = of(line)

    assert (said.none_needed, said.actions) == (why, ())
    assert said.is_complete is bool(why)


def test_only_the_section_counts_without_code_and_comments() -> None:
    lines = ["- [ ] before", "### Actions:", "- [ ] one", "```", "- [ ] in code", "```", "<!-- - [ ] in a comment -->"]
    lines += ["#### Soon", "- [ ] two", "### Afterwards", "- [ ] behind"]

    assert [one.what for one in agreed("\n".join(lines)).actions] == ["one", "two"]


@pytest.mark.parametrize("facts", [BEGUN, HOSTILE])
def test_an_issue_as_it_is_opened_says_nothing_yet(facts: object) -> None:
    assert agreed(body(facts)) == Agreed()  # type: ignore[arg-type] # parametrize loses the type


@given(BODIES)
def test_anything_can_be_read_and_what_was_read_can_be_written(text: str) -> None:
    said = agreed(text)

    again = of(*map(written, said.actions))

    assert again.actions == said.actions
    assert agreed_of(as_json(said)) == said


@pytest.mark.parametrize(("now", "overdue"), [(1_796_169_599.0, False), (1_796_169_600.0, True)])
def test_an_action_is_overdue_once_its_day_is_over_in_utc(now: float, *, overdue: bool) -> None:
    action = OpenAction("watch it", due="2026-12-01")

    assert action.is_overdue(now) is overdue
    assert not OpenAction("watch it", done=True, due="2026-12-01").is_overdue(now)
    assert not OpenAction("watch it").is_overdue(now)
