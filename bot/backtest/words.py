"""Says what a backtest found in words and tables for a terminal, no line longer than 80 columns. Pure."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any, Final

from bot.backtest.findings import findings
from bot.dora.words import percent
from bot.text.moments import day_of
from rules.engine.known import known_rules

Told = Mapping[str, Any]

WIDTH: Final = 80
"""Columns that are written at the most."""

_HELD: Final = "\N{NO-BREAK SPACE}%"
_SHORT: Final = 12  # digits of a commit's id
_NAMED: Final = 10  # commits that are left out and named, of each cause
_SHOWN: Final = 3  # examples of one rule
_PERCENTILES: Final = ("p50", "p75", "p90", "p95", "max")


def text(told: Told) -> str:
    """Write all of it."""
    return "\n".join((*_head(told), *_policies(told), *_sizes(told), *_reverts(told), *_foot(told)))


def share(n: int, of: int) -> str:
    """Write a number with its share: `12 (4.0 %)`."""
    return f"{n} ({percent(n / of)})" if of else str(n)


def meaning(name: str) -> str:
    """Give the sentence that a rule says of itself; nothing of one that is not installed here."""
    rule = known_rules().get(name)
    return " ".join((inspect.getdoc(rule) or "").partition("\n\n")[0].split()) if rule else ""


def clean(words: str) -> str:
    """Make text from outside harmless to a terminal."""
    return "".join(char if char.isprintable() else "�" for char in words)


def cut(words: str, width: int) -> str:
    """Shorten text from outside to a width."""
    plain = clean(words)
    return plain if len(plain) <= width else f"{plain[: width - 1]}…"


def period(told: Told) -> str:
    """Say what was judged, and from when to when it landed."""
    if not told["changes"]:
        return f"{clean(told['repository'])}: nothing landed that can be judged."
    days = f"{day_of(told['since'])} to {day_of(told['until'])}"
    return f"{clean(told['repository'])}: {_changes(told['changes'])} that landed from {days}."


def _changes(count: int) -> str:
    return f"{count} change{'' if count == 1 else 's'}"


def _head(told: Told) -> Iterator[str]:
    yield cut(period(told), WIDTH)
    if told["changes"]:
        yield f"{told['oldest'][:_SHORT]} up to {told['newest'][:_SHORT]}, each against its first parent."
        yield ""
    for words in findings(told):
        held = clean(words).replace(" %", _HELD)
        lines = wrap(held, WIDTH, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)
        yield from (line.replace(_HELD, " %") for line in lines)


def _policies(told: Told) -> Iterator[str]:
    for policy in told["policies"] if told["changes"] else ():
        yield from ("", cut(f"Policy {policy['policy']}", WIDTH))
        counts, of = policy["conclusions"], told["changes"]
        yield "  " + ", ".join(f"{name} {share(count, of)}" for name, count in counts.items() if count)
        yield from _rules(policy["rules"])


def _rules(rules: Sequence[Told]) -> Iterator[str]:
    width = max((len(rule["rule"]) for rule in rules), default=0)
    yield f"  {'rule':<{width}}  {'now':<7}  {'found':>5} {'unknown':>7}  {'warn':>10}  {'hold':>9}  {'block':>12}"
    for rule in rules:
        would, outcomes = rule["would"], rule["outcomes"]
        steps = (
            f"{would['warn']['shown']:>4} shown",
            f"{would['hold']['held']:>4} held",
            f"{would['block']['blocked']:>4} blocked",
        )
        yield cut(
            f"  {rule['rule']:<{width}}  {rule['mode']:<7}  {outcomes['found']:>5} {outcomes['unknown']:>7}  "
            f"{steps[0]:>10}  {steps[1]:>9}  {steps[2]:>12}",
            WIDTH,
        )
    for rule in rules:
        yield from _examples(rule)


def _examples(rule: Told) -> Iterator[str]:
    shown = rule["examples"][:_SHOWN]
    if shown:
        yield f"  The largest that {rule['rule']} found:"
    yield from (_line(one) for one in shown)


def _line(one: Told) -> str:
    lines = "?" if one["effective_lines"] is None else one["effective_lines"]
    return cut(f"    {one['commit'][:_SHORT]} {lines:>6}  {one['title']}", WIDTH)


def _sizes(told: Told) -> Iterator[str]:
    sizes = told["sizes"]
    if not sizes["effective_lines"]["of"]:
        return
    yield from ("", f"Sizes of {_changes(sizes['effective_lines']['of'])} (p90: 90 of 100 are no larger)")
    yield _row("", _PERCENTILES)
    for name, words in (("effective_lines", "effective lines"), ("files", "files with some")):
        yield _row(words, [sizes[name][percentile] for percentile in _PERCENTILES])
    over = [percent(one["over"]["n"] / one["over"]["of"]) for one in sizes["limits"]]
    yield _row("limits there stop", over)


def _row(name: str, cells: Sequence[object]) -> str:
    return f"  {name:<18}" + "".join(f"{cell!s:>9}" for cell in cells)


def _reverts(told: Told) -> Iterator[str]:
    if not told["changes"]:
        return
    reverts = told["reverts"]
    taken = len(reverts["reverted"])
    yield from ("", f"Reverted later: {share(taken, told['changes'])}")
    if taken:
        sizes = reverts["sizes"]
        for name in ("reverted", "all"):
            yield _row(f"lines, {name}", [_number(sizes[name][percentile]) for percentile in _PERCENTILES])
    for one in reverts["reverted"][:_NAMED]:
        yield _line(one)
        stopped = sorted({rule for policy in one["stopped_by"] for rule in policy["rules"]})
        yield f"      {'found by ' + ', '.join(stopped) if stopped else 'no rule that holds found anything'}"
    if taken > _NAMED:
        yield f"    and {taken - _NAMED} more: --format json lists them"


def _number(value: int | None) -> object:
    return "–" if value is None else value


def _foot(told: Told) -> Iterator[str]:
    if told["changes"]:
        yield from ("", "Approvals, labels and coverage are not in a history: what rests on them is not")
        yield f"judged here. A second person is named by the commits of {share(**told['paired'])}."
    odd = {one["what"]: one["commits"] for one in told["oddities"]}
    if odd:
        yield from ("", "Judged, but unlike others:")
    yield from _causes(odd)
    causes: dict[str, list[str]] = {}
    for one in told["left_out"]:
        causes.setdefault(one["why"], []).append(one["commit"])
    if causes:
        yield from ("", f"Left out: {_changes(len(told['left_out']))}")
    yield from _causes(causes)


def _causes(causes: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for why, commits in causes.items():
        yield cut(f"  {len(commits)}: {why}", WIDTH)
        yield from _wrapped(commits)


def _wrapped(commits: Sequence[str]) -> Iterator[str]:
    """Name some commits, as many in a line as fit."""
    named = [sha[:_SHORT] for sha in commits[:_NAMED]]
    for at in range(0, len(named), 5):
        yield f"    {' '.join(named[at : at + 5])}"
    if len(commits) > _NAMED:
        yield f"    and {len(commits) - _NAMED} more: --format json lists them"
