"""Tells code lines from blank and comment lines, from a path and the lines of a hunk alone.

GitHub's patches and local git show the same hunks, so both count the same. When in doubt a line is code: a block
comment counts only where its start is seen at the start of a line inside the hunk, and a docstring only below a `def`
or `class` that is seen, or at the top of the file. What this cannot see: a hunk that lies inside a string which began
above it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rules.engine.hunk import Hunk, Line

_LONG_LINE: Final = 1000  # bytes; beyond it a line counts as many, or one giant line would hide a program
_LINE_WIDTH: Final = 100  # bytes that such a line is cut into
_HIDDEN_BREAKS: Final = re.compile(rb"[\r\v\f]|\xe2\x80[\xa8\xa9]|\xc2\x85")  # some languages end a line at these
_ANNOUNCING: Final = (b"def ", b"class ", b"async def ", b")")  # the last ends a signature of several lines
_BLANK: Final = b" \t\r\v\f"


@dataclass(frozen=True, slots=True)
class Syntax:
    """How one family of languages writes comments.

    `line` starts one that ends with the line, unless what follows looks like `code` (Rust's `#[…]`, Ruby's `#{…}`).
    `quotes` are the delimiters of strings that may hold line breaks.
    """

    line: tuple[bytes, ...] = ()
    block: tuple[bytes, bytes] | None = None
    code: tuple[bytes, ...] = ()
    quotes: tuple[bytes, ...] = ()
    docstrings: bool = False
    indented: bool = False
    starts: tuple[bytes, ...] = field(init=False, compare=False)
    spanning: tuple[bytes, ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        block = self.block[:1] if self.block else ()
        object.__setattr__(self, "starts", (*self.line, *block, *(self.quotes if self.docstrings else ())))
        object.__setattr__(self, "spanning", (*block, *self.quotes))


_C: Final = Syntax((b"//",), (b"/*", b"*/"), quotes=(b"`", b'"""'))
_HASH: Final = Syntax((b"#",), code=(b"#{", b"#["))
_INDENTED_HASH: Final = Syntax((b"#",), code=(b"#{", b"#["), indented=True)
_PYTHON: Final = Syntax((b"#",), quotes=(b'"""', b"'''"), docstrings=True, indented=True)
_MARKUP: Final = Syntax(block=(b"<!--", b"-->"))
_SQL: Final = Syntax((b"--",), (b"/*", b"*/"))
_CSS: Final = Syntax(block=(b"/*", b"*/"))

_FAMILIES: Final = {
    _C: "c cc cpp cxx h hh hpp hxx m mm cs java kt kts scala groovy gradle swift go rs js jsx mjs cjs ts tsx mts cts "
    "dart proto zig scss less sass jsonc json5 sol thrift v sv vue svelte",
    Syntax((b"//", b"#"), (b"/*", b"*/"), code=(b"#[", b"#{")): "php tf hcl",
    _HASH: "rb sh bash zsh fish pl pm r toml jl ex exs tcl cmake nix awk rake gemspec conf cfg env properties graphql "
    "gql dockerfile",
    _INDENTED_HASH: "yml yaml mk makefile gnumakefile coffee nim",
    _PYTHON: "py pyi pyx pxd",
    _MARKUP: "html htm xml xhtml svg xaml csproj props targets",
    _SQL: "sql",
    _CSS: "css",
    Syntax((b"--",)): "lua",
    Syntax((b"--",), indented=True): "hs elm",
    Syntax((b";",)): "lisp el clj cljs cljc scm ini asm",
    Syntax((b"%",)): "erl hrl tex",
    Syntax((b"//",), (b"(*", b"*)"), indented=True): "fs fsx",
    Syntax(block=(b"(*", b"*)")): "ml mli",
    Syntax((b"'",)): "vb bas",
    Syntax(indented=True): "pug haml slim styl",
}
_BY_SUFFIX: Final = {suffix: syntax for syntax, suffixes in _FAMILIES.items() for suffix in suffixes.split()}
_UNKNOWN: Final = Syntax()


