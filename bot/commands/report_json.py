"""Prints a verdict for programs, by the contract of the API."""

from __future__ import annotations

import json

from rules.engine.contract import as_json
from rules.engine.result import Verdict


def report(verdict: Verdict) -> str:
    """Write the verdict as JSON; its keys are stable."""
    return json.dumps(as_json(verdict), indent=2)
