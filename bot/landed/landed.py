"""Whether what landed is what was judged: the landed commit beside its parent, path by path. Pure.

Where the base did not touch a path since the merge base, what landed there must be what the judged head holds; where
the pull request did not, what the base held. What both touched is merged by lines, as git does: a line that only one
of them has must have landed as often as that one has it, however the rest is aligned. Only what cannot be right is
called different. GitHub's own merge queue wrote wrong squash commits on 2026-04-23, with all checks green.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from posixpath import dirname
from types import MappingProxyType

from bot.landed.three_way import merged, one_of

FILES = frozenset({0o100644, 0o100755})
"""Modes of files, whose content may be merged by lines: a link and a submodule are one value."""

NO_TEXTS: Mapping[str, bytes] = MappingProxyType({})


class Content(StrEnum):
    """What a comparison came to."""

    SAME = "same"
    DIFFERENT = "different"
    NOT_COMPARED = "not compared"


@dataclass(frozen=True, slots=True)
class Leaf:
    """What stands at a path: a file, a link or a submodule, by git's mode and the id of its content."""

    mode: int
    oid: str


@dataclass(frozen=True, slots=True)
class Quad:
    """One path at four commits, None where it is not there.

    They are the merge base, the judged head, what the base branch held before, and what landed.
    """

    path: str
    fork: Leaf | None
    head: Leaf | None
    before: Leaf | None
    landed: Leaf | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One path that did not land as it was judged, and how."""

    path: str
    how: str


@dataclass(frozen=True, slots=True)
class NotCompared:
    """What could not be compared, and why; an empty path stands for all of it."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Landed:
    """How what landed compares with what was judged."""

    content: Content
    differences: tuple[Difference, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()


SAME = Landed(Content.SAME)


@dataclass(frozen=True, slots=True)
class LandedAs:
    """The commit that a pull request landed as: all that it holds, and its parents, the base's own first."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    message: str = ""


def unread(why: str) -> Landed:
    """Say that nothing could be compared, and why."""
    return Landed(Content.NOT_COMPARED, not_compared=(NotCompared("", why),))


def to_read(quads: Sequence[Quad]) -> frozenset[str]:
    """Name the contents that must be read because both sides changed them."""
    sides = [_sides(quad) for quad in quads if _is_open(quad)]
    return frozenset(leaf.oid for leaves in sides for leaf in leaves or ())


def compare(quads: Sequence[Quad], texts: Mapping[str, bytes] = NO_TEXTS, *, series: bool = False) -> Landed:
    """Compare all paths that are not the same at all four commits; `texts` are contents by their ids.

    Where a series of commits landed, each was merged by itself: then no line proves a difference of the whole.
    """
    moved = _moved(quads)
    differences: list[Difference] = []
    open_ones: list[NotCompared] = []
    for quad in quads:
        match _compared(quad, texts, series=series):
            case Difference() as found if not _may_have_moved(quad, moved):
                differences.append(found)
            case Difference():
                open_ones.append(NotCompared(quad.path, "files were moved on one side and changed on the other"))
            case NotCompared() as found:
                open_ones.append(found)
            case None:
                pass
    rest = Content.NOT_COMPARED if open_ones else Content.SAME
    return Landed(Content.DIFFERENT if differences else rest, tuple(differences), tuple(open_ones))


def _compared(quad: Quad, texts: Mapping[str, bytes], *, series: bool) -> Difference | NotCompared | None:
    """Compare one path; None where it landed as it should."""
    if _is_open(quad):
        return _by_lines(quad, texts, series=series)
    expected = _expected(quad)
    return None if quad.landed == expected else Difference(quad.path, _how(quad, expected))


def _expected(quad: Quad) -> Leaf | None:
    """Tell what must have landed where one side alone changed a path, or each another part of it."""
    if quad.before == quad.fork:
        return quad.head
    if quad.head in (quad.fork, quad.before) or not (quad.fork and quad.head and quad.before):
        return quad.before
    mode = one_of(quad.fork.mode, quad.head.mode, quad.before.mode)
    oid = one_of(quad.fork.oid, quad.head.oid, quad.before.oid)
    return Leaf(mode or 0, oid or "")


def _is_open(quad: Quad) -> bool:
    """Tell whether both sides changed a path in ways that only its lines can bring together."""
    if quad.fork in (quad.head, quad.before) or quad.head == quad.before:
        return False
    if not (quad.fork and quad.head and quad.before):
        return True
    if not {quad.fork.mode, quad.head.mode, quad.before.mode} <= FILES:
        return True
    oid = one_of(quad.fork.oid, quad.head.oid, quad.before.oid)
    return oid is None or one_of(quad.fork.mode, quad.head.mode, quad.before.mode) is None


def _how(quad: Quad, expected: Leaf | None) -> str:
    """Say how what landed differs from what had to."""
    landed = quad.landed
    if quad.head == quad.fork:
        did = "added" if quad.before is None else "deleted" if landed is None else "changed"
        return f"it was {did}, and the pull request does not touch it"
    if landed == quad.before:
        return "the pull request's change of it is missing"
    if landed is None:
        return "it is not there"
    if expected is None:
        return "it was to be deleted"
    if landed.oid == expected.oid:
        return f"its mode is {landed.mode:o} instead of {expected.mode:o}"
    return "it holds something else than the judged head"


def _sides(quad: Quad) -> tuple[Leaf, Leaf, Leaf, Leaf] | None:
    """Give the four leaves of a path that can be merged by lines."""
    fork, head, before, landed = quad.fork, quad.head, quad.before, quad.landed
    if not (fork and head and before and landed) or not {fork.mode, head.mode, before.mode, landed.mode} <= FILES:
        return None
    return fork, head, before, landed


def _by_lines(quad: Quad, texts: Mapping[str, bytes], *, series: bool) -> Difference | NotCompared | None:
    """Compare a path that both sides changed."""
    sides = _sides(quad)
    if sides is None:
        return NotCompared(quad.path, "the base changed it as well, and its lines cannot be merged")
    found = [texts.get(leaf.oid) for leaf in sides]
    fork, head, before, landed = (text if text is None or b"\0" not in text else None for text in found)
    if fork is None or head is None or before is None or landed is None:
        return NotCompared(quad.path, "the base changed it as well, and its lines were not read")
    lines = [text.split(b"\n") for text in (fork, head, before, landed)]
    if (ours := merged(*lines[:3])) is None:
        return NotCompared(quad.path, "the base changed the same lines, and somebody decided what they are now")
    if ours == lines[3]:
        return None
    if not series and (said := next(_impossible(*lines), None)):
        return Difference(quad.path, said)
    return NotCompared(quad.path, "the base changed it as well, and its lines merge in more than one way")


def _impossible(
    fork: Sequence[bytes], head: Sequence[bytes], before: Sequence[bytes], landed: Sequence[bytes]
) -> Iterator[str]:
    """Say what no merge without conflict can have made.

    Each line of such a merge stands in all three or comes from a change of one side, or of both alike. So a line that
    the merge base lacks, and one of the sides too, lands exactly as often as the other side has it.
    """
    was, ours, theirs, now = (Counter(lines) for lines in (fork, head, before, landed))
    lost = [line for line in ours if line not in was and line not in theirs and now[line] != ours[line]]
    taken = [line for line in theirs if line not in was and line not in ours and now[line] != theirs[line]]
    foreign = [line for line in now if line not in ours and line not in theirs]
    if lost:
        yield f"{_lines(lost)} of the pull request did not land as judged"
    if taken:
        yield f"{_lines(taken)} that the base had is not as it was"
    if foreign:
        yield f"{_lines(foreign)} landed that neither the judged head nor the base had"


def _lines(found: Sequence[bytes]) -> str:
    return "one line" if len(found) == 1 else f"{len(found)} lines"


@dataclass(frozen=True, slots=True)
class _Moved:
    """Paths and contents that git may have put elsewhere, or merged, because it took them for moved."""

    paths: frozenset[str]
    contents: frozenset[str]


def _moved(quads: Sequence[Quad]) -> _Moved:
    """Find what git may follow: files that one side moved and the other changed, or directories."""
    ours = _targets([(quad.path, quad.fork, quad.head, quad.before) for quad in quads])
    theirs = _targets([(quad.path, quad.fork, quad.before, quad.head) for quad in quads])
    paths = ours | theirs
    leaves = [leaf for quad in quads if quad.path in paths for leaf in (quad.head, quad.before)]
    return _Moved(paths, frozenset(leaf.oid for leaf in leaves if leaf is not None))


def _targets(sides: Sequence[tuple[str, Leaf | None, Leaf | None, Leaf | None]]) -> frozenset[str]:
    """List what one side may have moved: what it added, where it deleted what the other changed.

    Added to as well are files of the other side in a directory that the first one may have moved.
    """
    added = {path for path, fork, mine, _ in sides if fork is None and mine is not None}
    gone = [(path, fork, other) for path, fork, mine, other in sides if fork is not None and mine is None]
    followed = added if any(other not in (None, fork) for _, fork, other in gone) else set()
    left = {directory for path, _, _ in gone for directory in _above(path)} if added else set()
    new = [path for path, fork, _, other in sides if fork is None and other is not None]
    beside = {path for path in new if left.intersection(_above(path))}
    return frozenset(followed | beside)


def _above(path: str) -> Iterator[str]:
    while path := dirname(path):
        yield path


def _may_have_moved(quad: Quad, moved: _Moved) -> bool:
    return quad.path in moved.paths or (quad.landed is not None and quad.landed.oid in moved.contents)
