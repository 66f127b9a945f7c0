"""Quantiles, shares and their intervals, exactly. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Z: Final = 1.959963984540054
"""The 97.5 % point of the normal distribution: intervals hold 95 %."""


@dataclass(frozen=True, slots=True)
class Share:
    """`n` of `of`: a share that always says of how many."""

    n: int
    of: int

    @property
    def rate(self) -> float | None:
        """The share, from 0 to 1; None of nothing."""
        return self.n / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the share lies with 95 % confidence; None of nothing.

        The score interval of Wilson, "Probable inference, the law of succession, and statistical inference" (1927):
        honest for few and for shares near 0 and 1, where the usual one is not.
        """
        if not self.of:
            return None
        rate, square = self.n / self.of, Z * Z
        middle = (rate + square / (2 * self.of)) / (1 + square / self.of)
        spread = Z / (1 + square / self.of) * math.sqrt(rate * (1 - rate) / self.of + square / (4 * self.of**2))
        low = 0.0 if self.n == 0 else max(0.0, middle - spread)
        return low, 1.0 if self.n == self.of else min(1.0, middle + spread)


def difference(one: Share, other: Share) -> tuple[float, float] | None:
    """Give where `other` minus `one` lies with 95 % confidence; None where either is of nothing.

    From the two intervals of Wilson, as Newcombe, "Interval estimation for the difference between independent
    proportions" (1998), method 10.
    """
    if one.interval is None or other.interval is None or one.rate is None or other.rate is None:
        return None
    apart = other.rate - one.rate
    low = math.hypot(other.rate - other.interval[0], one.interval[1] - one.rate)
    high = math.hypot(other.interval[1] - other.rate, one.rate - one.interval[0])
    return max(-1.0, apart - low), min(1.0, apart + high)


def nearest_rank(values: Sequence[float], percent: int) -> float | None:
    """Give the smallest value that at least so many percent of all do not exceed; None of nothing.

    By nearest rank it is always a value that occurred, never one between two.
    """
    if not values:
        return None
    return sorted(values)[max(1, -(-len(values) * percent // 100)) - 1]
