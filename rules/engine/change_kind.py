"""Says what kind of change a whole pull request makes, before any rule is asked."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from rules.engine.comments import syntax_of
from rules.engine.counted import CountedFile, Counting
from rules.engine.kinds import FileKind, exact_pins, is_manifest, pins
from rules.engine.pull_request import Change
from rules.engine.result import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rules.engine.hunk import Hunk
    from rules.engine.pull_request import ChangedFile, PullRequest

_EVEN: Final = dict.fromkeys(FileKind, 1.0)  # a kind is about what lines are, not about what they weigh
_GENERATED: Final = frozenset((FileKind.GENERATED, FileKind.MINIFIED, FileKind.VENDORED))
_VERSION: Final = re.compile(
    rb"\b[0-9a-f]{32,}\b|(?:[~^<>=!]{1,3}\s*)?v?\d+(?:\.[0-9a-zA-Z*]+)*(?:[-+][0-9A-Za-z.+-]+)?"
)


def kind_of(pr: PullRequest) -> Kind:
    """Decide the kind; what cannot be proven from the diff alone is a plain `change`.

    Kinds that follow from which files changed come before those that follow from their lines: who only deletes tests
    makes a change to tests, not a removal, because a removal needs no tests.
    """
    if pr.undoes is not None:
        return Kind.REVERT
    if not pr.files or len(pr.files) != pr.totals.files:
        return Kind.CHANGE
    counting = Counting(pr, _EVEN)
    return _by_files(counting) or _by_lines(counting) or Kind.CHANGE


def _by_files(counting: Counting) -> Kind | None:
    kinds = set(counting.kinds)
    each = zip(counting.files, counting.kinds, strict=True)
    if all(kind is FileKind.LOCKFILE or _only_bumps(file) for file, kind in each):
        return Kind.DEPENDENCIES
    if kinds <= _GENERATED:
        return Kind.GENERATED
    if kinds <= {FileKind.DOCS}:
        return Kind.DOCS
    return Kind.TESTS if kinds <= {FileKind.TEST, FileKind.SNAPSHOT, FileKind.DOCS} else None


def _only_bumps(file: ChangedFile) -> bool:
    """Say whether a file changed in nothing but versions and hashes of what it depends on."""
    if file.change is not Change.MODIFIED or not file.hunks:
        return False
    lines = {sign: [line.text for hunk in file.hunks for line in hunk.lines() if line.sign == sign] for sign in "-+"}
    both = lines["-"] + lines["+"]
    if exact_pins(file.path, both):
        return True
    return (is_manifest(file.path) or pins(file.path, both)) and _unversioned(lines["-"]) == _unversioned(lines["+"])


def _unversioned(lines: Iterable[bytes]) -> Counter[bytes]:
    return Counter(_VERSION.sub(b"0", line) for line in lines)


def _by_lines(counting: Counting) -> Kind | None:
    if counting.writes():
        return None
    counted = counting.of(range(len(counting.files)))
    if any(one.added or not _is_text(one) or _turns_into_code(one) for one in counted):
        return None
    deleted = any(one.deleted for one in counted)
    if not deleted and any(one.moved or one.file.change is Change.RENAMED for one in counted):
        return Kind.MOVE
    if deleted or any(one.file.change is Change.DELETED for one in counted):
        return Kind.REMOVAL
    return Kind.FORMATTING if _is_formatting(one.file for one in counted) else None


def _is_text(one: CountedFile) -> bool:
    """Say whether the lines tell all that happened to a file; of one that goes away nobody needs them."""
    if one.file.change is Change.DELETED:
        return one.kind is not FileKind.SUBMODULE
    return one.kind is not FileKind.SUBMODULE and not one.file.binary and one.file.hunks is not None


def _turns_into_code(one: CountedFile) -> bool:
    """Say whether a file changed its type by its name, or changed without a line: a mode, bytes, an empty file."""
    if one.file.change is Change.RENAMED and one.file.previous_path is not None:
        return _suffix(one.file.previous_path) != _suffix(one.file.path)
    return one.file.change in (Change.MODIFIED, Change.ADDED) and not one.file.hunks


def _suffix(path: str) -> str:
    return path.rsplit("/", 1)[-1].rpartition(".")[2]


def _is_formatting(files: Iterable[ChangedFile]) -> bool:
    """Say whether only white space changed; where indentation has a meaning, only at the end of lines."""
    return all(_same_words(file.path, hunk) for file in files for hunk in file.hunks or ())


def _same_words(path: str, hunk: Hunk) -> bool:
    significant = syntax_of(path).indented
    sides = [
        [text for line in hunk.lines() if line.sign == sign and (text := _words(line.text, indent=significant))]
        for sign in "-+"
    ]
    return sides[0] == sides[1]


def _words(text: bytes, *, indent: bool) -> bytes:
    return text.rstrip() if indent else text.strip()
