"""The words of the git commands that build a stack; that they work is shown with real git elsewhere."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.engine.stack import quoted


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("src/a.py", "src/a.py"),
        ("a b", "'a b'"),
        ("it's", "'it'\"'\"'s'"),
        ("$HOME", "'$HOME'"),
        ("a\nb", r"$'a\012b'"),
        ("`id`", r"$'\140id\140'"),
        ("\u202egnp.py", r"$'\342\200\256gnp\056py'"),
        ("ünï", "'ünï'"),
        ("", "''"),
    ],
)
def test_names_are_quoted_as_one_printable_word(name: str, words: str) -> None:
    assert quoted(name) == words


@given(
    words=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1, max_size=20)
)
@settings(max_examples=40, deadline=None)
def test_bash_reads_every_word_as_it_was(words: list[str]) -> None:
    command = f"printf '%s\\0' {' '.join(map(quoted, words))}"

    printed = subprocess.run(["bash", "-c", command], capture_output=True, check=True, env={"LC_ALL": "C"}).stdout

    assert printed.decode().split("\0")[:-1] == words
    assert command.isprintable()
    assert "`" not in command
