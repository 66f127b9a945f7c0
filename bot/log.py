"""Structured log lines on standard error: JSON for machines, colours on a terminal, and no secret in either."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from typing import TYPE_CHECKING, Any, TextIO

import structlog

from bot.text.redaction import KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

CHATTY = ("alembic", "aiohttp.access")
UNREADABLE = '{"event": "a log line could not be written", "level": "error"}\n'


def start_logging(
    secrets: Iterable[str] = (), stream: TextIO | None = None, *, level: str = "info", form: str = "auto"
) -> None:
    """Send every line, of structlog and of the standard library alike, through one redaction to one stream.

    `level` is the least that is written; `form` is json, text, or auto: text on a terminal.
    """
    stream = stream or sys.stderr
    KNOWN.learn(secrets)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _Handler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.StackInfoRenderer(),
                structlog.processors.format_exc_info,
                KNOWN,
                _renderer(stream, form),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _renderer(stream: TextIO, form: str) -> structlog.typing.Processor:
    as_text = stream.isatty() if form == "auto" else form == "text"
    if as_text:
        return structlog.dev.ConsoleRenderer(colors=stream.isatty())
    return structlog.processors.JSONRenderer()


class _Handler(logging.StreamHandler[TextIO]):
    """Writes lines. One that cannot be made is not shown by its parts, as the standard library would: they are raw."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - named by the standard library
        """Say that a line is missing; where no line can be written, as on a full disk, work without any."""
        with contextlib.suppress(OSError, ValueError):
            self.stream.write(UNREADABLE)
            self.flush()


def log_what_nobody_catches() -> None:
    """Send what Python itself would print (uncaught exceptions of any thread, warnings) the way of all lines."""
    log = structlog.get_logger("andon")

    def uncaught(kind: type[BaseException], error: BaseException, traceback: Any) -> None:  # noqa: ANN401
        log.critical("uncaught exception", exc_info=(kind, error, traceback))

    def in_thread(found: threading.ExceptHookArgs) -> None:
        name = found.thread.name if found.thread else ""
        log.critical("uncaught exception", thread=name, exc_info=(found.exc_type, found.exc_value, found.exc_traceback))

    def unraisable(found: sys.UnraisableHookArgs) -> None:
        log.error("exception in a destructor", exc_info=(found.exc_type, found.exc_value, found.exc_traceback))

    sys.excepthook = uncaught
    threading.excepthook = in_thread
    sys.unraisablehook = unraisable
    logging.captureWarnings(capture=True)
