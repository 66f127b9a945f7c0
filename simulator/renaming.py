"""Which files of two trees are one file that moved, by git's measure of how much of it stayed."""

from __future__ import annotations

import functools
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PIECE = 64  # bytes after which git ends a piece, where no line ends before
ENOUGH = 0.5  # diff-tree -M50%
SURE = 0.75  # what files of one name in two folders must share to be paired before all others


def renames(old: Mapping[str, str], new: Mapping[str, str], read: Callable[[str], bytes]) -> dict[str, str]:
    """Pair paths that are gone with paths that came, by (path: blob id) of both trees; gives new path by old."""
    gone = {path: blob for path, blob in old.items() if path not in new}
    came = {path: blob for path, blob in new.items() if path not in old}
    found: dict[str, str] = {}
    for pairs in (_exact, _by_name, _alike):
        for source, target in list(pairs(gone, came, read)):
            if source in gone and target in came:
                found[source] = target
                del gone[source], came[target]
    return found


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _exact(gone: Mapping[str, str], came: Mapping[str, str], _: Callable[[str], bytes]) -> Iterator[tuple[str, str]]:
    """Pair equal contents, those of one name first."""
    for target in sorted(came):
        same = [source for source in sorted(gone) if gone[source] == came[target]]
        yield from ((source, target) for source in same if _name(source) == _name(target))
        yield from ((source, target) for source in same)


def _by_name(
    gone: Mapping[str, str], came: Mapping[str, str], read: Callable[[str], bytes]
) -> Iterator[tuple[str, str]]:
    """Pair files that kept a name which nothing else has."""
    sources, targets = Counter(map(_name, gone)), Counter(map(_name, came))
    for source in sorted(gone):
        for target in came:
            alone = _name(source) == _name(target) and sources[_name(source)] == targets[_name(target)] == 1
            if alone and likeness(read(gone[source]), read(came[target])) >= SURE:
                yield source, target


def _alike(gone: Mapping[str, str], came: Mapping[str, str], read: Callable[[str], bytes]) -> Iterator[tuple[str, str]]:
    """Pair what is most alike, the best pair first."""
    scored = [
        (-likeness(read(gone[source]), read(came[target])), _name(source) != _name(target), target, source)
        for target in came
        for source in gone
    ]
    yield from ((source, target) for score, _, target, source in sorted(scored) if -score >= ENOUGH)


@functools.lru_cache(maxsize=4096)
def likeness(old: bytes, new: bytes) -> float:
    """Measure how much of a content is found in another: from 0.0 to 1.0."""
    largest = max(len(old), len(new))
    if not old or not new or largest * (1 - ENOUGH) < abs(len(old) - len(new)):
        return 0.0
    before, after = _pieces(old), _pieces(new)
    return sum(min(size, after[piece]) for piece, size in before.items()) / largest


def _pieces(content: bytes) -> Counter[bytes]:
    """Count the bytes of each piece: a line, or 64 bytes of a longer one."""
    sizes: Counter[bytes] = Counter()
    for line in content.splitlines(keepends=True):
        for start in range(0, len(line), PIECE):
            piece = line[start : start + PIECE]
            sizes[piece] += len(piece)
    return sizes
