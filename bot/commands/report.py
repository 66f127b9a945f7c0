"""Prints a verdict for people at a terminal: the rows of the pull request, then where, and how to split."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator, Sequence
from typing import Final

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from bot.commands.printable import one_line
from bot.text.oids import short
from bot.words.standing import Row, apart, headline, row, shown
from rules.engine.result import Conclusion, Finding, Kind, Note, RuleResult, Verdict
from rules.engine.split import Part, plan_of

COLUMNS: Final = 100
"""How wide it is written where there is no terminal, and COLUMNS says nothing."""

_NARROWEST: Final = 40
_WORDS: Final = ("Result", "What to do")
_PADDING: Final = re.compile(r" +((?:\x1b\[[\d;]*m)*)$", re.MULTILINE)
_COLOURS: Final = {
    Conclusion.PASSED: "bold green",
    Conclusion.WARNED: "bold yellow",
    Conclusion.HELD: "bold yellow",
    Conclusion.BLOCKED: "bold red",
    Conclusion.UNDECIDED: "bold magenta",
}


def report(verdict: Verdict) -> str:
    """Write the verdict as text, as wide as the terminal. click drops the colours where the output is none."""
    columns = max(_NARROWEST, shutil.get_terminal_size((COLUMNS, 0)).columns)
    page = io.StringIO()
    console = Console(file=page, width=columns, force_terminal=True, highlight=False, markup=False, emoji=False)
    console.print(Group(*_parts(verdict)), crop=False)
    return _PADDING.sub(r"\1", page.getvalue().rstrip("\n"))


def _parts(verdict: Verdict) -> Iterator[RenderableType]:
    results = shown(verdict)
    yield Text(headline(verdict), _COLOURS[verdict.conclusion])
    if results:
        yield _table(list(map(row, results)))
    for result in results:
        if details := list(_details(result, row(result))):
            yield Text(result.rule, "bold")
            yield from details
    kind = "" if verdict.kind is Kind.CHANGE else f"Kind of change: {verdict.kind.value}. "
    yield Text(
        f"{kind}Counted at {short(verdict.head)} against {short(verdict.base)}, policy {one_line(verdict.policy)}.",
        "dim",
    )


def _table(rows: Sequence[Row]) -> Table:
    """Write the rows; the sign has a column of its own, as wide signs and wrapped words do not go together."""
    columns = (Column("Rule", no_wrap=True), Column(no_wrap=True), *(Column(name, overflow="fold") for name in _WORDS))
    table = Table(*columns, box=box.HORIZONTALS, show_edge=False, pad_edge=False, header_style="bold")
    for one in rows:
        more = f" (+{one.more} more below)" if one.more else ""
        seen, steps = one_line(" ".join(one.seen)), one_line(" ".join(one.steps)) or "–"
        table.add_row(Text(one.rule), Text(one.sign), Text(seen), Text(f"{steps}{more}"))
    return table


def _details(result: RuleResult, told: Row) -> Iterator[RenderableType]:
    """Say what the row leaves out: places, further findings, steps that had no room, the plan."""
    for finding in result.findings:
        known = finding.message in told.seen
        yield from _told(finding, "" if known else finding.message, told.steps if known else ())
    for note in result.notes:
        yield from _told(note, f"{note.message} It stops nothing.")
    yield from (_line(f"Waiting for {waiting.who}: {waiting.what}") for waiting in result.waiting)
    yield from (_line(f"Could not decide: {reason}") for reason in result.unknown)
    yield from _plan(plan_of(result.facts))


def _told(one: Finding | Note, words: str, known: Sequence[str] = ()) -> Iterator[RenderableType]:
    place = _place(one)
    if place or words:
        yield _line(f"{place}{apart(words, one.path)}" if place and words else place or words)
    if one.fix and one.fix not in known:
        yield _line(f"→ {one.fix}", 4, "cyan")


def _plan(parts: Sequence[Part]) -> Iterator[RenderableType]:
    if parts:
        yield _line("The plan, in bash or zsh at the top of a clean work tree:")
    for number, part in enumerate(parts, 1):
        files = f"{len(part.files)} file{'' if len(part.files) == 1 else 's'}"
        yield _line(f"{number}. {part.title} ({part.effective_lines}, {files})")
        for command in part.commands:
            yield Text(f"       {one_line(command)}", "dim", no_wrap=True, overflow="ignore")


def _place(one: Finding | Note) -> str:
    if one.path is None or one.start_line is None:
        return ""
    last = f"–{one.end_line}" if one.end_line not in (None, one.start_line) else ""
    return f"{one.path}:{one.start_line}{last}"


def _line(words: str, indent: int = 2, style: str = "") -> Padding:
    return Padding(Text(one_line(words), style), (0, 0, 0, indent))
