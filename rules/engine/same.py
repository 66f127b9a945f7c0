"""Looks values up by which they are, not by what they hold, where comparing them whole costs more than is saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, eq=False)
class Same(Generic[Value]):
    """One value as a key: equal to itself alone. It must not change, and lives as long as the key."""

    value: Value

    def __eq__(self, other: object) -> bool:
        """Say whether the other holds this very value."""
        return isinstance(other, Same) and self.value is other.value

    def __hash__(self) -> int:
        """Tell values apart by which they are."""
        return id(self.value)
