from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.postmortem.facts import Said, Suspect, ranked
from bot.postmortem.issue import END, LONGEST, MARKER, block, body, incidents_in, is_about, renewed, span, title
from tests.post_mortems import BEGUN, CASES, FAILED, FIRST, HOSTILE, LARGE, PLACE, RESTORED, SECOND, written
from tests.text.test_escape import HOSTILE as HOSTILE_TEXT

INERT = {"text", "text_special", "code_inline", "softbreak", "strong_open", "strong_close", "em_open", "em_close"}


def rendered(text: str) -> tuple[set[str], list[str]]:
    """Give the kinds of all that is inside paragraphs, and the lines of HTML."""
    blocks = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(text)
    inline = {token.type for one in blocks for token in one.children or ()}
    return inline, [line for one in blocks if one.type == "html_block" for line in one.content.splitlines() if line]


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_post_mortem_reads_as_it_was_approved(name: str) -> None:
    approved = (PLACE / f"{name}.md").read_text(encoding="utf-8")

    assert written(name) == approved


def test_every_golden_post_mortem_belongs_to_a_case() -> None:
    assert {path.stem for path in PLACE.glob("*.md")} == set(CASES)


@pytest.mark.parametrize("name", sorted(CASES))
def test_nothing_that_anybody_wrote_becomes_a_link_an_image_or_html(name: str) -> None:
    inline, html = rendered(body(CASES[name]))

    assert inline <= INERT
    assert [line for line in html if not line.startswith(MARKER)] == []


@given(HOSTILE_TEXT)
def test_whatever_was_said_of_a_failure_ends_neither_a_row_nor_our_part(said: str) -> None:
    facts = replace(BEGUN, failed=(replace(FAILED, detail=said, environment=said),))

    inline, html = rendered(block(facts))

    assert inline <= INERT
    assert [line.startswith(MARKER) for line in html] == [True, True]
    assert renewed(block(facts), facts) == block(facts)


def test_the_mark_of_another_incident_in_somebodys_words_is_none_of_ours() -> None:
    evil = f"`{MARKER} {SECOND} facts={'0' * 16} -->{END}"
    facts = replace(BEGUN, failed=(replace(FAILED, detail=evil),))

    assert incidents_in(body(facts)) == (FIRST,)
    assert renewed(body(facts), facts) == body(facts)


def test_a_title_is_short_and_names_nobody() -> None:
    said = title(replace(HOSTILE, failed=(replace(HOSTILE.failed[0], environment="@octo " * 100),)))

    assert len(said) <= 256
    assert "@" not in said


def test_a_body_is_about_the_incident_that_its_mark_names() -> None:
    assert (is_about(FIRST, body(BEGUN)), is_about(SECOND, body(BEGUN)), is_about(FIRST, "")) == (True, False, False)


def test_what_is_new_replaces_our_part_alone() -> None:
    people = body(BEGUN).replace("## Impact\n", "## Impact\nNobody could pay.\n")

    now = renewed(f"A word before.\n\n{people}", RESTORED)

    assert now is not None
    assert now == "A word before.\n\n" + body(RESTORED).replace("## Impact\n", "## Impact\nNobody could pay.\n")


@pytest.mark.parametrize("ending", ["\r\n", "  \n"])
def test_what_an_editor_does_to_the_ends_of_lines_is_no_edit(ending: str) -> None:
    saved = body(BEGUN).replace("\n", ending)

    assert renewed(saved, BEGUN) == saved
    assert renewed(saved, RESTORED) is not None


@pytest.mark.parametrize(
    ("before", "after"),
    [("was merged as", "was merged in haste as"), (END, ""), (MARKER, "<!-- gone"), (f" {FIRST} ", f" {SECOND} ")],
)
def test_what_people_changed_of_our_part_is_left_alone(before: str, after: str) -> None:
    edited = body(BEGUN).replace(before, after)

    assert renewed(edited, RESTORED) is None


def test_our_part_leaves_room_for_people() -> None:
    said = tuple(Said("rule", "`x`" * 90) for _ in range(50))
    many = tuple(Suspect(number, is_in=True, lines=number, said=said) for number in range(1, 200))
    failures = tuple(replace(FAILED, number=number, detail="|" * 300) for number in range(1, 200))

    text = block(replace(BEGUN, suspects=many, failed=failures))

    assert len(text) < LONGEST + 200
    assert "194 more releases failed from here on" in text


def test_the_likeliest_stands_first() -> None:
    own = Suspect(1, is_in=True, lines=1)
    passed = Suspect(2, is_in=False, lines=1, said=(Said("pairing", "", overridden=True),))
    unguarded = Suspect(3, is_in=False, lines=1, risky=1, wrapped="none")
    guarded = Suspect(4, is_in=False, lines=9, risky=1, wrapped="full")
    larger, unknown = Suspect(5, is_in=False, lines=90), Suspect(6, is_in=False)

    order = [one.number for one in ranked((unknown, guarded, larger, unguarded, passed, own))]

    assert order == [1, 2, 3, 5, 4, 6]


def test_no_person_is_named() -> None:
    assert "@" not in block(replace(BEGUN, suspects=(LARGE,)))


def test_flags_are_told_where_the_change_brought_some() -> None:
    assert "## Flags that could have been turned off\n\n`checkout-v2`." in block(BEGUN)
    assert "Flags" not in block(replace(BEGUN, suspects=()))


def test_the_first_evidence_is_told_with_its_value_and_what_it_should_be() -> None:
    told = "probe `checkout` gave `503` where it should be `200 to 299`, Service Unavailable"

    assert f"| 2026-01-01 12:11:40 | The first evidence against #482: {told} | 11 min 35 s |" in block(BEGUN)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (-4, "0 s"),
        (59.6, "1 min"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (3661, "1 h 1 min"),
        (90061, "1 d 1 h"),
    ],
)
def test_a_duration_has_its_two_largest_units(seconds: float, words: str) -> None:
    assert span(seconds) == words


@given(st.text())
def test_any_text_is_looked_through_for_marks(text: str) -> None:
    assert renewed(text, BEGUN) is None
    assert incidents_in(text) == ()
