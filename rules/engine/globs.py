"""Path patterns in git's own dialect (stars, `?`, brackets, backslashes), compiled so that no pattern can run away.

pathspec is not used: it reads gitignore lines, where a pattern also matches everything below a directory of its name,
and its regular expressions backtrack by the number of stars. Here every star but the last is atomic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

_NAMED_CLASSES: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": " \\t",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-\\/:-@\\[-`{-~",
    "space": " \\t-\\r",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
_NEVER: Final = "(?!)"
_STAR: Final = ""


@dataclass(frozen=True, slots=True)
class Glob:
    """One pattern for whole paths; a pattern that ends with `/` names directories and so matches no file.

    With `anywhere`, a pattern without a slash matches the last name of a path in any directory, as in .gitattributes.
    """

    pattern: str
    anywhere: bool = False
    _regex: re.Pattern[str] = field(init=False, repr=False, compare=False)
    _by_name: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_regex", _compiled(_as_bytes(self.pattern)))
        object.__setattr__(self, "_by_name", self.anywhere and "/" not in self.pattern)

    def matches(self, path: str) -> bool:
        """Say whether `path` (without a leading slash) is one that the pattern means."""
        name = path.rsplit("/", 1)[-1] if self._by_name else path
        return self._regex.fullmatch(_as_bytes(name)) is not None


def _as_bytes(text: str) -> str:
    """Spell text so that one character is one byte of its UTF-8 form, which is what git compares."""
    return text.encode("utf-8", "surrogateescape" if text.isascii() else "replace").decode("latin-1")


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    if pattern.endswith("/"):
        return re.compile(_NEVER)
    literal = re.match(r"[^*?[\\]*", pattern.removeprefix("/"))
    start = literal[0] if literal else ""
    segments = [_tokens(segment) for segment in pattern.removeprefix("/")[len(start) :].split("/")]
    if any(tokens is None for tokens in segments):
        return re.compile(_NEVER)
    # Git compares the text before the first wildcard by itself, so that `a**/b` means `a`, then `**/b`.
    rest = _joined([_segment(tokens) for tokens in segments if tokens is not None])
    return re.compile(re.escape(start) + rest, re.DOTALL)


def _joined(segments: list[str | None]) -> str:
    """Join the segments with slashes; None stands for `**`, which is any number of directories."""
    groups: list[list[str]] = [[]]
    for segment in segments:
        if segment is None:
            groups.append([])
        else:
            groups[-1].append(segment)
    first, *rest = groups
    if not rest:
        return "/".join(first)
    head = "".join(f"{segment}/" for segment in first)
    middle = "".join(
        "(?>(?:[^/]*/)*?" + "".join(f"{segment}/" for segment in group) + ")" for group in rest[:-1] if group
    )
    return head + middle + ("(?:[^/]*/)*?" + "/".join(rest[-1]) if rest[-1] else ".*")


def _segment(tokens: list[str]) -> str | None:
    """Write one segment as a regular expression, or None where it is `**`."""
    if len(tokens) > 1 and not any(tokens):
        return None
    pieces: list[str] = [""]
    for token in tokens:
        if token != _STAR:
            pieces[-1] += token
        elif pieces[-1] or len(pieces) == 1:
            pieces.append("")
    if len(pieces) == 1:
        return pieces[0]
    middle = "".join(f"(?>[^/]*?{piece})" for piece in pieces[1:-1] if piece)
    return f"{pieces[0]}{middle}[^/]*{pieces[-1]}"


def _tokens(segment: str) -> list[str] | None:
    """Cut one segment into regular expressions of one character each, stars being empty; None if it never matches."""
    tokens: list[str] = []
    at = 0
    while at < len(segment):
        token, at = _token(segment, at)
        if token is None:
            return None
        tokens.append(token)
    return tokens


def _token(segment: str, at: int) -> tuple[str | None, int]:
    match segment[at]:
        case "*":
            return _STAR, at + 1
        case "?":
            return "[^/]", at + 1
        case "[":
            return _bracket(segment, at + 1)
        case "\\":
            return (re.escape(segment[at + 1]), at + 2) if at + 1 < len(segment) else (None, at + 1)
        case char:
            return re.escape(char), at + 1


_MEMBER: Final = re.compile(r"\[:([a-z]+):\]|\\?(.)(?:-\\?([^\]]))?", re.DOTALL)


def _bracket(segment: str, at: int) -> tuple[str | None, int]:
    """Read a bracket expression from after its `[`: it matches no slash, and an open one matches nothing."""
    negated = segment[at : at + 1] in ("!", "^")
    at += negated
    start, members = at, ""
    while at < len(segment) and (segment[at] != "]" or at == start):
        found = _MEMBER.match(segment, at)
        member = _member(found) if found else None
        if found is None or member is None:
            return None, len(segment)
        members, at = members + member, found.end()
    if at >= len(segment):
        return None, at
    inside = f"(?![/{members}])[^/]" if negated else f"(?!/)[{members}]" if members else _NEVER
    return inside, at + 1


def _member(found: re.Match[str]) -> str | None:
    if found[1] is not None:
        return _NAMED_CLASSES.get(found[1])
    low, high = found[2], found[3]
    if high is None:
        return f"\\x{ord(low):02x}"
    return f"\\x{ord(low):02x}-\\x{ord(high):02x}" if low <= high else ""
