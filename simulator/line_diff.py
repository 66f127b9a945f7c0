"""Differences between two texts by line, and merges of two changes of one text, without git."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CONTEXT = 3
LOOKS_BINARY = 8000  # bytes in which git looks for a NUL
HEADING = 80  # bytes of the line that git names behind a hunk
NAMES = re.compile(rb"[A-Za-z_$]")

Lines = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Hunk:
    """Old lines [start, end) become new lines [new_start, new_end); counted from 0."""

    start: int
    end: int
    new_start: int
    new_end: int


def is_binary(content: bytes) -> bool:
    """Tell whether git would take a content for binary."""
    return b"\0" in content[:LOOKS_BINARY]


def lines_of(content: bytes) -> Lines:
    """Cut a content into lines that keep their ends."""
    cut = content.split(b"\n")
    ended = [line + b"\n" for line in cut[:-1]]
    return tuple(ended + cut[-1:]) if cut[-1] else tuple(ended)


@functools.lru_cache(maxsize=4096)
def hunks_between(old: bytes, new: bytes) -> tuple[Hunk, ...]:
    """Find the changed places of two texts, as few lines as can be; remembered."""
    before, after = lines_of(old), lines_of(new)
    hunks = list(_hunks(_pairs(before, after), (len(before), len(after))))
    return tuple(_slid(hunks, before, after))


def counts(hunks: Sequence[Hunk]) -> tuple[int, int]:
    """Count the lines added and deleted."""
    return sum(one.new_end - one.new_start for one in hunks), sum(one.end - one.start for one in hunks)


def _pairs(old: Lines, new: Lines) -> list[tuple[int, int]]:
    """Pair lines that stay: equal beginnings and ends, and a longest common subsequence of what is between."""
    shorter = min(len(old), len(new))
    first = next((place for place in range(shorter) if old[place] != new[place]), shorter)
    rest = shorter - first
    last = next((back for back in range(rest) if old[-1 - back] != new[-1 - back]), rest)
    end, new_end = len(old) - last, len(new) - last
    known, new_known = set(old[first:end]), set(new[first:new_end])
    ours = [place for place in range(first, end) if old[place] in new_known]
    theirs = [place for place in range(first, new_end) if new[place] in known]
    common = _longest([old[place] for place in ours], [new[place] for place in theirs])
    between = [(ours[one], theirs[other]) for one, other in common]
    begun = [(place, place) for place in range(first)]
    return begun + between + [(end + place, new_end + place) for place in range(last)]


def _longest(old: Sequence[bytes], new: Sequence[bytes]) -> list[tuple[int, int]]:
    """Find a longest common subsequence as pairs of places (Myers, 1986)."""
    if not old or not new:
        return []
    furthest, trace = {1: 0}, []
    for edits in range(len(old) + len(new) + 1):
        trace.append(dict(furthest))
        for diagonal in range(-edits, edits + 1, 2):
            place = _step(furthest, diagonal, edits)
            while place < len(old) and place - diagonal < len(new) and old[place] == new[place - diagonal]:
                place += 1
            furthest[diagonal] = place
            if place >= len(old) and place - diagonal >= len(new):
                return _walked_back(trace, len(old), len(new))
    raise AssertionError("so many edits make any text of any other")


def _step(furthest: dict[int, int], diagonal: int, edits: int) -> int:
    """Say where an edit leads: down (an insertion) or to the right (a deletion), whichever is further."""
    down = diagonal == -edits or (diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1])
    return furthest[diagonal + 1] if down else furthest[diagonal - 1] + 1


def _walked_back(trace: list[dict[int, int]], place: int, new_place: int) -> list[tuple[int, int]]:
    pairs = []
    for edits in range(len(trace) - 1, -1, -1):
        furthest, diagonal = trace[edits], place - new_place
        down = diagonal == -edits or (diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1])
        before = diagonal + 1 if down else diagonal - 1
        start = furthest[before] if edits else 0
        while place > max(start, 0) and new_place > max(start - before, 0):
            place, new_place = place - 1, new_place - 1
            pairs.append((place, new_place))
        place, new_place = start, start - before
    return pairs[::-1]


def _hunks(pairs: list[tuple[int, int]], ends: tuple[int, int]) -> Iterator[Hunk]:
    for (old, new), (next_old, next_new) in pairwise([(-1, -1), *pairs, ends]):
        if next_old > old + 1 or next_new > new + 1:
            yield Hunk(old + 1, next_old, new + 1, next_new)


def _slid(hunks: list[Hunk], old: Lines, new: Lines) -> Iterator[Hunk]:
    """Move what is only added or only deleted down as far as equal lines let it, as git does."""
    waiting: Hunk | None = None
    for place, hunk in enumerate(hunks):
        following = hunks[place + 1].start if place + 1 < len(hunks) else len(old)
        moved = _moved_down(hunk, following, old, new)
        if waiting is not None and (waiting.end, waiting.new_end) == (moved.start, moved.new_start):
            moved = Hunk(waiting.start, moved.end, waiting.new_start, moved.new_end)
        elif waiting is not None:
            yield waiting
        waiting = moved
    if waiting is not None:
        yield waiting


def _moved_down(hunk: Hunk, following: int, old: Lines, new: Lines) -> Hunk:
    start, end, new_start, new_end = hunk.start, hunk.end, hunk.new_start, hunk.new_end
    if start != end and new_start != new_end:
        return hunk
    only, first, last = (old, start, end) if start != end else (new, new_start, new_end)
    by = 0
    while end + by < following and only[first + by] == only[last + by]:
        by += 1
    return Hunk(start + by, end + by, new_start + by, new_end + by)


def merged(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """Merge two changes of one text, None where they overlap or touch without being the same."""
    if is_binary(base) or is_binary(ours) or is_binary(theirs):
        return None
    old, texts = lines_of(base), (lines_of(ours), lines_of(theirs))
    changes = [
        (hunk.start, hunk.end, texts[side][hunk.new_start : hunk.new_end])
        for side, text in enumerate((ours, theirs))
        for hunk in hunks_between(base, text)
    ]
    written: list[bytes] = []
    at, last = 0, None
    for change in sorted(changes, key=lambda one: one[:2]):
        start, end, lines = change
        if change == last:
            continue
        if last is not None and start <= last[1]:
            return None
        written += [*old[at:start], *lines]
        at, last = end, change
    return b"".join([*written, *old[at:]])


def unified(old: bytes, new: bytes) -> bytes:
    """Write the hunks of a patch as `git diff -U3` does, without a newline at the end."""
    before, after = lines_of(old), lines_of(new)
    groups: list[list[Hunk]] = []
    for hunk in hunks_between(old, new):
        if groups and hunk.start - groups[-1][-1].end <= 2 * CONTEXT:
            groups[-1].append(hunk)
        else:
            groups.append([hunk])
    return b"".join(_written(group, before, after) for group in groups).removesuffix(b"\n")


def _written(group: list[Hunk], old: Lines, new: Lines) -> bytes:
    before = min(CONTEXT, group[0].start)
    after = min(CONTEXT, len(old) - group[-1].end)
    start, end = group[0].start - before, group[-1].end + after
    new_start, new_end = group[0].new_start - before, group[-1].new_end + after
    heading = next((line for line in reversed(old[:start]) if NAMES.match(line)), b"")[:HEADING].rstrip()
    place = b"-%b +%b" % (_range(start, end), _range(new_start, new_end))
    rows = [b"@@ %b @@%b\n" % (place, b" " + heading if heading else b"")]
    at = start
    for hunk in group:
        rows += [_row(b" ", line) for line in old[at : hunk.start]]
        rows += [_row(b"-", line) for line in old[hunk.start : hunk.end]]
        rows += [_row(b"+", line) for line in new[hunk.new_start : hunk.new_end]]
        at = hunk.end
    return b"".join([*rows, *(_row(b" ", line) for line in old[at:end])])


def _range(start: int, end: int) -> bytes:
    count = end - start
    first = start + 1 if count else start
    return b"%d" % first if count == 1 else b"%d,%d" % (first, count)


def _row(sign: bytes, line: bytes) -> bytes:
    return sign + line if line.endswith(b"\n") else sign + line + b"\n\\ No newline at end of file\n"
