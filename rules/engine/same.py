"""Keys for values whose hash costs more than what is looked up: an equal value is found by comparing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, eq=False)
class Same(Generic[Value]):
    """One value as a key. All of one type share a hash, so it is for the few entries of a small cache.

    The very same value is told at once, others apart by their first difference. It must not change.
    """

    value: Value

    def __eq__(self, other: object) -> bool:
        """Say whether the other holds this value, or one that equals it."""
        return isinstance(other, Same) and (self.value is other.value or self.value == other.value)

    def __hash__(self) -> int:
        """Tell values apart by their type alone."""
        return hash(type(self.value))
