"""Writes the shape of an evaluation's record as JSON Schema: what `andon why --format json` and the API give."""

from __future__ import annotations

from typing import Any, Final

from bot.evaluation.evaluation import WORDS, Result, Spent, kind_of
from bot.evaluation.why import Standing
from bot.landed.landed import Content
from bot.merging.moved import Move
from rules.engine.result import Mode
from rules.engine.schema import check_schema

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string"}
_MAYBE: Final[Schema] = {"type": ["string", "null"]}
_SHA: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{40}$"}
_DIGEST: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_TIME: Final[Schema] = {"type": "number", "description": "A Unix time."}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_MAYBE_COUNT: Final[Schema] = {"type": ["integer", "null"], "minimum": 0}
_TEXTS: Final[Schema] = {"type": "array", "items": _TEXT}


def decision_schema() -> Schema:
    """Give the schema of one evaluation as `andon why` and `GET …/why` tell it."""
    verdict = check_schema()["properties"]
    properties = {
        "conclusion": {"enum": [*verdict["conclusion"]["enum"], None]},
        "base": _SHA,
        "base_branch": _TEXT,
        "opened_at": {"type": ["number", "null"], "description": "When it was opened, a Unix time."},
        "undoes": {**_MAYBE, "description": "The landed commit that it is proven to take back."},
        "head": _SHA,
        "policy": {**_MAYBE, "description": "Where the policy came from, with its version."},
        "policy_oid": {**_MAYBE, "description": "Names the content of the policy, with the owner's below it."},
        "policy_problems": _TEXTS,
        "kind": verdict["kind"],
        "size": _object({"effective_lines": _MAYBE_COUNT, "files": _MAYBE_COUNT}),
        "rules": {"type": "array", "items": _rule(verdict["rules"]["items"])},
        "state": {"enum": ["open", "merged", "closed"]},
        "merge_commit": _MAYBE,
        "landed_co_authors": _TEXTS,
        "landed": _landed(),
        "repository": _TEXT,
        "number": {"type": "integer", "minimum": 1},
        "waiting_for": {"type": "array", "items": _open({"what": _TEXT, "who": _TEXT}, ())},
        "merges": {"type": "boolean", "description": "Whether andon merges it at this head."},
        "mentions": {**_TEXTS, "description": "Remarks on checks that stop nothing."},
        "line": {"type": ["object", "null"], "description": "Where it stands in the line; null where in none."},
        "merging": {"type": ["object", "null"], "description": "How the policy merges; null where it does not."},
        "refused": {**_MAYBE, "description": "Why it was not merged after all, where it was to be."},
        "check": {"type": ["object", "null"], "description": "The check run as it should stand."},
        "actions": {"type": "array", "items": _action()},
        "snapshot": {**_DIGEST, "description": "Names all that the decision rests on."},
        "milliseconds": _object(dict.fromkeys(Spent.__dataclass_fields__, _COUNT)),
        "version": {**_TEXT, "description": "Which andon decided."},
        "standing": {"enum": [standing.value for standing in Standing]},
        "sentence": _TEXT,
        "next": _object({"what": _TEXT, "who": _TEXT, "or_else": _TEXT}),
        "exit_code": {"enum": [0, 1, 3]},
        "evaluation": _evaluation(),
    }
    about = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "andon why --format json"}
    return about | _open(properties, ("kind", "landed", "size"))


def _rule(told: Schema) -> Schema:
    """Add to a rule of `andon check` what people are told beside."""
    waiting = {"type": "array", "items": _object({"what": _TEXT, "who": _TEXT})}
    force = {"enum": [mode.value for mode in Mode], "description": "The mode as it counts here."}
    aside = {"force": force, "sentence": _TEXT, "exempt": _TEXT, "fixes": _TEXTS, "waiting": waiting, "unknown": _TEXTS}
    return {**told, "properties": {**told["properties"], **aside}, "required": [*told["required"], *aside]}


def _action() -> Schema:
    return _object(
        {
            "action": {"enum": [kind_of(action) for action in WORDS]},
            "what": _TEXT,
            "result": {"enum": [result.value for result in Result]},
            "said": {**_TEXT, "description": "GitHub's words where it was not done."},
        }
    )


def _landed() -> Schema:
    """Tell how it landed, once that was compared with what was judged."""
    differences = {"type": "array", "items": _object({"path": _TEXT, "how": _TEXT})}
    not_compared = {"type": "array", "items": _object({"path": _TEXT, "why": _TEXT})}
    moved = {"type": "array", "items": _object({"what": {"enum": [move.value for move in Move]}, "said": _TEXT})}
    content = {"enum": [one.value for one in Content]}
    return _object({"content": content, "differences": differences, "not_compared": not_compared, "moved": moved})


def _evaluation() -> Schema:
    last = {"type": ["object", "null"], "description": "What differed at the last of several looks."}
    return _object({"id": _COUNT, "at": _TIME, "last_at": _TIME, "looks": _COUNT, "last": last})


def _object(properties: Schema) -> Schema:
    return {**_open(properties, ()), "additionalProperties": False}


def _open(properties: Schema, optional: tuple[str, ...]) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}
