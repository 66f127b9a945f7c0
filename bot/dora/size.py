"""How large what landed was, as the record of its pull request has it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

MEASURED: Final = ("effective_lines", "files")
"""What is kept of a size."""

Record = Mapping[str, Any]


def size_in(record: Record) -> Record:
    """Find the size: as the rule small-diff measured it, else as it was measured beside the rules."""
    rules: Sequence[Record] = record.get("rules", ())
    facts: Record = next((rule.get("facts") or {} for rule in rules if rule.get("rule") == "small-diff"), {})
    return facts if "effective_lines" in facts else record.get("size") or facts
