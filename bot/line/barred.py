"""GitHub's refusal of every merge into a branch, as a value: an error of its settings, not of a pull request. Pure."""

from __future__ import annotations

from dataclasses import dataclass

REFUSED_SECONDS = 3600.0
"""How long it holds where nothing changes that andon can see: permissions change without a trace."""


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """Which pull request it met first, why, when (Unix time), and the digest of what it rested on."""

    number: int
    why: str
    at: float
    rests_on: str

    @property
    def until(self) -> float:
        """Tell until when no merge is tried (Unix time)."""
        return self.at + REFUSED_SECONDS
