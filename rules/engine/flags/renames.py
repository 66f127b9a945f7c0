"""Finds added lines that equal a removed one but for names that the pull request changes everywhere in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rules.engine.hunk import Hunk, Line

_WORD: Final = re.compile(rb"[A-Za-z_$][\w$]*")


def renamed_lines(hunks: tuple[Hunk, ...], before: bytes, after: bytes) -> frozenset[int]:
    """List the added lines that only carry new names. A name is new where the base lacks it, and gone at the head."""
    pairs = [(old, new) for hunk in hunks for old, new in _paired(hunk) if _alike(old.text) == _alike(new.text)]
    if not pairs:
        return frozenset()
    old_words, new_words = frozenset(_WORD.findall(before)), frozenset(_WORD.findall(after))
    gone, fresh = old_words - new_words, new_words - old_words
    return frozenset(new.new for old, new in pairs if _only_renames(old.text, new.text, gone, fresh))


def _alike(text: bytes) -> bytes:
    """Spell a line with every name the same."""
    return _WORD.sub(b"x", text.strip())


def _paired(hunk: Hunk) -> Iterator[tuple[Line, Line]]:
    """Pair removed with added lines where as many of each follow each other."""
    removed: list[Line] = []
    for sign, group in groupby(hunk.lines(), key=lambda line: line.sign):
        lines = list(group)
        if sign == "+" and len(lines) == len(removed):
            yield from zip(removed, lines, strict=True)
        removed = lines if sign == "-" else []


def _only_renames(old: bytes, new: bytes, gone: frozenset[bytes], fresh: frozenset[bytes]) -> bool:
    pairs = zip(_WORD.findall(old), _WORD.findall(new), strict=True)
    return all(left == right or (left in gone and right in fresh) for left, right in pairs)
