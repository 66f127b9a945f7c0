"""Which lines of a commit message name a co-author, and which only look like it."""

from __future__ import annotations

import time

import pytest

from rules.engine.trailers import CoAuthor, read_co_authors

BOB = CoAuthor("Bob", "bob@example.org")
LINE = "Co-authored-by: Bob <bob@example.org>"


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(f"Subject\n\nBody.\n\n{LINE}", id="at the end"),
        pytest.param(LINE, id="alone"),
        pytest.param(f"Subject\n\nBody without a blank line.\n{LINE}\n", id="right below a sentence"),
        pytest.param(f"{LINE}\nMore words.", id="first of all, right above a sentence"),
        pytest.param(f"Subject\n\n{LINE}\nMore words.", id="right above a sentence"),
        pytest.param(f"Subject\n\n{LINE}\n\nMore words.", id="in a paragraph of its own, above others"),
        pytest.param(f"Subject\n\n---\n{LINE}\n\nnotes", id="below a line of dashes"),
        pytest.param(f"Text\n\n---------\n\n{LINE}", id="below GitHub's separator"),
        pytest.param(f"* One\n\n{LINE}\n\n* Two", id="between squashed messages"),
        pytest.param(f"Subject\n\nSigned-off-by: Ada <a@example.org>\n{LINE}\nFixes: #1", id="among other trailers"),
        pytest.param("Subject\n\nco-AUTHORED-by : Bob <bob@example.org>", id="in any case, with blanks"),
        pytest.param(f"Subject\r\n\r\n{LINE}  \r\n", id="with the line ends of Windows"),
        pytest.param(f"{LINE}\n{LINE}\nCo-authored-by: bob <BOB@example.org>", id="twice, once in other letters"),
    ],
)
def test_a_line_of_its_own_names_a_co_author_wherever_it_stands(message: str) -> None:
    assert read_co_authors(message).co_authors == (BOB,)
    assert read_co_authors(message).near_misses == ()


@pytest.mark.parametrize(
    ("message", "line", "why"),
    [
        pytest.param(f"S\n\n- {LINE}", f"- {LINE}", "it is a list item", id="a list item"),
        pytest.param(f"S\n\n2. {LINE}", f"2. {LINE}", "it is a list item", id="a numbered item"),
        pytest.param(f"S\n\n    {LINE}", LINE, "it is indented or has signs before it", id="a quoted log"),
        pytest.param(f"S\n\n> {LINE}", f"> {LINE}", "it is indented or has signs before it", id="a quotation"),
        pytest.param("Co-authored-by: Bob", "Co-authored-by: Bob", "it has no e-mail address", id="no address"),
        pytest.param("Co-authored-by: @bob", "Co-authored-by: @bob", "it has no e-mail address", id="a mention"),
        pytest.param("Co-authored-by: b@x.org", "Co-authored-by: b@x.org", "between < and >", id="a bare address"),
        pytest.param("Co-authored-by: Bob\n  <b@x.org>", "Co-authored-by: Bob", "it is folded", id="a folded value"),
        pytest.param(f"We\n{LINE}\ndid it.", LINE, "the middle of a paragraph", id="the middle of a paragraph"),
        pytest.param(f"By {LINE}", f"By {LINE}", "the middle of a line", id="the middle of a line"),
        pytest.param(f"{LINE}, A <a@x.org>", f"{LINE}, A <a@x.org>", "one line names one person", id="two on a line"),
        pytest.param("Co-author-by: B <b@x.org>", "Co-author-by: B <b@x.org>", "not spelled", id="a misspelled key"),
        pytest.param("Coauthored-by: B <b@x.org>", "Coauthored-by: B <b@x.org>", "not spelled", id="without the dash"),
    ],
)
def test_a_near_miss_is_repeated_with_its_reason_and_names_nobody(message: str, line: str, why: str) -> None:
    read = read_co_authors(message)

    assert read.co_authors == ()
    assert [(miss.line, why in miss.why) for miss in read.near_misses] == [(line, True)]


@pytest.mark.parametrize(
    "message",
    ["", "Say that co-authored-by lines count", "Co-authored-by lines are read now", "Signed-off-by: B <b@x.org>"],
)
def test_prose_about_co_authors_is_no_near_miss(message: str) -> None:
    assert read_co_authors(message).near_misses == ()


@pytest.mark.parametrize(
    "piece",
    [
        "co-authored-by: ",
        "Co-authored-by:" + " " * 50,
        "<",
        "@",
        " ",
        "- ",
        "x@",
        "co-authored-by: <a@",
        "x co-authored-by <",
    ],
)
def test_a_hostile_message_is_read_in_time_that_grows_with_its_length(piece: str) -> None:
    message = piece * (400_000 // len(piece))
    started = time.process_time()

    read_co_authors(message)
    read_co_authors(message.replace(" ", "\n"))

    assert time.process_time() - started < 2
