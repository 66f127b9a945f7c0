"""Says which changed file uses what another one newly defines, by the names in their added lines alone."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from rules.engine.pull_request import Change

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rules.engine.pull_request import ChangedFile

_LINES: Final = 50_000  # added lines; a change beyond them is cut by directories alone
_DEFINED: Final = re.compile(
    rb"\b(?:def|class|function|func|fn|fun|interface|type|struct|enum|trait|module|const|object|record|protocol|macro)"
    rb"[ \t]{1,8}([A-Za-z_]\w{3,63})"
)
_NAME: Final = re.compile(rb"[A-Za-z_]\w{3,63}")
_SHORTEST: Final = 4  # letters of a name that tells more than chance


def uses(files: Sequence[ChangedFile]) -> tuple[frozenset[int], ...]:
    """Give for each file the numbers of the other files whose new names its added lines mention.

    A name that two files define tells nothing. A file that is new or renamed defines its own name too, for imports.
    """
    if sum(file.added for file in files) > _LINES:
        return tuple(frozenset() for _ in files)
    texts = [_added(file) for file in files]
    definers = _definers(files, texts)
    return tuple(
        frozenset(definers[name] for name in set(_NAME.findall(text)) if name in definers) - {number}
        for number, text in enumerate(texts)
    )


def _definers(files: Sequence[ChangedFile], texts: Sequence[bytes]) -> Mapping[bytes, int]:
    found: dict[bytes, set[int]] = defaultdict(set)
    for number, (file, text) in enumerate(zip(files, texts, strict=True)):
        names = set(_DEFINED.findall(text))
        if file.change in (Change.ADDED, Change.RENAMED):
            names.add(stem(file.path).encode())
        for name in names:
            found[name].add(number)
    return {name: min(numbers) for name, numbers in found.items() if len(numbers) == 1 and len(name) >= _SHORTEST}


def _added(file: ChangedFile) -> bytes:
    return b"\n".join(line.text for hunk in file.hunks or () for line in hunk.lines() if line.sign == "+")


def stem(path: str) -> str:
    """Give the file's own name up to its first dot: `pay` of `src/pay.test.ts`."""
    name = path.rsplit("/", 1)[-1]
    return name[: name.find(".", 1)] if "." in name[1:] else name
