"""Finds lines that were not written but moved or re-indented, so that they do not count as work to review."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rules.engine.comments import CodeLine

_SHORTEST_MOVE: Final = 3  # lines of substance
_SUBSTANCE: Final = 10  # letters and digits that make a line one of substance
_NO_LETTERS: Final = bytes(code for code in range(128) if not chr(code).isalnum())
_CANDIDATES: Final = 8  # places that one start is compared with; bounds the work on repetitive text


@dataclass(frozen=True, slots=True)
class Block:
    """The changed code lines on one side of one hunk, and what one line of that file weighs."""

    file: int
    weight: float
    lines: Sequence[CodeLine]


def reindented(removed: Sequence[CodeLine], added: Sequence[CodeLine]) -> tuple[frozenset[int], frozenset[int]]:
    """Pair the lines of one hunk that kept text and order and changed only their white space.

    Returns the indices into `removed` and into `added`.
    """
    old, new = [line.text for line in removed], [line.text for line in added]
    pairs = [] if set(old).isdisjoint(new) else list(_in_order(old, new))
    return frozenset(old for old, _ in pairs), frozenset(new for _, new in pairs)


def moved(removed: Sequence[Block], added: Sequence[Block]) -> tuple[frozenset[tuple[int, int]], ...]:
    """Find blocks of neighbouring lines, three of substance at least, that left one place and came to another.

    Returns two sets of (index of the block, index of the line): in `removed` and in `added`. A removed line explains
    one added line at most, and only one that weighs no more: text that did not count cannot turn into code that way.
    """
    starts = _starts(removed)
    used: set[tuple[int, int]] = set()
    came: set[tuple[int, int]] = set()
    for number, block in enumerate(added):
        end = 0
        for at in [at for at, three in enumerate(_threes(block)) if three in starts]:
            if at < end:
                continue
            old, length = _longest(removed, starts, block, at, used)
            used.update((old[0], old[1] + step) for step in range(length))
            came.update((number, at + step) for step in range(length))
            end = at + length
    return frozenset(used), frozenset(came)


Start = tuple[bytes, bytes, bytes]


def _starts(blocks: Sequence[Block]) -> dict[Start, list[tuple[int, int]]]:
    starts: dict[Start, list[tuple[int, int]]] = defaultdict(list)
    for number, block in enumerate(blocks):
        for at, three in enumerate(_threes(block)):
            starts[three].append((number, at))
    return starts


def _threes(block: Block) -> Iterator[Start]:
    """Yield every three neighbouring lines, as a move may begin with them."""
    texts = [line.text for line in block.lines]
    return zip(texts, texts[1:], texts[2:], strict=False)


def _longest(
    removed: Sequence[Block],
    starts: dict[Start, list[tuple[int, int]]],
    block: Block,
    at: int,
    used: set[tuple[int, int]],
) -> tuple[tuple[int, int], int]:
    """Find the longest move that begins at one added line: where it came from, and its length (0 for none)."""
    three = block.lines[at].text, block.lines[at + 1].text, block.lines[at + 2].text
    free = [place for place in starts[three] if place not in used and removed[place[0]].weight >= block.weight]
    best, length = (0, 0), 0
    for place in free[:_CANDIDATES]:
        run = _run(removed[place[0]], place, block, at, used)
        if run > length:
            best, length = place, run
    return (best, length) if _has_substance(block.lines[at : at + length]) else ((0, 0), 0)


def _run(old: Block, place: tuple[int, int], new: Block, at: int, used: set[tuple[int, int]]) -> int:
    number, start = place
    length = 0
    while start + length < len(old.lines) and at + length < len(new.lines):
        left, right = old.lines[start + length], new.lines[at + length]
        neighbours = left.stretch == old.lines[start].stretch and right.stretch == new.lines[at].stretch
        if left.text != right.text or not neighbours or (number, start + length) in used:
            break
        length += 1
    return length


def _has_substance(lines: Sequence[CodeLine]) -> bool:
    telling = (line for line in lines if _letters(line.text) >= _SUBSTANCE)
    return len(tuple(islice(telling, _SHORTEST_MOVE))) == _SHORTEST_MOVE


def _letters(text: bytes) -> int:
    if text.isascii():
        return len(text.translate(None, _NO_LETTERS))
    return sum(char.isalnum() for char in text.decode("utf-8", "replace"))


def _in_order(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    """Pair equal lines so that both indices rise: first lines that are unique on both sides, then what lies between."""
    anchors = [(-1, -1), *_rising(_unique(old, new)), (len(old), len(new))]
    for (old_from, new_from), (old_to, new_to) in pairwise(anchors):
        if old_from >= 0:
            yield old_from, new_from
        yield from _between(old, new, range(old_from + 1, old_to), range(new_from + 1, new_to))


def _unique(old: Sequence[bytes], new: Sequence[bytes]) -> list[tuple[int, int]]:
    olds, news = Counter(old), Counter(new)
    places = {text: at for at, text in enumerate(old) if olds[text] == 1}
    return [(places[text], at) for at, text in enumerate(new) if news[text] == 1 and text in places]


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Keep the longest run of pairs whose first numbers rise (their second ones do), in O(n log n)."""
    tails: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, (old, _) in enumerate(pairs):
        at = bisect_left(tails, old)
        before.append(last[at - 1] if at else -1)
        tails[at : at + 1] = [old]
        last[at : at + 1] = [index]
    kept: list[tuple[int, int]] = []
    index = last[-1] if last else -1
    while index >= 0:
        kept.append(pairs[index])
        index = before[index]
    return kept[::-1]


def _between(old: Sequence[bytes], new: Sequence[bytes], olds: range, news: range) -> Iterator[tuple[int, int]]:
    """Pair equal lines from the front until the sides part, then from the back."""
    left, right = list(olds), list(news)
    front = 0
    while front < min(len(left), len(right)) and old[left[front]] == new[right[front]]:
        yield left[front], right[front]
        front += 1
    back = 1
    while back <= min(len(left), len(right)) - front and old[left[-back]] == new[right[-back]]:
        yield left[-back], right[-back]
        back += 1
