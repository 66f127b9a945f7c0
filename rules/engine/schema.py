"""Writes the shapes that others build on as JSON Schema: the policy as its file spells it, and what a check prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from rules.engine.known import known_rules
from rules.engine.page import duration, is_duration, section_of
from rules.engine.policy import Document
from rules.engine.reach import Reach
from rules.engine.result import Conclusion, Kind, Mode, Outcome
from rules.engine.rule import Options, Rule

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaMode

Schema = dict[str, Any]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_MODE: Final[Schema] = {"enum": [mode.value for mode in Mode], "description": "How much the rule may stop."}
_SHA: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{40}$"}
_LINE: Final[Schema] = {"type": ["integer", "null"], "minimum": 1}
_TEXT: Final[Schema] = {"type": "string"}


class _Quiet(GenerateJsonSchema):
    """A default that JSON cannot hold is left out without a word."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012 - pydantic's own attribute


def policy_schema(known: Mapping[str, type[Rule]] | None = None) -> Schema:
    """Give the schema of `.github/andon.yml`, with every option of every rule."""
    rules = known_rules() if known is None else known
    models: list[type[Options]] = [Document, Reach, *rules.values()]
    asked: list[tuple[type[Options], JsonSchemaMode]] = [(model, "validation") for model in models]
    found, whole = models_json_schema(asked, by_alias=True, schema_generator=_Quiet)
    shapes = whole["$defs"]
    for section in {inner for model in models for inner in _sections(model)}:
        _spell_durations(section, shapes)
    common = shapes.pop(found[Reach, "validation"]["$ref"].rpartition("/")[2])["properties"]
    listed: Schema = {}
    for name, rule in rules.items():
        reference = found[rule, "validation"]["$ref"]
        shape = shapes[reference.rpartition("/")[2]]
        mode = _MODE | {"default": rule.default_mode.value}
        shape["properties"] = {"mode": mode, **common, **shape.get("properties", {})}
        shape["description"] = (rule.__doc__ or "").partition("\n")[0]
        listed[name] = {"anyOf": [{"enum": _MODE["enum"]}, {"type": "null"}, {"$ref": reference}]}
    top = shapes.pop(found[Document, "validation"]["$ref"].rpartition("/")[2])
    top["properties"]["rules"] = {
        "type": ["object", "null"],
        "description": "The rules, each with its mode or its options.",
        "properties": listed,
        "additionalProperties": False,
    }
    about = {"$schema": _DIALECT, "title": "andon policy", "description": "The file .github/andon.yml."}
    return {**about, "$defs": shapes, "type": ["object", "null"], **{k: top[k] for k in _KEPT}}


_KEPT: Final = ("properties", "additionalProperties")


def _sections(model: type[Options]) -> Iterator[type[Options]]:
    yield model
    for field in model.model_fields.values():
        inner = section_of(field)
        if inner is not None:
            yield from _sections(inner)


def _spell_durations(model: type[Options], shapes: Schema) -> None:
    """Write defaults as a policy would: a duration is text there."""
    for name, field in model.model_fields.items():
        shape = shapes.get(model.__name__, {}).get("properties", {}).get(field.alias or name, {})
        if is_duration(field) and isinstance(shape.get("default"), int):
            shape["default"] = duration(shape["default"])


def check_schema() -> Schema:
    """Give the schema of what `andon check --format json` prints, and the API serves as part of a decision."""
    finding = _object({"message": _TEXT, "path": {"type": ["string", "null"]}, "start_line": _LINE, "end_line": _LINE})
    part = _object(
        {
            "title": _TEXT,
            "files": {"type": "array", "items": _TEXT, "minItems": 1},
            "effective_lines": {"type": "integer", "minimum": 0},
            "commands": {"type": "array", "items": _TEXT, "minItems": 3},
        }
    )
    facts: Schema = {
        "type": "object",
        "description": "What the rule measured; docs/rules/ names the facts of each.",
        "properties": {"parts": {"type": "array", "items": part, "maxItems": 5}},
        "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"},
    }
    rule = _object(
        {
            "rule": _TEXT,
            "mode": {"enum": [mode.value for mode in Mode if mode is not Mode.OFF]},
            "outcome": {"enum": [outcome.value for outcome in Outcome]},
            "facts": facts,
            "findings": {"type": "array", "items": finding},
        }
    )
    note = _object({**finding["properties"], "fix": {"type": "string"}})
    notes = {"type": "array", "items": note, "minItems": 1}
    rule["properties"]["notes"] = {**notes, "description": "What is only shown, where there is something."}
    override = _object({"by": _TEXT, "reason": _TEXT})
    rule["properties"]["override"] = {**override, "description": "Who let the rule pass, where a person did."}
    verdict = _object(
        {
            "conclusion": {"enum": [conclusion.value for conclusion in Conclusion]},
            "base": _SHA,
            "head": _SHA,
            "policy": {"type": "string", "description": "Where the policy came from."},
            "kind": {"enum": [kind.value for kind in Kind]},
            "rules": {"type": "array", "items": rule},
        }
    )
    return {"$schema": _DIALECT, "title": "andon check --format json", **verdict}


def _object(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
