"""Sums up what andon said of a history: numbers alone, as JSON values and as Markdown."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

LIMIT: Final = 400
"""Lines above which a change counts as large here: the default of `small-diff`."""

CRASH: Final = "andon failed, not you"
_NAMED: Final = re.compile(r"`[^`]*`|\b[0-9a-f]{40}\b|\d+")
_OUTCOMES: Final = ("pass", "found", "waiting", "unknown", "not-applicable")


@dataclass(frozen=True, slots=True)
class Judged:
    """One commit and what andon said of it. `verdict` is the contract of `andon check`; None where it gave none.

    `causes` are what each rule says that it could not know. `unread` is why git could not give the commit, and
    `failure` how andon broke over it.
    """

    commit: str
    milliseconds: float
    verdict: Mapping[str, Any] | None
    causes: Mapping[str, Sequence[str]]
    failure: str = ""
    unread: str = ""


def summary_of(name: str, history: Sequence[Judged]) -> dict[str, Any]:
    """Sum up one history, newest commit first."""
    verdicts = [one.verdict for one in history if one.verdict is not None]
    sizes = [facts for verdict in verdicts if (facts := _facts(verdict, "small-diff"))]
    return {
        "repository": name,
        "first": history[-1].commit,
        "last": history[0].commit,
        "commits": len(history),
        "crashes": sorted(_crashes(history)),
        "unread": sum(bool(one.unread) for one in history),
        "kinds": dict(Counter(verdict["kind"] for verdict in verdicts).most_common()),
        "rules": {rule: _outcomes(verdicts, rule) for rule in _rules(verdicts)},
        "causes": dict(Counter(_causes(history)).most_common()),
        "without_a_cause": sorted(_without_a_cause(history)),
        "raw_lines": _sizes([one["raw_added"] + one["raw_deleted"] for one in sizes]),
        "effective_lines": _sizes([one["effective_lines"] for one in sizes]),
        "seconds": round(sum(one.milliseconds for one in history) / 1000),
        "milliseconds": _times([one.milliseconds for one in history]),
    }


def is_sound(summary: Mapping[str, Any]) -> bool:
    """Say whether nothing failed and nothing is unknown without a cause."""
    return not summary["crashes"] and not summary["without_a_cause"]


def as_markdown(summaries: Sequence[Mapping[str, Any]]) -> str:
    """Write the summaries as tables, one row for each history."""
    rules = list(dict.fromkeys(rule for one in summaries for rule in one["rules"]))
    parts = [
        _section("Histories", summaries, _range),
        *(_section(f"`{rule}`", summaries, _outcome_row(rule)) for rule in rules),
        _section("Kinds of change", summaries, _kind_row(summaries)),
        _section("Lines, raw beside effective", summaries, _line_row),
        _section("Milliseconds for each commit", summaries, lambda one: one["milliseconds"]),
        "## What was not known\n\n" + ("\n".join(_cause_lines(summaries)) or "Nothing."),
    ]
    return "\n\n".join(parts) + "\n"


def percentile(numbers: Sequence[float], share: float) -> float:
    """Give the smallest number that at least this share of all are not above."""
    ordered = sorted(numbers)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0


def _facts(verdict: Mapping[str, Any], rule: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next((one["facts"] for one in verdict["rules"] if one["rule"] == rule), {})
    return found


def _rules(verdicts: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(one["rule"] for verdict in verdicts for one in verdict["rules"]))


def _outcomes(verdicts: Sequence[Mapping[str, Any]], rule: str) -> dict[str, int]:
    counted = Counter(one["outcome"] for verdict in verdicts for one in verdict["rules"] if one["rule"] == rule)
    return {outcome: counted[outcome] for outcome in _OUTCOMES}


def _crashes(history: Sequence[Judged]) -> Iterator[str]:
    for one in history:
        if one.failure:
            yield f"{one.commit}: {one.failure}"
        for rule, causes in one.causes.items():
            yield from (f"{one.commit}: {rule}: {cause}" for cause in causes if cause.startswith(CRASH))


def _causes(history: Sequence[Judged]) -> Iterator[str]:
    """Name each cause without the names and numbers in it, so that equal ones are counted together."""
    for one in history:
        if one.unread:
            yield _NAMED.sub("…", one.unread)
        for rule, causes in one.causes.items():
            yield from {f"{rule}: {_NAMED.sub('…', cause)}" for cause in causes}


def _without_a_cause(history: Sequence[Judged]) -> Iterator[str]:
    for one in history:
        for rule in one.verdict["rules"] if one.verdict else ():
            if rule["outcome"] == "unknown" and not one.causes.get(rule["rule"]):
                yield f"{one.commit}: {rule['rule']}"


def _sizes(numbers: Sequence[float]) -> dict[str, float]:
    large = sum(number > LIMIT for number in numbers)
    return {
        "p50": percentile(numbers, 0.5),
        "p90": percentile(numbers, 0.9),
        "share_above_limit": round(large / len(numbers), 4) if numbers else 0,
    }


def _times(numbers: Sequence[float]) -> dict[str, float]:
    return {
        "p50": round(percentile(numbers, 0.5), 1),
        "p95": round(percentile(numbers, 0.95), 1),
        "max": round(max(numbers), 1),
    }


Row = Callable[[Mapping[str, Any]], Mapping[str, object]]


def _section(title: str, summaries: Sequence[Mapping[str, Any]], row: Row) -> str:
    cells = [{"repository": one["repository"], **row(one)} for one in summaries]
    head = list(cells[0])
    lines = [head, ["---", *("---:" for _ in head[1:])], *([str(cell[name]) for name in head] for cell in cells)]
    return f"## {title}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _range(one: Mapping[str, Any]) -> dict[str, object]:
    return {
        "commits": one["commits"],
        "from … to": f"`{one['first'][:12]}`…`{one['last'][:12]}`",
        "seconds": one["seconds"],
        "crashes": len(one["crashes"]),
        "not there to read": one["unread"],
        "unknown without a cause": len(one["without_a_cause"]),
    }


def _outcome_row(rule: str) -> Row:
    return lambda one: {outcome: one["rules"].get(rule, {}).get(outcome, "–") for outcome in _OUTCOMES}


def _kind_row(summaries: Sequence[Mapping[str, Any]]) -> Row:
    total: Counter[str] = sum((Counter(one["kinds"]) for one in summaries), Counter())
    return lambda one: {kind: one["kinds"].get(kind, 0) for kind, _ in total.most_common()}


def _line_row(one: Mapping[str, Any]) -> dict[str, object]:
    raw, effective = one["raw_lines"], one["effective_lines"]
    return {
        "raw p50": raw["p50"],
        "effective p50": effective["p50"],
        "raw p90": raw["p90"],
        "effective p90": effective["p90"],
        f"raw > {LIMIT}": f"{raw['share_above_limit']:.1%}",
        f"effective > {LIMIT}": f"{effective['share_above_limit']:.1%}",
    }


def _cause_lines(summaries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    total: Counter[str] = sum((Counter(one["causes"]) for one in summaries), Counter())
    yield from (f"- {count} times: {cause}" for cause, count in total.most_common())
