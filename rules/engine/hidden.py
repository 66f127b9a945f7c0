"""Tells files that people write by the line and that changed without showing one: a NUL byte is enough for that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rules.engine.comments import is_written
from rules.engine.kinds import FileKind, path_kind
from rules.engine.pull_request import Change
from rules.engine.result import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rules.engine.attributes import Attributes
    from rules.engine.pull_request import ChangedFile

_OFTEN_BINARY: Final = (".plist",)
_NAMED: Final = 5  # files that are named one by one
_FIX: Final = "Take out what makes git take it for binary: a NUL byte, or an attribute."


def hides_lines(file: ChangedFile, attributes: Attributes) -> bool:
    """Say whether a file holds lines that no diff shows: it is taken for binary, and its name says that it is text."""
    return file.binary and file.change is not Change.DELETED and holds_lines(file.path, attributes)


def holds_lines(path: str, attributes: Attributes) -> bool:
    """Say whether a file of this name is written by the line; of a name that nobody knows it is not said.

    Code and configuration are, and what has no suffix is mostly a script. Images, fonts and archives are
    not.
    """
    name, kind = path.rpartition("/")[2].lower(), path_kind(path, attributes)
    if is_written(path) or (kind is FileKind.CONFIG and not name.endswith(_OFTEN_BINARY)):
        return True
    return kind is FileKind.SOURCE and "." not in name.lstrip(".")


def no_line_shown(paths: Sequence[str], so: str) -> Iterator[Finding]:
    """Say of files that they hide their lines, and what follows."""
    for path in paths[:_NAMED]:
        yield Finding(f"`{path}` shows no line of its change, so {so}: git takes it for binary.", _FIX, path)
    if len(paths) > _NAMED:
        yield Finding(f"{len(paths) - _NAMED} more of the changed files show no line either.", _FIX)
