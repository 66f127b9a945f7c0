"""Makes text from outside harmless to a terminal, to a log and to a file. Pure."""

from __future__ import annotations


def one_line(text: str) -> str:
    """Replace whatever is not to be seen: no escape sequences, no forged lines."""
    return "".join(char if char.isprintable() else "�" for char in text)


def lines(text: str) -> str:
    """Do the same, and keep the ends of lines, for text whose lines are ours."""
    return "\n".join(map(one_line, text.split("\n")))
