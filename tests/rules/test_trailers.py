"""Which lines of a commit message name a co-author, and which only look like it."""

from __future__ import annotations

import time

import pytest

from rules.engine.trailers import CoAuthor, read_co_authors

BOB = CoAuthor("Bob", "bob@example.org")
LINE = "Co-authored-by: Bob <bob@example.org>"
NO_ADDRESS = "it has no e-mail address between < and >"
MISSPELLED = "its key is not spelled `Co-authored-by:`"
TWO = "something follows the address: one line names one person"


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(f"Subject\n\nBody.\n\n{LINE}", id="at the end"),
        pytest.param(LINE, id="alone"),
        pytest.param(f"Subject\n\nBody without a blank line.\n{LINE}\n", id="right below a sentence"),
        pytest.param(f"Subject\n\nBody.\n{LINE}", id="at the very end, right below a sentence"),
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
        pytest.param("Co-authored-by: Bob", "Co-authored-by: Bob", NO_ADDRESS, id="no address"),
        pytest.param(" x\nCo-authored-by: Bob\nx", "Co-authored-by: Bob", NO_ADDRESS, id="below what is indented"),
        pytest.param("Co-authored-by: @bob", "Co-authored-by: @bob", NO_ADDRESS, id="a mention"),
        pytest.param("Co-authored-by: b@x.org", "Co-authored-by: b@x.org", NO_ADDRESS, id="a bare address"),
        pytest.param(
            "Co-authored-by: Bob\n  <b@x.org>",
            "Co-authored-by: Bob",
            "it is folded over two lines",
            id="a folded value",
        ),
        pytest.param(
            f"We\n{LINE}\ndid it.", LINE, "it stands in the middle of a paragraph", id="the middle of a paragraph"
        ),
        pytest.param(f"By {LINE}", f"By {LINE}", "it stands in the middle of a line", id="the middle of a line"),
        pytest.param(f"{LINE}, A <a@x.org>", f"{LINE}, A <a@x.org>", TWO, id="two on a line"),
        pytest.param("Co-author-by: B <b@x.org>", "Co-author-by: B <b@x.org>", MISSPELLED, id="a misspelled key"),
        pytest.param("Coauthored-by: B <b@x.org>", "Coauthored-by: B <b@x.org>", MISSPELLED, id="without the dash"),
    ],
)
def test_a_near_miss_is_repeated_with_its_reason_and_names_nobody(message: str, line: str, why: str) -> None:
    read = read_co_authors(message)

    assert read.co_authors == ()
    assert [(miss.line, miss.why) for miss in read.near_misses] == [(line, why)]


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


def test_only_the_start_of_a_line_is_read_and_less_of_it_is_repeated() -> None:
    short, long = f"Co-authored-by: {'x' * 470} <b@x.org>", f"Co-authored-by: {'x' * 480} <b@x.org>"

    assert [one.email for one in read_co_authors(short).co_authors] == ["b@x.org"]
    assert [miss.line for miss in read_co_authors(long).near_misses] == [long[:120]]


def test_of_one_message_twenty_near_misses_are_repeated() -> None:
    message = "\n".join(f"- Co-authored-by: B{at} <b@x.org>" for at in range(21))

    assert [miss.line[-12:] for miss in read_co_authors(message).near_misses][-1] == "B19 <b@x.org>"[-12:]
    assert len(read_co_authors(message).near_misses) == 20


def test_people_are_listed_in_the_order_of_their_lines() -> None:
    message = f"S\n\nCo-authored-by: Ada <a@x.org>\n{LINE}\nCo-authored-by: Ada <a2@x.org>"

    assert [one.email for one in read_co_authors(message).co_authors] == ["a@x.org", BOB.email, "a2@x.org"]
