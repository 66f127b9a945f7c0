"""Structured log lines on standard error: JSON for machines, colours on a terminal, and no secret in either."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO

import structlog

from bot.text.redaction import KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CHATTY = ("alembic", "aiohttp.access")
UNREADABLE = '{"event": "a log line could not be written", "level": "error"}'


def start_logging(
    secrets: Iterable[str] = (), stream: TextIO | None = None, *, level: str = "info", form: str = "auto"
) -> None:
    """Send every line, of structlog and of the standard library alike, through one redaction to one stream.

    `level` is the least that is written; `form` is json, text, or auto: text on a terminal.
    """
    stream = stream or sys.stderr
    KNOWN.learn(secrets)
    begun: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
    ]
    ended: list[structlog.typing.Processor] = [
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        KNOWN,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _renderer(stream, form),
    ]
    handler = _Handler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=begun,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ended],
        )
    )
    structlog.configure(
        processors=[*begun, partial(_whole_line, ended)],
        logger_factory=partial(_Lines, handler),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
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
    return _as_json


def _as_json(_logger: object, _method: str, event: structlog.typing.EventDict) -> str:
    """Write a line as JSON; the redaction left nothing in it that is not."""
    return _JSON.encode(event)


_JSON = json.JSONEncoder()


def _whole_line(
    processors: Sequence[structlog.typing.Processor], logger: object, method: str, event: structlog.typing.EventDict
) -> str:
    """Make a line; one that cannot be made is no error of whoever logged it."""
    line: Any = event
    try:
        for process in processors:
            line = process(logger, method, line)
    except Exception:  # noqa: BLE001 - whatever the values of a line do when they are shown
        return UNREADABLE
    return str(line)


class _Lines:
    """Takes whole lines of structlog to where those of the standard library go, without the detour by its records."""

    def __init__(self, handler: _Handler, name: str = "") -> None:
        self.name = name
        self._write = handler.write

    def msg(self, line: str) -> None:
        """Write one line, of any level."""
        self._write(line)

    debug = info = warning = error = critical = msg


class _Handler(logging.StreamHandler[TextIO]):
    """Writes lines. One that cannot be made is not shown by its parts, as the standard library would: they are raw."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - named by the standard library
        """Say that a line is missing; where no line can be written, as on a full disk, work without any."""
        with contextlib.suppress(OSError, ValueError):
            self.stream.write(f"{UNREADABLE}\n")
            self.flush()

    def write(self, line: str) -> None:
        """Write one line that is whole."""
        with self.lock or contextlib.nullcontext(), contextlib.suppress(OSError, ValueError):
            self.stream.write(f"{line}\n")
            self.stream.flush()


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
