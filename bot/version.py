"""Which andon this is."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def our_version() -> str:
    """Tell the version that is installed; `unknown` where none is."""
    try:
        return version("andon")
    except PackageNotFoundError:
        return "unknown"
