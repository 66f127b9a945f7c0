"""What a row of the suite is: where it runs, how large, and the figures that it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """An empty directory of its own, and the address of a database with all tables and no rows."""

    directory: Path
    database_url: str

    @property
    def is_file(self) -> bool:
        """Tell whether the database is a SQLite file."""
        return self.database_url.startswith("sqlite")

    @property
    def file(self) -> Path:
        """The SQLite file."""
        return Path(self.database_url.removeprefix("sqlite:///"))


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured, and whether it is as it should be."""

    what: str
    figure: str
    target: str
    met: bool


def at_most(what: str, value: float, limit: float, unit: str = "") -> Figure:
    """Hold a value against the highest that it may have."""
    return Figure(what, f"{value:,.4g}{unit}", f"<= {limit:,.4g}{unit}", value <= limit)


def at_least(what: str, value: float, limit: float, unit: str = "") -> Figure:
    """Hold a value against the lowest that it may have."""
    return Figure(what, f"{value:,.4g}{unit}", f">= {limit:,.4g}{unit}", value >= limit)


def exactly(what: str, value: object, target: object) -> Figure:
    """Hold a value against the only one that it may have."""
    return Figure(what, str(value), str(target), value == target)


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value below which a share of all lies; of none, infinity."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("inf")
