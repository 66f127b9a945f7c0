"""Prints DORA's metrics: as text for people at a terminal, and as CSV for tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import click

from bot.commands.reasons import plain_line
from bot.dora.intervals import Share
from bot.dora.words import NO_DATA, OPEN, duration, share
from bot.text.moments import day_and_minute_of
from bot.text.oids import as_on_github

Told = Mapping[str, Any]

NAMED: Final = 5
"""Open failures that the text names."""

_WIDTH: Final = 31
"""Characters of the longest name of a metric."""

_TIMES: Final = ("first_push_at", "merged_at", "deployed_at", "live_at", "failed_at", "restored_at")
RELEASE_COLUMNS: Final = (
    *("repository", "number", "sha", "environment", "branch"),
    *_TIMES,
    *("lead_seconds", "recovery_seconds", "failed", "rework", "reverts", "lines", "files"),
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a table would take as the beginning of a formula."""


def text(told: Told) -> str:
    """Write all of it as text."""
    return "\n".join((*_head(told), *_five(told), *_sizes(told["batch_size"]), *_foot(told)))


def _head(told: Told) -> Iterator[str]:
    period, since = told["period"], told["recorded_since"]
    where = ", ".join(told["repositories"]) or "no repository"
    branch = f" from {told['branch']}" if told["branch"] else ""
    yield click.style(plain_line(f"{where}{branch} to {told['environment']}"), bold=True)
    days = f"{period['days']:.0f} days, counted in {period['zone']}"
    yield f"{day_and_minute_of(period['since'])} to {day_and_minute_of(period['until'])}: {days}"
    if since is None:
        known = ", ".join(told["environments"])
        yield plain_line(
            f"No release to {told['environment']} is recorded{f'; there are to: {known}' if known else ''}."
        )
    elif since > period["since"]:
        yield f"Recorded since {day_and_minute_of(since)}: of the time before nothing is known."


def _five(told: Told) -> Iterator[str]:
    recovery = told["failed_deployment_recovery_time"]
    yield _row("Deployment frequency", _frequency(told["deployment_frequency"]))
    yield _row("Lead time, first push to live", _spread(told["lead_time"], "known of"))
    yield _row("Change fail rate", _share(told["change_fail_rate"]))
    yield _row("Failed-deployment recovery time", _spread(recovery, "recovered"))
    yield from (_row("", words) for words in _open(recovery["open"]))
    yield _row("Rework rate", _share(told["rework_rate"]))


def _row(name: str, words: str) -> str:
    return f"{name:<{_WIDTH}}  {words}"


def _frequency(told: Told) -> str:
    if told["per_day"] is None:
        return NO_DATA
    days = told["days_with"]
    often = f"{_few(told['per_day'])} a day, {_few(told['per_week'])} a week"
    return f"{told['deployments']}: {often}; on {days['n']}/{days['of']} days"


def _few(mean: float) -> str:
    return f"{mean:.2f}" if mean < 1 else f"{mean:.1f}"


def _spread(told: Told, how: str) -> str:
    if not told["of"]:
        return NO_DATA
    p50, p90 = (_seconds(told[f"{name}_seconds"]) for name in ("p50", "p90"))
    return f"p50 {p50}, p90 {p90}; {how} {told['n']}/{told['of']}"


def _seconds(value: float | str | None) -> str:
    if value is None:
        return NO_DATA
    return OPEN if isinstance(value, str) else duration(value)


def _share(told: Told) -> str:
    return share(Share(told["n"], told["of"]))


def _open(failures: Sequence[Told]) -> Iterator[str]:
    for one in failures[:NAMED]:
        landed = f"#{one['number']}" if one["number"] else f"@{as_on_github(one['sha'])}"
        place = plain_line(f"{one['repository']}{landed}")
        yield f"open: {place} since {day_and_minute_of(one['since'])}"
    if len(failures) > NAMED:
        yield f"and {len(failures) - NAMED} more"


def _sizes(told: Told) -> Iterator[str]:
    yield click.style(f"Batch size, in effective lines; known of {told['n']}/{told['of']}", bold=True)
    names = [_range(group["above"], group["up_to"]) for group in told["groups"]]
    width = max(map(len, names), default=0)
    for name, group in zip(names, told["groups"], strict=True):
        failed, lead = _share(group["change_fail_rate"]), _seconds(group["lead_time"]["p50_seconds"])
        yield f"  {name:<{width}}  failed {failed}; lead time p50 {lead}"
    yield str(told["small_pays"]["sentence"])


def _range(above: int | None, up_to: int) -> str:
    if above is None:
        return f"up to {up_to}"
    return f"{up_to}" if above + 1 == up_to else f"{above + 1} to {up_to}"


def _foot(told: Told) -> Iterator[str]:
    if count := told["under_way"]:
        yield f"Under way: {count} release{'' if count == 1 else 's'}."


def releases_csv(told: Told) -> str:
    """Write one row for each release; times are ISO 8601 in UTC, and what is not known is empty."""
    rows = ([_of_release(name, one[name]) for name in RELEASE_COLUMNS] for one in told["releases"])
    return _csv(RELEASE_COLUMNS, rows)


def _of_release(name: str, value: object) -> str:
    return _time(value) if name in _TIMES and isinstance(value, int | float) else _cell(value)


def weeks_csv(told: Told) -> str:
    """Write one row for each week, also those without a deployment."""
    names = ("week", "whole", "deployments", "failed", "settled", "lead_n", "lead_of", "lead_p50", "lead_p90")
    rows = ([_cell(value) for value in _week(one)] for one in told["deployment_frequency"]["weeks"])
    return _csv(names, rows)


def _week(one: Told) -> tuple[object, ...]:
    failed, lead = one["change_fail_rate"], one["lead_time"]
    counts = (one["week"], one["whole"], one["deployments"], failed["n"], failed["of"])
    return (*counts, lead["n"], lead["of"], lead["p50_seconds"], lead["p90_seconds"])


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _cell(value: object) -> str:
    """Write a value so that no table takes text for a formula."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str() if value.startswith(_FORMULA):
            return f"'{value}"
        case _:
            return str(value)


def _csv(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return written.getvalue()
