"""Reading diffs: every shape that git prints, against git's own count."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.engine.diff import DiffError, parse_diff, parse_patch
from rules.engine.hunk import Hunk, Line
from rules.engine.pull_request import Change, ChangedFile
from tests.factories import git

ROOT = Path(__file__).parents[2]


def commit_all(directory: Path, files: dict[bytes, bytes]) -> None:
    for old in directory.iterdir():
        if old.name != ".git":
            old.unlink()
    for name, content in files.items():
        Path(bytes(directory).decode(), name.decode("utf-8", "surrogateescape")).write_bytes(content)
    git(directory, "add", "-A")
    git(directory, "commit", "-q", "--allow-empty", "-m", "x")


def diff_between(directory: Path, before: dict[bytes, bytes], after: dict[bytes, bytes]) -> tuple[ChangedFile, ...]:
    commit_all(directory, before)
    commit_all(directory, after)
    return parse_diff(git(directory, "diff", "-M50%", "HEAD~1", "HEAD"))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    return tmp_path


def test_lines_that_look_like_headers_are_lines() -> None:
    patch = b"""@@ -1,4 +1,4 @@ def f():
 same
--- a/x
-@@ -1 +1 @@
++++ b/y
+diff --git a/z b/z
 end"""

    (hunk,) = parse_patch(patch)

    assert [(line.sign, line.old, line.new, line.text) for line in hunk.lines()] == [
        (" ", 1, 1, b"same"),
        ("-", 2, 0, b"-- a/x"),
        ("-", 3, 0, b"@@ -1 +1 @@"),
        ("+", 0, 2, b"+++ b/y"),
        ("+", 0, 3, b"diff --git a/z b/z"),
        (" ", 4, 4, b"end"),
    ]


def test_the_note_about_a_missing_newline_is_no_line() -> None:
    (hunk,) = parse_patch(b"@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file")

    assert list(hunk.lines()) == [Line("-", 1, 0, b"a"), Line("+", 0, 1, b"b")]
    assert (hunk.added, hunk.deleted) == (1, 1)
    assert (hunk.added_lines(), hunk.deleted_lines()) == ([1], [1])


def test_the_numbers_of_changed_lines_are_those_of_the_lines_themselves() -> None:
    (hunk,) = parse_patch(b"@@ -7,4 +9,5 @@\n-a\n same\n+b\n+c\n-d\n same\n+e")
    lines = list(hunk.lines())

    assert hunk.added_lines() == [line.new for line in lines if line.sign == "+"] == [10, 11, 13]
    assert hunk.deleted_lines() == [line.old for line in lines if line.sign == "-"] == [7, 9]


def test_a_hunk_that_only_adds_has_no_deleted_line() -> None:
    (hunk,) = parse_patch(b"@@ -0,0 +1,2 @@\n+a\n+b")

    assert (hunk.added_lines(), hunk.deleted_lines()) == ([1, 2], [])


def test_a_patch_reads_the_same_with_and_without_its_last_newline() -> None:
    assert parse_patch(b"@@ -0,0 +1 @@\n+a\n") == parse_patch(b"@@ -0,0 +1 @@\n+a") == (Hunk(0, 0, 1, 1, b"+a"),)


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param(b"@@ -1,2 +1,2 @@\n-a\n+b", id="cut off"),
        pytest.param(b"@@ -1 +1 @@\n-a\n+b\n+c", id="longer than its header says"),
        pytest.param(b"@@ -1,2 +1 @@\n-a\n+b", id="one removed line cut off"),
        pytest.param(b"@@ -1 +1,2 @@\n-a\n+b", id="one added line cut off"),
        pytest.param(b"@@ -1 +1 @@\n-a\nb\n+c", id="a line without a sign"),
        pytest.param(b"+a", id="no header"),
        pytest.param(b"@@ nonsense @@\n+a", id="a header without numbers"),
        pytest.param(b"@@@ -1 -1 +1 @@@\n++a", id="combined"),
    ],
)
def test_a_patch_that_does_not_add_up_is_refused(patch: bytes) -> None:
    with pytest.raises(DiffError):
        parse_patch(patch)


@pytest.mark.parametrize("start", [b"diff --cc x\n", b"diff --combined x\n"])
def test_a_combined_diff_is_refused_in_words(start: bytes) -> None:
    with pytest.raises(DiffError, match="compare two commits"):
        parse_diff(start + b"@@@ -1,1 -1,1 +1,1 @@@\n++a\n")


NAMES = [
    b"plain",
    b"with space",
    b"tab\there",
    b"new\nline",
    b'quote"d',
    b"back\\slash",
    "f\u00fcr".encode(),
    b" b/twice",
    b"a b/a b",
    b"trailing ",
]


@pytest.mark.parametrize("quotepath", ["true", "false"])
def test_every_name_comes_back_as_it_is(repository: Path, quotepath: str) -> None:
    names = [name.replace(b"/", b"-") for name in NAMES]
    commit_all(repository, dict.fromkeys(names, b"old\n"))
    commit_all(repository, dict.fromkeys(names, b"new\n"))

    files = parse_diff(git(repository, "-c", f"core.quotepath={quotepath}", "diff", "HEAD~1", "HEAD"))

    assert {file.path for file in files} == {name.decode() for name in names}
    assert {(file.added, file.deleted, file.change) for file in files} == {(1, 1, Change.MODIFIED)}


@pytest.mark.parametrize("name", [name.replace(b"/", b"-") for name in NAMES])
def test_a_name_is_read_where_no_line_changed(repository: Path, name: bytes) -> None:
    commit_all(repository, {b"other": b"x"})
    commit_all(repository, {b"other": b"x", name: b""})
    (created,) = parse_diff(git(repository, "diff", "HEAD~1", "HEAD"))
    Path(str(repository), name.decode()).chmod(0o755)
    git(repository, "commit", "-aqm", "mode")

    (mode,) = parse_diff(git(repository, "diff", "HEAD~1", "HEAD"))

    assert (created.path, created.change, created.hunks) == (name.decode(), Change.ADDED, ())
    assert (mode.path, mode.change, mode.hunks) == (name.decode(), Change.MODIFIED, ())


def test_renames_carry_both_names_and_only_what_changed(repository: Path) -> None:
    text = b"".join(b"line %d\n" % number for number in range(20))

    pure = diff_between(repository, {b"old name": text}, {b"new\tname": text})
    edited = diff_between(repository, {b"old": text}, {b"new": text + b"more\n"})

    assert [(f.change, f.previous_path, f.path, f.added) for f in (*pure, *edited)] == [
        (Change.RENAMED, "old name", "new\tname", 0),
        (Change.RENAMED, "old", "new", 1),
    ]


def test_binary_files_are_known_by_their_bytes(repository: Path) -> None:
    (plain,) = diff_between(repository, {b"x.py": b"text\n"}, {b"x.py": b"\0\1\2"})
    (patch,) = parse_diff(git(repository, "diff", "--binary", "HEAD~1", "HEAD"))

    assert (plain.path, plain.binary, plain.added, plain.hunks) == ("x.py", True, 0, ())
    assert patch == plain


def test_symbolic_links_submodules_and_type_changes_are_one_file_each(repository: Path) -> None:
    commit_all(repository, {b"a": b"one\ntwo\n", b"keep": b"k\n"})
    (repository / "a").unlink()
    (repository / "a").symlink_to("keep")
    sha = "1" * 40
    git(repository, "add", "-A")
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{sha},sub")
    git(repository, "commit", "-qm", "link")

    link, sub = parse_diff(git(repository, "diff", "--submodule=short", "HEAD~1", "HEAD"))

    assert (link.path, link.change, link.added, link.deleted, link.submodule) == ("a", Change.MODIFIED, 1, 2, False)
    assert (sub.path, sub.change, sub.submodule, sub.added) == ("sub", Change.ADDED, True, 1)


def test_carriage_returns_stay_in_the_text(repository: Path) -> None:
    (file,) = diff_between(repository, {b"x": b"a\r\nb\r\n"}, {b"x": b"a\r\nc\rd\r\n"})

    assert [line.text for hunk in file.hunks or () for line in hunk.lines() if line.sign == "+"] == [b"c\rd\r"]


LINES = st.lists(
    st.sampled_from(
        [
            b"",
            b"a",
            b"-",
            b"+",
            b"-- a/x",
            b"++ b/x",
            b"@@ -1 +1 @@",
            b"diff --git a/x b/x",
            b"\\ No",
            b"\r",
            b"\xff",
            b"x y",
        ]
    ),
    max_size=12,
)
CONTENT = st.builds(lambda lines, end: b"\n".join(lines) + end, LINES, st.sampled_from([b"", b"\n"]))
TREE = st.dictionaries(
    st.sampled_from([b"a", b"b c", b"d\te", "\u00fc".encode(), b"f\ng", b"--- h"]), CONTENT, max_size=4
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=TREE, after=TREE)
def test_files_and_lines_are_those_that_git_counts(
    repository: Path, before: dict[bytes, bytes], after: dict[bytes, bytes]
) -> None:
    files = diff_between(repository, before, after)

    numbers = re.findall(
        rb"(?:^|\0)(\d+|-)\t(\d+|-)\t", git(repository, "diff", "-M50%", "--numstat", "-z", "HEAD~1", "HEAD")
    )
    counted = sorted((int(plus.replace(b"-", b"0")), int(minus.replace(b"-", b"0"))) for plus, minus in numbers)
    assert sorted((file.added, file.deleted) for file in files) == counted


def test_an_empty_file_that_goes_has_no_lines() -> None:
    data = b"diff --git a/f b/f\ndeleted file mode 100644\nindex e69de29bb..000000000\n"

    assert parse_diff(data) == (ChangedFile("f", Change.DELETED, 0, 0, ()),)


def test_a_copy_is_a_new_file_with_what_it_was_copied_from() -> None:
    data = b"diff --git a/f b/g\nsimilarity index 100%\ncopy from f\ncopy to g\n"

    assert parse_diff(data) == (ChangedFile("g", Change.ADDED, 0, 0, (), previous_path="f"),)


def test_a_section_name_in_a_hunk_header_may_be_anything() -> None:
    (hunk,) = parse_patch(b"@@ -1 +1 @@ @@ -9 +9 @@ \x00\r\xff\n-a\n+b")

    assert (hunk.old_start, hunk.new_start, hunk.body) == (1, 1, b"-a\n+b")


def test_diffs_are_read_nearly_as_fast_as_their_lines_are_split() -> None:
    said = subprocess.run([sys.executable, "-m", "benchmarks.diff_parser"], cwd=ROOT, check=True, capture_output=True)

    _, *rows = said.stdout.decode().splitlines()
    ratios = {row[:22].strip(): float(row.split()[-1]) for row in rows}
    assert ratios["many tiny files"] >= 0.03
    assert ratios["large hunks"] >= 0.1
    assert ratios["one giant line"] >= 0.02


def test_a_hunk_comes_back_whole_from_another_process() -> None:
    there = Hunk(3, 1, 4, 2, b"-a\n+b\n+c")

    back = pickle.loads(pickle.dumps(there))  # noqa: S301 - it was written right here

    assert (back, [(line.sign, line.old, line.new) for line in back.lines()]) == (
        there,
        [("-", 3, 0), ("+", 0, 4), ("+", 0, 5)],
    )
