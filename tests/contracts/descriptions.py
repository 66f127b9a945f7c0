"""GitHub's published REST and webhook descriptions, cut down to what the simulator speaks, ready for a validator.

Reading the whole description takes seconds; what is needed of it is kept beside it as one small file.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from simulator.server import ROUTES
from tools.contracts import OPENAPI, WEBHOOKS, cache, ensure

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]
FORM = "9"  # of the small file; change it when what is kept changes
IGNORED = frozenset({"description", "example", "examples", "x-github", "externalDocs", "title", "discriminator"})
EVENTS = (
    "ping", "push", "status", "pull_request", "pull_request_review", "check_run", "check_suite", "installation",
    "installation_repositories", "deployment", "deployment_status", "issue_comment",
    "workflow_run", "merge_group", "issues",
)  # fmt: skip


def load() -> Json:
    """Give `operations`, `webhooks` and the `components` they refer to."""
    keys = [FORM, OPENAPI.sha512, WEBHOOKS.sha512, *(f"{route.method} {route.template}" for route in ROUTES)]
    digest = hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]
    kept = cache() / f"needed-{digest}.json"
    if not kept.exists():
        _write(kept, _needed())
    loaded: Json = json.loads(kept.read_bytes())
    return loaded


def needed_by(node: Json, components: Json) -> Json:
    """Give those components that a description refers to, however far."""
    needed: Json = {}
    waiting = _references(node)
    while waiting:
        reference = waiting.pop()
        if reference not in needed:
            needed[reference] = components[reference]
            waiting |= _references(needed[reference])
    return needed


def _write(path: Path, content: Json) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps(content), "utf-8")
    temporary.replace(path)


def _needed() -> Json:
    rest = json.loads(ensure(OPENAPI).read_bytes())
    hooks = json.loads(ensure(WEBHOOKS).read_bytes())
    found = {}
    for route in ROUTES:
        operation = rest["paths"].get(route.template, {}).get(route.method.lower())
        if operation is not None:
            found[f"{route.method} {route.template}"] = _operation(rest, operation)
    operations = _plain(found, "rest")
    webhooks = _plain({name: _body(each["post"]) for name, each in hooks["webhooks"].items() if _wanted(name)}, "hooks")
    components: Json = {}
    _close(operations, rest["components"]["schemas"], "rest", components)
    _close(webhooks, hooks["components"]["schemas"], "hooks", components)
    return {"operations": operations, "webhooks": webhooks, "components": components}


def _wanted(name: str) -> bool:
    return any(name == event.replace("_", "-") or name.startswith(event.replace("_", "-") + "-") for event in EVENTS)


def _body(holder: Json) -> Json | None:
    content = holder.get("requestBody", holder).get("content", {})
    schema: Json | None = content.get("application/json", {}).get("schema")
    return schema


def _operation(document: Json, operation: Json) -> Json:
    responses = {status: _body(_resolved(document, each)) for status, each in operation["responses"].items()}
    parameters = [_resolved(document, each) for each in operation.get("parameters", ())]
    return {
        "query": {each["name"]: each["schema"] for each in parameters if each["in"] == "query"},
        "path": {each["name"]: each["schema"] for each in parameters if each["in"] == "path"},
        "body": _body(operation) if "requestBody" in operation else None,
        "responses": responses,
        "notifies": operation.get("x-github", {}).get("triggersNotification", False),
    }


def _resolved(document: Json, node: Json) -> Json:
    if "$ref" not in node:
        return node
    found: Json = document
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def _plain(node: Any, space: str) -> Any:
    """Rewrite OpenAPI 3.0 as JSON Schema: `nullable` becomes a choice, references point into one shared place."""
    if isinstance(node, list):
        return [_plain(each, space) for each in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        return {"$ref": f"#/components/{space}:{node['$ref'].rsplit('/', 1)[1]}"}
    if [each.get("title") for each in node.get("allOf", ())] == ["Simple User", "Enterprise"]:
        node = {
            **node,
            "anyOf": node["allOf"],
            "allOf": [{}],
        }  # nobody is both: a choice written as a sum
    kept = {key: _plain(value, space) for key, value in node.items() if key not in IGNORED or isinstance(value, dict)}
    if kept.get("default") == "" or kept.get("format") == "email":
        kept.pop("format", None)  # an empty link is GitHub's own default; `x[bot]@…` is an address to GitHub only
    if kept.pop("nullable", False) is True:
        return {"anyOf": [{"type": "null"}, kept]}
    return kept


def _close(node: Any, schemas: Json, space: str, found: Json) -> None:
    """Collect every component that a description refers to, however far."""
    waiting = _references(node)
    while waiting:
        reference = waiting.pop()
        if reference in found:
            continue
        found[reference] = _plain(schemas[reference.removeprefix(f"{space}:")], space)
        waiting |= _references(found[reference])


def _references(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*(_references(each) for each in node))
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"].removeprefix("#/components/")} if isinstance(node.get("$ref"), str) else set()
    return own.union(*(_references(each) for each in node.values()))
