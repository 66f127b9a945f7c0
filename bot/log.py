"""Structured log lines on standard error: JSON for machines, colours on a terminal, and no secret in either."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Any, TextIO

import structlog

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping

HIDDEN = "[hidden]"
SHORTEST_SECRET = 8  # a shorter value would hide ordinary words
# Tokens of GitHub (ghs_, ghp_, github_pat_ …), JSON web tokens, bearer headers, passwords in URLs, PEM blocks.
SECRETS = re.compile(
    r"\bgh[a-z]_[A-Za-z0-9_.-]{8,}"
    r"|\bgithub_pat_[A-Za-z0-9_]{8,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"
    r"|(?<=bearer )[^\s\"',]+"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.IGNORECASE,
)


class Redaction:
    """The one place where secrets are taken out of what is written: by their shape, and by their registered values."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets for form in (secret, secret.strip(), secret.replace("\n", "\\n"))}
        self._values = sorted((form for form in forms if len(form) >= SHORTEST_SECRET), key=len, reverse=True)

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Redact a whole log event, as a processor of structlog."""
        return {str(key): self._value(value) for key, value in event.items()}

    def text(self, text: str) -> str:
        """Take the secrets out of a text."""
        for value in self._values:
            text = text.replace(value, HIDDEN)
        return SECRETS.sub(HIDDEN, text)

    def _value(self, value: object) -> object:
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if isinstance(value, dict):
            return {self.text(str(key)): self._value(item) for key, item in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self._value(item) for item in value]
        return self.text(value if isinstance(value, str) else repr(value))


def start_logging(secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Send every line, of structlog and of the standard library alike, through one redaction to one stream."""
    stream = stream or sys.stderr
    redaction = Redaction(secrets)
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
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if stream.isatty() else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redaction,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for chatty in ("alembic", "aiohttp.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
