"""Reads unified diffs as git and GitHub write them, from bytes, without an object for each line.

Git's grammar is taken at its word: whatever departs from it is refused, so that nothing is counted by halves.
"""

from __future__ import annotations

import re
from typing import Final

from rules.engine.hunk import Hunk
from rules.engine.pull_request import Change, ChangedFile

_RANGES: Final = re.compile(rb"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@[^\n]*\n")
_HEADER: Final = re.compile(
    rb"diff --git ([^\n]+)\n"
    rb"(?:(new|deleted) file mode (\d{6})\n|old mode (\d{6})\nnew mode (\d{6})\n)?"
    rb"(?:(?:dis)?similarity index \d{1,3}%\n)?"
    rb"(?:(rename|copy) from ([^\n]+)\n(?:rename|copy) to ([^\n]+)\n)?"
    rb"(?:index ([0-9a-f]+)\.\.([0-9a-f]+)(?: (\d{6}))?\n)?"
    rb"(?:--- ([^\n]+)\n\+\+\+ ([^\n]+)\n|(Binary files [^\n]+ differ\n\Z|GIT binary patch\n)|\Z)"
)
_NEXT: Final = b"\ndiff --git "
_SUBMODULE: Final = b"160000"
_NOTHING: Final = b"/dev/null"
_EMPTY: Final = (  # the name of the empty file, by both of git's hashes
    b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    b"473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)
_ESCAPES: Final = {
    b"a": b"\a",
    b"b": b"\b",
    b"t": b"\t",
    b"n": b"\n",
    b"v": b"\v",
    b"f": b"\f",
    b"r": b"\r",
    b'"': b'"',
    b"\\": b"\\",
}
_ESCAPE: Final = re.compile(rb'\\([abtnvfr"\\]|[0-3][0-7]{2})')


class DiffError(ValueError):
    """The text is not a diff that can be counted: cut off, combined, or counted wrongly by its own headers."""


def parse_patch(patch: bytes) -> tuple[Hunk, ...]:
    """Read the hunks of one file, such as the `patch` field of GitHub's REST API. Raises DiffError."""
    whole = patch if patch.endswith(b"\n") else patch + b"\n"
    return _hunks(whole, 0, len(whole))[0] if patch else ()


def parse_diff(data: bytes) -> tuple[ChangedFile, ...]:
    """Read the output of `git diff` (prefixes `a/` and `b/`). Raises DiffError for anything else."""
    if data.startswith((b"diff --cc ", b"diff --combined ")):
        raise DiffError("a combined diff of a merge has no single base: compare two commits instead")
    if data and not data.endswith(b"\n"):
        raise DiffError("the diff ends in the middle of a line: it was cut off")
    files: list[ChangedFile] = []
    at, size = 0, len(data)
    while at < size:
        # No line of a hunk can be taken for a header: each starts with a sign, and headers start with a letter or `@`.
        end = data.find(_NEXT, at) + 1 or size
        files.append(_file(data, at, end))
        at = end
    return _without_type_changes(files)


def _hunks(data: bytes, at: int, end: int) -> tuple[tuple[Hunk, ...], int, int]:
    """Read the hunks between two places, and count the lines that they add and delete."""
    hunks: list[Hunk] = []
    added = deleted = 0
    while at < end:
        found = _RANGES.match(data, at, end)
        if found is None:
            raise DiffError("a hunk starts with `@@` and the numbers of its lines")
        at = data.find(b"\n@@ ", found.end() - 1, end) + 1 or end
        hunk, kept = _hunk(found, data, at)
        hunks.append(hunk)
        added += hunk.new_count - kept
        deleted += hunk.old_count - kept
    return tuple(hunks), added, deleted


def _hunk(found: re.Match[bytes], data: bytes, end: int) -> tuple[Hunk, int]:
    """Read one hunk whose lines end at a place, and count those that it keeps; all must be as its header says."""
    first, last = found.end() - 1, end - 1  # from one newline to another, so that each line is a newline and a sign
    old_start, old_count, new_start, new_count = map(int, found.groups(b"1"))
    kept = data.count(b"\n ", first, last)
    added, deleted = data.count(b"\n+", first, last), data.count(b"\n-", first, last)
    spare = data.count(b"\n", first, last) - kept - added - deleted
    if kept + deleted != old_count or kept + added != new_count or (spare and spare != _notes(data, first, last)):
        raise DiffError("a hunk does not hold the lines that its header counts: the diff was cut off or altered")
    return Hunk(old_start, old_count, new_start, new_count, data[first + 1 : last]), kept


def _notes(data: bytes, first: int, last: int) -> int:
    """Count what is said of a missing newline at the end of a file."""
    return data.count(b"\n\\ ", first, last)


def _file(data: bytes, at: int, end: int) -> ChangedFile:
    found = _HEADER.match(data, at, end)
    if found is None:
        raise DiffError("a file starts with `diff --git` and the header that git writes")
    names, fate, mode, was, becomes, moved, source, target, old, new, stays, minus, plus, binary = found.groups()
    hunks, added, deleted = _hunks(data, found.end(), end) if minus else ((), 0, 0)
    if not (hunks or binary or _has_no_lines(old, new)):
        raise DiffError("a file whose lines are not there: the diff was cut off")
    path = _unquoted(target) if target else _path(names, minus, plus)
    return ChangedFile(
        path=path.decode("utf-8", "replace"),
        change=_change(fate, moved),
        added=added,
        deleted=deleted,
        hunks=hunks,
        previous_path=_unquoted(source).decode("utf-8", "replace") if source else None,
        binary=binary is not None,
        submodule=_SUBMODULE in (mode, was, becomes, stays),
    )


def _has_no_lines(old: bytes | None, new: bytes | None) -> bool:
    """Say whether no line can have changed: the content stays, or an empty file comes or goes."""
    if old is None or new is None:
        return True
    content = new if not old.strip(b"0") else old
    return not (old.strip(b"0") and new.strip(b"0")) and any(empty.startswith(content) for empty in _EMPTY)


def _change(fate: bytes | None, moved: bytes | None) -> Change:
    if fate == b"new" or moved == b"copy":
        return Change.ADDED
    if fate == b"deleted":
        return Change.DELETED
    return Change.RENAMED if moved else Change.MODIFIED


def _path(names: bytes, minus: bytes | None, plus: bytes | None) -> bytes:
    """Read the name of a file that was not renamed: from the lines of its sides, or where there are none, its first."""
    if minus is None or plus is None:
        return _same_name(names)
    side, prefix = (minus, b"a/") if plus == _NOTHING else (plus, b"b/")
    name = _unquoted(side.removesuffix(b"\t"))
    if not name.startswith(prefix):
        raise DiffError("a file's name without the prefix `a/` or `b/`")
    return name[2:]


def _same_name(names: bytes) -> bytes:
    """Read `a/X b/X`, the only place of the name where no line changed: both halves are equal."""
    half = (len(names) - 1) // 2
    left, right = _unquoted(names[:half]), _unquoted(names[half + 1 :])
    if left[:2] != b"a/" or right[:2] != b"b/" or left[2:] != right[2:]:
        raise DiffError("a file header whose two names differ without a rename")
    return left[2:]


def _unquoted(name: bytes) -> bytes:
    """Undo git's C-style quoting (git-config, core.quotePath)."""
    if not (name.startswith(b'"') and name.endswith(b'"') and len(name) > 1):
        return name
    return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1]) or bytes((int(found[1], 8),)), name[1:-1])


def _without_type_changes(files: list[ChangedFile]) -> tuple[ChangedFile, ...]:
    """Join the two halves that git prints where a file became a symbolic link, a submodule, or the reverse."""
    joined: list[ChangedFile] = []
    for file in files:
        before = joined[-1] if joined else None
        if before and before.path == file.path and (before.change, file.change) == (Change.DELETED, Change.ADDED):
            joined[-1] = ChangedFile(
                path=file.path,
                change=Change.MODIFIED,
                added=file.added,
                deleted=before.deleted,
                hunks=(before.hunks or ()) + (file.hunks or ()),
                binary=before.binary or file.binary,
                submodule=before.submodule or file.submodule,
            )
        else:
            joined.append(file)
    return tuple(joined)
