"""Finds added lines that equal a removed one but for names that the pull request changes everywhere in the file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rules.engine.hunk import Hunk, Line

_WORD: Final = re.compile(rb"[A-Za-z_$][\w$]*")
_CHAIN: Final = re.compile(rb"(?:[A-Za-z_$][\w$]*\.)*([A-Za-z_$][\w$]{2,})")
_TEXT: Final = rb"\"[^\"\\]*\"|'[^'\\]*'"
_CONSTANT: Final = re.compile(
    rb"[\w<>:? \t]*?\b([A-Za-z_]\w{2,})(?:[ \t]*:[ \t]*\w+)?[ \t]*=[ \t]*(" + _TEXT + rb")[ \t]*[;,]?"
)
_QUOTES: Final = (b'"', b"'")
_SAID: Final = re.compile(_TEXT)
Constants = Mapping[str, Mapping[bytes, bytes]]


def constants_of(hunks: Iterable[Hunk]) -> Constants:
    """Read what texts the constants stand for that are taken away (`-`) and added (`+`); none that is two texts."""
    found: dict[str, dict[bytes, set[bytes]]] = {"-": defaultdict(set), "+": defaultdict(set)}
    for hunk in hunks:
        for line in hunk.lines() if any(quote in hunk.body for quote in _QUOTES) else ():
            constant = _CONSTANT.fullmatch(line.text.strip()) if line.sign in found else None
            if constant is not None:
                found[line.sign][constant[1]].add(constant[2][1:-1])
    return {sign: {name: min(texts) for name, texts in some.items() if len(texts) == 1} for sign, some in found.items()}


def same_constants(hunks: tuple[Hunk, ...], constants: Constants) -> frozenset[int]:
    """List the added lines that only name an old text, or name it anew."""
    pairs = (pair for hunk in hunks for pair in _paired(hunk)) if any(constants.values()) else ()
    return frozenset(new.new for old, new in pairs if _spelled(old, constants) == _spelled(new, constants))


def _spelled(line: Line, constants: Constants) -> bytes:
    """Write the texts that constants stand for in their place."""
    texts = constants.get(line.sign, {})
    said = _SAID.sub(lambda found: b"<" + found[0][1:-1] + b">", line.text.strip())
    return _CHAIN.sub(lambda found: b"<" + texts[found[1]] + b">" if found[1] in texts else found[0], said)


def renamed_lines(hunks: tuple[Hunk, ...], before: bytes, after: bytes) -> frozenset[int]:
    """List the added lines that only carry new names. A name is new where the base lacks it, and gone at the head."""
    pairs = _alike_pairs(hunks)
    if not pairs:
        return frozenset()
    gone, fresh = _changed_words(before, after)
    return frozenset(new.new for old, new in pairs if _only_renames(old.text, new.text, gone, fresh))


def renames_of(hunks: tuple[Hunk, ...], before: bytes, after: bytes) -> dict[bytes, bytes]:
    """Read the new name of each name that such lines give up, where all of them give it the same."""
    found: dict[bytes, set[bytes]] = defaultdict(set)
    gone, fresh = _changed_words(before, after) if (pairs := _alike_pairs(hunks)) else (frozenset(), frozenset())
    for old, new in pairs:
        if _only_renames(old.text, new.text, gone, fresh):
            for left, right in zip(_WORD.findall(old.text), _WORD.findall(new.text), strict=True):
                found[left].add(right)
    return {name: min(names) for name, names in found.items() if len(names) == 1}


def _alike_pairs(hunks: tuple[Hunk, ...]) -> list[tuple[Line, Line]]:
    return [(old, new) for hunk in hunks for old, new in _paired(hunk) if _alike(old.text) == _alike(new.text)]


def _changed_words(before: bytes, after: bytes) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """List the words that are gone, and those that are new."""
    old, new = frozenset(_WORD.findall(before)), frozenset(_WORD.findall(after))
    return old - new, new - old


def _alike(text: bytes) -> bytes:
    """Spell a line with every name the same."""
    return _WORD.sub(b"x", text.strip())


def _paired(hunk: Hunk) -> Iterator[tuple[Line, Line]]:
    """Pair removed with added lines where as many of each follow each other."""
    if not (hunk.added and hunk.deleted):
        return
    removed: list[Line] = []
    for sign, group in groupby(hunk.lines(), key=lambda line: line.sign):
        lines = list(group)
        if sign == "+" and len(lines) == len(removed):
            yield from zip(removed, lines, strict=True)
        removed = lines if sign == "-" else []


def _only_renames(old: bytes, new: bytes, gone: frozenset[bytes], fresh: frozenset[bytes]) -> bool:
    pairs = zip(_WORD.findall(old), _WORD.findall(new), strict=True)
    return all(left == right or (left in gone and right in fresh) for left, right in pairs)
