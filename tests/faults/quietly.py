"""A bot in this process keeps its log to itself: what goes wrong on purpose is no news."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from tests.chaos.campaign import quiet


@contextmanager
def quietly() -> Iterator[None]:
    """Log nothing meanwhile."""
    before = structlog.get_config()
    quiet()
    try:
        yield
    finally:
        structlog.configure(**before)
