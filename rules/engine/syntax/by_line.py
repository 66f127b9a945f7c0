"""Reads languages without a grammar here line by line: less sure, but enough."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rules.engine.comments import syntax_of
from rules.engine.syntax.marks import Mark, Outline, Sign

_LONGEST_TEXT: Final = 160  # bytes of source that a mark keeps


@dataclass(frozen=True, slots=True)
class LineTable:
    """Patterns over one trimmed line. The last group of `definition` is the name that is offered to others."""

    test: str
    assertion: str
    cannot_fail: str
    skip: str
    case: str
    definition: str
    inert: str
    branch: str = r"\b(?:if|else|for|while|when|case|catch|match|guard|switch|rescue|elseif)\b"
    focus: str = r"(?!)"

    def signs(self) -> dict[Sign, re.Pattern[bytes]]:
        """Compile the patterns of the signs."""
        return {
            Sign.TEST: re.compile(self.test.encode()),
            Sign.CANNOT_FAIL: re.compile(self.cannot_fail.encode()),
            Sign.ASSERTION: re.compile(self.assertion.encode()),
            Sign.SKIP: re.compile(self.skip.encode()),
            Sign.FOCUS: re.compile(self.focus.encode()),
            Sign.CASE: re.compile(self.case.encode()),
            Sign.BRANCH: re.compile(self.branch.encode()),
        }


_SAME: Final = r"\(\s*([\w.\"']+)\s*,\s*\1\s*[,)]"

CSHARP: Final = LineTable(
    test=r"\[(?:Fact|Theory|Test|TestMethod|TestCase)\b",
    assertion=r"\bAssert\.\w+|\.Should\(\)|\bExpect\(|\.(?:Received|Verify)\w*\(",
    cannot_fail=rf"\bAssert\.(?:True|IsTrue)\(\s*true\s*[,)]|\bAssert\.(?:False|IsFalse)\(\s*false\s*[,)]"
    rf"|\bAssert\.(?:Equal|AreEqual|Same|AreSame){_SAME}|\bAssert\.Pass\(",
    skip=r"\[(?:\w+\s*,\s*)?(?:Ignore|Explicit)\b|\bSkip\s*=\s*\"|\bAssert\.(?:Ignore|Inconclusive)\(",
    case=r"\[(?:Theory|InlineData|TestCase|MemberData|DataRow)\b",
    definition=r"^(?=.*\b(?:public|protected|internal)\b)(?:[\w<>\[\],?]+ )*?"
    r"(?:class |record |interface |enum |struct )?(\w+)\s*(?:[({<:]|$)",
    inert=r"^using [\w.=\s]+;|^namespace\b|^\[assembly",
)
RUST: Final = LineTable(
    test=r"#\[(?:\w+::)?test\b|#\[rstest\b",
    assertion=r"\b(?:debug_)?assert(?:_\w+)?!|\bpanic!|#\[should_panic|\bprop_assert",
    cannot_fail=r"\bassert!\(\s*true\s*[,)]|\bassert_eq!\(\s*([\w.\"]+)\s*,\s*\1\s*[,)]",
    skip=r"#\[ignore\b",
    case=r"#\[(?:rstest|case|test_case)\b",
    definition=r"^pub (?:(?:async|unsafe|const|extern) )*(?:fn|struct|enum|trait|type|mod|const|static) (\w+)",
    inert=r"^(?:pub )?(?:use|mod)\b[^{]*;|^extern crate",
)
SWIFT: Final = LineTable(
    test=r"\bfunc test\w*\(|@Test\b",
    assertion=r"\bXCT(?:Assert\w*|Fail|Unwrap)\(|#(?:expect|require)\(|\bexpect\(",
    cannot_fail=rf"\bXCTAssert(?:True)?\(\s*true\s*[,)]|#expect\(\s*true\s*\)|\bXCTAssertEqual{_SAME}",
    skip=r"\bthrow XCTSkip\b|\.disabled\(|\bfunc (?:x|disabled_?)test|^x(?:it|describe|context)\(",
    focus=r"^f(?:it|describe|context)\(",
    case=r"@Test\([^)]*arguments:",
    definition=r"^(?:public|open|package|internal )?\s*(?!private|fileprivate)(?:[\w@]+ )*?"
    r"(?:func|class|struct|enum|protocol|actor) (\w+)",
    inert=r"^(?:@testable )?import\b",
)
DART: Final = LineTable(
    test=r"^(?:test|testWidgets|blocTest)\(",
    assertion=r"\b(?:expect\w*|verify\w*|fail)\(",
    cannot_fail=rf"\bexpect\(\s*true\s*,\s*(?:true|isTrue)\s*\)|\bexpect{_SAME}",
    skip=r"\bskip:\s*(?:true|['\"])|@Skip\(",
    focus=r"\bsolo:\s*true|^solo_",
    case=r"(?!)",
    definition=r"^(?:abstract )?(?:class|enum|mixin|extension) ([A-Za-z]\w*)|^(?:static )?[\w<>?]+ ([a-z]\w*)\([^;]*\{",
    inert=r"^(?:import|export|part|library)\b",
)
ELIXIR: Final = LineTable(
    test=r"^test \"",
    assertion=r"^(?:assert|refute)(?:_\w+)?\b|\bflunk\(",
    cannot_fail=r"^assert(?: |\()true\)?$|^refute(?: |\()false\)?$|^assert ([\w.]+) == \1$",
    skip=r"@(?:module)?tag :skip\b|@(?:module|describe)?tag skip:",
    focus=r"@(?:module)?tag :focus\b|@tag focus:",
    case=r"^for .*<-",
    definition=r"^(?:def|defmacro|defmodule) ([\w.?!]+)",
    inert=r"^(?:import|alias|require|use)\b|^@(?:moduledoc|doc|spec|type)\b",
)
PHP: Final = LineTable(
    test=r"\bfunction test\w*\(|#\[Test\b|^(?:test|it)\(['\"]",
    assertion=r"(?:->|::)(?:assert\w*|fail|expect\w*)\(|\bexpect\(|\bassert\w*\(",
    cannot_fail=r"(?:->|::)assertTrue\(\s*true\s*[,)]|(?:->|::)assertFalse\(\s*false\s*[,)]"
    r"|(?:->|::)assert(?:Same|Equals)\(\s*([\w$.\"'>-]+)\s*,\s*\1\s*[,)]|\bexpect\(true\)->toBe(?:True\(|\(true)",
    skip=r"(?:->|::)markTest(?:Skipped|Incomplete)\(|->(?:skip|todo)\(",
    focus=r"->only\(",
    case=r"@dataProvider\b|#\[(?:DataProvider|TestWith)\b|->with\(",
    definition=r"^(?!.*\b(?:private)\b)(?:(?:public|protected|static|final|abstract) )*"
    r"(?:function|class|interface|trait|enum) (\w+)",
    inert=r"^(?:use|namespace)\b[^{(]*;|^<\?php",
)
BY_SUFFIX: Final = {
    "cs": CSHARP, "rs": RUST, "swift": SWIFT,
    "dart": DART, "ex": ELIXIR, "exs": ELIXIR, "php": PHP,
}  # fmt: skip


def is_known(path: str) -> bool:
    """Say whether there is a table for the language of this path."""
    return path.rpartition(".")[2].lower() in BY_SUFFIX


@lru_cache(maxsize=16)
def _signs(table: LineTable) -> dict[Sign, re.Pattern[bytes]]:
    return table.signs()


def outline(path: str, text: bytes) -> Outline | None:
    """Read a file line by line; None for a language without a table."""
    table = BY_SUFFIX.get(path.rpartition(".")[2].lower())
    if table is None:
        return None
    found: dict[Sign, list[Mark]] = {sign: [] for sign in Sign}
    definitions, inert = set(), set()
    definition, still = re.compile(table.definition.encode()), re.compile(table.inert.encode())
    for number, line in _code(path, text):
        if still.search(line):
            inert.add(number)
            continue
        if name := definition.search(line):
            definitions.add((name[name.lastindex or 0]).decode("utf-8", "replace"))
        for sign in _signs_of(table, line):
            found[sign].append(Mark(number, line[:_LONGEST_TEXT].decode("utf-8", "replace")))
    return Outline(frozenset(definitions), frozenset(inert), {sign: tuple(marks) for sign, marks in found.items()})


def _signs_of(table: LineTable, line: bytes) -> list[Sign]:
    """Name what stands on one line; an assertion that cannot fail is no assertion."""
    signs = [sign for sign, pattern in _signs(table).items() if pattern.search(line)]
    return [sign for sign in signs if sign is not Sign.ASSERTION or Sign.CANNOT_FAIL not in signs]


def _code(path: str, text: bytes) -> list[tuple[int, bytes]]:
    """List the lines that are not comments, trimmed, with their numbers."""
    syntax = syntax_of(path)
    start, end = syntax.block or (b"", b"")
    lines, inside = [], False
    for number, raw in enumerate(text.split(b"\n"), start=1):
        line = raw.strip()
        opens = bool(start) and line.startswith(start)
        comment = inside or opens or (bool(syntax.line) and line.startswith(syntax.line))
        if line and (not comment or line.startswith(syntax.code or (b"\0",))):
            lines.append((number, line))
        inside = (inside or opens) and end not in line
    return lines
