"""How many digits people read of a commit's id, or of another object's in git. Pure."""

from __future__ import annotations


def short(oid: str) -> str:
    """Write twelve digits of an id: they still tell it from all others years later, in a large repository too."""
    return oid[:12]


def as_on_github(oid: str) -> str:
    """Write seven digits of an id, as GitHub's own pages do: enough beside the pull request that it belongs to."""
    return oid[:7]
