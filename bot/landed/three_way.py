"""Three-way merges of values and of lines. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

LONGEST = 5_000
"""Lines of a text; longer ones are not merged here: finding what they share takes too long."""

Value = TypeVar("Value", bound=Hashable)


def one_of(fork: Value, mine: Value, theirs: Value) -> Value | None:
    """Merge values: what one side alone changed, or both alike; None where they changed it differently."""
    if mine in (fork, theirs):
        return theirs
    return mine if theirs == fork else None


def merged(fork: Sequence[bytes], mine: Sequence[bytes], theirs: Sequence[bytes]) -> list[bytes] | None:
    """Merge lines; None where both sides changed the same place differently, or where that takes too long.

    Another alignment of the same lines may give another merge that is as right.
    """
    if max(len(fork), len(mine), len(theirs)) > LONGEST:
        return None
    found: list[bytes] = []
    at = (0, 0, 0)
    for start, size in _shared(fork, mine, theirs):
        chunk = one_of(*(tuple(lines[a:b]) for lines, a, b in zip((fork, mine, theirs), at, start, strict=True)))
        if chunk is None:
            return None
        found += [*chunk, *fork[start[0] : start[0] + size]]
        at = (start[0] + size, start[1] + size, start[2] + size)
    return found


def _shared(
    fork: Sequence[bytes], mine: Sequence[bytes], theirs: Sequence[bytes]
) -> Iterator[tuple[tuple[int, int, int], int]]:
    """Give the runs of lines that all three share: where each begins in each, and its length; the end as the last."""
    theirs_at = dict(_pairs(fork, theirs))
    run: tuple[tuple[int, int, int], int] | None = None
    for in_fork, in_mine in _pairs(fork, mine):
        if (in_theirs := theirs_at.get(in_fork)) is None:
            continue
        here = (in_fork, in_mine, in_theirs)
        if run is not None and here == tuple(place + run[1] for place in run[0]):
            run = run[0], run[1] + 1
            continue
        if run is not None:
            yield run
        run = here, 1
    if run is not None:
        yield run
    yield (len(fork), len(mine), len(theirs)), 0


def _pairs(fork: Sequence[bytes], side: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    for block in SequenceMatcher(None, fork, side, autojunk=False).get_matching_blocks():
        for step in range(block.size):
            yield block.a + step, block.b + step
