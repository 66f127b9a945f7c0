"""Diffs that cannot be counted: cut off, altered, or not written by git."""

from __future__ import annotations

import pytest

from rules.engine.diff import DiffError, parse_diff

HEADER = b"diff --git a/f b/f\nindex 1..2 100644\n--- a/f\n+++ b/f\n"
WHOLE = HEADER + b"@@ -1 +1,2 @@\n-a\n+b\n+c\n"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(WHOLE[:-1], id="in the middle of a line"),
        pytest.param(WHOLE[:-3], id="before the last line"),
        pytest.param(HEADER, id="before the first hunk"),
        pytest.param(HEADER[:32], id="in the middle of the header"),
        pytest.param(HEADER[: HEADER.index(b"---")], id="after the names of the contents"),
        pytest.param(b"diff --git a/f b/f\nnew file mode 100644\nindex 0000000..1234567\n", id="a new file's lines"),
        pytest.param(b"diff --git a/f b/f\nindex e69de29..1234567 100644\n", id="the lines of what was empty"),
    ],
)
def test_a_diff_that_is_cut_off_is_refused(data: bytes) -> None:
    with pytest.raises(DiffError):
        parse_diff(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"hello\n", id="no diff"),
        pytest.param(b"\n" + WHOLE, id="something before it"),
        pytest.param(WHOLE + b"hello\n", id="something after it"),
        pytest.param(WHOLE + b"diff --cc f\n@@@ -1,1 -1,1 +1,1 @@@\n++a\n", id="a combined diff after it"),
        pytest.param(WHOLE.replace(b"a/f", b"f").replace(b"b/f", b"f"), id="names without prefix"),
        pytest.param(b"diff --git a/f b/g\nold mode 100644\nnew mode 100755\n", id="two names without a rename"),
        pytest.param(b"diff --git a/f b/f\nsomething else\n", id="a header line that git does not write"),
        pytest.param(WHOLE.replace(b"-a\n", b"-a\n\\no note\n"), id="a note that git does not write"),
        pytest.param(WHOLE.replace(b"@@ -1 +1,2 @@", b"@@ -1 +1,99999999999 @@"), id="a number without end"),
        pytest.param(b"diff --git a/f b/f\nBinary files a/f and b/f differ\nmore\n", id="more than a binary file"),
    ],
)
def test_what_git_does_not_write_is_refused(data: bytes) -> None:
    with pytest.raises(DiffError):
        parse_diff(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (WHOLE[:-1], "the diff ends in the middle of a line: it was cut off"),
        (WHOLE[:-3], "a hunk does not hold the lines that its header counts: the diff was cut off or altered"),
        (HEADER, "a file whose lines are not there: the diff was cut off"),
        (HEADER + b"hello\n", "a hunk starts with `@@` and the numbers of its lines"),
        (b"hello\n", "a file starts with `diff --git` and the header that git writes"),
        (b"diff --cc f\n", "a combined diff of a merge has no single base: compare two commits instead"),
        (b"diff --combined f\n", "a combined diff of a merge has no single base: compare two commits instead"),
        (WHOLE.replace(b"++ b/f", b"++ c/f"), "a file's name without the prefix `a/` or `b/`"),
        (
            b"diff --git a/f b/g\nold mode 100644\nnew mode 100755\n",
            "a file header whose two names differ without a rename",
        ),
    ],
)
def test_a_refusal_says_what_is_wrong(data: bytes, words: str) -> None:
    with pytest.raises(DiffError) as refused:
        parse_diff(data)

    assert str(refused.value) == words
