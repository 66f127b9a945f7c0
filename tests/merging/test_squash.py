"""Who wrote it together is still named after a squash, where git itself reads it."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from bot.merging.squash import squash_message
from bot.snapshot import Snapshot, SquashMessage
from rules.engine.pull_request import Account, Author, Commit
from tests.snapshots import HEAD, merge_state, pull_request, snapshot

ALICE = Author("Alice", "1+alice@users.noreply.github.com", Account("alice", 1))
BOB = Author("Bob", "bob@example.com", Account("bob", 2))
CAROL = Author("Carol", "carol@example.com")
BOB_AGAIN = Author("Bob", "Bob+work@example.com", Account("bob", 2))


def pulled(words: SquashMessage, *authors: Author, body: str = "Why it matters.", **fields: Any) -> Snapshot:
    commits = (Commit(HEAD, "Work", 1, authors or (ALICE, BOB)),)
    whole = pull_request(body=body, **{"commits": commits, **fields})
    return snapshot(pull_request=whole, merge_state=merge_state(squash_message=words))


def trailers(message: str) -> list[str]:
    """Ask git which trailers a commit with this message has."""
    read = subprocess.run(
        ["git", "interpret-trailers", "--parse"],
        input=f"Title (#1)\n\n{message}\n",
        capture_output=True,
        text=True,
        check=True,
    )
    return read.stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "body", "message"),
    [
        (SquashMessage.BLANK, "Why it matters.", "Co-authored-by: Bob <bob@example.com>"),
        (SquashMessage.PR_BODY, "Why it matters.", "Why it matters.\n\nCo-authored-by: Bob <bob@example.com>"),
        (SquashMessage.PR_BODY, "<!-- a hint -->\r\n", "Co-authored-by: Bob <bob@example.com>"),
        (SquashMessage.COMMIT_MESSAGES, "Why it matters.", None),
    ],
)
def test_the_names_stand_last_below_what_the_repository_wants_there(
    words: SquashMessage, body: str, message: str | None
) -> None:
    assert squash_message(pulled(words, body=body)) == message


@pytest.mark.parametrize(
    ("words", "body", "message"),
    [
        (SquashMessage.PR_BODY, "Why.\n\n<!-- fill this in -->", "Why."),
        (SquashMessage.PR_BODY, "Why.", None),
        (SquashMessage.BLANK, "<!-- fill this in -->", None),
        (SquashMessage.COMMIT_MESSAGES, "<!-- fill this in -->", None),
    ],
)
def test_what_the_page_hides_does_not_land_even_where_nobody_else_is_named(
    words: SquashMessage, body: str, message: str | None
) -> None:
    assert squash_message(pulled(words, ALICE, body=body)) == message


def test_each_person_is_named_once_and_the_author_not_at_all() -> None:
    body = "Why.\n\nCo-authored-by: Carol <carol@example.com>\nCo-authored-by: Bobby <BOB@example.com>"

    message = squash_message(pulled(SquashMessage.PR_BODY, ALICE, BOB, BOB_AGAIN, body=body))

    assert message == "Why.\n\nCo-authored-by: Bobby <BOB@example.com>\nCo-authored-by: Carol <carol@example.com>"


def test_without_anybody_else_github_writes_its_own_words() -> None:
    assert squash_message(pulled(SquashMessage.BLANK, ALICE)) is None


def test_whoever_merged_the_trunk_in_is_no_co_author() -> None:
    merged = Commit("c" * 40, "Merge main", 2, (CAROL,))

    assert squash_message(pulled(SquashMessage.BLANK, commits=(merged,))) is None


@pytest.mark.parametrize("body", ["Why.", "", "Why.\n\n---------\n\nMore.", "Why.\n---\nWhat: this and that"])
def test_git_reads_the_names_as_trailers_whatever_the_description_holds(body: str) -> None:
    message = squash_message(pulled(SquashMessage.PR_BODY, ALICE, BOB, CAROL, body=body))

    assert message is not None
    assert trailers(message)[-2:] == [
        "Co-authored-by: Bob <bob@example.com>",
        "Co-authored-by: Carol <carol@example.com>",
    ]


def test_a_hostile_name_adds_no_line_of_its_own() -> None:
    evil = Author("Eve>\nSigned-off-by: Linus <l@example.com", "eve@example.com\n\nx")

    message = squash_message(pulled(SquashMessage.BLANK, ALICE, evil))

    assert message == "Co-authored-by: Eve Signed-off-by: Linus l@example.com <eve@example.com x>"
