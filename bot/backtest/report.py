"""Writes a backtest as one page that needs no network and no script, in light and dark, each plot beside its table."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from bot.backtest import plots
from bot.backtest.findings import FEW, counted, findings
from bot.backtest.plots import Drawn, range_of
from bot.backtest.words import clean, meaning, period, share
from bot.dora.words import percent

Told = Mapping[str, Any]

_SHORT: Final = 12  # digits of a commit's id
_NAMED: Final = 20  # commits of one cause that are named
_PERCENTILES: Final = ("p50", "p75", "p90", "p95")
_STYLE: Final = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1f2328; --line: #8c959f; --main: #0a5cc2; --bad: #b3261e;
  --calm: #c8d1da; }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --line: #768390; --main: #6cb0ff;
  --bad: #ff8a80; --calm: #3d4752; } }
body { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; max-width: 60rem;
  margin: 2rem auto; padding: 0 1rem; }
figure { margin: 1rem 0; overflow-x: auto; }
figure svg { width: 100%; max-width: 42rem; height: auto; }
li { margin: .4rem 0; }
summary { cursor: pointer; font-weight: 600; padding: .3rem 0; }
.aside { font-size: .9em; }
table { border-collapse: collapse; margin: .5rem 0; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); padding: .2rem .7rem; text-align: right; }
th:first-child, td:first-child, .words { text-align: left; overflow-wrap: break-word; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; white-space: nowrap; }
td:first-child { min-width: 8rem; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
code { font-size: .9em; }
@media (max-width: 40rem) { body { font-size: 15px; margin: 1rem auto; } h1 { font-size: 1.6em; }
  h2 { font-size: 1.3em; } ul { padding-left: 1.2rem; } table { font-size: .85rem; } th, td { padding: .2rem .4rem; }
  caption { white-space: normal; } }
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
        parts += [*_findings(told), *_policies(told), *_sizes(told), *_reverts(told)]
    parts += [*_left_out(told), "</main>\n</body>\n</html>\n"]
    return "\n".join(parts)


def _findings(told: Told) -> Iterator[str]:
    yield "<h2>What this history shows</h2>"
    yield f"<ul>{''.join(f'<li>{_text(words)}</li>' for words in findings(told))}</ul>"
    yield '<p class="aside">“95 %: a to b” is where the share lies if these changes are a fair sample of those to '
    yield "come: the fewer there are, the wider it is. Reverted is what the message of a later change takes back; "
    yield "what was mended by another fix is not known. Effective lines are explained below.</p>"


def _policies(told: Told) -> Iterator[str]:
    yield "<h2>What would have been stopped</h2>"
    yield "<p>In <em>warn</em> a rule only says what it found; in <em>hold</em> andon does not merge the change by "
    yield "itself; in <em>block</em> nobody merges it. Approvals, labels and coverage are not in a history: what rests "
    yield "on them is not judged here. Found: the rule has something to say of the change. Unknown: something could "
    yield "not be read, such as a file that is too large; in hold and block that stops a change as well.</p>"
    for number, policy in enumerate(told["policies"], 1):
        counts = policy["conclusions"]
        told_of = ", ".join(f"{name} {share(count, told['changes'])}" for name, count in counts.items() if count)
        yield f"<h3>Policy {_text(policy['policy'])}</h3><p>{told_of}.</p>"
        yield from _rules(policy["rules"], number)


def _rules(rules: Sequence[Told], number: int) -> Iterator[str]:
    meanings = ((rule["rule"], meaning(rule["rule"])) for rule in rules)
    items = (f"<li><code>{_text(name)}</code>: {_text(words)}</li>" for name, words in meanings if words)
    yield f"<ul>{''.join(items)}</ul>"
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
    shown = [(range_of(row), row["changes"], share(row["reverted"], row["changes"])) for row in rows]
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
    if reverts["sizes"]["reverted"]["of"] >= FEW:
        words = "; ".join(
            f"{name}: {', '.join(f'{at} {value}' for at, value in zip(_PERCENTILES, values, strict=True))}"
            for name, values in spreads.items()
        )
        drawn = Drawn("reverted", f"Sizes of reverted changes beside all. {words}.")
        yield _figure(plots.reverted(spreads, _PERCENTILES, drawn))
        yield _table("Their sizes", ("effective lines", *_PERCENTILES), [(name, *spreads[name]) for name in spreads])
    told_of = plots.shares(told["histogram"])
    if told_of and len(taken) >= FEW:
        words = "; ".join(f"{name} lines: {counted(n, of)}" for name, n, of in told_of)
        yield _figure(
            plots.taken(told_of, Drawn("taken", f"The share of changes of each size that were reverted. {words}."))
        )
    if taken:
        yield f"<details><summary>All that were reverted: {len(taken)}</summary>"
        yield _table("The changes that were reverted", ("title", "commit", "by", "effective lines"), map(_taken, taken))
        yield "</details>"


def _left_out(told: Told) -> Iterator[str]:
    odd = [
        (one["what"], len(one["commits"]), _named([sha[:_SHORT] for sha in one["commits"]])) for one in told["oddities"]
    ]
    if odd:
        yield "<h2>What is odd about some</h2>"
        yield _table("Changes that were judged and are unlike others", ("what", "changes", "which"), odd)
    causes: dict[str, list[str]] = {}
    for one in told["left_out"]:
        causes.setdefault(one["why"], []).append(one["commit"][:_SHORT])
    if causes:
        yield "<h2>What was left out</h2>"
        rows = [(why, len(commits), _named(commits)) for why, commits in causes.items()]
        yield _table("Commits that were not judged", ("why", "commits", "which"), rows)


def _named(commits: Sequence[str]) -> str:
    more = f" and {len(commits) - _NAMED} more" if len(commits) > _NAMED else ""
    return f"{' '.join(commits[:_NAMED])}{more}"


def _changes(caption: str, changes: Iterable[Told]) -> str:
    rows = [(one["title"], one["commit"][:_SHORT], _lines(one)) for one in changes]
    return _table(caption, ("title", "commit", "effective lines"), rows)


def _taken(one: Told) -> tuple[object, ...]:
    return one["title"], one["commit"][:_SHORT], one["by"][:_SHORT], _lines(one)


def _lines(one: Told) -> object:
    return "not known" if one["effective_lines"] is None else one["effective_lines"]


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
