"""Loads modules without looking for garbage, of which they make none: that takes a fifth of the time of a start."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Let nobody look for garbage meanwhile."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@contextmanager
def hidden(package: str) -> Iterator[None]:
    """Have a package look as if it were not installed to what is loaded meanwhile, unless it is loaded already."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment] # Python's own sign of what cannot be imported
    try:
        yield
    finally:
        del sys.modules[package]