@lru_cache(maxsize=4096)
def syntax_of(path: str) -> Syntax:
    """Find the comment syntax by the last suffix, or by the whole name for `Makefile`, `Dockerfile` and the like."""
    name = path.rsplit("/", 1)[-1].lower()
    return _BY_SUFFIX.get(name.rsplit(".", 1)[-1], _UNKNOWN)


def is_written(path: str) -> bool:
    """Say whether a file is in a language whose comments are known."""
    return syntax_of(path) is not _UNKNOWN


class CodeLine(NamedTuple):
    """One changed line that holds code: its number on its side, its trimmed text, and how many lines it counts for.

    `stretch` changes wherever unchanged code stands between two lines, so lines of one stretch are neighbours.
    """

    number: int
    text: bytes
    units: int
    stretch: int


def code_lines(path: str, hunk: Hunk) -> tuple[tuple[CodeLine, ...], tuple[CodeLine, ...]]:
    """List the removed and the added code lines of a hunk, without blank and comment lines."""
    syntax = syntax_of(path)
    spanning = tuple(mark for mark in syntax.spanning if mark in hunk.body)
    if not spanning and not _breaks_within_lines(hunk.body):
        return _line_by_line(syntax, hunk)
    syntax = _narrowed(syntax, spanning)
    lines = list(hunk.lines())
    removed = _side(syntax, (line for line in lines if line.sign != "+"), at_top=hunk.old_start <= 1)
    added = _side(syntax, (line for line in lines if line.sign != "-"), at_top=hunk.new_start <= 1)
    return tuple(removed), tuple(added)


def _breaks_within_lines(body: bytes) -> bool:
    if not body.isascii():
        return _HIDDEN_BREAKS.search(body) is not None
    return b"\r" in body or b"\v" in body or b"\f" in body


@lru_cache(maxsize=256)
def _narrowed(syntax: Syntax, spanning: tuple[bytes, ...]) -> Syntax:
    """Leave out of a syntax the block comments and long strings that do not begin in a hunk at all."""
    block = syntax.block if syntax.block and syntax.block[0] in spanning else None
    return replace(syntax, block=block, quotes=tuple(quote for quote in syntax.quotes if quote in spanning))


def _line_by_line(syntax: Syntax, hunk: Hunk) -> tuple[tuple[CodeLine, ...], tuple[CodeLine, ...]]:
    """List the removed and the added code lines of a hunk in which each line tells by itself what it is."""
    removed: list[CodeLine] = []
    added: list[CodeLine] = []
    old, new, stretch = hunk.old_start, hunk.new_start, 0
    comment, no_comment = syntax.line, syntax.code
    for line in hunk.body.split(b"\n"):
        text = line[1:].strip(_BLANK)
        is_code = text and (not text.startswith(comment) or text.startswith(no_comment))
        match line[:1]:
            case b" ":
                stretch += bool(is_code)
                old, new = old + 1, new + 1
            case b"+":
                if is_code:
                    added.append(CodeLine(new, text, _width(text), stretch))
                new += 1
            case b"-":
                if is_code:
                    removed.append(CodeLine(old, text, _width(text), stretch))
                old += 1
            case _:
                pass
    return tuple(removed), tuple(added)


def _side(syntax: Syntax, lines: Iterable[Line], *, at_top: bool) -> list[CodeLine]:
    """List the changed code lines of one side; `lines` are that side's text in order."""
    found: list[CodeLine] = []
    stretch = 0
    for line, trimmed in _code(syntax, lines, at_top=at_top):
        if line.sign == " ":
            stretch += 1
            continue
        found.append(CodeLine(line.new or line.old, trimmed, _units(trimmed), stretch))
    return found


