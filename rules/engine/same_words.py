"""Finds added lines that run as a deleted one did: other blanks, another comment, or other types in a signature."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rules.engine.comments import syntax_of

if TYPE_CHECKING:
    from rules.engine.comments import Syntax
    from rules.engine.counted import CountedFile

_LONGEST: Final = 500  # bytes of a line that is looked into
_DEFINITIONS: Final = (b"def ", b"async def ")
_TYPES: Final = re.compile(rb"\s*->.*(?=:$)|(?<=\w)\s?:(?!$)(?:[^,=()\[\]]|\[[^\[\]]*\])*")  # of Python
_STRING: Final = rb'"(?:\\.|[^"\\])*"|' + rb"'(?:\\.|[^'\\])*'|`[^`]*`"


def unchanged_words(one: CountedFile) -> frozenset[int]:
    """List the added lines of a file that differ from a deleted one in nothing that runs."""
    if not one.deleted:
        return frozenset()
    syntax = syntax_of(one.file.path)
    texts = {line.text for line in one.deleted}
    gone = Counter(_words(line.text, syntax) for line in one.deleted)
    found = set()
    for line in one.added:
        words = _words(line.text, syntax)
        if line.text not in texts and gone[words] > 0:
            gone[words] -= 1
            found.add(line.number)
    return frozenset(found)


def _words(text: bytes, syntax: Syntax) -> bytes:
    """Give a line without its comments, each run of blanks outside of strings as one."""
    if len(text) > _LONGEST:
        return text
    words = _parts(syntax).sub(lambda found: found["string"] or b" ", text).strip()
    return _TYPES.sub(b"", words) if syntax.docstrings and words.startswith(_DEFINITIONS) else words


@lru_cache(maxsize=64)
def _parts(syntax: Syntax) -> re.Pattern[bytes]:
    ends = b"|".join(re.escape(mark) for mark in syntax.line)
    start, end = map(re.escape, syntax.block or (b"", b""))
    comments = [rb"\s+(?:" + ends + rb").*"] if ends else []
    comments += [rb"\s*" + start + rb".*?" + end] if start else []
    return re.compile(b"(?P<string>" + _STRING + b")|" + b"|".join((*comments, rb"\s+")))
