"""What a benchmark measured beside its floor and its target: as a line to read, and as data to compare later."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

HISTORY = Path(__file__).with_name("history.jsonl")
"""One line of JSON for each run."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure is to be: at least or at most so much; of its floor where it has one, else in its unit."""

    bound: float
    is_least: bool = False

    def is_met_by(self, value: float) -> bool:
        """Tell whether a value is good enough."""
        return value >= self.bound if self.is_least else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.is_least else '≤'} {self.bound:g}"


def at_least(bound: float) -> Target:
    """Make a target that is a lower bound."""
    return Target(bound, is_least=True)


def at_most(bound: float) -> Target:
    """Make a target that is an upper bound."""
    return Target(bound)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value in its unit. `floor` was measured in the same run and unit; without `target` it only tells.

    Where there is a floor the target is one of the ratio, unless `of_ratio` is False: then the floor stands beside it.
    """

    what: str
    value: float
    unit: str
    target: Target | None = None
    floor: float | None = None
    of_ratio: bool = True

    @property
    def ratio(self) -> float | None:
        """Give how many times the floor it is."""
        return self.value / self.floor if self.floor else None

    @property
    def is_met(self) -> bool | None:
        """Tell whether the target is met; None where there is none."""
        if self.target is None:
            return None
        ratio = self.ratio if self.of_ratio else None
        return self.target.is_met_by(self.value if ratio is None else ratio)


WIDTHS = (68, 13, 10, 8, 8, 9)


def heading() -> str:
    """Name the columns of `line`."""
    return _row(("what", "measured", "floor", "ratio", "target", ""))


def line(figure: Figure) -> str:
    """Write one figure as a line of a table."""
    met = {None: "", True: "met", False: "NOT MET"}[figure.is_met]
    floor = "" if figure.floor is None else _number(figure.floor)
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    target = "" if figure.target is None else str(figure.target)
    return _row((figure.what, f"{_number(figure.value)} {figure.unit}", floor, ratio, target, met))


def _row(cells: Sequence[str]) -> str:
    first, *others = cells
    widths = WIDTHS[1:]
    return first.ljust(WIDTHS[0]) + "".join(cell.rjust(width) for cell, width in zip(others, widths, strict=True))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"  # noqa: PLR2004 - three digits


def kept(figures: Iterable[Figure], *, quick: bool) -> dict[str, object]:
    """Give a run as it is kept: when, of which commit, on what machine, and every figure."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "quick": quick,
        "figures": [{**asdict(one), "target": str(one.target or ""), "met": one.is_met} for one in figures],
    }


def append(run: dict[str, object], history: Path = HISTORY) -> None:
    """Add a run to the history."""
    with history.open("a", encoding="utf-8") as file:
        file.write(json.dumps(run, ensure_ascii=False) + "\n")


def _commit() -> str:
    """Name the commit that is measured; with a plus where the files are others."""
    here = Path(__file__).parent
    asked = ("git", "describe", "--always", "--abbrev=10", "--dirty=+", "--exclude=*")
    told = subprocess.run(asked, cwd=here, capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"