def _units(text: bytes) -> int:
    """Count a line as one, a giant line and one with hidden line breaks as what a reader would see."""
    return max(_width(text), 1 + len(_HIDDEN_BREAKS.findall(text)))


def _width(text: bytes) -> int:
    return -(-len(text) // _LINE_WIDTH) if len(text) > _LONG_LINE else 1


def _code(syntax: Syntax, lines: Iterable[Line], *, at_top: bool) -> Iterator[tuple[Line, bytes]]:
    """Yield the lines of one side that hold code, with their trimmed text."""
    waiting: list[tuple[Line, bytes]] = []  # lines of a block comment that has not ended yet
    ends: bytes = b""
    quote: bytes = b""
    before = b"" if at_top else b"?"
    for line in lines:
        trimmed = line.text.strip(_BLANK)
        if not trimmed:
            continue
        if ends:
            waiting.append((line, trimmed))
            if ends in trimmed:
                yield from _unless_comment(waiting, ends, syntax)
                ends, waiting = b"", []
            continue
        if not quote and _is_line_comment(syntax, trimmed):
            continue
        ends = b"" if quote else _opens(syntax, trimmed, before)
        if ends:
            waiting = [(line, trimmed)]
            continue
        if quote or not _is_whole_comment(syntax, trimmed, before):
            yield line, trimmed
        quote = _open_quote(syntax, trimmed, quote)
        before = trimmed
    yield from waiting  # a comment whose end the hunk does not show is not believed


def _is_line_comment(syntax: Syntax, text: bytes) -> bool:
    if not text.startswith(syntax.line) or text.startswith(syntax.code):
        return False
    return _HIDDEN_BREAKS.search(text) is None


def _is_whole_comment(syntax: Syntax, text: bytes, before: bytes) -> bool:
    """Say whether a block comment or docstring starts this line and ends exactly at its end."""
    if not text.startswith(syntax.starts):
        return False
    pairs = [syntax.block] if syntax.block else []
    if syntax.docstrings and _announces_docstring(before):
        pairs += [(quote, quote) for quote in syntax.quotes]
    return _HIDDEN_BREAKS.search(text) is None and any(
        text.startswith(start) and text.find(end, len(start)) == len(text) - len(end) >= len(start)
        for start, end in pairs
    )


def _opens(syntax: Syntax, text: bytes, before: bytes) -> bytes:
    """Name the end of the block comment or docstring that this line opens without ending it, or nothing."""
    if not text.startswith(syntax.starts):
        return b""
    if syntax.block and text.startswith(syntax.block[0]) and syntax.block[1] not in text[len(syntax.block[0]) :]:
        return syntax.block[1]
    if syntax.docstrings and _announces_docstring(before):
        for quote in syntax.quotes:
            if text.startswith(quote) and quote not in text[len(quote) :]:
                return quote
    return b""


def _announces_docstring(before: bytes) -> bool:
    return not before or (before.startswith(_ANNOUNCING) and before.endswith(b":"))


def _unless_comment(lines: list[tuple[Line, bytes]], end: bytes, syntax: Syntax) -> Iterator[tuple[Line, bytes]]:
    """Yield the lines of a block that is no comment after all: code follows its end, or a string may hide in it."""
    text = b"\n".join(trimmed for _, trimmed in lines)
    torn = any(trimmed.count(quote) % 2 for _, trimmed in lines for quote in syntax.quotes if quote != end)
    whole = text.endswith(end) and text.count(end) == (2 if text.startswith(end) else 1)
    if torn or not whole or _HIDDEN_BREAKS.search(text):
        yield from lines


def _open_quote(syntax: Syntax, text: bytes, quote: bytes) -> bytes:
    """Follow strings that hold line breaks: name the delimiter that is open after this line of code, or nothing."""
    if quote:
        return b"" if text.count(quote) % 2 else quote
    for mark in syntax.quotes:
        if text.count(mark) % 2:
            return mark
    return b""
