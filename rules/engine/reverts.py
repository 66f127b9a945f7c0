"""Reads which landed commit a change claims to take back. A claim: whoever believes it must prove it first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from rules.engine.pull_request import Commit

_REVERTS: Final = re.compile(r"\bThis reverts commit ([0-9a-f]{40})\b")  # as `git revert` and GitHub write it


def named_revert(commits: Iterable[Commit]) -> str | None:
    """Return the one commit that the messages say they revert; None where they name none or several."""
    named = {sha for commit in commits for sha in _REVERTS.findall(commit.message)}
    return named.pop() if len(named) == 1 else None
