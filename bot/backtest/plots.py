"""Draws what a backtest found as SVG for a page in light and in dark: colours are left to the page's style."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.dora.intervals import Share

Told = Mapping[str, Any]

COLOURS: Final = {"ink": "#010101", "line": "#020202", "main": "#030303", "bad": "#040404", "calm": "#050505"}
"""What is drawn in place of each colour that the page names."""

OUTCOMES: Final = {"found": "bad", "unknown": "ink", "waiting": "line", "pass": "main", "not-applicable": "calm"}
"""The outcomes of a rule in the order in which they are drawn, each with its colour."""

_STYLE: Final[Any] = {  # matplotlib types each name of a setting by itself
    "text.parse_math": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "andon",
    "font.family": "sans-serif",
    "font.size": 11,
    "text.color": COLOURS["ink"],
    "axes.labelcolor": COLOURS["ink"],
    "axes.edgecolor": COLOURS["line"],
    "xtick.color": COLOURS["ink"],
    "ytick.color": COLOURS["ink"],
    "grid.color": COLOURS["line"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "legend.frameon": False,
}
_WIDE: Final = 5.6  # inches, at which text has its size
_ENOUGH: Final = 30  # changes of one size from which on a share of them is drawn
_NOISE: Final = re.compile(r"<metadata>.*?</metadata>|<\?xml[^>]*>|<!DOCTYPE[^>]*>", re.DOTALL)
_NAMES: Final = re.compile(r'(\bid="|url\(#|href="#)')


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a plot is called on the page, and what it shows in words for who does not see it."""

    name: str
    words: str


def sizes(told: Told, drawn: Drawn) -> str:
    """Draw how many changes have which size, and which of them were reverted."""
    rows: Sequence[Told] = told["histogram"]
    with rc_context(_STYLE):
        figure, axes = _empty(3.4)
        places = range(len(rows))
        kept = [row["changes"] - row["reverted"] for row in rows]
        axes.bar(places, kept, color=COLOURS["main"], label="kept")
        reverted = [row["reverted"] for row in rows]
        axes.bar(places, reverted, bottom=kept, color=COLOURS["bad"], label="reverted later")
        axes.set_xticks(list(places), [range_of(row) for row in rows], rotation=40, ha="right", rotation_mode="anchor")
        axes.set(xlabel="effective lines", ylabel="changes")
        axes.legend()
        return _svg(figure, drawn)


def range_of(row: Told) -> str:
    """Name a range of sizes: `0`, `1–10`, `11–25`, `3201+`."""
    first = row["above"] + 1
    if row["up_to"] is None:
        return f"{first}+"
    return str(first) if first == row["up_to"] else f"{first}–{row['up_to']}"


def limits(rows: Sequence[tuple[int, float]], now: int, drawn: Drawn) -> str:
    """Draw the share of changes that each limit would stop, in percent, and the limit that holds now."""
    with rc_context(_STYLE):
        figure, axes = _empty(3.0)
        axes.plot([limit for limit, _ in rows], [over for _, over in rows], color=COLOURS["main"], marker="o")
        axes.axvline(now, color=COLOURS["bad"], linestyle="--", label=f"the limit now: {now}")
        axes.set_xscale("log")
        axes.set_xticks([limit for limit, _ in rows], [str(limit) for limit, _ in rows])
        axes.minorticks_off()
        axes.set_ylim(bottom=0)
        axes.set(xlabel="limit, in effective lines", ylabel="changes over it, in %")
        axes.legend()
        return _svg(figure, drawn)


def outcomes(rules: Sequence[Told], drawn: Drawn) -> str:
    """Draw how each rule ended on the changes."""
    with rc_context(_STYLE):
        figure, axes = _empty(1.2 + 0.45 * len(rules))
        places = list(range(len(rules)))
        left = [0] * len(rules)
        for outcome, colour in OUTCOMES.items():
            counts = [rule["outcomes"][outcome] for rule in rules]
            if any(counts):
                axes.barh(places, counts, left=left, color=COLOURS[colour], label=outcome.replace("-", " "))
            left = [before + count for before, count in zip(left, counts, strict=True)]
        axes.set_yticks(places, [rule["rule"] for rule in rules])
        axes.invert_yaxis()
        axes.set(xlabel="changes")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
        return _svg(figure, drawn)


def reverted(spreads: Mapping[str, Sequence[int]], percentiles: Sequence[str], drawn: Drawn) -> str:
    """Draw the sizes of the changes that were reverted beside those of all."""
    with rc_context(_STYLE):
        figure, axes = _empty(3.0)
        width = 0.4
        for at, (name, colour) in enumerate((("all", "main"), ("reverted", "bad"))):
            places = [place + (at - 0.5) * width for place in range(len(percentiles))]
            bars = axes.bar(places, spreads[name], width, color=COLOURS[colour], label=name)
            axes.bar_label(bars)
        axes.set_xticks(range(len(percentiles)), list(percentiles))
        axes.set(ylabel="effective lines")
        axes.legend()
        return _svg(figure, drawn)


def shares(rows: Sequence[Told]) -> list[tuple[str, int, int]]:
    """List, of each range of sizes with enough changes, its name, how many were reverted, and of how many."""
    return [(range_of(row), row["reverted"], row["changes"]) for row in rows if row["changes"] >= _ENOUGH]


def taken(rows: Sequence[tuple[str, int, int]], drawn: Drawn) -> str:
    """Draw the share that was reverted of each range of sizes, with its interval."""
    with rc_context(_STYLE):
        figure, axes = _empty(3.0)
        for place, (_, n, of) in enumerate(rows):
            low, high = Share(n, of).interval or (0.0, 0.0)
            axes.plot([place, place], [100 * low, 100 * high], color=COLOURS["line"], linewidth=2)
            axes.plot([place], [100 * n / of], color=COLOURS["bad"], marker="o", markersize=7)
        axes.set_xticks(range(len(rows)), [name for name, _, _ in rows])
        axes.set_ylim(bottom=0)
        axes.set(xlabel="effective lines", ylabel="reverted later, in %\n(bar: 95 % interval)")
        return _svg(figure, drawn)


def _empty(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_WIDE, height), layout="constrained")
    axes = figure.subplots()
    axes.grid(visible=True, alpha=0.4, linewidth=0.6)
    return figure, axes


def _svg(figure: Figure, drawn: Drawn) -> str:
    """Write the figure as an element of a page, with names of its own and the page's colours."""
    written = io.StringIO()
    figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = _NAMES.sub(rf"\g<1>{drawn.name}-", _NOISE.sub("", written.getvalue())).strip()
    for name, colour in COLOURS.items():
        svg = svg.replace(colour, f"var(--{name})")
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(drawn.words)}" ', 1)
