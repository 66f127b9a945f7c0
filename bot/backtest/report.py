"""Writes a backtest as one page that needs no network and no script, in light and dark, each plot beside its table."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from bot.backtest import plots
from bot.backtest.plots import Drawn, range_of
from bot.backtest.words import clean, period, share
from bot.dora.words import percent

Told = Mapping[str, Any]

_SHORT: Final = 12  # digits of a commit's id
_PERCENTILES: Final = ("p50", "p75", "p90", "p95")
_STYLE: Final = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1f2328; --line: #8c959f; --main: #0a5cc2; --bad: #b3261e;
  --calm: #c8d1da; }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --line: #768390; --main: #6cb0ff;
  --bad: #ff8a80; --calm: #3d4752; } }
body { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; max-width: 60rem;
  margin: 2rem auto; padding: 0 1rem; }
figure { margin: 1rem 0; overflow-x: auto; }
figure svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; margin: .5rem 0; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); padding: .2rem .7rem; text-align: right; }
th:first-child, td:first-child, .words { text-align: left; overflow-wrap: break-word; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; white-space: nowrap; }
.wide { overflow-x: auto; }
code { font-size: .9em; }
"""
_HEAD: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
"""


def report(told: Told) -> str:
    """Write the page."""
    parts = [_HEAD.format(title=_text(f"Backtest of {told['repository']}"), style=_STYLE), f"<p>{_text(period(told))} "]
    parts.append("Each was held against what was there before it, as a pull request would have been.</p>")
    if told["changes"]:
        parts += [*_policies(told), *_sizes(told), *_reverts(told)]
    parts += [*_left_out(told), "</main>\n</body>\n</html>\n"]
    return "\n".join(parts)


def _policies(told: Told) -> Iterator[str]:
    yield "<h2>What would have been stopped</h2>"
    yield "<p>In <em>warn</em> a rule only says what it found; in <em>hold</em> andon does not merge the change by "
    yield "itself; in <em>block</em> nobody merges it. Approvals, labels and coverage are not in a history: what rests "
    yield "on them is not judged here.</p>"
    for number, policy in enumerate(told["policies"], 1):
        counts = policy["conclusions"]
        told_of = ", ".join(f"{name} {share(count, told['changes'])}" for name, count in counts.items() if count)
        yield f"<h3>Policy {_text(policy['policy'])}</h3><p>{told_of}.</p>"
        yield from _rules(policy["rules"], number)


def _rules(rules: Sequence[Told], number: int) -> Iterator[str]:
    if rules:
        words = "; ".join(f"{one['rule']} found something in {one['outcomes']['found']}" for one in rules)
        yield _figure(plots.outcomes(rules, Drawn(f"rules{number}", f"How each rule ended: {words}.")))
    rows = [
        (
            one["rule"],
            one["mode"],
            one["outcomes"]["found"],
            one["outcomes"]["unknown"],
            one["would"]["warn"]["shown"],
            one["would"]["hold"]["held"],
            one["would"]["block"]["blocked"],
            one["reverted"],
        )
        for one in rules
    ]
    heads = ("rule", "mode now", "found", "unknown", "warn: shown", "hold: held", "block: blocked", "reverted later")
    yield _table("What each rule would have done in each mode", heads, rows)
    for one in rules:
        if one["examples"]:
            yield _changes(f"The largest that {one['rule']} found", one["examples"])


def _sizes(told: Told) -> Iterator[str]:
    sizes, rows = told["sizes"], told["histogram"]
    if not sizes["effective_lines"]["of"]:
        return
    now = sizes["now"]["max_lines"]
    yield "<h2>How large changes are here</h2><p>In effective lines, as the rule <code>small-diff</code> counts them: "
    yield "generated files, documentation, comments and moved lines count nothing, tests half.</p>"
    words = "; ".join(f"{range_of(row)} lines: {row['changes']}" for row in rows if row["changes"])
    yield _figure(plots.sizes(told, Drawn("sizes", f"Changes by size. {words}.")))
    shown = [(range_of(row), row["changes"], row["reverted"]) for row in rows]
    yield _table("Changes by size", ("effective lines", "changes", "reverted later"), shown)
    yield "<h2>What a limit would stop</h2>"
    over = _over(rows)
    words = "; ".join(f"a limit of {limit}: {value:.1f} %" for limit, value in over)
    yield _figure(plots.limits(over, now, Drawn("limits", f"The share of changes over each limit. {words}.")))
    yield _table(
        "Changes over each limit of lines", ("limit", "over it"), [(limit, f"{value:.1f} %") for limit, value in over]
    )
    yield "<p>Of a hundred changes, ninety are no larger than p90, by lines and by files. Stopped is what is over "
    yield "either of the two.</p>"
    yield _table("Limits that this history proposes", ("percentile", "lines", "files", "stopped"), _limits(sizes))


def _over(rows: Sequence[Told]) -> list[tuple[int, float]]:
    """Say of each range's upper end how many of a hundred changes are over it."""
    total = sum(row["changes"] for row in rows)
    found, inside = [], 0
    for row in rows:
        inside += row["changes"]
        if row["up_to"]:
            found.append((row["up_to"], 100 * (total - inside) / total))
    return found


def _limits(sizes: Told) -> list[tuple[object, ...]]:
    return [
        (f"p{one['percentile']}", one["max_lines"], one["max_files"], percent(one["over"]["n"] / one["over"]["of"]))
        for one in sizes["limits"]
    ]


def _reverts(told: Told) -> Iterator[str]:
    reverts = told["reverts"]
    taken = reverts["reverted"]
    yield "<h2>What was reverted later</h2>"
    yield f"<p>{share(len(taken), told['changes'])} of the changes, by what the messages of later ones say.</p>"
    spreads = {name: [reverts["sizes"][name][one] for one in _PERCENTILES] for name in ("all", "reverted")}
    if taken and reverts["sizes"]["reverted"]["of"]:
        words = "; ".join(
            f"{name}: {', '.join(f'{at} {value}' for at, value in zip(_PERCENTILES, values, strict=True))}"
            for name, values in spreads.items()
        )
        drawn = Drawn("reverted", f"Sizes of reverted changes beside all. {words}.")
        yield _figure(plots.reverted(spreads, _PERCENTILES, drawn))
        yield _table("Their sizes", ("effective lines", *_PERCENTILES), [(name, *spreads[name]) for name in spreads])
    if taken:
        yield _changes("The changes that were reverted", taken)


def _left_out(told: Told) -> Iterator[str]:
    left = told["left_out"]
    if left:
        yield "<h2>What was left out</h2>"
        yield _table(
            "Commits that were not judged", ("commit", "why"), [(one["commit"][:_SHORT], one["why"]) for one in left]
        )


def _changes(caption: str, changes: Iterable[Told]) -> str:
    rows = [
        (
            one["title"],
            one["commit"][:_SHORT],
            "not known" if one["effective_lines"] is None else one["effective_lines"],
        )
        for one in changes
    ]
    return _table(caption, ("title", "commit", "effective lines"), rows)


def _figure(svg: str) -> str:
    return f"<figure>{svg}</figure>"


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    top = "".join(f'<th scope="col">{_text(head)}</th>' for head in heads)
    body = "\n".join(f"<tr>{''.join(f'<td>{_text(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{_text(caption)}"><table>'
        f"<caption>{_text(caption)}</caption><thead><tr>{top}</tr></thead>\n<tbody>{body}</tbody></table></div>"
    )


def _text(words: str) -> str:
    """Escape text from outside."""
    return html.escape(clean(words))
