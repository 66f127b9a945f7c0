"""GitHub's refusal of every merge into a branch, as it is kept: a mark for each line, forgotten with time."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.line.barred import NotAllowed
from bot.store.ledger import REFUSED_MARKS, mark, set_marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

Kept = tuple[tuple[str, str, str], NotAllowed | None]
"""A line as owner, name and branch, and what GitHub refuses there."""


def refusal(connection: Connection, line: tuple[str, str, str]) -> NotAllowed | None:
    """Read what GitHub refuses in a line, given as owner, name and branch."""
    said = mark(connection, _key(line))
    return NotAllowed(**json.loads(said)) if said else None


def keep_refusals(connection: Connection, kept: Sequence[Kept]) -> list[None]:
    """Keep what GitHub refuses in lines; None forgets it."""
    return set_marks(connection, [(_key(line), json.dumps(asdict(found)) if found else "") for line, found in kept])


def _key(line: tuple[str, str, str]) -> str:
    """Name a line as a mark: a branch may have a longer name than a mark."""
    return REFUSED_MARKS + hashlib.sha256("/".join(line).encode()).hexdigest()[:32]
