"""Untrusted text (paths, titles, names) made harmless in Markdown: no link, image, HTML, mention or reference."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.text.redaction import hide_shapes

LONGEST = 300
"""Characters kept of one untrusted piece; the rest is cut with an ellipsis."""

BREAK = "\u200b"
"""Keeps two signs apart that would become something together; nobody sees it."""

_PUNCTUATION = re.compile(r"([\\`*_{}\[\]<>()#+!|~&:-])")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_AUTOLINKS = re.compile(r"(?i)(@|#|:(?=//)|www(?=\.)|GH(?=-\d)|[0-9a-f]{6}(?=[0-9a-f]))")
"""What GitHub turns into links after rendering, where a backslash does not help: mentions, references, addresses,
commit ids (docs: "Autolinked references and URLs"). A zero-width space behind each keeps it text."""


def plain(text: str) -> str:
    """Replace control, bidirectional and other invisible characters by spaces, hide tokens, cut what is too long."""
    if not text.isprintable():  # most are: each sign of the others is looked up
        text = "".join(" " if unicodedata.category(sign) in _INVISIBLE else sign for sign in text)
    visible = hide_shapes(text)
    return visible if len(visible) <= LONGEST else visible[: LONGEST - 1] + "…"


def escaped(text: str) -> str:
    """Write untrusted text so that Markdown shows exactly its characters and nothing becomes of them."""
    return _inert(plain(text))


@lru_cache(maxsize=1024)  # the same words stand in a check run and a comment, around the name of each file
def _inert(visible: str) -> str:
    quiet = _AUTOLINKS.sub(lambda found: found.group() + BREAK, visible)
    return _PUNCTUATION.sub(r"\\\1", quiet)


def code(text: str) -> str:
    """Write untrusted text as a code span that it cannot break out of, in a table cell too."""
    inert = plain(text).replace("`", "\N{MODIFIER LETTER GRAVE ACCENT}").replace("|", "\N{BROKEN BAR}").strip()
    return f"`{inert or ' '}`"


def formatted(message: str) -> str:
    """Write a rule's message: what it put between back-ticks as code, everything else as text.

    A hostile path with back-ticks of its own only moves the border between the two, and both sides are inert. Nothing
    is dropped between them: what stands apart must not grow together into a link or a longer row of back-ticks.
    """
    first, *pieces = message.split("`")
    spans = [code(piece) if index % 2 == 0 else escaped(piece) or BREAK for index, piece in enumerate(pieces)]
    if len(pieces) % 2 == 0 and pieces and not pieces[-1]:
        spans.pop()
    return escaped(first) + "".join(spans)
