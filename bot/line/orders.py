"""What people order of a line: to freeze it, and to open it again. Pure. All times are Unix seconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Order:
    """A person's order to freeze the line, or to open it again. `source` names the request for ever."""

    source: str
    freezes: bool
    by: str
    at: float
    reason: str = ""
    until: float | None = None


def opened_at(orders: Iterable[Order]) -> float:
    """Tell when a person opened the line last."""
    return max((order.at for order in orders if not order.freezes), default=0.0)


def freezes(orders: Iterable[Order], now: float) -> tuple[Order, ...]:
    """Give the freezes that hold: ordered since the line was last opened, and not over yet."""
    by_time = sorted(orders, key=_when)
    opened = max((_when(order) for order in by_time if not order.freezes), default=(0.0, ()))
    return tuple(
        order
        for order in by_time
        if order.freezes and _when(order) > opened and (order.until is None or order.until > now)
    )


def _when(order: Order) -> tuple[float, tuple[int, ...]]:
    """Order by the time, then by the comment and the line in it: GitHub's times are whole seconds."""
    return order.at, tuple(int(part) for part in order.source.split("/") if part.isdecimal())
