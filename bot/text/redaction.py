"""Secrets taken out of whatever is written: by the values that this process knows, and by their shapes.

One filter for every sink: log lines, texts for GitHub, HTTP answers and errors that are kept.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, MutableMapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

HIDDEN: Final = "[hidden]"
SHORTEST_SECRET: Final = 8  # a shorter value would hide ordinary words
SHORTEST_LINE: Final = 32  # a line of a key is a secret by itself; its last one may be two letters
TOKENS_KEPT: Final = 4096  # as many as are used again; older ones have expired, and are known by their shape
SHORT: Final = 48  # no text up to so many letters is read twice
SHORT_KEPT: Final = 2048
PREFIX: Final = 4  # `ghs_`: a text without the beginning of any token need not be held against thousands

# Tokens of GitHub (ghs_, ghp_, github_pat_ …), JSON web tokens, PEM blocks, what stands before @ in an address, and
# what follows `Bearer`, `Authorization:` or `?token=`: of those the first group stays.
_SHAPES: Final = re.compile(
    r"\bgh[a-z]_[A-Za-z0-9_.-]{8,}"
    r"|\bgithub_pat_[A-Za-z0-9_]{8,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"
    r"|(?<=://)(?!git@)[^/\s@\"'<>]+(?=@)"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|(\bbearer\s+|\bauthorization[\"']?\s*[:=]\s*[\"']?(?:basic|token)\s+"
    r"|[?&;](?:access_token|client_secret|password|secret|sig|token|x-amz-credential|x-amz-signature)=)"
    r"[A-Za-z0-9%+/=_.~:-]{6,}",
    re.IGNORECASE,
)
_SIGNS: Final = ("hub_pat_", "eyj", "://", "-----", "bearer", "author", "=")
"""One of them, or `gh` and `_`, is in whatever has such a shape: letters that no sign but their own two stands for."""
_APART: Final = {ord("\\"): None, 0x200B: None}
"""What the escaping of Markdown and of strings puts between the letters of a secret."""


def hide_shapes(text: str) -> str:
    """Take out of a text what looks like a secret, whoever's it is. Pure; a second time changes nothing."""
    return _SHAPES.sub(lambda found: f"{found.group(1) or ''}{HIDDEN}", text) if _may_hold_shapes(text) else text


def _may_hold_shapes(text: str) -> bool:
    """Say whether a text has any sign of a secret, which most have not: told in a tenth of the time."""
    lower = text.lower()
    return ("gh" in lower and "_" in lower) or any(sign in lower for sign in _SIGNS)


class Redaction:
    """Knows secrets and takes them out of texts: whole, in the ways in which they are written down, and escaped."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._values: dict[str, str] = {}
        self._tokens: OrderedDict[str, None] = OrderedDict()
        self._prefixes: frozenset[str] = frozenset()
        self._shortest = 0
        self._short = lru_cache(SHORT_KEPT)(self._hidden)
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Know more secrets, for as long as this process lives."""
        forms = {form for secret in secrets for form in _forms(secret)}
        longest_first = sorted({*self._values, *forms}, key=len, reverse=True)
        self._values = {value: value.translate(_APART) for value in longest_first}
        self._shortest = min(map(len, self._values.values()), default=0)
        self._short.cache_clear()

    def learn_token(self, token: str) -> None:
        """Know one more token that lives for an hour; the oldest of many are forgotten."""
        if len(token) < SHORTEST_SECRET:
            return
        if token not in self._tokens:
            self._tokens[token] = None
            self._prefixes |= {token[:PREFIX]}
            self._short.cache_clear()
        self._tokens.move_to_end(token)
        if len(self._tokens) > TOKENS_KEPT:
            self._tokens.popitem(last=False)

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Redact a whole log event, as a processor of structlog."""
        return {str(key): self.shown(value) for key, value in event.items()}

    def text(self, text: str) -> str:
        """Take the secrets out of a text. Short ones come again and again: names, words, addresses."""
        return self._short(text) if len(text) <= SHORT else self._hidden(text)

    def _hidden(self, text: str) -> str:
        """Take the secrets out of a text that may be new; too short a one holds no known value."""
        likely = self._likely(text)
        values = self._values if len(text) >= self._shortest else {}
        known = values | {token: token for token in likely} if likely else values
        for value in known:
            text = text.replace(value, HIDDEN)
        whole = text.translate(_APART)
        if whole != text:
            for bare in known.values():
                if bare in whole:
                    text = _spread(bare).sub(HIDDEN, text)
        return hide_shapes(text)

    def value(self, value: Any) -> Any:  # noqa: ANN401 - JSON of any form, given back in the same
        """Take the secrets out of every text in a JSON value, keys included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(str(key)): self.value(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(item) for item in value]
        return value

    def shown(self, value: object) -> object:
        """Take the secrets out of any value, written as a log line shows it."""
        if isinstance(value, str):
            return self.text(value)
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if isinstance(value, dict):
            return {self.text(str(key)): self.shown(item) for key, item in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self.shown(item) for item in value]
        return self.text(repr(value))

    def _likely(self, text: str) -> tuple[str, ...]:
        """Give the tokens that may stand in a text: none where none of them begins anywhere."""
        return tuple(self._tokens) if any(prefix in text for prefix in self._prefixes) else ()


def _forms(secret: str) -> Iterator[str]:
    """Write a secret in the ways in which it turns up: bare, in JSON, in an address, and a key line by line."""
    bare = secret.strip()
    written = (secret, bare, bare.replace("\n", "\\n"), json.dumps(bare)[1:-1], quote(bare, safe=""))
    yield from (form for form in written if len(form) >= SHORTEST_SECRET)
    if "\n" in bare:
        lines = (line.strip() for line in bare.splitlines())
        yield from (line for line in lines if len(line) >= SHORTEST_LINE and not line.startswith("-"))


def _spread(bare: str) -> re.Pattern[str]:
    """Find a value whose letters are kept apart by escaping."""
    return re.compile(r"[\\\u200b]*".join(map(re.escape, bare)))


KNOWN: Final = Redaction()
"""What this process knows. The log is one for the whole process, and so is this."""


def hide(text: str) -> str:
    """Take out of a text every secret that this process knows, and whatever looks like one."""
    return KNOWN.text(text)
