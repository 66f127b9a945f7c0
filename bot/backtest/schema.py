"""Writes the shape of a backtest as JSON Schema: what `andon backtest --format json` gives."""

from __future__ import annotations

from typing import Any, Final

from bot.backtest.folding import PERCENTILES
from rules.engine.result import Conclusion, Mode, Outcome

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string"}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_MAYBE_COUNT: Final[Schema] = {"type": ["integer", "null"], "minimum": 0, "description": "Null is not known."}
_MAYBE_TIME: Final[Schema] = {"type": ["integer", "null"], "description": "A Unix time; null of nothing."}
_MAYBE_SHA: Final[Schema] = {"type": ["string", "null"], "description": "A commit; null of nothing."}
_SHARE: Final[Schema] = {"n": _COUNT, "of": _COUNT}


def backtest_schema() -> Schema:
    """Give the schema of one backtest."""
    properties = {
        "repository": {**_TEXT, "description": "The name of its directory."},
        "newest": _MAYBE_SHA,
        "oldest": _MAYBE_SHA,
        "since": {**_MAYBE_TIME, "description": "When the first of the judged changes landed, as a Unix time."},
        "until": {**_MAYBE_TIME, "description": "When the last of them landed; dates in the future are passed over."},
        "changes": {**_COUNT, "description": "The changes that were judged: each first-parent commit that has any."},
        "kinds": {"type": "object", "additionalProperties": _COUNT, "description": "How many of each kind of change."},
        "policies": {"type": "array", "items": _policy()},
        "sizes": _sizes(),
        "histogram": {"type": "array", "items": _range(), "description": "The changes by size in effective lines."},
        "reverts": _reverts(),
        "paired": _object(_SHARE, "The changes whose commits name a second person."),
        "oddities": _list(
            {"what": _TEXT, "commits": {"type": "array", "items": _TEXT}}, "What sets some of the judged changes apart."
        ),
        "left_out": _list({"commit": _TEXT, "why": _TEXT}, "The commits that were not judged."),
    }
    about = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "andon backtest --format json"}
    return about | _object(properties)


def _policy() -> Schema:
    return _object(
        {
            "policy": {**_TEXT, "description": "Its file, or the preset."},
            "conclusions": _object({one.value: _COUNT for one in Conclusion}),
            "stopped": _object(_SHARE, "Held, blocked or undecided."),
            "rules": {"type": "array", "items": _rule()},
        }
    )


def _rule() -> Schema:
    steps = {
        "warn": _object({"shown": _COUNT}),
        "hold": _object({"held": _COUNT, "undecided": _COUNT}),
        "block": _object({"blocked": _COUNT, "held": _COUNT, "undecided": _COUNT}),
    }
    return _object(
        {
            "rule": _TEXT,
            "mode": {"enum": [mode.value for mode in Mode if mode is not Mode.OFF]},
            "outcomes": _object({one.value: _COUNT for one in Outcome}),
            "would": _object(steps, "What it would have done to so many changes in each mode, by itself."),
            "reverted": {**_COUNT, "description": "Of those where it found something, the ones reverted later."},
            "places": _list({"directory": _TEXT, "changes": _COUNT}, "Where it found something most often."),
            "examples": _list(_change(), "The largest where it found something."),
        }
    )


def _sizes() -> Schema:
    limit = {
        "percentile": {"enum": list(PERCENTILES)},
        "max_lines": _MAYBE_COUNT,
        "max_files": _MAYBE_COUNT,
        "over": _object(_SHARE, "The changes over either limit."),
    }
    now = _object({"max_lines": _COUNT, "max_files": _COUNT}, "The limits of the first policy, else the defaults.")
    over = _object(_SHARE, "The changes over either of them.")
    spreads = {"effective_lines": _spread(), "files": _spread()}
    own = _object(spreads, "The same without changes that only bump versions of dependencies.")
    return _object({"now": now, "over_now": over, **spreads, "own": own, "limits": _list(limit)})


def _spread() -> Schema:
    return _object(
        {**{f"p{percent}": _MAYBE_COUNT for percent in PERCENTILES}, "max": _MAYBE_COUNT, "of": _COUNT},
        "Percentiles by nearest rank: values that occurred.",
    )


def _range() -> Schema:
    above = {"type": "integer", "minimum": -1, "description": "More than so many; -1 for the range that begins at 0."}
    return _object({"above": above, "up_to": _MAYBE_COUNT, "changes": _COUNT, "reverted": _COUNT})


def _reverts() -> Schema:
    stopped = {"policy": _TEXT, "rules": {"type": "array", "items": _TEXT}}
    reverted = {**_change(), "by": _TEXT, "stopped_by": _list(stopped, "The rules that hold or block and found it.")}
    return _object(
        {
            "found": {**_COUNT, "description": "The changes here that a later one takes back, by its message."},
            "elsewhere": {**_COUNT, "description": "Claims that fit no change here."},
            "sizes": _object({"reverted": _spread(), "all": _spread()}, "In effective lines."),
            "by_size": _object(
                {"edge": _MAYBE_COUNT, "up_to": _object(_SHARE), "above": _object(_SHARE)},
                "Those that were reverted, up to the p75 of sizes and above it, without mere bumps of dependencies.",
            ),
            "reverted": _list(reverted),
        }
    )


def _change() -> Schema:
    return {"commit": _TEXT, "title": _TEXT, "effective_lines": _MAYBE_COUNT}


def _list(properties: Schema, description: str = "") -> Schema:
    shape: Schema = {"type": "array", "items": _object(properties)}
    return {**shape, "description": description} if description else shape


def _object(properties: Schema, description: str = "") -> Schema:
    shape = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {**shape, "description": description} if description else shape
