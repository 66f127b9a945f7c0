"""Writes the shape of the metrics as JSON Schema: what `andon dora --format json` and `GET /api/dora` give."""

from __future__ import annotations

from typing import Any, Final

from bot.dora.words import NO_DATA, OPEN

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string"}
_MAYBE_TEXT: Final[Schema] = {"type": ["string", "null"]}
_TEXTS: Final[Schema] = {"type": "array", "items": _TEXT}
_TIME: Final[Schema] = {"type": "number", "description": "A Unix time."}
_MAYBE_TIME: Final[Schema] = {"type": ["number", "null"], "description": "A Unix time; null is never."}
_SECONDS: Final[Schema] = {"type": ["number", "null"], "minimum": 0, "description": "Null is no data."}
_RATE: Final[Schema] = {"type": ["number", "null"], "minimum": 0, "maximum": 1, "description": "Null is no data."}
_MEAN: Final[Schema] = {"type": ["number", "null"], "minimum": 0, "description": "Null is no data."}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_MAYBE_COUNT: Final[Schema] = {"type": ["integer", "null"], "minimum": 0, "description": "Null is not known."}
_BOOLEAN: Final[Schema] = {"type": "boolean"}
_DAY: Final[Schema] = {"type": "string", "format": "date"}
_NUMBERS: Final[Schema] = {"n": _COUNT, "of": _COUNT}


def dora_schema() -> Schema:
    """Give the schema of the metrics of one period."""
    properties = {
        "period": _object({"since": _TIME, "until": _TIME, "zone": _TEXT, "days": {"type": "number"}}),
        "repositories": {**_TEXTS, "description": "Those whose releases are counted."},
        "environment": _TEXT,
        "environments": {**_TEXTS, "description": "All that releases there went to."},
        "branch": {**_MAYBE_TEXT, "description": "Null counts all branches."},
        "recorded_since": {**_MAYBE_TIME, "description": "When the first release landed that is recorded."},
        "under_way": {**_COUNT, "description": "Releases that landed in the period and are neither live nor failed."},
        "deployment_frequency": _frequency(),
        "lead_time": _lead("From the first push to live; n of the releases that went live."),
        "change_fail_rate": _share("Releases that failed or were taken back, of those known to be good or bad."),
        "failed_deployment_recovery_time": _recovery(),
        "rework_rate": _share("Unplanned deployments: reverts and fixes let through a closed line, of all."),
        "batch_size": _batch_size(),
        "releases": {"type": "array", "items": _release()},
    }
    about = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "andon dora --format json"}
    return about | _object(properties)


def _frequency() -> Schema:
    day = _object({"day": _DAY, "whole": _BOOLEAN, "deployments": _COUNT})
    week = {
        "week": {**_DAY, "description": "Its Monday."},
        "whole": {**_BOOLEAN, "description": "Whether all of it lies in the period."},
        "deployments": _COUNT,
        "change_fail_rate": _share(),
        "lead_time": _lead(),
    }
    return _object(
        {
            "deployments": _COUNT,
            "per_day": {**_MEAN, "description": "Mean over the whole period; null is no data."},
            "per_week": {**_MEAN, "description": "Mean over the whole period; null is no data."},
            "days_with": _object(_NUMBERS, "Days with a deployment, of all that the period touches."),
            "p50_per_day": _MEAN,
            "p90_per_day": _MEAN,
            "days": {"type": "array", "items": day, "description": "Every day, also those without a deployment."},
            "weeks": {"type": "array", "items": _object(week)},
        }
    )


def _recovery() -> Schema:
    place = {"repository": _TEXT, "number": _COUNT, "sha": _TEXT, "since": _TIME}
    quantile = {
        "anyOf": [_SECONDS, {"const": OPEN}],
        "description": f"`{OPEN}`: that many are not recovered yet; null is no data.",
    }
    return _object(
        {
            **_NUMBERS,
            "p50_seconds": quantile,
            "p90_seconds": quantile,
            "open": {"type": "array", "items": _object(place), "description": "Failed and not yet recovered."},
        },
        "From when it reached production, else from when it failed, until production was good; n recovered.",
    )


def _batch_size() -> Schema:
    group = {"above": _MAYBE_COUNT, "up_to": _COUNT, "change_fail_rate": _share(), "lead_time": _lead()}
    pays = {
        "answer": {"enum": ["yes", "no", "too few to tell", NO_DATA]},
        "sentence": _TEXT,
        "up_to": {**_MAYBE_COUNT, "description": "The median size, at which small ends."},
        "small": _share(),
        "large": _share(),
        "difference": _object(
            {"low": {"type": ["number", "null"]}, "high": {"type": ["number", "null"]}},
            "Where the rate of the large less that of the small lies with 95 % confidence (Newcombe).",
        ),
    }
    groups = {"type": "array", "items": _object(group), "description": "Quartiles of effective lines."}
    return _object(
        {**_NUMBERS, "groups": groups, "small_pays": _object(pays)}, "n of the settled releases have a known size."
    )


def _release() -> Schema:
    times = ("first_push_at", "deployed_at", "live_at", "failed_at", "restored_at")
    return _object(
        {
            "repository": _TEXT,
            "number": _COUNT,
            "sha": _TEXT,
            "environment": _TEXT,
            "branch": _TEXT,
            "merged_at": _TIME,
            **dict.fromkeys(times, _MAYBE_TIME),
            "lead_seconds": _SECONDS,
            "recovery_seconds": _SECONDS,
            "failed": _BOOLEAN,
            "rework": _BOOLEAN,
            "reverts": {**_MAYBE_TEXT, "description": "The landed commit that it takes back."},
            "lines": {**_MAYBE_COUNT, "description": "Effective lines, as small-diff counts them; null is not known."},
            "files": _MAYBE_COUNT,
        }
    )


def _lead(description: str = "") -> Schema:
    return _object({**_NUMBERS, "p50_seconds": _SECONDS, "p90_seconds": _SECONDS}, description)


def _share(description: str = "") -> Schema:
    interval = {"low": _RATE, "high": _RATE}
    words = description and f"{description} `low` and `high`: Wilson's 95 % interval."
    return _object({**_NUMBERS, "rate": _RATE, **interval}, words)


def _object(properties: Schema, description: str = "") -> Schema:
    shape = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {**shape, "description": description} if description else shape
