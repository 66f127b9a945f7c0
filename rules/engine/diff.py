"""Reads unified diffs as git and GitHub write them, from bytes, without an object for each line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from rules.engine.pull_request import Change, ChangedFile

if TYPE_CHECKING:
    from collections.abc import Iterator

_RANGES: Final = re.compile(rb"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@[^\n]*\n")
_SUBMODULE: Final = b"160000"
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


class Line(NamedTuple):
    """One line of a hunk: its sign (` `, `+` or `-`), its number on each side (0 where absent) and its text."""

    sign: str
    old: int
    new: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Hunk:
    """One block of a diff. `body` holds its signed lines joined by newlines; line numbers start at 1."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    body: bytes

    @property
    def added(self) -> int:
        """Count the added lines."""
        return self.body.count(b"\n+") + self.body.startswith(b"+")

    @property
    def deleted(self) -> int:
        """Count the deleted lines."""
        return self.body.count(b"\n-") + self.body.startswith(b"-")

    def lines(self) -> Iterator[Line]:
        """Walk the lines in order; notes such as the missing newline at the end of a file are left out."""
        old, new = self.old_start, self.new_start
        for raw in self.body.split(b"\n"):
            match raw[:1]:
                case b"+":
                    yield Line("+", 0, new, raw[1:])
                    new += 1
                case b"-":
                    yield Line("-", old, 0, raw[1:])
                    old += 1
                case b" ":
                    yield Line(" ", old, new, raw[1:])
                    old, new = old + 1, new + 1
                case _:
                    pass


def parse_patch(patch: bytes) -> tuple[Hunk, ...]:
    """Read the hunks of one file, such as the `patch` field of GitHub's REST API. Raises DiffError."""
    if not patch:
        return ()
    if not patch.startswith(b"@@ "):
        raise DiffError("a patch starts with a hunk header")
    return tuple(_hunk(b"@@ " + piece) for piece in patch[3:].removesuffix(b"\n").split(b"\n@@ "))


def parse_diff(data: bytes) -> tuple[ChangedFile, ...]:
    """Read the output of `git diff` (prefixes `a/` and `b/`). Raises DiffError for anything else."""
    if not data:
        return ()
    if (
        data.startswith((b"diff --cc ", b"diff --combined "))
        or b"\ndiff --cc " in data
        or b"\ndiff --combined " in data
    ):
        raise DiffError("a combined diff of a merge has no single base: compare two commits instead")
    if not data.startswith(b"diff --git "):
        raise DiffError("a diff starts with `diff --git`")
    return _without_type_changes([_file(piece) for piece in data[11:].removesuffix(b"\n").split(b"\ndiff --git ")])


def _hunk(text: bytes) -> Hunk:
    found = _RANGES.match(text)
    if found is None:
        raise DiffError("a hunk header without its line numbers")
    old_start, old_count, new_start, new_count = (int(group) if group else 1 for group in found.groups())
    hunk = Hunk(old_start, old_count, new_start, new_count, text[found.end() :])
    padded = b"\n" + hunk.body
    kept, notes, added, deleted = padded.count(b"\n "), padded.count(b"\n\\"), hunk.added, hunk.deleted
    if (kept + deleted, kept + added) != (old_count, new_count) or kept + added + deleted + notes != padded.count(
        b"\n"
    ):
        raise DiffError("a hunk does not hold the lines that its header counts: the diff was cut off or altered")
    return hunk


def _file(text: bytes) -> ChangedFile:
    """Read one file, its text without the leading `diff --git `.

    No line of a hunk can be taken for a header: each starts with a sign, and headers start with a letter or `@`.
    """
    head, _, rest = text.partition(b"\n@@ ")
    names, *lines = head.split(b"\n")
    fields = dict(_field(line) for line in lines)
    binary = b"GIT binary patch" in lines or any(line.startswith(b"Binary files ") for line in lines)
    hunks = parse_patch(b"@@ " + rest) if rest else ()
    old, new = _paths(names, fields)
    return ChangedFile(
        path=_text(new if b"deleted file mode" not in fields else old),
        change=_change(fields),
        added=sum(hunk.added for hunk in hunks),
        deleted=sum(hunk.deleted for hunk in hunks),
        hunks=hunks,
        previous_path=_text(old) if b"rename from" in fields or b"copy from" in fields else None,
        binary=binary,
        submodule=any(_SUBMODULE in value.split(b" ") for key, value in fields.items() if key in _MODES),
    )


_FIELD: Final = re.compile(
    rb"((?:new|deleted) file mode|(?:old|new) mode|index|(?:rename|copy) (?:from|to)|---|\+\+\+) (.*)",
    re.DOTALL,
)
_MODES: Final = frozenset((b"new file mode", b"deleted file mode", b"old mode", b"new mode", b"index"))


def _field(line: bytes) -> tuple[bytes, bytes]:
    found = _FIELD.match(line)
    return (found[1], found[2]) if found else (b"", b"")


def _change(fields: dict[bytes, bytes]) -> Change:
    if b"new file mode" in fields or b"copy from" in fields:
        return Change.ADDED
    if b"deleted file mode" in fields:
        return Change.DELETED
    return Change.RENAMED if b"rename from" in fields else Change.MODIFIED


def _paths(names: bytes, fields: dict[bytes, bytes]) -> tuple[bytes, bytes]:
    for old, new in ((b"rename from", b"rename to"), (b"copy from", b"copy to")):
        if old in fields and new in fields:
            return _unquoted(fields[old]), _unquoted(fields[new])
    sides = [_unquoted(fields[key].removesuffix(b"\t")) for key in (b"---", b"+++") if key in fields]
    named = [side[2:] for side in sides if side != b"/dev/null"]
    path = named[0] if named else _same_name(names)
    return path, path


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


def _text(path: bytes) -> str:
    return path.decode("utf-8", "replace")


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
