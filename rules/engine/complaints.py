"""Turns what pydantic complains about into our own words, at the place in the policy's text."""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, get_args

from rules.engine.rule import Options
from rules.engine.tree import Node, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pydantic_core import ErrorDetails

_SHOWN: Final = 60  # characters of a value that an error repeats


def problem_of(model: type[Options], node: Node, path: str, detail: ErrorDetails, extra: Sequence[str]) -> Problem:
    """Turn one complaint of pydantic into our words, at the place it is about."""
    at, owner = node, node
    names: list[str] = []
    for step in detail["loc"]:
        below = _child(at, step)
        if below is None:
            continue
        owner, at = at, below
        names.append(f"[{step}]" if isinstance(step, int) else f".{step}")
    full = (path + "".join(names)).removeprefix(".")
    if detail["type"] == "extra_forbidden":
        key = str(detail["loc"][-1])
        options = [*_options(_model_at(model, detail["loc"][:-1])), *(extra if len(detail["loc"]) == 1 else ())]
        return Problem(*owner.keys[key], full, f"no such option.{guess(key, options)}")
    return Problem(at.line, at.column, full, _words(detail, at))


def _child(node: Node, step: int | str) -> Node | None:
    match node.value, step:
        case dict() as inside, str():
            return inside.get(step)
        case list() as items, int():
            return items[step] if step < len(items) else None
        case _:
            return None


def _model_at(model: type[Options], steps: Sequence[int | str]) -> type[Options]:
    """Follow option names down to the model that they lead to."""
    for step in steps:
        field = next((info for name, info in model.model_fields.items() if (info.alias or name) == step), None)
        inner = (field.annotation, *get_args(field.annotation)) if field else ()
        model = next((kind for kind in inner if isinstance(kind, type) and issubclass(kind, Options)), model)
    return model


def _options(model: type[Options]) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()]


_WORDS: Final = {
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_from_float": "should be a whole number",
    "float_type": "should be a number",
    "float_parsing": "should be a number",
    "finite_number": "should be a finite number",
    "bool_type": "should be true or false",
    "bool_parsing": "should be true or false",
    "string_type": "should be text",
    "tuple_type": "should be a list",
    "list_type": "should be a list",
    "dict_type": "should be a mapping",
    "model_type": "should be a mapping of options",
    "model_attributes_type": "should be a mapping of options",
    "missing": "is required",
}
_BOUNDS: Final = {
    "greater_than": ("greater than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
    "too_long": ("no longer than", "max_length"),
}


def _words(detail: ErrorDetails, node: Node) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in ("literal_error", "enum"):
        return one_of(re.findall(r"'([^']*)'", str(context["expected"])), node)
    if kind in _BOUNDS:
        words, key = _BOUNDS[kind]
        said = f"should be {words} {context[key]}"
    elif kind == "value_error":
        said = str(context["error"])
    else:
        said = _WORDS.get(kind) or detail["msg"]
    return f"{said}, got {shown(node)}."


def one_of(allowed: Sequence[str], node: Node) -> str:
    """Say which words are allowed, and which of them was likely meant."""
    near = _near(node.value, allowed) if isinstance(node.value, str) else ""
    return f"should be one of {', '.join(allowed)}, got {shown(node)}.{near}"


def shown(node: Node) -> str:
    """Repeat a value for an error, shortened."""
    if isinstance(node.value, dict):
        return "a mapping"
    if isinstance(node.value, list):
        return "a list"
    text = json.dumps(node.value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def guess(word: str, known: Iterable[str]) -> str:
    """Name the known word that was likely meant, or else all of them."""
    known = list(known)
    return _near(word, known) or (f" There are: {', '.join(known)}." if known else "")


def _near(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word[:_SHOWN], known, n=1)
    return f' Did you mean "{near[0]}"?' if near else ""
