"""Logging as it was before a test: a command that starts it in this process is not to be heard by the next test."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from bot.log import start_logging


@contextmanager
def logging_kept() -> Iterator[io.StringIO]:
    """Send what is logged meanwhile to the stream that this gives, and then none there any more."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = io.StringIO()
    start_logging((), written)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
