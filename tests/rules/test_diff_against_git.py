"""Reading diffs, held against git's own lists and counts over random trees, and against unidiff where that is able.

unidiff 1.0 leaves quoted names quoted, refuses names with ` b/` in them or takes their end for the whole, and lists a
file that became a link as two: such trees are held against git alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unidiff.patch import PatchSet

from rules.engine.diff import parse_diff
from rules.engine.pull_request import Change, ChangedFile
from tests.factories import git

LINK, MODULE = b"120000", b"160000"
Tree = dict[bytes, tuple[bytes, bytes]]

NAMES = [
    b"plain.py", b"with space", b"tab\there", b"new\nline", b'quote"d', b"back\\slash", "f\u00fcr/\u2028.md".encode(),
    b"x b/x", b"a b/a b", b"trailing ", b" leading", b"--- a", b"@@ -1 +1 @@", b"diff --git a/x b/x", b"form\ffeed",
    b"cr\rhere", b"\xff\xfe", b"dev/null", b"a => b", b"{a => b}", b"-", b"bell\a\b\v",
]  # fmt: skip
LINES = [
    b"", b"a", b"-", b"+", b"-- a/x", b"++ b/x", b"@@ -1 +1 @@", b"diff --git a/x b/x", b"diff --cc x",
    b"\\ No newline", b"\\ No newline at end of file", b"\r", b"with\rreturn", b"crlf\r", b"form\ffeed",
    "line\u2028break\u0085".encode(), b"\xff", b"index 1..2 100644", b"rename from x",
    b"Binary files a/x and b/x differ", b"GIT binary patch", b" ", b"\t",
]  # fmt: skip
content = st.builds(
    lambda lines, end: b"\n".join(lines) + end,
    st.lists(st.sampled_from(LINES), max_size=10),
    st.sampled_from([b"", b"\n"]),
)
shared = st.sampled_from([b"".join(b"line %d\n" % number for number in range(start, start + 12)) for start in range(4)])
binary = st.sampled_from([b"\0", b"\0\1\n\2", b"a\n\0b\n"])
entry = st.one_of(
    st.tuples(st.sampled_from([b"100644", b"100755"]), st.one_of(content, shared, binary)),
    st.tuples(st.just(LINK), st.sampled_from([b"plain.py", b"to nowhere", b"../x"])),
    st.tuples(st.just(MODULE), st.sampled_from([b"1" * 40, b"2" * 40])),
)
tree = st.dictionaries(st.sampled_from(NAMES), entry, max_size=6)
options = st.sampled_from(
    [("-M50%",), ("-M10%", "-U0"), ("-C", "--find-copies-harder"), ("--no-renames", "--full-index"), ("-M", "--binary")]
)
many = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
numbers = itertools.count()


class Listed(NamedTuple):
    """One file as git lists it."""

    path: str
    before: str | None
    change: Change
    lines: tuple[int, int]
    binary: bool
    submodule: bool


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "--bare")
    return tmp_path


def commit_both(directory: Path, before: Tree, after: Tree) -> tuple[str, str]:
    """Write two commits in one go; their names."""
    branch = f"refs/heads/e{next(numbers)}"
    stream = b"".join(written(branch.encode(), one) for one in (before, after)) + b"done\n"
    git(directory, "fast-import", "--quiet", "--done", stdin=stream)
    return f"{branch}~1", branch


def written(branch: bytes, files: Tree) -> bytes:
    parts = [b"commit %s\ncommitter A <a@example.org> 0 +0000\ndata 1\nxdeleteall\n" % branch]
    for name, (mode, data) in files.items():
        quoted = b'"' + b"".join(b"\\%03o" % byte for byte in name) + b'"'
        if mode == MODULE:
            parts.append(b"M %s %s %s\n" % (mode, data, quoted))
        else:
            parts.append(b"M %s inline %s\ndata %d\n%s\n" % (mode, quoted, len(data), data))
    return b"".join(parts)


def listed(output: bytes) -> Iterator[Listed]:
    """Read `git diff --raw --numstat -z`: first every file's modes and names, then every file's lines."""
    fields = iter(output.split(b"\0"))
    raw = []
    for field in fields:
        if not field.startswith(b":"):
            break
        old, new, was, becomes, status = field[1:].split(b" ")
        names = [next(fields).decode("utf-8", "replace") for _ in range(2 if status[:1] in b"RC" else 1)]
        raw.append((MODULE in (old, new), was != becomes, status[:1], names))
    else:
        field = b""
    for submodule, differs, status, names in raw:
        plus, minus, _ = field.split(b"\t", 2)
        if len(names) == 2:
            next(fields), next(fields)
        yield Listed(
            path=names[-1],
            before=names[0] if len(names) == 2 else None,
            change=CHANGES[status],
            lines=(int(plus.replace(b"-", b"0")), int(minus.replace(b"-", b"0"))),
            binary=plus == b"-" and differs,  # where only mode or name changed, a diff does not tell
            submodule=submodule and differs,
        )
        field = next(fields, b"")


CHANGES = {
    b"A": Change.ADDED, b"C": Change.ADDED, b"D": Change.DELETED, b"M": Change.MODIFIED, b"T": Change.MODIFIED,
    b"R": Change.RENAMED,
}  # fmt: skip


def as_listed(file: ChangedFile) -> Listed:
    lines = (file.added, file.deleted)
    return Listed(file.path, file.previous_path, file.change, lines, file.binary, file.submodule)


def changes_type(before: Tree, after: Tree) -> bool:
    """Tell whether a file became a link or a submodule or the reverse: git counts such lines not as it shows them."""
    return any(before[name][0][:2] != after[name][0][:2] for name in before.keys() & after.keys())


@many
@given(before=tree, after=tree, how=options, quoted=st.booleans())
def test_files_are_those_that_git_lists(
    repository: Path, before: Tree, after: Tree, how: tuple[str, ...], quoted: bool
) -> None:
    commits = commit_both(repository, before, after)
    diff = ("-c", f"core.quotepath={quoted}", "diff", *how, "--submodule=short")

    files = parse_diff(git(repository, *diff, *commits))

    oracle = list(listed(git(repository, *diff, "--raw", "--numstat", "-z", *commits)))
    if changes_type(before, after):
        assert sorted(file.path for file in files) == sorted(one.path for one in oracle)
    else:
        assert sorted(map(as_listed, files), key=str) == sorted(oracle, key=str)
    assert all(sum(hunk.added for hunk in file.hunks or ()) == file.added for file in files)
    assert all(sum(hunk.deleted for hunk in file.hunks or ()) == file.deleted for file in files)


def texts_of(data: bytes) -> list[bytes]:
    return data.removesuffix(b"\n").split(b"\n") if data else []


@many
@given(before=content, after=content)
def test_the_lines_of_a_hunk_are_those_of_the_files(repository: Path, before: bytes, after: bytes) -> None:
    commits = commit_both(repository, {b"x": (b"100644", before)}, {b"x": (b"100644", after)})

    files = parse_diff(git(repository, "diff", "-U100000", *commits))

    lines = [line for file in files for hunk in file.hunks or () for line in hunk.lines()]
    sides = [[line.text for line in lines if line.sign != sign] for sign in "+-"]
    assert not lines or sides == [texts_of(before), texts_of(after)]
    assert bool(lines) == (before != after)
    assert [line.new for line in lines if line.sign != "-"] == list(range(1, len(sides[1]) + 1))


PLAIN = [b"plain.py", b"with space", b"trailing ", b" leading", b"--- a", b"@@ -1 +1 @@", b"a => b", b"-", b"dev/null"]


@many
@given(before=tree, after=tree)
def test_unidiff_reads_the_same(repository: Path, before: Tree, after: Tree) -> None:
    plain = [{name: one for name, one in side.items() if name in PLAIN} for side in (before, after)]
    if changes_type(*plain):
        return
    diff = git(repository, "diff", "-M50%", *commit_both(repository, *plain))

    files = parse_diff(diff)

    theirs = PatchSet(diff.decode("utf-8", "replace"))
    assert [(file.path, file.added, file.deleted, len(file.hunks or ())) for file in files] == [
        (one.path, one.added, one.removed, len(one)) for one in theirs
    ]
