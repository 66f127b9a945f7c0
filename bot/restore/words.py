"""What people read in the pull request that takes something back: why, by what, and what would be faster. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.restore.restore import TakenBack, marker
from bot.text.escape import code, escaped, formatted, plain
from bot.text.oids import short

LONGEST_TITLE = 200
"""Characters of a title that are taken over."""

TOLD = 10
"""Flags that are named."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is known beside it: the title of what is taken back, how its release failed, its flags, and where it is."""

    title: str
    failed: str = ""
    flags: Sequence[str] = ()
    url: str = ""


def title(taken: TakenBack, told: Told) -> str:
    """Write the first line."""
    return f'Revert "{plain(told.title)[:LONGEST_TITLE]}" (#{taken.number})'


def body(taken: TakenBack, told: Told) -> str:
    """Write why, what would be faster, and what it takes until production is well again."""
    parts = [
        f"This takes back #{taken.number}, which landed as {code(short(taken.sha))}.",
        _why(taken, told),
        _flags(told.flags),
        (
            "andon judges it as any other and merges it by itself, before all others, where nothing but checks is "
            "required. Where the branch asks for an approval, **one approval restores production**: of anybody else "
            "with write access, or of a code owner where the branch asks for one. andon never approves."
        ),
        f"[How the release stands]({told.url})" if told.url else "",
        marker(taken.sha),
    ]
    return "\n\n".join(filter(None, parts))


def not_by_github(taken: TakenBack, said: str, paths: Sequence[str]) -> str:
    """Say that GitHub does not take it back, which files changed again since, and who must act."""
    named = ", ".join(code(path) for path in paths[:TOLD])
    more = f" and {len(paths) - TOLD} more" if len(paths) > TOLD else ""
    again = f"; changed again since: {named}{more}" if paths else ""
    return (
        f"GitHub does not take it back by itself ({plain(said)}{again}); a person must revert "
        f"{code(short(taken.sha))} by hand, or mend production"
    )


def _why(taken: TakenBack, told: Told) -> str:
    if taken.login:
        return f"{code(taken.login)} asked for it: “{escaped(taken.reason)}”."
    return f"Its release failed: {formatted(told.failed)}." if told.failed else "Its release failed."


def _flags(flags: Sequence[str]) -> str:
    """Say what could be turned off instead."""
    if not flags:
        return ""
    named = ", ".join(code(flag) for flag in flags[:TOLD])
    more = f" and {len(flags) - TOLD} more" if len(flags) > TOLD else ""
    which = "the flag" if len(flags) == 1 else "the flags"
    return f"It brought {which} {named}{more}: turning that off may be faster than this revert."
