"""Prints for people at a terminal why andon did what it did: what must happen next, then every reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import click

from bot.evaluation.why import NOBODY, Record, waits_of
from bot.text.escape import plain
from bot.text.moments import day_of, minute_of, second_of
from bot.text.oids import short

_SIGNS: Final = {"pass": "✅", "found": "✋", "waiting": "⏸", "unknown": "❓", "not-applicable": "–"}
_COLOURS: Final = {"merged": "green", "merges": "green", "held": "yellow", "waiting": "yellow", "blocked": "red"}


def reasons(told: Record) -> str:
    """Write one evaluation as text, the next step first."""
    return "\n".join((*_body(told), *_foot(told)))


def simulated(told: Record) -> str:
    """Write as text what an evaluation would be that nobody carried out."""
    return "\n".join(_body(told))


def _body(told: Record) -> Iterator[str]:
    parts = (_head, _landed, _rules, _readiness, _line, _actions)
    return (line for part in parts for line in part(told))


def history(place: str, answer: Record) -> str:
    """Write evaluations as text, the oldest first, one line each, a heading for each day."""
    listed: Sequence[Record] = answer["decisions"]
    count = f"{len(listed)} evaluation{'' if len(listed) == 1 else 's'}"
    more = f"the last {count}, `--history all` lists the others too" if answer["before"] is not None else count
    lines, day = [f"{place}: {more}, times in UTC"], ""
    for one in reversed(listed):
        if day_of(one["at"]) != day:
            day = day_of(one["at"])
            lines.append(click.style(day, bold=True))
        again = f" (found {one['looks']} times until {minute_of(one['last_at'])})" if one["looks"] > 1 else ""
        lines.append(plain_line(f"  {minute_of(one['at'])} {'; '.join(one['changed'])} → {one['standing']}{again}"))
    return "\n".join(lines)


def _head(told: Record) -> Iterator[str]:
    step, where = told["next"], str(told["standing"])
    place = f"{told['repository']}#{told['number']} at {short(str(told['head']))}"
    yield click.style(plain_line(f"{place}: {where.replace('-', ' ')}"), fg=_COLOURS.get(where), bold=True)
    who = "Nobody has to act" if step["who"] == NOBODY else f"Next: {step['who']}"
    yield plain_line(f"{who}: {step['what']}")
    if step["or_else"]:
        yield plain_line(f"      {step['or_else']}")
    if (conclusion := told.get("conclusion")) is not None:
        yield f"By the policy {plain(str(told.get('policy')))} it is {conclusion}; kind: {told.get('kind')}."
    yield from (plain_line(f"  {problem}") for problem in told.get("policy_problems", ()))


def _landed(told: Record) -> Iterator[str]:
    """Say how what landed compares with what was judged, once it landed."""
    landed = told.get("landed")
    if not landed:
        return
    yield click.style(plain_line(f"Landed as {short(str(told.get('merge_commit')))}"), bold=True)
    yield f"  {_CONTENTS[landed['content']]}"
    yield from (plain_line(f"  ✋ {one['path']}: {one['how']}") for one in landed["differences"])
    yield from (plain_line(f"  ❓ {one['path'] or 'all of it'}: {one['why']}") for one in landed["not_compared"])
    yield from (plain_line(f"  moved meanwhile ({one['what']}): {one['said']}") for one in landed["moved"])


_CONTENTS: Final = {
    "same": "it is what was judged",
    "different": "it is not what was judged",
    "not compared": "it is what was judged as far as it was compared",
}


def _rules(told: Record) -> Iterator[str]:
    rules = told.get("rules", ())
    if rules:
        yield click.style("Rules", bold=True)
    width = max((len(rule["rule"]) for rule in rules), default=0)
    for rule in rules:
        said = f"{rule['rule']:<{width}}  {rule['mode']}  {rule.get('sentence', '')}"
        yield plain_line(f"  {_SIGNS.get(rule['outcome'], '?')} {said}")
        yield from (plain_line(f"      {line}") for line in _of_rule(rule))


def _of_rule(rule: Record) -> Iterator[str]:
    if given := rule.get("override"):
        yield f"overridden by {given['by']}: “{given['reason']}”"
    if rule.get("exempt"):
        yield f"not judged: {rule['exempt']}"
    fixes = [*rule.get("fixes", ()), *[""] * len(rule["findings"])]
    for finding, fix in zip(rule["findings"], fixes, strict=False):
        yield f"{_place(finding)}{finding['message']}"
        if fix:
            yield f"  → {fix}"
    yield from (f"waiting for {wait['who']}: {wait['what']}" for wait in rule.get("waiting", ()))
    yield from (f"could not decide: {why}" for why in rule.get("unknown", ()))


def _place(finding: Record) -> str:
    if finding["path"] is None:
        return ""
    lines = "" if finding["start_line"] is None else f":{finding['start_line']}–{finding['end_line']}"
    return f"{finding['path']}{lines}: "


def _readiness(told: Record) -> Iterator[str]:
    yield click.style("Readiness", bold=True)
    waits = waits_of(told)
    if not waits:
        yield "  nothing is missing"
    for wait in waits:
        since = f", since {second_of(wait['since'])}" if wait.get("since") else ""
        usually = f" (usually {max(1, round(wait['usually'] / 60))} min)" if wait.get("usually") else ""
        late = ", which is too long" if wait.get("late") else ""
        yield plain_line(f"  {wait['who']}: {wait['what']}{since}{usually}{late}")
    yield from (plain_line(f"  mentioned: {remark}") for remark in told.get("mentions", ()))


def _line(told: Record) -> Iterator[str]:
    line = told.get("line")
    if not line:
        return
    yield click.style("The line", bold=True)
    fix = " in the lane for fixes" if line["lane"] == "fix" else ""
    may = ": it may merge" if line["may_merge"] else ""
    yield f"  place {line['place']}{fix}, since {second_of(line['since'])}{may}"
    yield from (plain_line(f"  {words}") for words in line["waits_for"])
    yield from (f"  passes what closes it: {closing}" for closing in line["passes"])


def _actions(told: Record) -> Iterator[str]:
    yield click.style("Actions", bold=True)
    actions: Sequence[Mapping[str, Any]] = told.get("actions", ())
    if not actions:
        yield "  none: GitHub showed it already"
    for one in actions:
        words = f": “{one['said']}”" if one["said"] else ""
        yield plain_line(f"  {one['what']}: {one['result'].replace('-', ' ')}{words}")


def _foot(told: Record) -> Iterator[str]:
    when = told["evaluation"]
    yield f"Evaluated {second_of(when['at'])}" + (
        f", and {when['looks'] - 1} more times with the same result, last {second_of(when['last_at'])}."
        if when["looks"] > 1
        else "."
    )
    spent = told.get("milliseconds")
    if spent is None:
        return
    base = f"{plain(str(told.get('base_branch')))} at {short(str(told.get('base')))}"
    yield f"It rested on snapshot {short(str(told['snapshot']))}, with {base}."
    took = f"Reading took {spent['reading']} ms, judging {spent['judging']} ms, writing {spent['writing']} ms"
    yield f"{took}; andon {told.get('version')}."


def plain_line(text: str) -> str:
    """Make a line from outside harmless to a terminal: no escape sequences, no forged lines."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)
